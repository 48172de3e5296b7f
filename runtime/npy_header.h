// The head of an .npy file (numpy.lib.format, versions 1.0 to 3.0):
//
//   6 bytes  \x93NUMPY
//   2 bytes  major and minor version
//   2 bytes  length of the text that follows, little-endian (4 bytes from version 2.0 on)
//   text     a Python literal, padded with spaces and ended by a line feed:
//            {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }
//
// then the elements. Used by npy.h.
#ifndef SINTER_RUNTIME_NPY_HEADER_H_
#define SINTER_RUNTIME_NPY_HEADER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "runtime/dtype.h"

namespace sinter::runtime {

struct NpyHeader {
  Dtype dtype = Dtype::kUndefined;
  bool big_endian = false;
  bool fortran_order = false;  // the first index runs fastest
  std::vector<int64_t> dims;
  size_t data_offset = 0;  // where the elements begin
};

// Reads the head of `file`, which may be the whole file.
// ERRORS: INVALID_ARGUMENT with the byte offset where the text leaves the format; UNIMPLEMENTED for
// a version or an element type that tensors can't have, naming it.
absl::StatusOr<NpyHeader> ParseNpyHeader(absl::string_view file);

// RETURNS: the head of a file with such elements in row-major order (version 1.0, or 2.0 if the
// text is too long for it), padded so that the elements begin at a multiple of 64 as numpy does.
std::string FormatNpyHeader(Dtype dtype, absl::Span<const int64_t> dims);

}  // namespace sinter::runtime

#endif  // SINTER_RUNTIME_NPY_HEADER_H_
