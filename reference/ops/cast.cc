// Cast, CastLike, BitCast: other element types.
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/convert.h"
#include "reference/ops/categories.h"
#include "reference/tensor_proto.h"

namespace sinter::reference {
namespace {

using Values = absl::StatusOr<std::vector<Value>>;

absl::StatusOr<Conversion> ReadConversion(const Call& call) {
  Conversion how;
  how.overflow = call.Flag("saturate", true) ? Overflow::kSaturate : Overflow::kSpecial;
  const std::string mode = call.String("round_mode", "up");
  if (mode == "up") {
    how.rounding = Rounding::kUp;
  } else if (mode == "down") {
    how.rounding = Rounding::kDown;
  } else if (mode != "nearest") {
    return absl::InvalidArgumentError(
        absl::StrCat("`round_mode` is `", mode, "`; it is up, down or nearest"));
  }
  return how;
}

Values CastTo(const Call& call, Dtype dtype) {
  SINTER_ASSIGN_OR_RETURN(Conversion how, ReadConversion(call));
  // The mode is for float8e8m0 alone: all other types round to nearest.
  if (dtype != Dtype::kFloat8E8m0) how.rounding = Rounding::kNearestEven;
  SINTER_ASSIGN_OR_RETURN(Tensor result, ConvertTo(call.tensor(0), dtype, how));
  return Single(std::move(result));
}

// Before version 6, `to` was the type's name.
absl::StatusOr<Dtype> TypeByName(const std::string& name) {
  const int padding = onnx::TensorProto::UNDEFINED;
  onnx::TensorProto::DataType number;
  if (!onnx::TensorProto::DataType_Parse(name, &number) || number == padding) {
    return absl::InvalidArgumentError(absl::StrCat("`to` is `", name, "`, which is no type"));
  }
  return DtypeFromNumber(number);
}

Values Cast1(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(const Dtype dtype, TypeByName(call.String("to", "")));
  return CastTo(call, dtype);
}

Values Cast6(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(const Dtype dtype, DtypeFromNumber(call.Int("to", 0)));
  return CastTo(call, dtype);
}

Values CastLike(const Call& call) { return CastTo(call, call.tensor(1).dtype()); }

Values BitCast(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(const Dtype dtype, DtypeFromNumber(call.Int("to", 0)));
  const Tensor& x = call.tensor(0);
  if (Info(dtype).bits != Info(x.dtype()).bits || dtype == Dtype::kString) {
    return absl::InvalidArgumentError(absl::StrCat("bits of type ", Name(x.dtype()),
                                                   " can't be read as type ", Name(dtype),
                                                   ": the sizes differ"));
  }
  SINTER_ASSIGN_OR_RETURN(Tensor result, FromBytes(dtype, x.dims(), ToBytes(x)));
  return Single(std::move(result));
}

}  // namespace

absl::Span<const Operator> CastOperators() {
  static constexpr Operator kOperators[] = {
      {"", "BitCast", 26, BitCast},
      {"", "Cast", 1, Cast1},
      {"", "Cast", 6, Cast6},
      {"", "CastLike", 15, CastLike},
  };
  return kOperators;
}

}  // namespace sinter::reference
