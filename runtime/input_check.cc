#include "runtime/input_check.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/annotate.h"
#include "base/status_macros.h"
#include "runtime/sinter_abi.h"

namespace sinter::runtime {
namespace {

bool Aligned(const void* data) { return reinterpret_cast<uintptr_t>(data) % SINTER_ALIGNMENT == 0; }

}  // namespace

std::string InputNames(const LoadedModel& model) {
  return absl::StrJoin(model.inputs(), ", ", [](std::string* out, const ValueInfo& input) {
    absl::StrAppend(out, "`", input.name, "`");
  });
}

absl::Status WrongInputCount(const LoadedModel& model, size_t got) {
  return absl::InvalidArgumentError(absl::StrCat("got ", got, " inputs, but the model has ",
                                                 model.inputs().size(), ": ", InputNames(model)));
}

absl::Status WrongShape(const ValueInfo& expected, absl::Span<const int64_t> dims,
                        const std::string& why) {
  return absl::InvalidArgumentError(absl::StrCat("input `", expected.name, "` has shape ",
                                                 ShapeText(dims), ", but the model takes ",
                                                 expected.TypeText(), ": ", why));
}

std::string ContradictionText(int32_t dim) {
  return absl::StrCat("dimension ", dim, " contradicts the other inputs or the model's bounds");
}

absl::Status CheckShape(const ValueInfo& expected, absl::Span<const int64_t> dims) {
  if (!expected.has_rank) return absl::OkStatus();
  if (dims.size() != expected.dims.size()) {
    return WrongShape(
        expected, dims,
        absl::StrCat("its rank must be ", expected.dims.size(), ", not ", dims.size()));
  }
  for (size_t i = 0; i < dims.size(); ++i) {
    if (expected.dims[i] != SINTER_DYNAMIC && dims[i] != expected.dims[i]) {
      return WrongShape(
          expected, dims,
          absl::StrCat("dimension ", i, " must be ", expected.dims[i], ", not ", dims[i]));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckTensorInput(const ValueInfo& expected, const TensorView& input) {
  if (input.dtype != expected.dtype) {
    return absl::InvalidArgumentError(
        absl::StrCat("input `", expected.name, "` has elements of type ", DtypeName(input.dtype),
                     ", but the model takes ", expected.TypeText()));
  }
  SINTER_RETURN_IF_ERROR(CheckShape(expected, input.dims));
  const absl::StatusOr<int64_t> bytes = ByteSize(input.dtype, input.dims);
  SINTER_RETURN_IF_ERROR(
      base::Annotate(bytes.status(), absl::StrCat("input `", expected.name, "`")));
  if (*bytes > 0 && input.data == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("input `", expected.name, "` has no data"));
  }
  if (!Aligned(input.data)) {
    return absl::InvalidArgumentError(
        absl::StrCat("input `", expected.name, "` does not start at a multiple of ",
                     SINTER_ALIGNMENT, " bytes; `Tensor::CopyOf` makes a copy that does"));
  }
  return absl::OkStatus();
}

}  // namespace sinter::runtime
