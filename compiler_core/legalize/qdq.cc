#include "compiler_core/legalize/qdq.h"

#include <optional>

#include "compiler_core/dialect/core/core.h"
#include "compiler_core/dialect/onnx/onnx_dialect.h"

namespace sinter::legalize {

namespace {

using ir::DType;
using ir::HostTensor;
using mlir::Operation;
using mlir::Value;

constexpr int64_t kElementwiseVersion = 13;
constexpr int64_t kIntegerVersion = 10;

// Quantized numbers: where they are, and what they stand for.
struct Quantized {
  Value integers, zero_point;  // the latter may be null
  HostTensor scale;            // float32
  int64_t axis = 0;            // along which there are several scales
  bool is_scalar() const { return scale.num_elements() == 1; }
};

DType DTypeOf(Value value) {
  auto type = mlir::dyn_cast<mlir::RankedTensorType>(value.getType());
  return type ? onnx::DTypeOf(type.getElementType()) : DType::kUndefined;
}

Operation* DefinedBy(Value value, absl::string_view op_type) {
  Operation* op = value.getDefiningOp();
  return op != nullptr && onnx::OpTypeOf(op) == op_type ? op : nullptr;
}

int64_t Int(Operation* op, llvm::StringRef name, int64_t otherwise) {
  auto attr = op->getAttrOfType<mlir::IntegerAttr>(name);
  return attr ? attr.getInt() : otherwise;
}

double Float(Operation* op, llvm::StringRef name, double otherwise) {
  auto attr = op->getAttrOfType<mlir::FloatAttr>(name);
  return attr ? attr.getValueAsDouble() : otherwise;
}

int64_t RankOf(Value value) { return static_cast<int64_t>(core::ShapeOf(value).size()); }

class Fuser {
 public:
  Fuser(mlir::func::FuncOp function, ir::ConstantTable& constants)
      : function_(function), constants_(constants), builder_(function.getContext()) {}

  void Run() {
    llvm::SmallVector<Operation*> quantizers;
    for (Operation& op : function_.getBody().front()) {
      if (onnx::OpTypeOf(&op) == "QuantizeLinear") quantizers.push_back(&op);
    }
    for (Operation* op : quantizers) Fuse(op);
  }

 private:
  const HostTensor* ConstantOf(Value value) const {
    Operation* op = DefinedBy(value, "Constant");
    return op == nullptr ? nullptr : &constants_.Get(Int(op, onnx::kIdAttr, 0));
  }

  // `value` as what a DequantizeLinear of integers of type `dtype` (kUndefined: 8 bits) makes.
  std::optional<Quantized> Match(Value value, DType dtype) const {
    Operation* op = DefinedBy(value, "DequantizeLinear");
    if (op == nullptr || Int(op, "block_size", 0) != 0) return std::nullopt;
    Quantized found;
    found.integers = op->getOperand(0);
    const DType stored = DTypeOf(found.integers);
    const bool is_byte = stored == DType::kInt8 || stored == DType::kUInt8;
    if (dtype == DType::kUndefined ? !is_byte : stored != dtype) return std::nullopt;
    const HostTensor* scale = ConstantOf(op->getOperand(1));
    if (scale == nullptr || scale->dtype() != DType::kFloat32 ||
        DTypeOf(value) != DType::kFloat32 || scale->dims().size() > 1) {
      return std::nullopt;
    }
    found.scale = *scale;
    found.axis = Int(op, "axis", 1);
    if (found.axis < 0) found.axis += RankOf(value);
    if (onnx::HasInput(op, 2)) {
      if (ConstantOf(op->getOperand(2)) == nullptr) return std::nullopt;
      found.zero_point = op->getOperand(2);
    }
    return found;
  }

  // The sums of products that `op` makes, as int32, and how they are scaled.
  struct Sums {
    Value integers;
    HostTensor factor;  // one number, or one for each channel
  };

