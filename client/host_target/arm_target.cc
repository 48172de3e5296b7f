#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/host_target/host_target.h"

namespace sinter::client {
namespace {

constexpr int kAdvancedSimd = 1;  // the bit of HWCAP

// Bits of HWCAP and HWCAP2, from Linux's ABI for AArch64, and LLVM's names.
struct Bit {
  const char* name;
  int word;  // 0: HWCAP, 1: HWCAP2
  int bit;
};
constexpr Bit kBits[] = {
    {"bf16", 1, 14}, {"dotprod", 0, 20}, {"fullfp16", 0, 10}, {"i8mm", 1, 13},
    {"sme", 1, 23},  {"sme2", 1, 37},    {"sve", 0, 22},      {"sve2", 1, 1},
};

}  // namespace

absl::StatusOr<v1::Target> ArmTarget(uint64_t hwcap, uint64_t hwcap2, int sve_bits) {
  if ((hwcap >> kAdvancedSimd & 1) == 0) {
    return absl::UnimplementedError("this machine's CPU lacks Advanced SIMD (`neon`)");
  }
  v1::Target target;
  target.set_name("host:aarch64-neon");
  target.set_triple("aarch64-unknown-linux-gnu");
  target.set_cpu("generic");
  target.add_features("+neon");
  const uint64_t words[] = {hwcap, hwcap2};
  for (const Bit& bit : kBits) {
    if ((words[bit.word] >> bit.bit & 1) != 0) target.add_features(absl::StrCat("+", bit.name));
  }
  // LLVM's features do not tell how wide the registers are.
  if (sve_bits > 128) target.set_vector_bits(sve_bits);
  std::sort(target.mutable_features()->begin(), target.mutable_features()->end());
  return target;
}

}  // namespace sinter::client
