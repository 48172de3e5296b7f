// Lays constants out in the order in which their kernels read them.
#ifndef SINTER_COMPILER_CORE_OPTIMIZE_WEIGHTS_H_
#define SINTER_COMPILER_CORE_OPTIMIZE_WEIGHTS_H_

#include <map>
#include <string>
#include <vector>

#include "compiler_core/ir/execution_plan.h"
#include "compiler_core/ir/host_tensor.h"
#include "llvm/ADT/ArrayRef.h"

namespace sinter::optimize {

// How a constant lies in memory: dimensions in `order` from outermost to innermost; with a panel,
// dimension `panel_dim` is cut into panels of `panel_width`: its panel number comes first in
// the place that `order` gives it, its place inside of the panel last of all; the last panel is
// filled up with zeros.
struct WeightLayout {
  std::vector<int> order;
  int panel_dim = -1;
  int64_t panel_width = 0;
};

struct PlacedWeight {
  int64_t offset = 0;  // in bytes, in the weight section
  std::vector<int64_t>
      strides;  // in elements, by dimension; for the panelled one from panel to panel
};

class WeightPacker {
 public:
  // Adds the constant under this layout to the section, or finds it there.
  PlacedWeight Place(int64_t constant, const ir::HostTensor& tensor, const WeightLayout& layout);

  std::vector<ir::WeightBlob> TakeBlobs() { return std::move(blobs_); }
  int64_t bytes() const { return bytes_; }

 private:
  std::map<std::string, PlacedWeight> placed_;
  std::vector<ir::WeightBlob> blobs_;
  int64_t bytes_ = 0;
};

}  // namespace sinter::optimize

#endif  // SINTER_COMPILER_CORE_OPTIMIZE_WEIGHTS_H_
