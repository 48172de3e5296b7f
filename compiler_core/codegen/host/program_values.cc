#include "compiler_core/codegen/host/program_values.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/codegen/host/program_tables.h"
#include "compiler_core/codegen/host/value_type.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/GlobalVariable.h"

namespace sinter::codegen {
namespace {

using llvm::Constant;

int KindOf(ir::SlotType::Kind kind) {
  switch (kind) {
    case ir::SlotType::Kind::kTensor:
      return SINTER_TENSOR;
    case ir::SlotType::Kind::kSequence:
      return SINTER_SEQUENCE;
    case ir::SlotType::Kind::kOptional:
      return SINTER_OPTIONAL;
    case ir::SlotType::Kind::kMap:
      return SINTER_MAP;
  }
  return SINTER_NONE;
}

Constant* TypeTable(const ValueType& type, Constants& constants) {
  Constant* element =
      type.element == nullptr ? constants.Null() : TypeTable(*type.element, constants);
  return constants.Pointer(
      constants.Struct({constants.I32(type.kind), constants.I32(type.dtype), element}));
}

}  // namespace

Constant* ProgramValues::ConstantBlock() {
  constexpr char kName[] = "sinter_constant_block";
  if (llvm::GlobalVariable* known = module_.getNamedGlobal(kName)) return known;
  auto* i64 = llvm::Type::getInt64Ty(module_.getContext());
  auto* block = new llvm::GlobalVariable(
      module_, llvm::StructType::get(module_.getContext(), {i64, i64}), /*isConstant=*/true,
      llvm::GlobalValue::ExternalLinkage, nullptr, kName);
  block->setVisibility(llvm::GlobalValue::HiddenVisibility);
  return block;
}

Constant* ProgramValues::Strings(const std::string* begin, int64_t count) {
  std::vector<Constant*> strings;
  std::for_each(begin, begin + count, [&](const std::string& text) {
    strings.push_back(constants_.Struct(
        {constants_.String(text), constants_.I64(static_cast<int64_t>(text.size()))}));
  });
  return constants_.Array(strings);
}

absl::StatusOr<Constant*> ProgramValues::Tensor(const ir::HostTensor& tensor, Constant* data) {
  const int64_t count = tensor.num_elements();
  if (tensor.dims().size() > SINTER_MAX_RANK) {
    return absl::InternalError("a constant has more dimensions than a value can have");
  }
  std::vector<uint64_t> dims(tensor.dims().begin(), tensor.dims().end());
  dims.resize(SINTER_MAX_RANK);
  if (count == 0) {
    data = constants_.Null();
  } else if (tensor.dtype() == ir::DType::kString) {
    const ir::HostTensor packed = tensor.RowMajor();
    data = Strings(reinterpret_cast<const std::string*>(packed.bytes()), count);
  } else if (data == nullptr) {
    const ir::HostTensor packed = tensor.RowMajor();
    data = constants_.Bytes({packed.bytes(), static_cast<size_t>(count * SizeOf(packed.dtype()))});
  }
  return constants_.Struct(
      {constants_.I32(SINTER_TENSOR), constants_.I32(static_cast<int32_t>(tensor.dtype())),
       constants_.I32(static_cast<int32_t>(tensor.dims().size())), constants_.I32(0),
       llvm::ConstantDataArray::get(module_.getContext(), llvm::ArrayRef(dims)), data,
       constants_.I64(0), constants_.Null(), ConstantBlock()});
}

absl::StatusOr<Constant*> ProgramValues::Attribute(const ir::CallAttribute& attribute) {
  std::vector<Constant*> tensors;
  for (const ir::HostTensor& tensor : attribute.tensors) {
    SINTER_ASSIGN_OR_RETURN(Constant * value, Tensor(tensor, nullptr));
    tensors.push_back(value);
  }
  const size_t count = std::max(
      {attribute.ints.size(), attribute.floats.size(), attribute.strings.size(), tensors.size()});
  return constants_.Struct(
      {constants_.String(attribute.name), constants_.I64(static_cast<int64_t>(count)),
       constants_.Int64Array(attribute.ints), constants_.FloatArray(attribute.floats),
       Strings(attribute.strings.data(), static_cast<int64_t>(attribute.strings.size())),
       constants_.Array(tensors)});
}

absl::StatusOr<Constant*> ProgramValues::Attributes(
    const std::vector<ir::CallAttribute>& attributes) {
  std::vector<Constant*> table;
  for (const ir::CallAttribute& attribute : attributes) {
    SINTER_ASSIGN_OR_RETURN(Constant * one, Attribute(attribute));
    table.push_back(one);
  }
  return constants_.Array(table);
}

absl::StatusOr<Constant*> ProgramValues::Type(const ir::SlotType& type) {
  ValueType parsed;
  parsed.kind = SINTER_TENSOR;
  parsed.dtype = static_cast<int>(type.dtype);
  if (type.kind != ir::SlotType::Kind::kTensor) {
    SINTER_ASSIGN_OR_RETURN(parsed, ParseValueType(type.text));
  }
  if (parsed.kind != KindOf(type.kind)) {
    return absl::InternalError(absl::StrCat("a slot is not of the type `", type.text, "`"));
  }
  auto [entry, is_new] = types_.try_emplace(TypeText(type));
  if (is_new) entry->second = TypeTable(parsed, constants_);
  return entry->second;
}

}  // namespace sinter::codegen
