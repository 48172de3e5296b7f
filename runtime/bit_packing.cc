#include "runtime/bit_packing.h"

#include "base/check.h"

namespace sinter::runtime {

int64_t PackedSize(int64_t count, int bits) {
  return count / 8 * bits + (count % 8 * bits + 7) / 8;
}

std::string PackBits(absl::string_view elements, int bits) {
  std::string packed;
  packed.reserve(PackedSize(elements.size(), bits));
  unsigned pending = 0;
  int num_pending = 0;
  for (const char element : elements) {
    pending |= (static_cast<unsigned char>(element) & ((1u << bits) - 1)) << num_pending;
    num_pending += bits;
    if (num_pending >= 8) {
      packed.push_back(static_cast<char>(pending));
      pending >>= 8;
      num_pending -= 8;
    }
  }
  if (num_pending > 0) packed.push_back(static_cast<char>(pending));
  return packed;
}

void UnpackBits(absl::string_view packed, int bits, absl::Span<uint8_t> elements) {
  SINTER_CHECK(static_cast<int64_t>(packed.size()) == PackedSize(elements.size(), bits));
  unsigned pending = 0;
  int num_pending = 0;
  size_t next = 0;
  for (uint8_t& element : elements) {
    if (num_pending < bits) {
      pending |= static_cast<unsigned>(static_cast<unsigned char>(packed[next++])) << num_pending;
      num_pending += 8;
    }
    element = pending & ((1u << bits) - 1);
    pending >>= bits;
    num_pending -= bits;
  }
}

}  // namespace sinter::runtime
