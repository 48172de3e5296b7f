#include "reference/shape.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"

namespace sinter::reference {
namespace {

// An element takes 8 to 32 bytes: so 8 GB at most, where a usual machine can hold a few of them.
constexpr int64_t kMaxElements = int64_t{1} << 28;

}  // namespace

int64_t CountOf(const Dims& dims, int64_t begin, int64_t end) {
  int64_t count = 1;
  for (int64_t i = begin; i < end; ++i) count *= dims[i];
  return count;
}

int64_t CountOf(const Dims& dims) { return CountOf(dims, 0, dims.size()); }

absl::Status CheckElementCount(const Dims& dims) {
  bool empty = false;
  for (const int64_t dim : dims) {
    if (dim < 0) {
      return absl::InvalidArgumentError(absl::StrCat("shape ", Text(dims), " has a negative dim"));
    }
    empty |= dim == 0;
  }
  int64_t count = 1;
  for (const int64_t dim : dims) {
    if (empty) break;
    if (dim > kMaxElements / count) {
      return absl::ResourceExhaustedError(absl::StrCat("a tensor of shape ", Text(dims),
                                                       " has too many elements for the reference "
                                                       "evaluator"));
    }
    count *= dim;
  }
  return absl::OkStatus();
}

std::string Text(const Dims& dims) { return absl::StrCat("[", absl::StrJoin(dims, ", "), "]"); }

Dims StridesOf(const Dims& dims) {
  Dims strides(dims.size(), 1);
  for (int64_t i = static_cast<int64_t>(dims.size()) - 2; i >= 0; --i) {
    strides[i] = strides[i + 1] * dims[i + 1];
  }
  return strides;
}

Dims BroadcastStrides(const Dims& from, const Dims& to) {
  const Dims strides = StridesOf(from);
  Dims result(to.size(), 0);
  const size_t lacking = to.size() - from.size();
  for (size_t i = 0; i < from.size(); ++i) {
    if (from[i] != 1) result[lacking + i] = strides[i];
  }
  return result;
}

absl::StatusOr<Dims> BroadcastDims(absl::Span<const Dims> shapes) {
  Dims result;
  for (const Dims& shape : shapes) {
    if (shape.size() > result.size())
      result.insert(result.begin(), shape.size() - result.size(), 1);
    const size_t lacking = result.size() - shape.size();
    for (size_t i = 0; i < shape.size(); ++i) {
      int64_t& dim = result[lacking + i];
      if (shape[i] == dim || shape[i] == 1) continue;
      if (dim != 1) {
        std::vector<std::string> texts;
        for (const Dims& each : shapes) texts.push_back(Text(each));
        return absl::InvalidArgumentError(absl::StrCat("shapes ", absl::StrJoin(texts, " and "),
                                                       " can't be broadcast to one another"));
      }
      dim = shape[i];
    }
  }
  return result;
}

absl::StatusOr<int64_t> NormalAxis(int64_t axis, int64_t rank) {
  if (axis < -rank || axis >= rank) {
    return absl::InvalidArgumentError(
        absl::StrCat("axis ", axis, " is out of range for rank ", rank));
  }
  return axis < 0 ? axis + rank : axis;
}

absl::StatusOr<Dims> NormalAxes(const Dims& axes, int64_t rank) {
  Dims result;
  for (const int64_t axis : axes) {
    SINTER_ASSIGN_OR_RETURN(const int64_t normal, NormalAxis(axis, rank));
    if (std::find(result.begin(), result.end(), normal) != result.end()) {
      return absl::InvalidArgumentError(absl::StrCat("axes ", Text(axes), " name one axis twice"));
    }
    result.push_back(normal);
  }
  return result;
}

IndexWalk::IndexWalk(Dims dims, std::vector<Dims> strides)
    : dims_(std::move(dims)),
      strides_(std::move(strides)),
      total_(CountOf(dims_)),
      index_(dims_.size(), 0),
      offsets_(strides_.size(), 0) {}

void IndexWalk::Next() {
  ++count_;
  for (size_t axis = dims_.size(); axis-- > 0;) {
    const bool wraps = ++index_[axis] == dims_[axis];
    const int64_t steps = wraps ? 1 - dims_[axis] : 1;
    for (size_t t = 0; t < strides_.size(); ++t) offsets_[t] += steps * strides_[t][axis];
    if (!wraps) return;
    index_[axis] = 0;
  }
}

}  // namespace sinter::reference
