#include "compiler_core/codegen/kernel/kernel_entry.h"

#include <cstdint>
#include <limits>

#include "llvm/IR/IRBuilder.h"

namespace sinter::codegen {
namespace {

// Kernels index their buffers themselves: a descriptor's size is never looked at.
constexpr int64_t kAnySize = std::numeric_limits<int64_t>::max();

void MarkBody(llvm::Function& body) {
  body.setLinkage(llvm::GlobalValue::InternalLinkage);
  // Inlined, its arguments would keep their non-aliasing only as metadata that passes may drop.
  body.addFnAttr(llvm::Attribute::NoInline);
  for (llvm::Argument& argument : body.args()) {
    if (argument.getType()->isPointerTy()) argument.addAttr(llvm::Attribute::NoAlias);
  }
}

}  // namespace

void AddKernelEntry(const std::vector<KernelArgument>& arguments, const std::string& name,
                    llvm::Function& body, llvm::Module& module) {
  body.setName(name + ".body");
  MarkBody(body);
  llvm::LLVMContext& context = module.getContext();
  auto* pointer = llvm::PointerType::getUnqual(context);
  auto* i64 = llvm::Type::getInt64Ty(context);
  auto* word = module.getDataLayout().getIntPtrType(context);
  auto* type = llvm::FunctionType::get(llvm::Type::getVoidTy(context), {pointer, i64, i64}, false);
  auto* entry = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, name, module);
  entry->setVisibility(llvm::GlobalValue::HiddenVisibility);
  llvm::IRBuilder<> builder(llvm::BasicBlock::Create(context, "", entry));
  std::vector<llvm::Value*> values;
  for (size_t slot = 0; slot < arguments.size(); ++slot) {
    llvm::Value* address = builder.CreateConstInBoundsGEP1_64(pointer, entry->getArg(0), slot);
    if (arguments[slot] == KernelArgument::kIndex) {
      llvm::Value* index = builder.CreateLoad(word, address);
      values.push_back(builder.CreateSExtOrTrunc(index, i64));
      continue;
    }
    llvm::Value* buffer = builder.CreateLoad(pointer, address);
    values.insert(values.end(), {buffer, buffer, builder.getInt64(0), builder.getInt64(kAnySize),
                                 builder.getInt64(1)});
  }
  values.push_back(entry->getArg(1));
  values.push_back(entry->getArg(2));
  builder.CreateCall(&body, values);
  builder.CreateRetVoid();
}

}  // namespace sinter::codegen
