#include "client/host_target/host_target.h"

#include <map>
#include <utility>

#include "base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sinter::client {
namespace {

using ::sinter::base::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr uint64_t kAvxState = 0x7, kAvx512State = 0xe7, kAmxState = 0x600e7;

// A CPU made up of leaves. The values are masks of the bits that X86Target looks at.
class FakeCpu {
 public:
  FakeCpu& Set(uint32_t leaf, uint32_t subleaf, CpuidRegisters registers) {
    leaves_[{leaf, subleaf}] = registers;
    return *this;
  }
  CpuidReader Reader() const {
    return [leaves = leaves_](uint32_t leaf, uint32_t subleaf) {
      const auto found = leaves.find({leaf, subleaf});
      return found == leaves.end() ? CpuidRegisters{} : found->second;
    };
  }

 private:
  std::map<std::pair<uint32_t, uint32_t>, CpuidRegisters> leaves_;
};

constexpr uint32_t kLevel2Ecx = 1u << 0 | 1u << 9 | 1u << 13 | 1u << 19 | 1u << 20 | 1u << 23;
constexpr uint32_t kLevel3Ecx = kLevel2Ecx | 1u << 12 | 1u << 22 | 1u << 27 | 1u << 28 | 1u << 29;
constexpr uint32_t kLevel3Ebx = 1u << 3 | 1u << 5 | 1u << 8;
constexpr uint32_t kLevel4Ebx = kLevel3Ebx | 1u << 16 | 1u << 17 | 1u << 28 | 1u << 30 | 1u << 31;

FakeCpu Nehalem() {
  return FakeCpu().Set(1, 0, {0, 0, kLevel2Ecx, 0}).Set(0x80000001, 0, {0, 0, 1, 0});
}
FakeCpu Haswell() {
  return FakeCpu()
      .Set(1, 0, {0, 0, kLevel3Ecx, 0})
      .Set(7, 0, {0, kLevel3Ebx, 0, 0})
      .Set(0x80000001, 0, {0, 0, 1 | 1 << 5, 0});
}
FakeCpu Zen4() {
  return Haswell()
      .Set(7, 0,
           {0, kLevel4Ebx | 1u << 21, 1u << 1 | 1u << 6 | 1u << 8 | 1u << 11 | 1u << 12 | 1u << 14,
            0})
      .Set(7, 1, {1u << 5, 0, 0, 0});
}
FakeCpu SapphireRapids() {
  return Zen4()
      .Set(7, 0, {0, kLevel4Ebx, 1u << 11, 1u << 22 | 1u << 23 | 1u << 24 | 1u << 25})
      .Set(7, 1, {1u << 4 | 1u << 5, 0, 0, 0});
}

TEST(X86TargetTest, EachLevelNeedsAllOfItsFeatures) {
  EXPECT_EQ(X86Target(Nehalem().Reader(), 0)->cpu(), "x86-64-v2");
  EXPECT_EQ(X86Target(Haswell().Reader(), kAvxState)->cpu(), "x86-64-v3");
  FakeCpu without_fma = Haswell();
  without_fma.Set(1, 0, {0, 0, kLevel3Ecx & ~(1u << 12), 0});
  EXPECT_EQ(X86Target(without_fma.Reader(), kAvxState)->cpu(), "x86-64-v2");
}

TEST(X86TargetTest, FeaturesBeyondTheLevelAreListedSorted) {
  SINTER_ASSERT_OK_AND_ASSIGN(const v1::Target target, X86Target(Zen4().Reader(), kAvx512State));
  EXPECT_EQ(target.name(), "host:x86-64-v4");
  EXPECT_EQ(target.triple(), "x86_64-unknown-linux-gnu");
  EXPECT_THAT(target.features(),
              ElementsAre("+avx512bf16", "+avx512bitalg", "+avx512ifma", "+avx512vbmi",
                          "+avx512vbmi2", "+avx512vnni", "+avx512vpopcntdq", "+gfni"));
}

TEST(X86TargetTest, RegistersThatTheSystemDoesNotSaveAreNotUsed) {
  SINTER_ASSERT_OK_AND_ASSIGN(const v1::Target with,
                              X86Target(SapphireRapids().Reader(), kAmxState));
  EXPECT_THAT(with.features(), ElementsAre("+amx-bf16", "+amx-int8", "+amx-tile", "+avx512bf16",
                                           "+avx512fp16", "+avx512vnni", "+avxvnni"));
  SINTER_ASSERT_OK_AND_ASSIGN(const v1::Target no_amx,
                              X86Target(SapphireRapids().Reader(), kAvx512State));
  EXPECT_THAT(no_amx.features(),
              ElementsAre("+avx512bf16", "+avx512fp16", "+avx512vnni", "+avxvnni"));
  SINTER_ASSERT_OK_AND_ASSIGN(const v1::Target no_avx512,
                              X86Target(SapphireRapids().Reader(), kAvxState));
  EXPECT_EQ(no_avx512.cpu(), "x86-64-v3");
  EXPECT_THAT(no_avx512.features(), ElementsAre("+avxvnni"));
  SINTER_ASSERT_OK_AND_ASSIGN(const v1::Target no_avx, X86Target(SapphireRapids().Reader(), 0));
  EXPECT_EQ(no_avx.cpu(), "x86-64-v2");
  EXPECT_THAT(no_avx.features(), IsEmpty());
}

TEST(X86TargetTest, AnOlderCpuIsRefusedByWhatItLacks) {
  FakeCpu without_popcnt = Nehalem();
  without_popcnt.Set(1, 0, {0, 0, kLevel2Ecx & ~(1u << 23), 0});
  EXPECT_THAT(X86Target(without_popcnt.Reader(), 0),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("`popcnt`")));
}

