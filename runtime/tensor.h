// Tensors in memory: row-major, contiguous, aligned as the artifact's C ABI wants them.
//
// `Tensor` owns its bytes, `TensorView` borrows someone's. Neither is synchronized: one writer or
// many readers at a time.
#ifndef SINTER_RUNTIME_TENSOR_H_
#define SINTER_RUNTIME_TENSOR_H_

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "runtime/dtype.h"

namespace sinter::runtime {

// RETURNS: "[2,3]"; "[]" for rank 0.
std::string ShapeText(absl::Span<const int64_t> dims);

// RETURNS: the product of `dims`, 1 for rank 0.
// ERRORS: INVALID_ARGUMENT for a negative dimension, RESOURCE_EXHAUSTED if it exceeds int64.
absl::StatusOr<int64_t> ElementCount(absl::Span<const int64_t> dims);

// RETURNS: how many bytes such a tensor takes in memory. ERRORS: as ElementCount.
// REQUIRES: FindDtype(dtype) is not null.
absl::StatusOr<int64_t> ByteSize(Dtype dtype, absl::Span<const int64_t> dims);

// A block of memory that starts at a multiple of SINTER_ALIGNMENT and keeps its room when it
// shrinks, so that a loop of equal runs allocates once. Large blocks ask for huge pages.
class AlignedBuffer {
 public:
  // Makes room for `bytes`; what it held is lost if it has to grow. Fresh bytes are unspecified.
  // ERRORS: RESOURCE_EXHAUSTED if the machine has no such memory.
  absl::Status Reserve(int64_t bytes);

  void* data() const { return data_.get(); }
  int64_t capacity() const { return capacity_; }

 private:
  struct Free {
    void operator()(void* block) const { std::free(block); }
  };
  std::unique_ptr<void, Free> data_;
  int64_t capacity_ = 0;
};

// Borrowed elements and their shape. The lender keeps both alive and unchanged.
struct TensorView {
  Dtype dtype = Dtype::kUndefined;
  absl::Span<const int64_t> dims;
  const void* data = nullptr;  // may be null if a dimension is 0
};

// Move-only. Default-made it is an empty slot, of dtype kUndefined.
class Tensor {
 public:
  // RETURNS: a tensor whose elements are unspecified.
  // ERRORS: INVALID_ARGUMENT for a negative dimension, RESOURCE_EXHAUSTED if memory lacks.
  static absl::StatusOr<Tensor> Make(Dtype dtype, absl::Span<const int64_t> dims);

  // As Make(), with the elements copied from `source`, which may have any alignment.
  static absl::StatusOr<Tensor> CopyOf(const TensorView& source);

  Tensor() = default;
  Tensor(Tensor&&) = default;
  Tensor& operator=(Tensor&&) = default;

  // Changes type and shape in place; memory is reused if it is large enough. Elements become
  // unspecified. ERRORS: as Make(), and then nothing changed.
  absl::Status Resize(Dtype dtype, absl::Span<const int64_t> dims);

  // Calls the same bytes another type, as bfloat16 that came as uint16 from an .npy file.
  // ERRORS: INVALID_ARGUMENT if the elements' sizes differ.
  absl::Status Relabel(Dtype dtype);

  Dtype dtype() const { return dtype_; }
  const std::vector<int64_t>& dims() const { return dims_; }
  int64_t byte_size() const { return byte_size_; }
  int64_t element_count() const;
  const void* data() const { return buffer_.data(); }
  void* mutable_data() { return buffer_.data(); }
  TensorView view() const { return {dtype_, dims_, buffer_.data()}; }

  // The elements as C++ values. REQUIRES: sizeof(T) is the size of an element.
  template <typename T>
  absl::Span<const T> values() const {
    return {static_cast<const T*>(data()), static_cast<size_t>(byte_size_) / sizeof(T)};
  }
  template <typename T>
  absl::Span<T> mutable_values() {
    return {static_cast<T*>(mutable_data()), static_cast<size_t>(byte_size_) / sizeof(T)};
  }

 private:
  Dtype dtype_ = Dtype::kUndefined;
  std::vector<int64_t> dims_;
  int64_t byte_size_ = 0;
  AlignedBuffer buffer_;
};

// A tensor and what a model calls it.
struct NamedTensor {
  std::string name;
  Tensor tensor;
};

}  // namespace sinter::runtime

#endif  // SINTER_RUNTIME_TENSOR_H_
