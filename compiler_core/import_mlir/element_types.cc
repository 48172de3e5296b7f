#include "compiler_core/import_mlir/element_types.h"

#include <cstring>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/ir/diagnostic_kind.h"
#include "llvm/Support/raw_ostream.h"
#include "mlir/IR/DialectResourceBlobManager.h"

namespace sinter::import_mlir {
namespace {

using ir::DType;
using ir::HostTensor;

HostTensor CopyOf(DType dtype, std::vector<int64_t> dims, llvm::ArrayRef<char> bytes) {
  void* data = nullptr;
  HostTensor tensor = HostTensor::Allocate(dtype, std::move(dims), &data);
  std::memcpy(data, bytes.data(), bytes.size());
  return tensor;
}

// Bits of i1 are packed in attributes.
HostTensor Booleans(mlir::DenseElementsAttr dense, std::vector<int64_t> dims) {
  void* data = nullptr;
  HostTensor tensor = HostTensor::Allocate(DType::kBool, std::move(dims), &data);
  auto* out = static_cast<char*>(data);
  for (bool value : dense.getValues<bool>()) *out++ = value ? 1 : 0;
  return tensor;
}

}  // namespace

absl::StatusOr<DType> DTypeOf(mlir::Type element) {
  if (element.isF32()) return DType::kFloat32;
  if (element.isF64()) return DType::kFloat64;
  if (element.isF16()) return DType::kFloat16;
  if (element.isBF16()) return DType::kBFloat16;
  if (element.isSignlessInteger(1)) return DType::kBool;
  if (element.isSignlessInteger(8)) return DType::kInt8;
  if (element.isSignlessInteger(16)) return DType::kInt16;
  if (element.isSignlessInteger(32)) return DType::kInt32;
  if (element.isSignlessInteger(64)) return DType::kInt64;
  std::string text;
  llvm::raw_string_ostream(text) << element;
  return ir::Error(ir::DiagnosticKind::kUnsupportedType,
                   absl::StrCat("element type `", text, "` is not supported"));
}

mlir::Type StoredType(mlir::Type element) {
  return element.isSignlessInteger(1) ? mlir::IntegerType::get(element.getContext(), 8) : element;
}

absl::StatusOr<HostTensor> ReadConstant(mlir::ElementsAttr elements) {
  SINTER_ASSIGN_OR_RETURN(const DType dtype, DTypeOf(elements.getElementType()));
  const llvm::ArrayRef<int64_t> shape = elements.getShapedType().getShape();
  const std::vector<int64_t> dims(shape.begin(), shape.end());
  if (auto resource = mlir::dyn_cast<mlir::DenseResourceElementsAttr>(elements)) {
    const mlir::AsmResourceBlob* blob = resource.getRawHandle().getBlob();
    const int64_t bytes = elements.getNumElements() * ir::SizeOf(dtype);
    if (blob == nullptr || static_cast<int64_t>(blob->getData().size()) != bytes) {
      return ir::Error(ir::DiagnosticKind::kMalformedModel,
                       "a constant's resource is missing or has another size than its type");
    }
    return CopyOf(dtype, dims, blob->getData());
  }
  auto dense = mlir::dyn_cast<mlir::DenseElementsAttr>(elements);
  if (!dense) {
    return ir::Error(ir::DiagnosticKind::kUnsupportedType, "a constant that is not dense");
  }
  if (dtype == DType::kBool) return Booleans(dense, dims);
  if (!dense.isSplat()) return CopyOf(dtype, dims, dense.getRawData());
  const llvm::ArrayRef<char> one = dense.getRawData().take_front(ir::SizeOf(dtype));
  return CopyOf(dtype, std::vector<int64_t>(dims.size(), 1), one).BroadcastTo(dims);
}

mlir::TypedAttr StoredNumber(mlir::TypedAttr number) {
  auto integer = mlir::dyn_cast<mlir::IntegerAttr>(number);
  if (!integer || !integer.getType().isSignlessInteger(1)) return number;
  return mlir::IntegerAttr::get(StoredType(integer.getType()), integer.getValue().isZero() ? 0 : 1);
}

}  // namespace sinter::import_mlir
