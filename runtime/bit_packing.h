// Elements of less than 8 bits, packed as ONNX packs them: one stream of bits, the first element in
// the lowest bits of the first byte, the last byte filled up with zeros.
#ifndef SINTER_RUNTIME_BIT_PACKING_H_
#define SINTER_RUNTIME_BIT_PACKING_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace sinter::runtime {

// Bytes that `count` elements of `bits` bits take when packed.
int64_t PackedSize(int64_t count, int bits);

// RETURNS: the low `bits` bits of each byte of `elements`, packed.
std::string PackBits(absl::string_view elements, int bits);

// The reverse, one element a byte. REQUIRES: `packed` has PackedSize(elements.size(), bits) bytes.
void UnpackBits(absl::string_view packed, int bits, absl::Span<uint8_t> elements);

}  // namespace sinter::runtime

#endif  // SINTER_RUNTIME_BIT_PACKING_H_
