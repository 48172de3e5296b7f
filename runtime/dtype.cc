#include "runtime/dtype.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"

namespace sinter::runtime {
namespace {

using K = DtypeKind;

constexpr DtypeInfo kRows[] = {
    {Dtype::kFloat32, "float32", K::kFloat, 32, 4, "f4", true, 8, 23, 127},
    {Dtype::kUint8, "uint8", K::kUnsigned, 8, 1, "u1", true, 0, 0, 0},
    {Dtype::kInt8, "int8", K::kSigned, 8, 1, "i1", true, 0, 0, 0},
    {Dtype::kUint16, "uint16", K::kUnsigned, 16, 2, "u2", true, 0, 0, 0},
    {Dtype::kInt16, "int16", K::kSigned, 16, 2, "i2", true, 0, 0, 0},
    {Dtype::kInt32, "int32", K::kSigned, 32, 4, "i4", true, 0, 0, 0},
    {Dtype::kInt64, "int64", K::kSigned, 64, 8, "i8", true, 0, 0, 0},
    {Dtype::kBool, "bool", K::kBool, 1, 1, "b1", true, 0, 0, 0},
    {Dtype::kFloat16, "float16", K::kFloat, 16, 2, "f2", true, 5, 10, 15},
    {Dtype::kFloat64, "float64", K::kFloat, 64, 8, "f8", true, 11, 52, 1023},
    {Dtype::kUint32, "uint32", K::kUnsigned, 32, 4, "u4", true, 0, 0, 0},
    {Dtype::kUint64, "uint64", K::kUnsigned, 64, 8, "u8", true, 0, 0, 0},
    {Dtype::kComplex64, "complex64", K::kComplex, 64, 8, "c8", true, 0, 0, 0},
    {Dtype::kComplex128, "complex128", K::kComplex, 128, 16, "c16", true, 0, 0, 0},
    {Dtype::kBfloat16, "bfloat16", K::kFloat, 16, 2, "u2", false, 8, 7, 127},
    {Dtype::kFloat8E4m3fn, "float8e4m3fn", K::kFloat, 8, 1, "u1", false, 4, 3, 7},
    {Dtype::kFloat8E4m3fnuz, "float8e4m3fnuz", K::kFloat, 8, 1, "u1", false, 4, 3, 8},
    {Dtype::kFloat8E5m2, "float8e5m2", K::kFloat, 8, 1, "u1", false, 5, 2, 15},
    {Dtype::kFloat8E5m2fnuz, "float8e5m2fnuz", K::kFloat, 8, 1, "u1", false, 5, 2, 16},
    {Dtype::kUint4, "uint4", K::kUnsigned, 4, 1, "u1", false, 0, 0, 0},
    {Dtype::kInt4, "int4", K::kSigned, 4, 1, "u1", false, 0, 0, 0},
    {Dtype::kFloat4E2m1, "float4e2m1", K::kFloat, 4, 1, "u1", false, 2, 1, 1},
    {Dtype::kFloat8E8m0, "float8e8m0", K::kFloat, 8, 1, "u1", false, 8, 0, 127},
    {Dtype::kUint2, "uint2", K::kUnsigned, 2, 1, "u1", false, 0, 0, 0},
    {Dtype::kInt2, "int2", K::kSigned, 2, 1, "u1", false, 0, 0, 0},
    {Dtype::kFloat6E2m3, "float6e2m3", K::kFloat, 6, 1, "u1", false, 2, 3, 1},
    {Dtype::kFloat6E3m2, "float6e3m2", K::kFloat, 6, 1, "u1", false, 3, 2, 3},
};

}  // namespace

absl::Span<const DtypeInfo> AllDtypes() { return kRows; }

const DtypeInfo* FindDtype(Dtype dtype) {
  for (const DtypeInfo& row : kRows) {
    if (row.dtype == dtype) return &row;
  }
  return nullptr;
}

absl::StatusOr<Dtype> DtypeFromNumber(int32_t number) {
  const Dtype dtype = static_cast<Dtype>(number);
  if (FindDtype(dtype) != nullptr) return dtype;
  return absl::UnimplementedError(
      absl::StrCat("element type ", DtypeName(dtype), " is not supported in tensors"));
}

std::string DtypeName(Dtype dtype) {
  if (const DtypeInfo* row = FindDtype(dtype)) return row->name;
  if (dtype == Dtype::kString) return "string";
  if (dtype == Dtype::kUndefined) return "undefined";
  return absl::StrCat("dtype ", static_cast<int32_t>(dtype));
}

int DtypeBytes(Dtype dtype) {
  const DtypeInfo* row = FindDtype(dtype);
  SINTER_CHECK(row != nullptr) << DtypeName(dtype) << " has no size";
  return row->bytes;
}

Dtype NpyCarrier(Dtype dtype) {
  const DtypeInfo* row = FindDtype(dtype);
  if (row == nullptr || row->npy_exact) return dtype;
  return row->bytes == 2 ? Dtype::kUint16 : Dtype::kUint8;
}

}  // namespace sinter::runtime
