#include "reference/ops/rotary_math.h"

#include "absl/strings/str_cat.h"

namespace sinter::reference {

absl::StatusOr<Tensor> Rotated(
    const Tensor& x, const RotaryTables& tables,
    const std::function<int64_t(int64_t batch, int64_t index)>& position) {
  const Dims& angles = tables.cos->dims();
  const int64_t size = x.dims()[3];
  if (angles.size() != 2 || tables.sin->dims() != angles || 2 * angles[1] > size) {
    return absl::InvalidArgumentError(absl::StrCat(
        "tables of ", Text(angles), " and ", Text(tables.sin->dims()), " for heads of ", size));
  }
  const int64_t pairs = angles[1];
  Tensor y = x;
  for (IndexWalk row({x.dims()[0], x.dims()[1], x.dims()[2]}); !row.done(); row.Next()) {
    const int64_t at = position(row.index()[0], row.index()[2]);
    if (at < 0 || at >= angles[0])
      return absl::InvalidArgumentError(
          absl::StrCat("the position ", at, " is outside of tables of ", angles[0]));
    for (int64_t p = 0; p < pairs; ++p) {
      const int64_t first = row.count() * size + (tables.interleaved ? 2 * p : p);
      const int64_t second = first + (tables.interleaved ? 1 : pairs);
      const double cos = tables.cos->RealAt(at * pairs + p),
                   sin = tables.sin->RealAt(at * pairs + p);
      y.reals()[first] = x.reals()[first] * cos - x.reals()[second] * sin;
      y.reals()[second] = x.reals()[second] * cos + x.reals()[first] * sin;
    }
  }
  return y;
}

}  // namespace sinter::reference
