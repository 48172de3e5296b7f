#include "reference/ops/philox.h"

#include <cmath>

namespace sinter::reference {
namespace {

double Fraction(uint64_t lane_bits) { return std::ldexp(static_cast<double>(lane_bits), -24); }

}  // namespace

PhiloxWords Philox4x32(PhiloxWords counter, std::array<uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const uint64_t first = uint64_t{0xd2511f53} * counter[0];
    const uint64_t second = uint64_t{0xcd9e8d57} * counter[2];
    counter = {
        static_cast<uint32_t>(second >> 32) ^ counter[1] ^ key[0], static_cast<uint32_t>(second),
        static_cast<uint32_t>(first >> 32) ^ counter[3] ^ key[1], static_cast<uint32_t>(first)};
    key[0] += 0x9e3779b9;
    key[1] += 0xbb67ae85;
  }
  return counter;
}

uint64_t Fnv1a64(absl::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  return hash;
}

PhiloxWords RandomElements::Lanes(int64_t element) const {
  const uint64_t counter = static_cast<uint64_t>(element) / 4;
  return Philox4x32({static_cast<uint32_t>(counter), static_cast<uint32_t>(counter >> 32), 0, 0},
                    {static_cast<uint32_t>(seed_), static_cast<uint32_t>(seed_ >> 32)});
}

double RandomElements::Uniform(int64_t element) const {
  return Fraction(Lanes(element)[element % 4] >> 8);
}

double RandomElements::Normal(int64_t element) const {
  const PhiloxWords lanes = Lanes(element);
  const int64_t pair = element % 4 / 2 * 2;
  const double u1 = Fraction(uint64_t{lanes[pair] >> 8} + 1);
  const double u2 = Fraction(lanes[pair + 1] >> 8);
  const double radius = std::sqrt(-2 * std::log(u1));
  const double angle = 2 * M_PI * u2;
  return radius * (element % 2 == 0 ? std::cos(angle) : std::sin(angle));
}

}  // namespace sinter::reference
