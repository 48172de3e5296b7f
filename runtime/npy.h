// NumPy's .npy files, the everyday form of inputs and outputs.
//
// Read: versions 1.0 to 3.0, row-major and Fortran order, both byte orders, all boolean, integer,
// float and complex types of at most 16 bytes. Written: version 1.0, row-major, little-endian.
// Types that .npy lacks (bfloat16, float8*, int4, ...) are written as the bits of an unsigned
// integer of the same size, see NpyCarrier(); reading gives that integer type back, and
// Tensor::Relabel() restores the true one.
#ifndef SINTER_RUNTIME_NPY_H_
#define SINTER_RUNTIME_NPY_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/tensor.h"

namespace sinter::runtime {

// RETURNS: the tensor in `file`, the bytes of a whole .npy file, in row-major order.
// ERRORS: INVALID_ARGUMENT with the place where `file` leaves the format or how many bytes it is
// short or long of; UNIMPLEMENTED for an element type that tensors lack; RESOURCE_EXHAUSTED if
// memory lacks.
absl::StatusOr<Tensor> ParseNpy(absl::string_view file);

// RETURNS: the bytes of an .npy file.
std::string FormatNpy(const TensorView& tensor);

// The same with files. ERRORS: also what the system says, each naming `path`.
absl::StatusOr<Tensor> ReadNpy(const std::string& path);
absl::Status WriteNpy(const std::string& path, const TensorView& tensor);

}  // namespace sinter::runtime

#endif  // SINTER_RUNTIME_NPY_H_
