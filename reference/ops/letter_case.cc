#include "reference/ops/letter_case.h"

#include <cstdint>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status_macros.h"

namespace sinter::reference {
namespace {

// Reads one code point at `at` and moves on; none for broken text.
std::optional<uint32_t> NextCodePoint(absl::string_view text, size_t& at) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte(at);
  if (first < 0x80) return byte(at++);
  const int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc2 ? 1 : 0;
  if (more == 0 || first > 0xf4 || at + more >= text.size()) return std::nullopt;
  uint32_t point = first & (0x3f >> more);
  for (int i = 1; i <= more; ++i) {
    if ((byte(at + i) & 0xc0) != 0x80) return std::nullopt;
    point = point << 6 | (byte(at + i) & 0x3f);
  }
  at += more + 1;
  return point;
}

void Append(uint32_t point, std::string& text) {
  if (point < 0x80) {
    text += static_cast<char>(point);
    return;
  }
  const int more = point >= 0x10000 ? 3 : point >= 0x800 ? 2 : 1;
  static constexpr uint8_t kLead[] = {0, 0xc0, 0xe0, 0xf0};
  text += static_cast<char>(kLead[more] | point >> (6 * more));
  for (int i = more - 1; i >= 0; --i) text += static_cast<char>(0x80 | (point >> (6 * i) & 0x3f));
}

struct Range {
  uint32_t first, last;
};

bool IsIn(uint32_t point, const Range* ranges, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (point >= ranges[i].first && point <= ranges[i].last) return true;
  }
  return false;
}

// A run of capitals and how far behind its small letters are.
struct Block {
  uint32_t first, last, distance;
};
constexpr Block kBlocks[] = {{'A', 'Z', 32},     {0xc0, 0xd6, 32},   {0xd8, 0xde, 32},
                             {0x391, 0x3a1, 32}, {0x3a3, 0x3ab, 32}, {0x388, 0x38a, 37},
                             {0x386, 0x386, 38}, {0x38c, 0x38c, 64}, {0x38e, 0x38f, 63},
                             {0x410, 0x42f, 32}, {0x400, 0x40f, 80}};
// Capitals with their small letters next to them; whether the capitals are even.
constexpr Range kEvenPairs[] = {{0x100, 0x12f}, {0x132, 0x137}, {0x14a, 0x177}};
constexpr Range kOddPairs[] = {{0x139, 0x148}, {0x179, 0x17e}};
// Letters whose case we do not know, or that have no single one: sharp s, micro, dotless and dotted
// i, long s, y with diaeresis, final sigma, and the alphabets further on.
constexpr Range kUnknown[] = {
    {0xb5, 0xb5},       {0xdf, 0xdf},       {0xff, 0xff},      {0x130, 0x131},   {0x138, 0x138},
    {0x149, 0x149},     {0x178, 0x178},     {0x17f, 0x2af},    {0x345, 0x345},   {0x370, 0x385},
    {0x390, 0x390},     {0x3a3, 0x3a3},     {0x3b0, 0x3b0},    {0x3c2, 0x3c3},   {0x3cf, 0x3ff},
    {0x460, 0x58f},     {0x10a0, 0x10ff},   {0x13a0, 0x13ff},  {0x1c80, 0x1cbf}, {0x1d79, 0x1d8e},
    {0x1e00, 0x1fff},   {0x2126, 0x2132},   {0x2160, 0x2188},  {0x24b6, 0x24e9}, {0x2c00, 0x2d2f},
    {0xa640, 0xa7ff},   {0xab30, 0xabbf},   {0xfb00, 0xfb17},  {0xff21, 0xff5a}, {0x10400, 0x10fff},
    {0x118a0, 0x118df}, {0x16e40, 0x16e7f}, {0x1e900, 0x1e943}};

uint32_t Changed(uint32_t point, LetterCase wanted) {
  const bool up = wanted == LetterCase::kUpper;
  for (const Block& block : kBlocks) {
    const uint32_t first = up ? block.first + block.distance : block.first;
    if (point < first || point > first + (block.last - block.first)) continue;
    return up ? point - block.distance : point + block.distance;
  }
  const bool even = IsIn(point, kEvenPairs, std::size(kEvenPairs));
  if (!even && !IsIn(point, kOddPairs, std::size(kOddPairs))) return point;
  const uint32_t capital = even ? point & ~1u : (point - 1) | 1u;
  return up ? capital : capital + 1;
}

}  // namespace

absl::StatusOr<std::string> WithLetterCase(absl::string_view text, LetterCase wanted) {
  std::string changed;
  for (size_t at = 0; at < text.size();) {
    const std::optional<uint32_t> point = NextCodePoint(text, at);
    if (!point.has_value()) return absl::InvalidArgumentError("a string is not UTF-8");
    if (IsIn(*point, kUnknown, std::size(kUnknown))) {
      return absl::UnimplementedError(absl::StrFormat("the case of the letter U+%04X", *point));
    }
    Append(Changed(*point, wanted), changed);
  }
  return changed;
}

}  // namespace sinter::reference
