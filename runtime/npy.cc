#include "runtime/npy.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/annotate.h"
#include "base/check.h"
#include "base/status_macros.h"
#include "runtime/file_bytes.h"
#include "runtime/npy_header.h"

namespace sinter::runtime {
namespace {

// Copies elements whose first index runs fastest into row-major order.
void CopyFromFortranOrder(const char* from, int element_bytes, absl::Span<const int64_t> dims,
                          int64_t count, char* to) {
  const size_t rank = dims.size();
  std::vector<int64_t> strides(rank);
  int64_t stride = element_bytes;
  for (size_t i = 0; i < rank; ++i) {
    strides[i] = stride;
    stride *= dims[i];
  }
  std::vector<int64_t> index(rank, 0);
  int64_t offset = 0;
  for (int64_t n = 0; n < count; ++n) {
    std::memcpy(to + n * element_bytes, from + offset, element_bytes);
    for (size_t axis = rank; axis-- > 0;) {
      offset += strides[axis];
      if (++index[axis] < dims[axis]) break;
      offset -= strides[axis] * dims[axis];
      index[axis] = 0;
    }
  }
}

void SwapBytes(const DtypeInfo& type, Tensor* tensor) {
  const int unit = type.kind == DtypeKind::kComplex ? type.bytes / 2 : type.bytes;
  char* const bytes = static_cast<char*>(tensor->mutable_data());
  for (int64_t at = 0; at < tensor->byte_size(); at += unit) {
    std::reverse(bytes + at, bytes + at + unit);
  }
}

absl::string_view ElementBytes(const TensorView& tensor) {
  const absl::StatusOr<int64_t> size = ByteSize(tensor.dtype, tensor.dims);
  SINTER_CHECK(size.ok()) << size.status();
  return {static_cast<const char*>(tensor.data), static_cast<size_t>(*size)};
}

}  // namespace

absl::StatusOr<Tensor> ParseNpy(absl::string_view file) {
  SINTER_ASSIGN_OR_RETURN(const NpyHeader header, ParseNpyHeader(file));
  const absl::string_view elements = file.substr(header.data_offset);
  // Compared before memory is asked for: the shape of a damaged file can be anything.
  SINTER_ASSIGN_OR_RETURN(const int64_t bytes, ByteSize(header.dtype, header.dims));
  if (static_cast<uint64_t>(bytes) != elements.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "malformed .npy: ", elements.size(), " bytes follow the header, but ",
        DtypeName(header.dtype), " of shape ", ShapeText(header.dims), " takes ", bytes));
  }
  SINTER_ASSIGN_OR_RETURN(Tensor tensor, Tensor::Make(header.dtype, header.dims));
  const DtypeInfo& type = *FindDtype(header.dtype);
  if (header.fortran_order && header.dims.size() > 1) {
    CopyFromFortranOrder(elements.data(), type.bytes, header.dims, tensor.element_count(),
                         static_cast<char*>(tensor.mutable_data()));
  } else if (bytes > 0) {
    std::memcpy(tensor.mutable_data(), elements.data(), bytes);
  }
  if (header.big_endian) SwapBytes(type, &tensor);
  // numpy takes any byte but 0 for true; models count on 1.
  if (type.kind == DtypeKind::kBool) {
    for (uint8_t& value : tensor.mutable_values<uint8_t>()) value = value != 0;
  }
  return tensor;
}

std::string FormatNpy(const TensorView& tensor) {
  return absl::StrCat(FormatNpyHeader(tensor.dtype, tensor.dims), ElementBytes(tensor));
}

absl::StatusOr<Tensor> ReadNpy(const std::string& path) {
  SINTER_ASSIGN_OR_RETURN(const std::string file, ReadFileBytes(path));
  absl::StatusOr<Tensor> tensor = ParseNpy(file);
  if (!tensor.ok()) return base::Annotate(tensor.status(), absl::StrCat("`", path, "`"));
  return tensor;
}

absl::Status WriteNpy(const std::string& path, const TensorView& tensor) {
  return WriteFileBytes(path, {FormatNpyHeader(tensor.dtype, tensor.dims), ElementBytes(tensor)});
}

}  // namespace sinter::runtime
