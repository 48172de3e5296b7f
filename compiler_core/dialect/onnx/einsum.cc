#include "compiler_core/dialect/onnx/einsum.h"

#include <algorithm>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "base/status_macros.h"
#include "compiler_core/ir/diagnostic_kind.h"

namespace sinter::onnx {
namespace {

constexpr absl::string_view kEllipsis = "...";

absl::Status Malformed(absl::string_view what) {
  return ir::Error(ir::DiagnosticKind::kMalformedModel, absl::StrCat("equation: ", what));
}

std::string EllipsisLabels(int64_t count) {
  std::string labels;
  for (int64_t i = count; i-- > 0;) labels.push_back(static_cast<char>('0' + i));
  return labels;
}

// The labels of a term, its ellipsis standing for `hidden` dimensions.
absl::StatusOr<std::string> Expanded(absl::string_view term, int64_t hidden) {
  for (char label : absl::StrReplaceAll(term, {{kEllipsis, ""}})) {
    if (!absl::ascii_isalpha(label)) return Malformed(absl::StrCat("`", term, "` is no term"));
  }
  return absl::StrReplaceAll(term, {{kEllipsis, EllipsisLabels(hidden)}});
}

std::string ImplicitOutput(const std::vector<std::string>& inputs, int64_t hidden) {
  std::map<char, int> uses;
  for (const std::string& labels : inputs) {
    for (char label : labels) ++uses[label];
  }
  std::string output = EllipsisLabels(hidden);
  for (const auto& [label, count] : uses) {
    if (absl::ascii_isalpha(label) && count == 1) output.push_back(label);
  }
  return output;
}

}  // namespace

absl::StatusOr<EinsumLabels> ParseEinsum(absl::string_view equation,
                                         const std::vector<int64_t>& ranks) {
  const std::string text = absl::StrReplaceAll(equation, {{" ", ""}});
  const std::vector<std::string> sides = absl::StrSplit(text, "->");
  if (sides.size() > 2) return Malformed("more than one `->`");
  const std::vector<std::string> terms = absl::StrSplit(sides[0], ',');
  if (terms.size() != ranks.size()) {
    return Malformed(absl::StrCat(terms.size(), " terms for ", ranks.size(), " inputs"));
  }
  EinsumLabels labels;
  int64_t most_hidden = 0;
  for (size_t i = 0; i < terms.size(); ++i) {
    const bool has_ellipsis = absl::StrContains(terms[i], kEllipsis);
    const int64_t named = static_cast<int64_t>(terms[i].size()) - (has_ellipsis ? 3 : 0);
    const int64_t hidden = ranks[i] - named;
    if (hidden < 0 || hidden > 9 || (hidden > 0 && !has_ellipsis)) {
      return Malformed(absl::StrCat("`", terms[i], "` for an input of rank ", ranks[i]));
    }
    most_hidden = std::max(most_hidden, hidden);
    SINTER_ASSIGN_OR_RETURN(std::string expanded, Expanded(terms[i], hidden));
    labels.inputs.push_back(std::move(expanded));
  }
  if (sides.size() == 1) {
    labels.output = ImplicitOutput(labels.inputs, most_hidden);
    return labels;
  }
  SINTER_ASSIGN_OR_RETURN(labels.output, Expanded(sides[1], most_hidden));
  for (char label : labels.output) {
    const auto has = [&](const std::string& input) { return absl::StrContains(input, label); };
    if (std::none_of(labels.inputs.begin(), labels.inputs.end(), has) ||
        std::count(labels.output.begin(), labels.output.end(), label) != 1) {
      return Malformed(absl::StrCat("output `", sides[1], "`"));
    }
  }
  return labels;
}

}  // namespace sinter::onnx
