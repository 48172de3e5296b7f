// Shapes and walks over them: what every operator on tensors needs.
#ifndef SINTER_REFERENCE_SHAPE_H_
#define SINTER_REFERENCE_SHAPE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace sinter::reference {

using Dims = std::vector<int64_t>;

// The product of dims[begin..end); 1 for none. REQUIRES: CheckElementCount has passed.
int64_t CountOf(const Dims& dims);
int64_t CountOf(const Dims& dims, int64_t begin, int64_t end);

// ERRORS: INVALID_ARGUMENT for a negative dim, RESOURCE_EXHAUSTED for more elements than the
// evaluator is made for. To be asked before making a tensor whose shape data or attributes say.
absl::Status CheckElementCount(const Dims& dims);

// "[2, 3]". For messages.
std::string Text(const Dims& dims);

// How far apart in memory (row-major) two neighbours along each axis are.
Dims StridesOf(const Dims& dims);

// The strides with which a tensor of shape `from` is read as if it were broadcast to `to`: 0 along
// the axes that it lacks or where its size is 1. REQUIRES: it can be.
Dims BroadcastStrides(const Dims& from, const Dims& to);

// The common shape under numpy's rules. ERRORS: INVALID_ARGUMENT naming the shapes.
absl::StatusOr<Dims> BroadcastDims(absl::Span<const Dims> shapes);

// An axis counted from the front. ERRORS: INVALID_ARGUMENT unless -rank <= axis < rank.
absl::StatusOr<int64_t> NormalAxis(int64_t axis, int64_t rank);

// As above for several, which must differ; the result is in the order given.
absl::StatusOr<Dims> NormalAxes(const Dims& axes, int64_t rank);

// Walks over all indices of a shape, the last axis fastest, and along with it over the offsets into
// any number of tensors, each with its own strides:
//
//   for (IndexWalk walk(dims, {strides_a, strides_b}); !walk.done(); walk.Next())
//     y[walk.count()] = a[walk.offset(0)] + b[walk.offset(1)];
class IndexWalk {
 public:
  explicit IndexWalk(Dims dims, std::vector<Dims> strides = {});

  bool done() const { return count_ == total_; }
  void Next();

  // How many indices came before this one: the offset in a row-major tensor of the shape.
  int64_t count() const { return count_; }
  const Dims& index() const { return index_; }
  int64_t offset(int tensor) const { return offsets_[tensor]; }

 private:
  const Dims dims_;
  const std::vector<Dims> strides_;
  const int64_t total_;
  int64_t count_ = 0;
  Dims index_;
  Dims offsets_;
};

}  // namespace sinter::reference

#endif  // SINTER_REFERENCE_SHAPE_H_
