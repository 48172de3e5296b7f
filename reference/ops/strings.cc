// Strings, TfIdfVectorizer apart.
#include <re2/re2.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/broadcast.h"
#include "reference/ops/categories.h"
#include "reference/ops/letter_case.h"

namespace sinter::reference {
namespace {

// What a hostile pattern may cost; RE2's own default.
constexpr int64_t kPatternMemory = 8 << 20;

absl::StatusOr<std::vector<Value>> StringConcat(const Call& call) {
  const Tensor& a = call.tensor(0);
  const Tensor& b = call.tensor(1);
  SINTER_ASSIGN_OR_RETURN(const Dims dims, BroadcastDims({a.dims(), b.dims()}));
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  std::vector<std::string> joined =
      Zip<std::string>(a.strings(), a.dims(), b.strings(), b.dims(), dims,
                       [](const std::string& x, const std::string& y) { return x + y; });
  return Single(Tensor(Dtype::kString, dims, std::move(joined)));
}

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Words between runs of white space; after `most` cuts the rest stays whole, but for the space
// before it.
std::vector<std::string> SplitAtSpace(const std::string& text, int64_t most) {
  std::vector<std::string> parts;
  size_t at = 0;
  while (true) {
    while (at < text.size() && IsSpace(text[at])) ++at;
    if (at == text.size()) return parts;
    if (static_cast<int64_t>(parts.size()) == most) {
      parts.push_back(text.substr(at));
      return parts;
    }
    size_t end = at;
    while (end < text.size() && !IsSpace(text[end])) ++end;
    parts.push_back(text.substr(at, end - at));
    at = end;
  }
}

std::vector<std::string> SplitAt(const std::string& text, const std::string& delimiter,
                                 int64_t most) {
  std::vector<std::string> parts;
  size_t at = 0;
  while (static_cast<int64_t>(parts.size()) < most) {
    const size_t end = text.find(delimiter, at);
    if (end == std::string::npos) break;
    parts.push_back(text.substr(at, end - at));
    at = end + delimiter.size();
  }
  parts.push_back(text.substr(at));
  return parts;
}

absl::StatusOr<std::vector<Value>> StringSplit(const Call& call) {
  const Tensor& x = call.tensor(0);
  const std::string delimiter = call.String("delimiter", "");
  const int64_t most = call.HasAttribute("maxsplit") ? call.Int("maxsplit", 0) : INT64_MAX;
  if (most < 0) return absl::InvalidArgumentError("`maxsplit` is negative");
  std::vector<std::vector<std::string>> rows;
  Tensor counts(Dtype::kInt64, x.dims());
  int64_t widest = 0;
  for (const std::string& text : x.strings()) {
    rows.push_back(delimiter.empty() ? SplitAtSpace(text, most) : SplitAt(text, delimiter, most));
    const auto count = static_cast<int64_t>(rows.back().size());
    counts.integers()[rows.size() - 1] = count;
    widest = std::max(widest, count);
  }
  Dims dims = x.dims();
  dims.push_back(widest);
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  Tensor parts(Dtype::kString, dims);
  for (size_t r = 0; r < rows.size(); ++r) {
    std::move(rows[r].begin(), rows[r].end(),
              parts.strings().begin() + static_cast<int64_t>(r) * widest);
  }
  return std::vector<Value>{std::move(parts), std::move(counts)};
}

absl::StatusOr<std::vector<Value>> RegexFullMatch(const Call& call) {
  RE2::Options options(RE2::Quiet);
  options.set_max_mem(kPatternMemory);
  const RE2 pattern(call.String("pattern", ""), options);
  if (!pattern.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("`", call.String("pattern", ""), "` is no pattern of RE2: ", pattern.error()));
  }
  const Tensor& x = call.tensor(0);
  Tensor matches(Dtype::kBool, x.dims());
  for (size_t i = 0; i < x.strings().size(); ++i)
    matches.integers()[i] = RE2::FullMatch(x.strings()[i], pattern) ? 1 : 0;
  return Single(std::move(matches));
}

absl::StatusOr<std::string> Normalized(const std::string& text, const std::string& action) {
  if (action == "NONE") return text;
  return WithLetterCase(text, action == "UPPER" ? LetterCase::kUpper : LetterCase::kLower);
}

absl::StatusOr<std::vector<Value>> StringNormalizer(const Call& call) {
  const Tensor& x = call.tensor(0);
  const bool is_row = x.rank() == 2 && x.dims()[0] == 1;
  if (x.rank() != 1 && !is_row)
    return absl::InvalidArgumentError(
        absl::StrCat("the shape is ", Text(x.dims()), "; it is [C] or [1, C]"));
  const std::string action = call.String("case_change_action", "NONE");
  if (action != "NONE" && action != "LOWER" && action != "UPPER") {
    return absl::InvalidArgumentError(absl::StrCat("`case_change_action` is `", action, "`"));
  }
  const std::string compared = call.Flag("is_case_sensitive") ? "NONE" : "LOWER";
  std::set<std::string> stopwords;
  for (const std::string& word : call.Strings("stopwords")) {
    SINTER_ASSIGN_OR_RETURN(std::string plain, Normalized(word, compared));
    stopwords.insert(std::move(plain));
  }
  std::vector<std::string> kept;
  for (const std::string& text : x.strings()) {
    if (!stopwords.empty()) {
      SINTER_ASSIGN_OR_RETURN(const std::string plain, Normalized(text, compared));
      if (stopwords.count(plain) != 0) continue;
    }
    SINTER_ASSIGN_OR_RETURN(std::string changed, Normalized(text, action));
    kept.push_back(std::move(changed));
  }
  if (kept.empty()) kept.emplace_back();
  Dims dims = {static_cast<int64_t>(kept.size())};
  if (is_row) dims.insert(dims.begin(), 1);
  return Single(Tensor(Dtype::kString, std::move(dims), std::move(kept)));
}

}  // namespace

absl::Span<const Operator> StringOperators() {
  static constexpr Operator kOperators[] = {
      {"", "RegexFullMatch", 20, RegexFullMatch},
      {"", "StringConcat", 20, StringConcat},
      {"", "StringNormalizer", 10, StringNormalizer},
      {"", "StringSplit", 20, StringSplit},
  };
  return kOperators;
}

}  // namespace sinter::reference
