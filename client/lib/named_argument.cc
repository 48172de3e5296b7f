#include "client/lib/named_argument.h"

#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/lib/fault.h"

namespace sinter::client {
namespace {

std::string Quoted(const std::vector<std::string>& names) {
  if (names.empty()) return "it has no inputs";
  return absl::StrCat("its inputs are ",
                      absl::StrJoin(names, ", ", [](std::string* out, const std::string& name) {
                        absl::StrAppend(out, "`", name, "`");
                      }));
}

// RETURNS: the index of the longest name that `argument` starts with, or names.size().
size_t LongestMatch(absl::string_view argument, const std::vector<std::string>& names) {
  size_t best = names.size();
  for (size_t i = 0; i < names.size(); ++i) {
    const bool matches = absl::StartsWith(argument, names[i]) &&
                         absl::StartsWith(argument.substr(names[i].size()), "=");
    if (matches && (best == names.size() || names[i].size() > names[best].size())) best = i;
  }
  return best;
}

}  // namespace

absl::StatusOr<std::vector<NamedArgument>> MatchNamedArguments(
    absl::string_view flag, const std::vector<std::string>& arguments,
    const std::vector<std::string>& names) {
  std::vector<NamedArgument> matched;
  std::set<size_t> seen;
  for (const std::string& argument : arguments) {
    const size_t index = LongestMatch(argument, names);
    if (index == names.size()) {
      return UsageError(absl::StrCat("`", flag, "=", argument,
                                     "` does not start with the name of an input and `=`; ",
                                     Quoted(names)));
    }
    if (!seen.insert(index).second) {
      return UsageError(absl::StrCat("`", flag, "` is given twice for `", names[index], "`"));
    }
    matched.push_back({index, argument.substr(names[index].size() + 1)});
  }
  return matched;
}

}  // namespace sinter::client
