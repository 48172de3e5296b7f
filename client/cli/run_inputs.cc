#include "client/cli/run_inputs.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/annotate.h"
#include "base/status_macros.h"
#include "client/lib/fault.h"
#include "client/lib/named_argument.h"
#include "runtime/npy.h"
#include "runtime/random_tensor.h"
#include "runtime/tensor.h"
#include "runtime/value_proto.h"

namespace sinter::client {
namespace {

using runtime::Tensor;
using runtime::Value;
using runtime::ValueInfo;

constexpr char kRandom[] = "random:";

// RETURNS: the shape that the model fixes, with 1 for what it leaves free.
std::vector<int64_t> LeastShape(const ValueInfo& input) {
  std::vector<int64_t> dims = input.dims;
  for (int64_t& dim : dims) {
    if (dim == SINTER_DYNAMIC) dim = 1;
  }
  return dims;
}

// `text` is "SEED" or "SEED:2x3"; a shape that is empty after the colon is rank 0.
absl::StatusOr<Tensor> MakeRandom(const ValueInfo& input, absl::string_view text) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits(':', 1));
  uint64_t seed = 0;
  if (!absl::SimpleAtoi(parts.first, &seed)) {
    return UsageError(absl::StrCat("`--input=", input.name, "=random:", text,
                                   "` has no seed, a number from 0 on"));
  }
  std::vector<int64_t> dims = LeastShape(input);
  if (absl::StrContains(text, ':')) {
    dims.clear();
    for (const absl::string_view part : absl::StrSplit(parts.second, 'x', absl::SkipEmpty())) {
      int64_t dim = 0;
      if (!absl::SimpleAtoi(part, &dim) || dim < 0) {
        return UsageError(absl::StrCat("`--input=", input.name, "=random:", text,
                                       "` has the dimension `", part,
                                       "`; a shape is written as 1x3x224x224"));
      }
      dims.push_back(dim);
    }
  } else if (!input.has_rank) {
    return UsageError(absl::StrCat("`--input=", input.name, "=random:", text,
                                   "` has no shape, and the model takes tensors of any rank; "
                                   "random:SEED:2x3 chooses one"));
  }
  return runtime::RandomTensor(input.dtype, dims, seed);
}

// .npy files and random numbers are for tensors of numbers.
absl::Status CheckNumeric(const ValueInfo& input, const std::string& value) {
  if (input.type.is_numeric_tensor()) return absl::OkStatus();
  return UsageError(absl::StrCat("`--input=", input.name, "=", value, "`: the model takes ",
                                 input.type.Text(), ", which only a FILE.pb can hold"));
}

absl::StatusOr<Tensor> ReadNpyFile(const ValueInfo& input, const std::string& path) {
  SINTER_ASSIGN_OR_RETURN(Tensor tensor, runtime::ReadNpy(path));
  // An .npy file carries types that it lacks as unsigned integers of the same size.
  const bool is_carried =
      tensor.dtype() != input.dtype && tensor.dtype() == runtime::NpyCarrier(input.dtype);
  if (is_carried) SINTER_RETURN_IF_ERROR(tensor.Relabel(input.dtype));
  return tensor;
}

absl::StatusOr<Value> AsValue(absl::StatusOr<Tensor> tensor) {
  SINTER_RETURN_IF_ERROR(tensor.status());
  return Value(*std::move(tensor));
}

absl::StatusOr<Value> ReadInput(const ValueInfo& input, const std::string& value) {
  if (absl::StartsWith(value, kRandom)) {
    SINTER_RETURN_IF_ERROR(CheckNumeric(input, value));
    return AsValue(MakeRandom(input, absl::StripPrefix(value, kRandom)));
  }
  const bool is_npy = absl::EndsWith(value, ".npy");
  if (!is_npy && !absl::EndsWith(value, ".pb")) {
    return UsageError(absl::StrCat("`--input=", input.name, "=", value,
                                   "` is none of FILE.npy, FILE.pb and random:SEED"));
  }
  if (is_npy) SINTER_RETURN_IF_ERROR(CheckNumeric(input, value));
  absl::StatusOr<Value> read =
      is_npy ? AsValue(ReadNpyFile(input, value)) : runtime::ReadValueProto(value, input.type);
  if (absl::IsNotFound(read.status()) || absl::IsPermissionDenied(read.status())) {
    return AsUsageError(read.status());
  }
  if (!read.ok()) return base::Annotate(read.status(), absl::StrCat("input `", input.name, "`"));
  return read;
}

}  // namespace

absl::StatusOr<std::vector<Value>> ReadInputs(const runtime::LoadedModel& model,
                                              const std::vector<std::string>& arguments) {
  std::vector<std::string> names;
  for (const ValueInfo& input : model.inputs()) names.push_back(input.name);
  SINTER_ASSIGN_OR_RETURN(const std::vector<NamedArgument> matched,
                          MatchNamedArguments("--input", arguments, names));
  std::vector<Value> values(names.size());
  std::vector<bool> given(names.size(), false);
  for (const NamedArgument& argument : matched) given[argument.index] = true;
  std::vector<std::string> missing;
  for (size_t i = 0; i < names.size(); ++i) {
    if (!given[i]) missing.push_back(absl::StrCat("`", model.inputs()[i].Text(), "`"));
  }
  if (!missing.empty()) {
    return UsageError(absl::StrCat("no --input for ", absl::StrJoin(missing, ", "),
                                   "; give NAME=FILE.npy, NAME=FILE.pb or NAME=random:SEED"));
  }
  for (const NamedArgument& argument : matched) {
    SINTER_ASSIGN_OR_RETURN(values[argument.index],
                            ReadInput(model.inputs()[argument.index], argument.value));
  }
  return values;
}

}  // namespace sinter::client
