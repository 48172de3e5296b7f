#include "compiler_core/codegen/host/constants.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/GlobalVariable.h"

namespace sinter::codegen {

llvm::Constant* Constants::I32(int32_t value) {
  return llvm::ConstantInt::getSigned(llvm::Type::getInt32Ty(context_), value);
}

llvm::Constant* Constants::I64(int64_t value) {
  return llvm::ConstantInt::getSigned(llvm::Type::getInt64Ty(context_), value);
}

llvm::Constant* Constants::Null() {
  return llvm::ConstantPointerNull::get(llvm::PointerType::getUnqual(context_));
}

llvm::GlobalVariable* Constants::Global(llvm::Constant* value, bool is_string) {
  auto* global = new llvm::GlobalVariable(module_, value->getType(), /*isConstant=*/true,
                                          llvm::GlobalValue::PrivateLinkage, value);
  if (is_string) {
    global->setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
    global->setAlignment(llvm::Align(1));
  }
  return global;
}

llvm::Constant* Constants::String(absl::string_view text) {
  auto [entry, is_new] = strings_.try_emplace(std::string(text));
  if (is_new) {
    entry->second = Global(
        llvm::ConstantDataArray::getString(context_, llvm::StringRef(text.data(), text.size())),
        /*is_string=*/true);
  }
  return entry->second;
}

llvm::Constant* Constants::Struct(const std::vector<llvm::Constant*>& members) {
  return llvm::ConstantStruct::getAnon(context_, members);
}

llvm::Constant* Constants::Array(const std::vector<llvm::Constant*>& elements) {
  if (elements.empty()) return Null();
  auto* type = llvm::ArrayType::get(elements[0]->getType(), elements.size());
  return Global(llvm::ConstantArray::get(type, elements));
}

llvm::Constant* Constants::Int32Array(const std::vector<int32_t>& values) {
  if (values.empty()) return Null();
  return Global(llvm::ConstantDataArray::get(
      context_, llvm::ArrayRef(reinterpret_cast<const uint32_t*>(values.data()), values.size())));
}

llvm::Constant* Constants::Int64Array(const std::vector<int64_t>& values) {
  if (values.empty()) return Null();
  return Global(llvm::ConstantDataArray::get(
      context_, llvm::ArrayRef(reinterpret_cast<const uint64_t*>(values.data()), values.size())));
}

llvm::Constant* Constants::FloatArray(const std::vector<float>& values) {
  if (values.empty()) return Null();
  return Global(llvm::ConstantDataArray::get(context_, llvm::ArrayRef(values)));
}

llvm::Constant* Constants::Bytes(absl::string_view bytes) {
  if (bytes.empty()) return Null();
  llvm::GlobalVariable* global = Global(llvm::ConstantDataArray::getString(
      context_, llvm::StringRef(bytes.data(), bytes.size()), /*AddNull=*/false));
  global->setAlignment(llvm::Align(64));
  return global;
}

llvm::Constant* Constants::StringArray(const std::vector<std::string>& values) {
  std::vector<llvm::Constant*> pointers;
  for (const std::string& value : values) pointers.push_back(String(value));
  return Array(pointers);
}

}  // namespace sinter::codegen
