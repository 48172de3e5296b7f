#include "compiler_core/targets/builtin_targets.h"

#include "absl/status/status.h"
#include "base/status_matchers.h"
#include "compiler_core/target/machine.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"

namespace sinter::targets {
namespace {

using target::TargetRegistry;
using ::testing::HasSubstr;

v1::Target Named(const char* name) {
  v1::Target target;
  target.set_name(name);
  return target;
}

bool Equal(const v1::Target& a, const v1::Target& b) {
  return google::protobuf::util::MessageDifferencer::Equals(a, b);
}

TEST(BuiltinTargets, EveryRowIsCompleteAndHasACodeGenerator) {
  const TargetRegistry registry = BuiltinTargets();
  ASSERT_GE(registry.targets().size(), 10u);
  for (const v1::Target& row : registry.targets()) {
    SCOPED_TRACE(row.name());
    EXPECT_TRUE(target::CreateMachine(row, 3).ok());
    EXPECT_FALSE(row.description().empty());
    const int registers = row.vector_registers();
    for (const v1::TileTable::Tile& tile :
         {row.tiles().matmul(), row.tiles().convolution(), row.tiles().matmul_aliased()}) {
      EXPECT_GE(tile.rows() * tile.vectors(), 4);
      EXPECT_LE(tile.rows() * tile.vectors() + tile.vectors() + 1, registers);
    }
  }
}

TEST(BuiltinTargets, RowsResolveToThemselvesByNameAndInFull) {
  const TargetRegistry registry = BuiltinTargets();
  for (const v1::Target& row : registry.targets()) {
    SCOPED_TRACE(row.name());
    auto by_name = registry.Resolve(Named(row.name().c_str()));
    ASSERT_TRUE(by_name.ok()) << by_name.status();
    EXPECT_TRUE(Equal(*by_name, row));
    auto again = registry.Resolve(*by_name);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_TRUE(Equal(*again, row));
  }
}

TEST(BuiltinTargets, AnUnknownNameGetsTheNearestOnes) {
  auto status = BuiltinTargets().Resolve(Named("x86-64-v5")).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(status.message()), HasSubstr("`x86-64-v4`"));
}

TEST(BuiltinTargets, AMachineThatTheClientDescribesGetsTheLargestRowItCanRun) {
  v1::Target described;
  described.set_name("host:znver4");
  described.set_triple("x86_64-unknown-linux-gnu");
  described.set_cpu("znver4");
  auto resolved = BuiltinTargets().Resolve(described);
  ASSERT_TRUE(resolved.ok()) << resolved.status();
  EXPECT_EQ(resolved->name(), "host:znver4");
  EXPECT_EQ(resolved->cpu(), "znver4");
  EXPECT_EQ(resolved->vector_bits(), 512);
  EXPECT_EQ(resolved->vector_registers(), 32);

  described.set_cpu("haswell");
  EXPECT_EQ(BuiltinTargets().Resolve(described)->vector_bits(), 256);
  described.set_cpu("x86-64-v4");
  described.add_features("-avx512f");
  EXPECT_EQ(BuiltinTargets().Resolve(described)->vector_bits(), 256);
}

TEST(BuiltinTargets, AScalableMachineGetsTheRowOfItsWidth) {
  const TargetRegistry registry = BuiltinTargets();
  v1::Target arm;
  arm.set_triple("aarch64-unknown-linux-gnu");
  arm.set_cpu("generic");
  arm.add_features("+neon");
  arm.add_features("+sve");
  EXPECT_EQ(registry.Resolve(arm)->vector_bits(), 128) << "nobody says how wide SVE is";
  arm.set_vector_bits(256);
  auto sve = registry.Resolve(arm);
  ASSERT_TRUE(sve.ok()) << sve.status();
  EXPECT_EQ(sve->description(), registry.Resolve(Named("aarch64-sve256"))->description());
  arm.set_vector_bits(2048);
  EXPECT_EQ(registry.Resolve(arm)->description(),
            registry.Resolve(Named("aarch64-sve512"))->description());

  v1::Target riscv = *registry.Resolve(Named("riscv64-rvv256"));
  riscv.clear_vector_bits();
  EXPECT_EQ(registry.Resolve(riscv)->vector_bits(), 256);
  riscv.add_features("+zvl512b");
  EXPECT_EQ(registry.Resolve(riscv)->vector_bits(), 512);
}

TEST(BuiltinTargets, WhatLlvmDoesNotKnowIsRefusedByName) {
  v1::Target target;
  target.set_triple("x86_64-unknown-linux-gnu");
  target.set_cpu("i486dx9");
  auto status = BuiltinTargets().Resolve(target).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(status.message()), HasSubstr("`i486dx9`"));

  target.set_cpu("x86-64");
  EXPECT_THAT(std::string(BuiltinTargets().Resolve(target).status().message()),
              HasSubstr("can run none of the targets"));
  target.set_cpu("x86-64-v3");
  target.add_features("+avx9000");
  EXPECT_THAT(std::string(BuiltinTargets().Resolve(target).status().message()),
              HasSubstr("`+avx9000`"));
  target.clear_features();
  target.set_triple("pdp11-dec-unix");
  EXPECT_THAT(std::string(BuiltinTargets().Resolve(target).status().message()),
              HasSubstr("`pdp11-dec-unix`"));
}

TEST(BuiltinTargets, TheHostIsATargetThatResolvesToItself) {
  const TargetRegistry registry = BuiltinTargets();
  auto host = registry.Resolve(Named("server"));
  ASSERT_TRUE(host.ok()) << host.status();
  EXPECT_THAT(host->name(), testing::StartsWith("host:"));
  EXPECT_TRUE(Equal(*registry.Resolve(*host), *host));
}

}  // namespace
}  // namespace sinter::targets
