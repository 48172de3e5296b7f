// Constant tensors at compile time: a model's weights and what is computed from them.
//
// A HostTensor is a strided view of bytes that somebody owns (the parsed model, or a buffer made by
// constant folding), so that transposing or slicing a 500 MB weight copies nothing. The IR names
// constants by their index in the module's ConstantTable (`sinter.constant {id = 7}`): weights
// never pass through MLIR attributes.
#ifndef SINTER_COMPILER_CORE_IR_HOST_TENSOR_H_
#define SINTER_COMPILER_CORE_IR_HOST_TENSOR_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace sinter::ir {

// Numbers are those of onnx.TensorProto.DataType.
enum class DType : int32_t {
  kUndefined = 0,
  kFloat32 = 1,
  kUInt8 = 2,
  kInt8 = 3,
  kUInt16 = 4,
  kInt16 = 5,
  kInt32 = 6,
  kInt64 = 7,
  kString = 8,
  kBool = 9,
  kFloat16 = 10,
  kFloat64 = 11,
  kUInt32 = 12,
  kUInt64 = 13,
  kComplex64 = 14,
  kComplex128 = 15,
  kBFloat16 = 16,
  kFloat8E4M3FN = 17,
  kFloat8E4M3FNUZ = 18,
  kFloat8E5M2 = 19,
  kFloat8E5M2FNUZ = 20,
  kUInt4 = 21,
  kInt4 = 22,
  kFloat4E2M1 = 23,
  kFloat8E8M0 = 24,
  kUInt2 = 25,
  kInt2 = 26,
  kFloat6E2M3 = 27,
  kFloat6E3M2 = 28,
};

// Bytes of one element as stored; 0 for strings. Bool takes a byte, and so do the types of 2, 4 and
// 6 bits: theirs are the low ones, those above are 0.
int64_t SizeOf(DType dtype);
absl::string_view NameOf(DType dtype);  // "float32", "int64", ...

class HostTensor {
 public:
  HostTensor() = default;
  // A row-major view of `data`, which `owner` keeps alive (null: the caller does).
  HostTensor(DType dtype, std::vector<int64_t> dims, const void* data,
             std::shared_ptr<const void> owner);
  // A zeroed buffer of its own, and where to write it.
  static HostTensor Allocate(DType dtype, std::vector<int64_t> dims, void** data);

  DType dtype() const { return dtype_; }
  const std::vector<int64_t>& dims() const { return dims_; }
  const std::vector<int64_t>& strides() const { return strides_; }  // in elements; 0 = broadcast
  int64_t num_elements() const;
  bool IsRowMajor() const;
  // All elements are one value (a tensor of one element is). Looks at the data.
  bool IsSplat() const;

  // The first element. Not aligned for its type: weights lie in a model file as they happen to.
  const char* bytes() const { return static_cast<const char*>(data_); }

  // Views; REQUIRE valid arguments.
  HostTensor Transposed(absl::Span<const int64_t> permutation) const;
  HostTensor Sliced(absl::Span<const int64_t> offsets, absl::Span<const int64_t> sizes,
                    absl::Span<const int64_t> steps) const;
  HostTensor BroadcastTo(absl::Span<const int64_t> dims) const;
  // A view when the tensor is row-major, else a copy.
  HostTensor Reshaped(std::vector<int64_t> dims) const;
  HostTensor RowMajor() const;  // itself, or a row-major copy

  // Element at row-major position `i`, converted; for integer/bool types exact in AsInt.
  int64_t AsInt(int64_t i) const;
  double AsDouble(int64_t i) const;

 private:
  int64_t OffsetOf(int64_t i) const;
  DType dtype_ = DType::kUndefined;
  std::vector<int64_t> dims_;
  std::vector<int64_t> strides_;
  const void* data_ = nullptr;
  std::shared_ptr<const void> owner_;
};

// Append-only; ids are positions.
class ConstantTable {
 public:
  int64_t Add(HostTensor tensor) {
    tensors_.push_back(std::move(tensor));
    return static_cast<int64_t>(tensors_.size()) - 1;
  }
  const HostTensor& Get(int64_t id) const { return tensors_.at(id); }
  int64_t size() const { return static_cast<int64_t>(tensors_.size()); }

 private:
  std::vector<HostTensor> tensors_;
};

}  // namespace sinter::ir

#endif  // SINTER_COMPILER_CORE_IR_HOST_TENSOR_H_
