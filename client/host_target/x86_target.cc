#include <algorithm>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/host_target/host_target.h"

namespace sinter::client {
namespace {

enum Register { kEax, kEbx, kEcx, kEdx };

// One bit that CPUID may set.
struct Bit {
  const char* name;  // LLVM's
  uint32_t leaf, subleaf;
  Register reg;
  int bit;
};

// What operating systems must save for a group of features (bits of XCR0).
constexpr uint64_t kSavesAvx = 0x6, kSavesAvx512 = 0xe6, kSavesAmx = 0x60000;

constexpr uint32_t kExtended = 0x80000001;

// The levels of the x86-64 psABI: what each adds to the one before it.
constexpr Bit kLevel2[] = {
    {"sse3", 1, 0, kEcx, 0},         {"ssse3", 1, 0, kEcx, 9},   {"cx16", 1, 0, kEcx, 13},
    {"sse4.1", 1, 0, kEcx, 19},      {"sse4.2", 1, 0, kEcx, 20}, {"popcnt", 1, 0, kEcx, 23},
    {"sahf", kExtended, 0, kEcx, 0},
};
constexpr Bit kLevel3[] = {
    {"fma", 1, 0, kEcx, 12}, {"movbe", 1, 0, kEcx, 22}, {"xsave", 1, 0, kEcx, 27},
    {"avx", 1, 0, kEcx, 28}, {"f16c", 1, 0, kEcx, 29},  {"bmi", 7, 0, kEbx, 3},
    {"avx2", 7, 0, kEbx, 5}, {"bmi2", 7, 0, kEbx, 8},   {"lzcnt", kExtended, 0, kEcx, 5},
};
constexpr Bit kLevel4[] = {
    {"avx512f", 7, 0, kEbx, 16},  {"avx512dq", 7, 0, kEbx, 17}, {"avx512cd", 7, 0, kEbx, 28},
    {"avx512bw", 7, 0, kEbx, 30}, {"avx512vl", 7, 0, kEbx, 31},
};

// Arithmetic beyond the levels. Each counts only from `level` on, and if its registers are saved.
struct Extra {
  Bit bit;
  int level;
  uint64_t saves;
};
constexpr Extra kExtras[] = {
    {{"amx-bf16", 7, 0, kEdx, 22}, 4, kSavesAmx},
    {{"amx-fp16", 7, 1, kEax, 21}, 4, kSavesAmx},
    {{"amx-int8", 7, 0, kEdx, 25}, 4, kSavesAmx},
    {{"amx-tile", 7, 0, kEdx, 24}, 4, kSavesAmx},
    {{"avx512bf16", 7, 1, kEax, 5}, 4, kSavesAvx512},
    {{"avx512bitalg", 7, 0, kEcx, 12}, 4, kSavesAvx512},
    {{"avx512fp16", 7, 0, kEdx, 23}, 4, kSavesAvx512},
    {{"avx512ifma", 7, 0, kEbx, 21}, 4, kSavesAvx512},
    {{"avx512vbmi", 7, 0, kEcx, 1}, 4, kSavesAvx512},
    {{"avx512vbmi2", 7, 0, kEcx, 6}, 4, kSavesAvx512},
    {{"avx512vnni", 7, 0, kEcx, 11}, 4, kSavesAvx512},
    {{"avx512vpopcntdq", 7, 0, kEcx, 14}, 4, kSavesAvx512},
    {{"avxifma", 7, 1, kEax, 23}, 3, kSavesAvx},
    {{"avxneconvert", 7, 1, kEdx, 5}, 3, kSavesAvx},
    {{"avxvnni", 7, 1, kEax, 4}, 3, kSavesAvx},
    {{"avxvnniint16", 7, 1, kEdx, 10}, 3, kSavesAvx},
    {{"avxvnniint8", 7, 1, kEdx, 4}, 3, kSavesAvx},
    {{"gfni", 7, 0, kEcx, 8}, 2, 0},
};

bool IsSet(const CpuidReader& cpuid, const Bit& bit) {
  const CpuidRegisters found = cpuid(bit.leaf, bit.subleaf);
  const uint32_t registers[] = {found.eax, found.ebx, found.ecx, found.edx};
  return (registers[bit.reg] >> bit.bit & 1) != 0;
}

// RETURNS: the first of `bits` that is not set, or "".
template <size_t kCount>
std::string Lacking(const CpuidReader& cpuid, const Bit (&bits)[kCount]) {
  for (const Bit& bit : bits) {
    if (!IsSet(cpuid, bit)) return bit.name;
  }
  return "";
}

bool Saves(uint64_t xcr0, uint64_t wanted) { return (xcr0 & wanted) == wanted; }

int LevelOf(const CpuidReader& cpuid, uint64_t xcr0) {
  if (!Saves(xcr0, kSavesAvx) || !Lacking(cpuid, kLevel3).empty()) return 2;
  if (!Saves(xcr0, kSavesAvx512) || !Lacking(cpuid, kLevel4).empty()) return 3;
  return 4;
}

}  // namespace

absl::StatusOr<v1::Target> X86Target(const CpuidReader& cpuid, uint64_t xcr0) {
  if (const std::string lacking = Lacking(cpuid, kLevel2); !lacking.empty()) {
    return absl::UnimplementedError(absl::StrCat("this machine's CPU lacks `", lacking,
                                                 "`; code is made for x86-64-v2 and above"));
  }
  const int level = LevelOf(cpuid, xcr0);
  v1::Target target;
  target.set_cpu(absl::StrCat("x86-64-v", level));
  target.set_name(absl::StrCat("host:", target.cpu()));
  target.set_triple("x86_64-unknown-linux-gnu");
  for (const Extra& extra : kExtras) {
    if (level >= extra.level && Saves(xcr0, extra.saves) && IsSet(cpuid, extra.bit)) {
      target.add_features(absl::StrCat("+", extra.bit.name));
    }
  }
  std::sort(target.mutable_features()->begin(), target.mutable_features()->end());
  return target;
}

}  // namespace sinter::client
