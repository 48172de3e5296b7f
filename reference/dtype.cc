#include "reference/dtype.h"

#include "absl/strings/str_cat.h"
#include "base/check.h"

namespace sinter::reference {
namespace {

constexpr DtypeInfo kInfos[] = {
    {Dtype::kFloat32, "float", DtypeKind::kFloat, 32, true},
    {Dtype::kUint8, "uint8", DtypeKind::kInteger, 8, false},
    {Dtype::kInt8, "int8", DtypeKind::kInteger, 8, true},
    {Dtype::kUint16, "uint16", DtypeKind::kInteger, 16, false},
    {Dtype::kInt16, "int16", DtypeKind::kInteger, 16, true},
    {Dtype::kInt32, "int32", DtypeKind::kInteger, 32, true},
    {Dtype::kInt64, "int64", DtypeKind::kInteger, 64, true},
    {Dtype::kString, "string", DtypeKind::kString, 0, false},
    {Dtype::kBool, "bool", DtypeKind::kBool, 8, false},
    {Dtype::kFloat16, "float16", DtypeKind::kFloat, 16, true},
    {Dtype::kFloat64, "double", DtypeKind::kFloat, 64, true},
    {Dtype::kUint32, "uint32", DtypeKind::kInteger, 32, false},
    {Dtype::kUint64, "uint64", DtypeKind::kInteger, 64, false},
    {Dtype::kComplex64, "complex64", DtypeKind::kComplex, 64, true},
    {Dtype::kComplex128, "complex128", DtypeKind::kComplex, 128, true},
    {Dtype::kBfloat16, "bfloat16", DtypeKind::kFloat, 16, true},
    {Dtype::kFloat8E4m3fn, "float8e4m3fn", DtypeKind::kFloat, 8, true},
    {Dtype::kFloat8E4m3fnuz, "float8e4m3fnuz", DtypeKind::kFloat, 8, true},
    {Dtype::kFloat8E5m2, "float8e5m2", DtypeKind::kFloat, 8, true},
    {Dtype::kFloat8E5m2fnuz, "float8e5m2fnuz", DtypeKind::kFloat, 8, true},
    {Dtype::kUint4, "uint4", DtypeKind::kInteger, 4, false},
    {Dtype::kInt4, "int4", DtypeKind::kInteger, 4, true},
    {Dtype::kFloat4E2m1, "float4e2m1", DtypeKind::kFloat, 4, true},
    {Dtype::kFloat8E8m0, "float8e8m0", DtypeKind::kFloat, 8, false},
    {Dtype::kUint2, "uint2", DtypeKind::kInteger, 2, false},
    {Dtype::kInt2, "int2", DtypeKind::kInteger, 2, true},
};

}  // namespace

const DtypeInfo& Info(Dtype dtype) {
  // Rows are in the order of the numbers, which begin at 1.
  const int row = static_cast<int>(dtype) - 1;
  SINTER_CHECK(row >= 0 && row < static_cast<int>(std::size(kInfos)));
  return kInfos[row];
}

absl::StatusOr<Dtype> DtypeFromNumber(int64_t number) {
  if (number < 1 || number > static_cast<int64_t>(std::size(kInfos))) {
    return absl::UnimplementedError(
        absl::StrCat("element type number ", number, " is not known to the reference evaluator"));
  }
  return static_cast<Dtype>(number);
}

}  // namespace sinter::reference
