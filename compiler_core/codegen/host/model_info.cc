#include "compiler_core/codegen/host/model_info.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/IR/IRBuilder.h"
#include "runtime/sinter_abi.h"

namespace sinter::codegen {

using llvm::Constant;

Constant* ValueInfo(const std::string& name, ir::DType dtype, const ir::SymShape* shape,
                    Constants& constants) {
  std::vector<int64_t> dims;
  std::vector<std::string> names;
  for (size_t i = 0; shape != nullptr && i < shape->size(); ++i) {
    const ir::SymExpr& dim = (*shape)[i];
    dims.push_back(dim.AsConstant().value_or(SINTER_DYNAMIC));
    names.push_back(dim.IsConstant() ? "" : dim.ToString());
  }
  const int32_t rank = shape == nullptr ? SINTER_DYNAMIC : static_cast<int32_t>(dims.size());
  return constants.Struct({constants.String(name), constants.I32(static_cast<int32_t>(dtype)),
                           constants.I32(rank), constants.Int64Array(dims),
                           constants.StringArray(names)});
}

CallInfos DescribeCalls(const std::vector<ir::ExecutionPlan>& fragments,
                        const std::vector<LibraryCall>& library_calls, Constants& constants) {
  std::vector<Constant*> infos;
  std::vector<std::string> ops;
  for (const ir::ExecutionPlan& plan : fragments) {
    for (const ir::KernelCall& call : plan.calls) {
      infos.push_back(constants.Struct({constants.String(plan.kernels[call.kernel].name),
                                        constants.String(absl::StrJoin(call.nodes, ","))}));
      ops.push_back(absl::StrJoin(call.work.ops, ","));
    }
  }
  for (const LibraryCall& call : library_calls) {
    infos.push_back(constants.Struct({constants.String(absl::StrCat("sinter_op_", call.function)),
                                      constants.String(call.node)}));
    ops.push_back(call.function);
  }
  return {constants.Array(infos), constants.StringArray(ops)};
}

Constant* KernelTable(const std::vector<const ir::Kernel*>& kernels, llvm::Module& module,
                      Constants& constants) {
  auto* pointer = llvm::PointerType::getUnqual(module.getContext());
  auto* i64 = llvm::Type::getInt64Ty(module.getContext());
  auto* type = llvm::FunctionType::get(llvm::Type::getVoidTy(module.getContext()),
                                       {pointer, i64, i64}, false);
  std::vector<Constant*> table;
  for (const ir::Kernel* kernel : kernels) {
    auto function = module.getOrInsertFunction(kernel->name, type);
    llvm::cast<llvm::Function>(function.getCallee())
        ->setVisibility(llvm::GlobalValue::HiddenVisibility);
    table.push_back(llvm::cast<Constant>(function.getCallee()));
  }
  return constants.Array(table);
}

Constant* WeightsSymbol(llvm::Module& module) {
  constexpr char kName[] = "sinter_weights";
  if (llvm::GlobalVariable* known = module.getNamedGlobal(kName)) return known;
  auto* weights = new llvm::GlobalVariable(module, llvm::Type::getInt8Ty(module.getContext()),
                                           /*isConstant=*/true, llvm::GlobalValue::ExternalLinkage,
                                           nullptr, kName);
  weights->setVisibility(llvm::GlobalValue::HiddenVisibility);
  return weights;
}

absl::Status DefineTable(absl::string_view name, Constant* value, llvm::Module& module) {
  auto* global = new llvm::GlobalVariable(module, value->getType(), /*isConstant=*/true,
                                          llvm::GlobalValue::InternalLinkage, value);
  llvm::GlobalVariable* declared = module.getNamedGlobal(llvm::StringRef(name.data(), name.size()));
  if (declared == nullptr) {
    return absl::InternalError(absl::StrCat("the host runtime does not refer to `", name, "`"));
  }
  declared->replaceAllUsesWith(global);
  declared->eraseFromParent();
  return absl::OkStatus();
}

void DefineModel(std::vector<Constant*> members, llvm::Module& module) {
  // Pointers are as wide as the module's, not as this program's.
  std::vector<llvm::Type*> types;
  for (Constant* member : members) types.push_back(member->getType());
  auto* layout = llvm::StructType::get(module.getContext(), types);
  const uint64_t bytes = module.getDataLayout().getTypeAllocSize(layout);
  members[1] = llvm::ConstantInt::get(members[1]->getType(), bytes);
  Constant* model = llvm::ConstantStruct::get(layout, members);
  auto* global = new llvm::GlobalVariable(module, model->getType(), /*isConstant=*/true,
                                          llvm::GlobalValue::InternalLinkage, model);
  auto* type = llvm::FunctionType::get(global->getType(), false);
  auto* function =
      llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, SINTER_MODEL_SYMBOL, module);
  llvm::IRBuilder<> builder(llvm::BasicBlock::Create(module.getContext(), "", function));
  builder.CreateRet(global);
}

}  // namespace sinter::codegen
