// com.microsoft's RotaryEmbedding.
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/attention_math.h"
#include "reference/ops/categories.h"
#include "reference/ops/contrib_checks.h"
#include "reference/ops/pick.h"
#include "reference/ops/rotary_math.h"

namespace sinter::reference {
namespace {

absl::StatusOr<std::vector<Value>> RotaryEmbedding(const Call& call) {
  SINTER_RETURN_IF_ERROR(CheckFloats(call, {0, 2, 3}));
  SINTER_RETURN_IF_ERROR(RefuseFlags(call, {"is_packed_batching"}));
  if (call.Float("scale", 1) != 1) return absl::UnimplementedError("a `scale` other than 1");
  const Tensor& x = call.tensor(0);
  const Tensor& ids = call.tensor(1);
  const Tensor& cos = call.tensor(2);
  if (x.rank() != 3 && x.rank() != 4)
    return absl::InvalidArgumentError(absl::StrCat("an input of the shape ", Text(x.dims())));
  int64_t heads = call.Int("num_heads", 0);
  if (x.rank() == 3 && call.Int("rotary_embedding_dim", 0) == 0)
    heads = cos.rank() == 2 && cos.dims()[1] > 0 ? x.dims()[2] / (2 * cos.dims()[1]) : 0;
  if (x.rank() == 3 && (heads < 1 || x.dims()[2] % heads != 0))
    return absl::InvalidArgumentError(
        absl::StrCat("an input of ", Text(x.dims()), " for ", heads, " heads"));
  const Tensor split = x.rank() == 4 ? x : SplitHeads(x, heads);
  const int64_t batch = split.dims()[0], length = split.dims()[2];
  const bool is_offset = ids.count() == 1 && ids.rank() < 2;
  if (!ids.HoldsIntegers() || (!is_offset && ids.dims() != Dims{batch, length}))
    return absl::InvalidArgumentError(absl::StrCat("position ids of ", Text(ids.dims())));
  SINTER_ASSIGN_OR_RETURN(
      const Tensor turned,
      Rotated(split, {&cos, &call.tensor(3), call.Flag("interleaved")}, [&](int64_t b, int64_t i) {
        return is_offset ? static_cast<int64_t>(ids.integers()[0]) + i
                         : static_cast<int64_t>(ids.integers()[b * length + i]);
      }));
  return Single(x.rank() == 4 ? turned : Transposed(turned, {0, 2, 1, 3}).Reshaped(x.dims()));
}

}  // namespace

absl::Span<const Operator> ContribRotaryOperators() {
  static constexpr Operator kOperators[] = {
      {"com.microsoft", "RotaryEmbedding", 1, OfNumbers<RotaryEmbedding>, 4}};
  return kOperators;
}

}  // namespace sinter::reference
