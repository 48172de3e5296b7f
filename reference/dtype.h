// The element types of ONNX, as the reference evaluator sees them.
//
// The evaluator is independent of the compiler and of the runtime, so that an error in one is not
// repeated in the other: it has its own list. Numbers are those of onnx.TensorProto.DataType.
#ifndef SINTER_REFERENCE_DTYPE_H_
#define SINTER_REFERENCE_DTYPE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace sinter::reference {

enum class Dtype : int32_t {
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
};

// How the elements are kept in memory; see Tensor.
enum class DtypeKind { kFloat, kInteger, kBool, kString, kComplex };

struct DtypeInfo {
  Dtype dtype;
  const char* name;  // as in ONNX's type strings: "float", "int64", "float8e4m3fn"
  DtypeKind kind;
  int bits;  // of one element; 0 for strings
  bool is_signed;
};

const DtypeInfo& Info(Dtype dtype);

// ERRORS: UNIMPLEMENTED for a number that is none of the types above.
absl::StatusOr<Dtype> DtypeFromNumber(int64_t number);

inline std::string Name(Dtype dtype) { return Info(dtype).name; }
inline bool IsFloat(Dtype dtype) { return Info(dtype).kind == DtypeKind::kFloat; }
inline bool IsComplex(Dtype dtype) { return Info(dtype).kind == DtypeKind::kComplex; }
// Integers proper: bool is none.
inline bool IsInteger(Dtype dtype) { return Info(dtype).kind == DtypeKind::kInteger; }
inline bool IsUnsigned(Dtype dtype) { return IsInteger(dtype) && !Info(dtype).is_signed; }

}  // namespace sinter::reference

#endif  // SINTER_REFERENCE_DTYPE_H_
