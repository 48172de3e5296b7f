#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/host_target/host_target.h"

namespace sinter::client {
namespace {

constexpr char kNeeded[] = {'a', 'c', 'd', 'f', 'm', 'v'};
constexpr int kLeastVlen = 128, kMostVlen = 65536;

}  // namespace

absl::StatusOr<v1::Target> RiscvTarget(uint64_t hwcap, int vlen_bits) {
  v1::Target target;
  target.set_name("host:riscv64-rvv");
  target.set_triple("riscv64-unknown-linux-gnu");
  target.set_cpu("generic-rv64");
  target.set_abi("lp64d");
  for (const char letter : kNeeded) {
    // Linux sets one bit for each single-letter extension.
    if ((hwcap >> (letter - 'a') & 1) == 0) {
      return absl::UnimplementedError(absl::StrCat("this machine's CPU lacks the extension `",
                                                   absl::string_view(&letter, 1), "`"));
    }
    target.add_features(absl::StrCat("+", absl::string_view(&letter, 1)));
  }
  if (vlen_bits < kLeastVlen) {
    return absl::UnimplementedError(absl::StrCat("this machine's vector registers have ", vlen_bits,
                                                 " bits; at least ", kLeastVlen, " are needed"));
  }
  for (int bits = kLeastVlen; bits <= std::min(vlen_bits, kMostVlen); bits *= 2) {
    target.add_features(absl::StrCat("+zvl", bits, "b"));
  }
  std::sort(target.mutable_features()->begin(), target.mutable_features()->end());
  return target;
}

}  // namespace sinter::client