  void Fuse(Operation* quantize) {
    const HostTensor* scale = ConstantOf(quantize->getOperand(1));
    if (scale == nullptr || scale->num_elements() != 1 || scale->dtype() != DType::kFloat32 ||
        Int(quantize, "precision", 0) != 0 || !onnx::HasInput(quantize, 2)) {
      return;
    }
    Operation* bound = quantize->getOperand(0).getDefiningOp();
    if (bound == nullptr || !bound->hasOneUse()) return;
    const absl::string_view type = onnx::OpTypeOf(bound);
    const bool has_bound = type == "Relu" || type == "Clip";
    Operation* product = has_bound ? bound->getOperand(0).getDefiningOp() : bound;
    if (product == nullptr || !product->hasOneUse() || product->getNumOperands() < 2) return;
    builder_.setInsertionPoint(quantize);
    location_ = product->getLoc();
    const std::optional<Sums> sums = Multiply(product);
    if (!sums) return;
    const Value real = MakeOp("Cast", {sums->integers}, TypeLike(sums->integers, DType::kFloat32),
                              {{"to", static_cast<int64_t>(DType::kFloat32)}});
    // A bound of real numbers is applied to real numbers.
    const HostTensor one = Splat(1);
    Value scaled = Times(real, has_bound ? sums->factor : Divided(sums->factor, *scale));
    if (has_bound) {
      Operation* clone = builder_.clone(*bound);
      clone->setOperand(0, scaled);
      quantize->setOperand(0, clone->getResult(0));
      return;
    }
    quantize->setOperand(0, scaled);
    quantize->setOperand(1, Constant(one.Reshaped(scale->dims())));
  }

  std::optional<Sums> Multiply(Operation* op) {
    const absl::string_view type = onnx::OpTypeOf(op);
    const bool conv = type == "Conv", gemm = type == "Gemm";
    if (!conv && !gemm && type != "MatMul") return std::nullopt;
    std::optional<Quantized> x = Match(op->getOperand(0), DType::kUndefined);
    std::optional<Quantized> w = Match(op->getOperand(1), DType::kUndefined);
    if (!x || !w || !x->is_scalar() || !IsByChannel(op, *w)) return std::nullopt;
    if (gemm && (Float(op, "alpha", 1) != 1 || Float(op, "beta", 1) != 1)) return std::nullopt;
    Sums sums;
    sums.factor = Multiplied(w->scale, x->scale);
    std::optional<Quantized> bias;
    if (onnx::HasInput(op, 2)) {
      bias = Match(op->getOperand(2), DType::kInt32);
      if (!bias || !IsBiasOf(*bias, sums.factor)) return std::nullopt;
    }
    sums.integers = conv ? Convolve(op, *x, *w) : MultiplyMatrices(op, *x, *w);
    // Along the channels: the second dimension of a convolution, the last of a matrix.
    const int64_t behind = conv ? RankOf(op->getResult(0)) - 2 : 0;
    if (bias) sums.integers = AddBias(sums.integers, *bias, behind);
    if (sums.factor.num_elements() > 1) sums.factor = Behind(sums.factor, behind);
    return sums;
  }

  // One scale, or one for each channel that the product has.
  static bool IsByChannel(Operation* op, const Quantized& w) {
    if (w.is_scalar()) return true;
    const int64_t rank = RankOf(w.integers);
    if (onnx::OpTypeOf(op) == "Conv") return w.axis == 0;
    const bool transposed = Int(op, "transB", 0) != 0;
    return rank == 2 && w.axis == (transposed ? 0 : 1);
  }

  // Added to the sums as it is: of their scale, without a zero point.
  bool IsBiasOf(const Quantized& bias, const HostTensor& factor) const {
    if (RankOf(bias.integers) != 1 || ConstantOf(bias.integers) == nullptr) return false;
    const int64_t channels = ConstantOf(bias.integers)->num_elements();
    for (int64_t i = 0; i < channels; ++i) {
      const auto of = [&](const HostTensor& t) { return t.AsDouble(t.num_elements() > 1 ? i : 0); };
      if (of(bias.scale) != of(factor)) return false;
    }
    if (!bias.zero_point) return true;
    const HostTensor& zero = *ConstantOf(bias.zero_point);
    return zero.IsSplat() && zero.AsInt(0) == 0;
  }

  Value Convolve(Operation* op, const Quantized& x, const Quantized& w) {
    mlir::NamedAttrList attributes(op->getAttrs());
    attributes.set(onnx::kVersionAttr, builder_.getI64IntegerAttr(kIntegerVersion));
    const Value operands[] = {x.integers, w.integers, OrNone(x.zero_point), OrNone(w.zero_point)};
    return onnx::CreateOp(builder_, location_, "ConvInteger", operands,
                          TypeLike(op->getResult(0), DType::kInt32), attributes.getAttrs())
        ->getResult(0);
  }