TEST(ArmTargetTest, ReadsBothWords) {
  SINTER_ASSERT_OK_AND_ASSIGN(
      const v1::Target target,
      ArmTarget(1u << 1 | 1u << 10 | 1u << 20 | 1u << 22, 1u << 1 | 1u << 13 | 1u << 14, 256));
  EXPECT_EQ(target.name(), "host:aarch64-neon");
  EXPECT_THAT(target.features(),
              ElementsAre("+bf16", "+dotprod", "+fullfp16", "+i8mm", "+neon", "+sve", "+sve2"));
  EXPECT_EQ(target.vector_bits(), 256);
  EXPECT_EQ(ArmTarget(1u << 1, 0, 0)->vector_bits(), 0);
  EXPECT_THAT(ArmTarget(0, 0, 0), StatusIs(absl::StatusCode::kUnimplemented));
}

TEST(RiscvTargetTest, WantsVectorsOf128BitsOrMore) {
  uint64_t hwcap = 0;
  for (const char letter : {'a', 'c', 'd', 'f', 'i', 'm', 'v'})
    hwcap |= uint64_t{1} << (letter - 'a');
  SINTER_ASSERT_OK_AND_ASSIGN(const v1::Target target, RiscvTarget(hwcap, 256));
  EXPECT_THAT(target.features(),
              ElementsAre("+a", "+c", "+d", "+f", "+m", "+v", "+zvl128b", "+zvl256b"));
  EXPECT_EQ(target.abi(), "lp64d");
  EXPECT_THAT(RiscvTarget(hwcap, 64),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("64 bits")));
  EXPECT_THAT(RiscvTarget(hwcap & ~(uint64_t{1} << ('v' - 'a')), 0),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("`v`")));
}

TEST(HostTargetTest, IsTheSameEachTime) {
  SINTER_ASSERT_OK_AND_ASSIGN(const v1::Target first, HostTarget());
  SINTER_ASSERT_OK_AND_ASSIGN(const v1::Target second, HostTarget());
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  EXPECT_THAT(first.name(), ::testing::StartsWith("host:"));
}

}  // namespace
}  // namespace sinter::client
