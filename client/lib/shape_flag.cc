#include "client/lib/shape_flag.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/status_macros.h"
#include "client/lib/fault.h"
#include "client/lib/named_argument.h"

namespace sinter::client {
namespace {

using Dim = v1::ShapeSpec::Dim;

bool ParseSize(absl::string_view text, int64_t* size) {
  return absl::SimpleAtoi(text, size) && *size >= 0;
}

// RETURNS: false if `text` is not a dimension.
bool ParseDim(absl::string_view text, Dim* dim) {
  int64_t size = 0;
  if (text == "?") {
    dim->set_free(true);
    return true;
  }
  if (ParseSize(text, &size)) {
    dim->set_fixed(size);
    return true;
  }
  const std::pair<absl::string_view, absl::string_view> ends =
      absl::StrSplit(text, absl::MaxSplits("..", 1));
  int64_t max = 0;
  if (!ParseSize(ends.first, &size) || !ParseSize(ends.second, &max) || size > max) return false;
  dim->mutable_bounded()->set_min(size);
  dim->mutable_bounded()->set_max(max);
  return true;
}

absl::StatusOr<v1::ShapeSpec> ParseDims(const std::string& input, const std::string& text) {
  v1::ShapeSpec spec;
  spec.set_input(input);
  if (text.empty()) return spec;
  for (const absl::string_view part : absl::StrSplit(text, 'x')) {
    if (ParseDim(part, spec.add_dims())) continue;
    return UsageError(absl::StrCat("`--shape=", input, "=", text, "` has the dimension `", part,
                                   "`; a dimension is a number, `?` for free, or MIN..MAX, and `x` "
                                   "goes between two, as in `1x3x?x1..640`"));
  }
  return spec;
}

// Whether a dimension that the model fixes can have what `dim` says.
bool Allows(int64_t fixed, const Dim& dim) {
  switch (dim.kind_case()) {
    case Dim::kFixed:
      return dim.fixed() == fixed;
    case Dim::kBounded:
      return dim.bounded().min() <= fixed && fixed <= dim.bounded().max();
    case Dim::kFree:
    case Dim::KIND_NOT_SET:
      break;
  }
  return true;
}

absl::Status CheckAgainst(const ValueOutline& input, const v1::ShapeSpec& spec) {
  if (input.kind != ValueOutline::Kind::kTensor) {
    return UsageError(absl::StrCat("`--shape` names `", input.name, "`, which is not a tensor"));
  }
  if (!input.has_shape) return absl::OkStatus();
  if (input.dims.size() != static_cast<size_t>(spec.dims_size())) {
    return UsageError(absl::StrCat("`--shape` gives `", input.name, "` ", spec.dims_size(),
                                   " dimensions; the model declares ", input.dims.size()));
  }
  for (size_t i = 0; i < input.dims.size(); ++i) {
    const absl::optional<int64_t> fixed = input.dims[i].fixed;
    if (!fixed.has_value() || Allows(*fixed, spec.dims(static_cast<int>(i)))) continue;
    return UsageError(absl::StrCat("`--shape` contradicts the model in dimension ", i, " of `",
                                   input.name, "`, which the model fixes at ", *fixed));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<v1::ShapeSpec>> ParseShapeFlags(
    const std::vector<std::string>& arguments, const ModelOutline& model) {
  std::vector<std::string> names;
  for (const ValueOutline& input : model.inputs) names.push_back(input.name);
  SINTER_ASSIGN_OR_RETURN(const std::vector<NamedArgument> matched,
                          MatchNamedArguments("--shape", arguments, names));
  std::vector<v1::ShapeSpec> specs;
  for (const NamedArgument& argument : matched) {
    SINTER_ASSIGN_OR_RETURN(v1::ShapeSpec spec, ParseDims(names[argument.index], argument.value));
    SINTER_RETURN_IF_ERROR(CheckAgainst(model.inputs[argument.index], spec));
    specs.push_back(std::move(spec));
  }
  std::sort(specs.begin(), specs.end(),
            [](const v1::ShapeSpec& a, const v1::ShapeSpec& b) { return a.input() < b.input(); });
  return specs;
}

}  // namespace sinter::client
