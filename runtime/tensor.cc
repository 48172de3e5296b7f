#include "runtime/tensor.h"

#include <sys/mman.h>

#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/check.h"
#include "base/status_macros.h"
#include "runtime/sinter_abi.h"

namespace sinter::runtime {
namespace {

// From this size on a block is worth huge pages: fewer TLB misses, fewer page faults.
constexpr int64_t kHugeFrom = int64_t{4} << 20;
constexpr int64_t kHugePage = int64_t{2} << 20;
// What a process can address on the machines we know. More is refused without asking for it.
constexpr int64_t kMaxBytes = int64_t{1} << 47;

int64_t RoundUp(int64_t value, int64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

}  // namespace

std::string ShapeText(absl::Span<const int64_t> dims) {
  return absl::StrCat("[", absl::StrJoin(dims, ","), "]");
}

absl::StatusOr<int64_t> ElementCount(absl::Span<const int64_t> dims) {
  bool has_zero = false;
  for (const int64_t dim : dims) {
    if (dim < 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("shape ", ShapeText(dims), " has a negative dimension"));
    }
    has_zero |= dim == 0;
  }
  if (has_zero) return 0;
  int64_t count = 1;
  for (const int64_t dim : dims) {
    if (__builtin_mul_overflow(count, dim, &count)) {
      return absl::ResourceExhaustedError(
          absl::StrCat("shape ", ShapeText(dims), " has more than 2^63 elements"));
    }
  }
  return count;
}

absl::StatusOr<int64_t> ByteSize(Dtype dtype, absl::Span<const int64_t> dims) {
  SINTER_ASSIGN_OR_RETURN(const int64_t count, ElementCount(dims));
  int64_t bytes;
  if (__builtin_mul_overflow(count, int64_t{DtypeBytes(dtype)}, &bytes) || bytes > kMaxBytes) {
    return absl::ResourceExhaustedError(absl::StrCat("a ", DtypeName(dtype), " tensor of shape ",
                                                     ShapeText(dims),
                                                     " is larger than any memory"));
  }
  return bytes;
}

absl::Status AlignedBuffer::Reserve(int64_t bytes) {
  SINTER_CHECK(bytes >= 0);
  if (bytes <= capacity_ && data_ != nullptr) return absl::OkStatus();
  if (bytes > kMaxBytes) {
    return absl::ResourceExhaustedError(absl::StrCat("no process can have ", bytes, " bytes"));
  }
  const bool huge = bytes >= kHugeFrom;
  const int64_t alignment = huge ? kHugePage : SINTER_ALIGNMENT;
  const int64_t rounded = RoundUp(bytes > 0 ? bytes : 1, SINTER_ALIGNMENT);
  data_.reset();
  capacity_ = 0;
  // Unlike aligned_alloc(), takes a size that is no multiple of the alignment.
  void* block = nullptr;
  if (posix_memalign(&block, alignment, rounded) != 0) {
    return absl::ResourceExhaustedError(absl::StrCat("no memory for ", rounded, " bytes"));
  }
  data_.reset(block);
  capacity_ = rounded;
  // Advice only: a kernel without huge pages refuses, and nothing is lost.
  if (huge) (void)madvise(block, rounded / kHugePage * kHugePage, MADV_HUGEPAGE);
  return absl::OkStatus();
}

absl::StatusOr<Tensor> Tensor::Make(Dtype dtype, absl::Span<const int64_t> dims) {
  Tensor tensor;
  SINTER_RETURN_IF_ERROR(tensor.Resize(dtype, dims));
  return tensor;
}

absl::StatusOr<Tensor> Tensor::CopyOf(const TensorView& source) {
  SINTER_ASSIGN_OR_RETURN(Tensor tensor, Make(source.dtype, source.dims));
  if (tensor.byte_size() > 0) {
    std::memcpy(tensor.mutable_data(), source.data, tensor.byte_size());
  }
  return tensor;
}

absl::Status Tensor::Resize(Dtype dtype, absl::Span<const int64_t> dims) {
  SINTER_ASSIGN_OR_RETURN(const int64_t bytes, ByteSize(dtype, dims));
  if (buffer_.data() == nullptr || bytes > buffer_.capacity()) {
    AlignedBuffer larger;
    SINTER_RETURN_IF_ERROR(larger.Reserve(bytes));
    buffer_ = std::move(larger);
  }
  dtype_ = dtype;
  dims_.assign(dims.begin(), dims.end());
  byte_size_ = bytes;
  return absl::OkStatus();
}

absl::Status Tensor::Relabel(Dtype dtype) {
  const DtypeInfo* row = FindDtype(dtype);
  if (row == nullptr || dtype_ == Dtype::kUndefined || row->bytes != DtypeBytes(dtype_)) {
    return absl::InvalidArgumentError(absl::StrCat("elements of type ", DtypeName(dtype_),
                                                   " can't be taken for ", DtypeName(dtype),
                                                   ": their sizes differ"));
  }
  dtype_ = dtype;
  return absl::OkStatus();
}

int64_t Tensor::element_count() const {
  return dtype_ == Dtype::kUndefined ? 0 : byte_size_ / DtypeBytes(dtype_);
}

}  // namespace sinter::runtime
