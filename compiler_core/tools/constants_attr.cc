#include "compiler_core/tools/constants_attr.h"

#include <cstring>

#include "compiler_core/dialect/onnx/onnx_dialect.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"

namespace sinter::tools {

namespace {

constexpr char kAttribute[] = "sinter.constants";
constexpr int64_t kMostElements = 64;

ir::HostTensor TensorOf(mlir::DenseElementsAttr dense) {
  const mlir::ShapedType type = dense.getType();
  const ir::DType dtype = onnx::DTypeOf(type.getElementType());
  void* data = nullptr;
  ir::HostTensor tensor = ir::HostTensor::Allocate(dtype, type.getShape().vec(), &data);
  auto* out = static_cast<char*>(data);
  const int64_t size = ir::SizeOf(dtype);
  const auto put = [&](const llvm::APInt& bits) {
    const uint64_t value = bits.getZExtValue();
    std::memcpy(out, &value, size);
    out += size;
  };
  if (mlir::isa<mlir::FloatType>(type.getElementType())) {
    for (const llvm::APFloat& value : dense.getValues<llvm::APFloat>()) put(value.bitcastToAPInt());
  } else {
    for (const llvm::APInt& value : dense.getValues<llvm::APInt>()) put(value);
  }
  return tensor;
}

mlir::Attribute AttributeOf(mlir::Builder& builder, const ir::HostTensor& tensor) {
  if (tensor.num_elements() > kMostElements) return builder.getStringAttr("elided");
  mlir::Type element = onnx::ElementType(builder.getContext(), tensor.dtype());
  const bool narrow = !element.isIntOrFloat() || element.getIntOrFloatBitWidth() < 8;
  if (narrow) element = builder.getI8Type();
  const ir::HostTensor dense = tensor.RowMajor();
  return mlir::DenseElementsAttr::getFromRawBuffer(
      mlir::RankedTensorType::get(dense.dims(), element),
      {dense.bytes(), static_cast<size_t>(dense.num_elements() * ir::SizeOf(dense.dtype()))});
}

}  // namespace

ir::ConstantTable ReadConstants(mlir::ModuleOp module) {
  ir::ConstantTable constants;
  if (auto list = module->getAttrOfType<mlir::ArrayAttr>(kAttribute)) {
    for (auto dense : list.getAsRange<mlir::DenseElementsAttr>()) constants.Add(TensorOf(dense));
  }
  return constants;
}

void WriteConstants(mlir::ModuleOp module, const ir::ConstantTable& constants) {
  mlir::Builder builder(module.getContext());
  llvm::SmallVector<mlir::Attribute> list;
  for (int64_t id = 0; id < constants.size(); ++id) {
    list.push_back(AttributeOf(builder, constants.Get(id)));
  }
  if (!list.empty()) module->setAttr(kAttribute, builder.getArrayAttr(list));
}

}  // namespace sinter::tools
