// The element types of tensors: one row a type.
//
// Numbers and meanings are those of onnx.TensorProto.DataType; the artifact's C ABI uses the same
// numbers (sinter_dtype). In memory every element takes whole bytes: types of 2, 4 and 6 bits take
// one byte each, their bits in its low end and zeros above.
#ifndef SINTER_RUNTIME_DTYPE_H_
#define SINTER_RUNTIME_DTYPE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace sinter::runtime {

enum class Dtype : int32_t {
  kUndefined = 0,
  kFloat32 = 1,
  kUint8 = 2,
  kInt8 = 3,
  kUint16 = 4,
  kInt16 = 5,
  kInt32 = 6,
  kInt64 = 7,
  kString = 8,
  kBool = 9,
  kFloat16 = 10,
  kFloat64 = 11,
  kUint32 = 12,
  kUint64 = 13,
  kComplex64 = 14,
  kComplex128 = 15,
  kBfloat16 = 16,
  kFloat8E4m3fn = 17,
  kFloat8E4m3fnuz = 18,
  kFloat8E5m2 = 19,
  kFloat8E5m2fnuz = 20,
  kUint4 = 21,
  kInt4 = 22,
  kFloat4E2m1 = 23,
  kFloat8E8m0 = 24,
  kUint2 = 25,
  kInt2 = 26,
  kFloat6E2m3 = 27,
  kFloat6E3m2 = 28,
};

enum class DtypeKind { kBool, kUnsigned, kSigned, kFloat, kComplex };

struct DtypeInfo {
  Dtype dtype;
  const char* name;  // "float32", "int64", ...
  DtypeKind kind;
  int bits;   // significant bits of one element
  int bytes;  // what one element takes in memory
  // How .npy calls it, without the byte order: "f4". Types that .npy lacks travel as the unsigned
  // integer of the same size, and then `npy_exact` is false.
  const char* npy;
  bool npy_exact;
  // For kFloat: the widths of the fields below the sign bit, and the exponent's bias.
  int exponent_bits;
  int mantissa_bits;
  int bias;
};

// All element types that a tensor can have (so neither kUndefined nor kString), by number.
absl::Span<const DtypeInfo> AllDtypes();

// RETURNS: the row of `dtype`, or null if tensors can't have it.
const DtypeInfo* FindDtype(Dtype dtype);

// RETURNS: the type with this ONNX number, or UNIMPLEMENTED naming it.
absl::StatusOr<Dtype> DtypeFromNumber(int32_t number);

// RETURNS: the row's name, "string", "undefined", or "dtype NUMBER". For messages.
std::string DtypeName(Dtype dtype);

// Bytes of one element. REQUIRES: FindDtype(dtype) is not null.
int DtypeBytes(Dtype dtype);

// The type under which .npy files carry `dtype`: itself, or an unsigned integer of the same size.
Dtype NpyCarrier(Dtype dtype);

}  // namespace sinter::runtime

#endif  // SINTER_RUNTIME_DTYPE_H_