  Value MultiplyMatrices(Operation* op, const Quantized& x, const Quantized& w) {
    const Value left = Int(op, "transA", 0) != 0 ? Transposed(x.integers) : x.integers;
    const Value right = Int(op, "transB", 0) != 0 ? Transposed(w.integers) : w.integers;
    return MakeOp("MatMulInteger", {left, right, OrNone(x.zero_point), OrNone(w.zero_point)},
                  TypeLike(op->getResult(0), DType::kInt32), {}, kIntegerVersion);
  }

  Value Transposed(Value matrix) {
    if (const HostTensor* constant = ConstantOf(matrix)) {
      return Constant(constant->Transposed({1, 0}));
    }
    const ir::SymShape shape = core::ShapeOf(matrix);
    const mlir::Type element =
        mlir::cast<mlir::RankedTensorType>(matrix.getType()).getElementType();
    const mlir::NamedAttribute attributes[] = {
        builder_.getNamedAttr("perm", builder_.getDenseI64ArrayAttr({1, 0})),
        builder_.getNamedAttr(onnx::kVersionAttr, builder_.getI64IntegerAttr(kElementwiseVersion))};
    return onnx::CreateOp(builder_, location_, "Transpose", matrix,
                          core::TensorType({shape[1], shape[0]}, element), attributes)
        ->getResult(0);
  }

  Value AddBias(Value sums, const Quantized& bias, int64_t behind) {
    const Value spread = Constant(Behind(*ConstantOf(bias.integers), behind));
    return MakeOp("Add", {sums, spread}, sums.getType());
  }

  Value Times(Value real, const HostTensor& factor) {
    return MakeOp("Mul", {real, Constant(factor)}, real.getType());
  }

  // --- Constants ---

  // A vector with `count` dimensions of 1 behind it.
  static HostTensor Behind(const HostTensor& vector, int64_t count) {
    std::vector<int64_t> dims = {vector.num_elements()};
    dims.resize(1 + count, 1);
    return vector.Reshaped(dims);
  }

  static HostTensor Splat(float value) {
    void* data = nullptr;
    HostTensor tensor = HostTensor::Allocate(DType::kFloat32, {}, &data);
    *static_cast<float*>(data) = value;
    return tensor;
  }

  // Each number of `a` with the one of `b`, in float32.
  template <typename Combine>
  static HostTensor Combined(const HostTensor& a, const HostTensor& b, Combine combine) {
    void* data = nullptr;
    const bool single = a.num_elements() == 1;
    HostTensor result =
        HostTensor::Allocate(DType::kFloat32, single ? std::vector<int64_t>{} : a.dims(), &data);
    for (int64_t i = 0; i < a.num_elements(); ++i) {
      static_cast<float*>(data)[i] =
          combine(static_cast<float>(a.AsDouble(i)), static_cast<float>(b.AsDouble(0)));
    }
    return result;
  }
  static HostTensor Multiplied(const HostTensor& a, const HostTensor& b) {
    return Combined(a, b, [](float x, float y) { return x * y; });
  }
  static HostTensor Divided(const HostTensor& a, const HostTensor& b) {
    return Combined(a, b, [](float x, float y) { return x / y; });
  }

  Value Constant(HostTensor tensor) {
    const int64_t id = constants_.Add(tensor);
    return onnx::CreateConstant(builder_, location_, id, constants_.Get(id));
  }

  // --- Ops ---

  Value OrNone(Value value) { return value ? value : onnx::CreateNoValue(builder_, location_); }

  mlir::Type TypeLike(Value value, DType dtype) {
    return core::TensorType(core::ShapeOf(value), onnx::ElementType(builder_.getContext(), dtype));
  }

  struct IntAttr {
    const char* name;
    int64_t value;
  };
  Value MakeOp(absl::string_view op_type, llvm::ArrayRef<Value> operands, mlir::Type type,
               llvm::ArrayRef<IntAttr> attributes = {}, int64_t version = kElementwiseVersion) {
    mlir::NamedAttrList list;
    for (const IntAttr& attr : attributes) {
      list.set(attr.name, builder_.getI64IntegerAttr(attr.value));
    }
    list.set(onnx::kVersionAttr, builder_.getI64IntegerAttr(version));
    return onnx::CreateOp(builder_, location_, op_type, operands, type, list.getAttrs())
        ->getResult(0);
  }

  mlir::func::FuncOp function_;
  ir::ConstantTable& constants_;
  mlir::OpBuilder builder_;
  mlir::Location location_ = builder_.getUnknownLoc();
};

}  // namespace

void FuseQuantized(mlir::func::FuncOp function, ir::ConstantTable& constants) {
  Fuser(function, constants).Run();
}

}  // namespace sinter::legalize
