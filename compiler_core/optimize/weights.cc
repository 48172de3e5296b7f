#include "compiler_core/optimize/weights.h"

#include <cstring>

namespace sinter::optimize {
namespace {

constexpr int64_t kAlignment = 64;

struct Axis {
  int64_t extent;         // in the packed form
  int64_t source_stride;  // in elements
  int64_t valid;          // elements that the source has; the rest are zeros
};

// Copies along `axes` from outermost to innermost; the innermost one is a tight loop.
void CopyAxes(const char* source, char* out, llvm::ArrayRef<Axis> axes, int64_t size) {
  const Axis& axis = axes.front();
  if (axes.size() == 1) {
    if (axis.source_stride == 1) {
      std::memcpy(out, source, axis.valid * size);
    } else {
      for (int64_t i = 0; i < axis.valid; ++i) {
        std::memcpy(out + i * size, source + i * axis.source_stride * size, size);
      }
    }
    std::memset(out + axis.valid * size, 0, (axis.extent - axis.valid) * size);
    return;
  }
  int64_t inner = size;
  for (const Axis& rest : axes.drop_front()) inner *= rest.extent;
  for (int64_t i = 0; i < axis.extent; ++i) {
    CopyAxes(source + i * axis.source_stride * size, out + i * inner, axes.drop_front(), size);
  }
}

struct Packing {
  std::vector<Axis> axes;
  int panel_axis = -1;  // the one that counts panels; the last axis runs inside of a panel
  int64_t width = 0;
};

void Write(const ir::HostTensor& tensor, Packing packing, char* out) {
  int64_t size = ir::SizeOf(tensor.dtype());
  if (packing.axes.empty()) {
    std::memcpy(out, tensor.bytes(), size);
    return;
  }
  if (packing.panel_axis < 0) {
    CopyAxes(tensor.bytes(), out, packing.axes, size);
    return;
  }
  // The last panel may be partly filled, so panels are copied one by one: each is an index of the
  // panel axis, which is brought to the front by walking the axes before it.
  Axis panels = packing.axes[packing.panel_axis];
  std::vector<Axis> before(packing.axes.begin(), packing.axes.begin() + packing.panel_axis);
  std::vector<Axis> after(packing.axes.begin() + packing.panel_axis + 1, packing.axes.end());
  int64_t panel_bytes = size;
  for (const Axis& axis : after) panel_bytes *= axis.extent;
  int64_t blocks = 1;
  for (const Axis& axis : before) blocks *= axis.extent;
  for (int64_t block = 0; block < blocks; ++block) {
    int64_t offset = 0, rest = block;
    for (size_t i = before.size(); i-- > 0;) {
      offset += rest % before[i].extent * before[i].source_stride;
      rest /= before[i].extent;
    }
    for (int64_t panel = 0; panel < panels.extent; ++panel) {
      after.back().valid = std::min(packing.width, panels.valid - panel * packing.width);
      CopyAxes(tensor.bytes() + (offset + panel * panels.source_stride) * size, out, after, size);
      out += panel_bytes;
    }
  }
}

std::string Key(int64_t constant, const WeightLayout& layout) {
  std::string key = std::to_string(constant);
  for (int dim : layout.order) key += "," + std::to_string(dim);
  return key + "/" + std::to_string(layout.panel_dim) + ":" + std::to_string(layout.panel_width);
}

}  // namespace

PlacedWeight WeightPacker::Place(int64_t constant, const ir::HostTensor& tensor,
                                 const WeightLayout& layout) {
  std::string key = Key(constant, layout);
  auto found = placed_.find(key);
  if (found != placed_.end()) return found->second;

  PlacedWeight placed;
  placed.offset = (bytes_ + kAlignment - 1) / kAlignment * kAlignment;
  placed.strides.assign(tensor.dims().size(), 0);
  Packing packing;
  packing.width = layout.panel_width;
  for (int dim : layout.order) {
    int64_t extent = tensor.dims()[dim], stride = tensor.strides()[dim];
    if (dim == layout.panel_dim) {
      packing.panel_axis = static_cast<int>(packing.axes.size());
      packing.axes.push_back(
          {(extent + packing.width - 1) / packing.width, stride * packing.width, extent});
    } else {
      packing.axes.push_back({extent, stride, extent});
    }
  }
  if (layout.panel_dim >= 0) {
    packing.axes.push_back({packing.width, tensor.strides()[layout.panel_dim], packing.width});
  }
  int64_t elements = 1;
  for (size_t i = packing.axes.size(); i-- > 0;) {
    if (i < layout.order.size()) placed.strides[layout.order[i]] = elements;
    elements *= packing.axes[i].extent;
  }
  ir::WeightBlob blob;
  blob.offset = placed.offset;
  blob.bytes = elements * ir::SizeOf(tensor.dtype());
  blob.write = [tensor, packing](char* out) { Write(tensor, packing, out); };
  bytes_ = blob.offset + blob.bytes;
  blobs_.push_back(std::move(blob));
  placed_.emplace(std::move(key), placed);
  return placed;
}

}  // namespace sinter::optimize
