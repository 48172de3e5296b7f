#include "runtime/compare_values.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace sinter::runtime {
namespace {

// Appends the elements of `next`, and so moves its places up.
void Append(const Difference& next, Difference* all) {
  const bool is_worse = next.mismatches > 0 ? all->mismatches == 0
                                            : all->mismatches == 0 &&
                                                  next.max_abs_difference > all->max_abs_difference;
  if (is_worse && next.worst_index >= 0) all->worst_index = all->count + next.worst_index;
  all->max_abs_difference = std::max(all->max_abs_difference, next.max_abs_difference);
  all->max_abs_want = std::max(all->max_abs_want, next.max_abs_want);
  all->mismatches += next.mismatches;
  all->count += next.count;
}

absl::Status Differ(const Value& got, const Value& want) {
  return absl::InvalidArgumentError(absl::StrCat("got ", got.Text(), ", but want ", want.Text()));
}

absl::Status AppendStrings(const Value& got, const Value& want, Difference* all) {
  if (got.dims() != want.dims()) return Differ(got, want);
  for (size_t i = 0; i < want.strings().values.size(); ++i) {
    Difference one;
    one.count = 1;
    if (got.strings().values[i] != want.strings().values[i]) {
      one.mismatches = 1;
      one.worst_index = 0;
    }
    Append(one, all);
  }
  return absl::OkStatus();
}

absl::Status AppendValue(const Value& got, const Value& want, Difference* all) {
  if (got.kind() != want.kind()) return Differ(got, want);
  switch (want.kind()) {
    case Value::Kind::kNone:
      return absl::OkStatus();
    case Value::Kind::kTensor: {
      SINTER_ASSIGN_OR_RETURN(const Difference next,
                              Compare(got.tensor().view(), want.tensor().view()));
      Append(next, all);
      return absl::OkStatus();
    }
    case Value::Kind::kStrings:
      return AppendStrings(got, want, all);
    case Value::Kind::kSequence:
      if (got.items().size() != want.items().size()) return Differ(got, want);
      for (size_t i = 0; i < want.items().size(); ++i) {
        SINTER_RETURN_IF_ERROR(AppendValue(got.items()[i], want.items()[i], all));
      }
      return absl::OkStatus();
    case Value::Kind::kMap:
      break;
  }
  SINTER_RETURN_IF_ERROR(AppendValue(got.keys(), want.keys(), all));
  return AppendValue(got.values(), want.values(), all);
}

}  // namespace

absl::StatusOr<Difference> CompareValues(const Value& got, const Value& want) {
  Difference all;
  SINTER_RETURN_IF_ERROR(AppendValue(got, want, &all));
  return all;
}

}  // namespace sinter::runtime
