#include "compiler_core/codegen/weights/weights.h"

#include <cstring>

#include "absl/status/status.h"
#include "base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Object/ELFObjectFile.h"

namespace sinter::codegen {
namespace {

std::string Path() { return std::string(getenv("TEST_TMPDIR")) + "/weights.o"; }

v1::Target TargetOf(const char* triple) {
  v1::Target target;
  target.set_triple(triple);
  return target;
}

ir::WeightBlob Blob(int64_t offset, int64_t bytes, char fill) {
  return {offset, bytes, [=](char* out) { std::memset(out, fill, bytes); }};
}

struct Written {
  uint16_t machine;
  uint32_t flags;
  uint64_t alignment;
  std::string bytes;  // at the symbol
};

Written Read() {
  auto file = llvm::object::ObjectFile::createObjectFile(Path());
  EXPECT_TRUE(static_cast<bool>(file));
  auto* elf = llvm::dyn_cast<llvm::object::ELFObjectFileBase>(file->getBinary());
  Written written = {elf->getEMachine(), elf->getPlatformFlags(), 0, ""};
  for (const llvm::object::ELFSymbolRef symbol : elf->symbols()) {
    EXPECT_EQ(*symbol.getName(), "sinter_weights");
    EXPECT_EQ(symbol.getOther(), llvm::ELF::STV_HIDDEN);
    auto section = *symbol.getSection();
    written.alignment = section->getAlignment().value();
    written.bytes = section->getContents()->substr(*symbol.getValue(), symbol.getSize()).str();
  }
  return written;
}

TEST(Weights, EachBlobIsAtItsOffsetAndGapsAreZero) {
  ir::ExecutionPlan plan;
  plan.weights = {Blob(0, 10, 'a'), Blob(64, 5, 'b'), Blob(128, 1, 'c')};
  plan.weight_bytes = 129;
  ASSERT_THAT(WriteWeights(plan, TargetOf("x86_64-unknown-linux-gnu"), Path()), base::IsOk());
  const Written written = Read();
  EXPECT_EQ(written.machine, llvm::ELF::EM_X86_64);
  EXPECT_EQ(written.alignment, 64u);
  std::string expected(129, '\0');
  expected.replace(0, 10, 10, 'a').replace(64, 5, 5, 'b').replace(128, 1, 1, 'c');
  EXPECT_EQ(written.bytes, expected);
}

TEST(Weights, TheHeaderIsTheTargets) {
  ir::ExecutionPlan plan;
  plan.weights = {Blob(0, 4, 'x')};
  plan.weight_bytes = 4;
  ASSERT_THAT(WriteWeights(plan, TargetOf("riscv64-unknown-linux-gnu"), Path()), base::IsOk());
  EXPECT_EQ(Read().machine, llvm::ELF::EM_RISCV);
  EXPECT_EQ(Read().flags, llvm::ELF::EF_RISCV_RVC | llvm::ELF::EF_RISCV_FLOAT_ABI_DOUBLE);
  ASSERT_THAT(WriteWeights(plan, TargetOf("aarch64-unknown-linux-gnu"), Path()), base::IsOk());
  EXPECT_EQ(Read().machine, llvm::ELF::EM_AARCH64);
  EXPECT_EQ(WriteWeights(plan, TargetOf("s390x-unknown-linux-gnu"), Path()).code(),
            absl::StatusCode::kUnimplemented);
}

TEST(Weights, OverlapsAndTooManyAreRefused) {
  ir::ExecutionPlan plan;
  plan.weights = {Blob(0, 65, 'a'), Blob(64, 5, 'b')};
  plan.weight_bytes = 69;
  const v1::Target target = TargetOf("x86_64-unknown-linux-gnu");
  EXPECT_EQ(WriteWeights(plan, target, Path()).code(), absl::StatusCode::kInternal);
  plan.weight_bytes = int64_t{3} << 30;
  EXPECT_EQ(WriteWeights(plan, target, Path()).code(), absl::StatusCode::kResourceExhausted);
}

// More than is released at a time.
TEST(Weights, LargeOnesSurviveTheGivingBackOfPages) {
  constexpr int64_t kBlob = 24 << 20;
  ir::ExecutionPlan plan;
  plan.weights = {Blob(0, kBlob, 'a'), Blob(kBlob, kBlob, 'b'), Blob(2 * kBlob, 7, 'c')};
  plan.weight_bytes = 2 * kBlob + 7;
  ASSERT_THAT(WriteWeights(plan, TargetOf("x86_64-unknown-linux-gnu"), Path()), base::IsOk());
  const Written written = Read();
  EXPECT_EQ(written.bytes, std::string(kBlob, 'a') + std::string(kBlob, 'b') + std::string(7, 'c'));
}

}  // namespace
}  // namespace sinter::codegen
