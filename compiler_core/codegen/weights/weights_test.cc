#include "compiler_core/codegen/weights/weights.h"

#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "base/status_matchers.h"
#include "compiler_core/codegen/weights/weight_layout.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Object/Wasm.h"

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

absl::Status Write(ir::ExecutionPlan plan, const v1::Target& target) {
  ir::ModelPlan model;
  model.fragments.push_back(std::move(plan));
  return WriteWeights(model, target, Path());
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
  ASSERT_THAT(Write(plan, TargetOf("x86_64-unknown-linux-gnu")), base::IsOk());
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
  ASSERT_THAT(Write(plan, TargetOf("riscv64-unknown-linux-gnu")), base::IsOk());
  EXPECT_EQ(Read().machine, llvm::ELF::EM_RISCV);
  EXPECT_EQ(Read().flags, llvm::ELF::EF_RISCV_RVC | llvm::ELF::EF_RISCV_FLOAT_ABI_DOUBLE);
  ASSERT_THAT(Write(plan, TargetOf("aarch64-unknown-linux-gnu")), base::IsOk());
  EXPECT_EQ(Read().machine, llvm::ELF::EM_AARCH64);
  EXPECT_EQ(Write(plan, TargetOf("s390x-unknown-linux-gnu")).code(),
            absl::StatusCode::kUnimplemented);
}

// What the linker reads of WebAssembly's format.
TEST(Weights, WebAssemblyHasThemInOneSegment) {
  ir::ExecutionPlan plan;
  plan.weights = {Blob(0, 10, 'a'), Blob(64, 5, 'b')};
  plan.weight_bytes = 200000;
  ASSERT_THAT(Write(plan, TargetOf("wasm32-unknown-unknown")), base::IsOk());
  auto file = llvm::object::ObjectFile::createObjectFile(Path());
  ASSERT_TRUE(static_cast<bool>(file)) << llvm::toString(file.takeError());
  auto* wasm = llvm::dyn_cast<llvm::object::WasmObjectFile>(file->getBinary());
  ASSERT_NE(wasm, nullptr);
  ASSERT_EQ(wasm->dataSegments().size(), 1u);
  const llvm::wasm::WasmDataSegment& segment = wasm->dataSegments()[0].Data;
  EXPECT_EQ(segment.Name, ".rodata.sinter_weights");
  EXPECT_EQ(segment.Alignment, 6u) << "2 to the power of it";
  std::string expected(200000, '\0');
  expected.replace(0, 10, 10, 'a').replace(64, 5, 5, 'b');
  EXPECT_EQ(std::string(segment.Content.begin(), segment.Content.end()), expected);
  ASSERT_EQ(std::distance(wasm->symbol_begin(), wasm->symbol_end()), 1);
  const llvm::object::WasmSymbol& symbol = wasm->getWasmSymbol(*wasm->symbol_begin());
  EXPECT_EQ(symbol.Info.Name, "sinter_weights");
  EXPECT_TRUE(symbol.isHidden() && symbol.isTypeData());
  EXPECT_EQ(symbol.Info.DataRef.Size, 200000u);
}

TEST(Weights, OverlapsAndTooManyAreRefused) {
  ir::ExecutionPlan plan;
  plan.weights = {Blob(0, 65, 'a'), Blob(64, 5, 'b')};
  plan.weight_bytes = 69;
  const v1::Target target = TargetOf("x86_64-unknown-linux-gnu");
  EXPECT_EQ(Write(plan, target).code(), absl::StatusCode::kInternal);
  plan.weight_bytes = int64_t{3} << 30;
  EXPECT_EQ(Write(plan, TargetOf("aarch64-unknown-linux-gnu")).code(),
            absl::StatusCode::kResourceExhausted);
  plan.weight_bytes = int64_t{1} << 40;
  EXPECT_EQ(Write(plan, target).code(), absl::StatusCode::kResourceExhausted);
}

// The section's flag keeps the linker from laying 2 GB between code and the data it reaches.
TEST(Weights, ThoseOver2GigabytesLieInALargeSection) {
  ir::ExecutionPlan plan;
  plan.weight_bytes = int64_t{9} << 28;
  plan.weights = {Blob(plan.weight_bytes - 3, 3, 'z')};
  ASSERT_THAT(Write(plan, TargetOf("x86_64-unknown-linux-gnu")), base::IsOk());
  {
    auto file = llvm::object::ObjectFile::createObjectFile(Path());
    ASSERT_TRUE(static_cast<bool>(file));
    int found = 0;
    for (const llvm::object::ELFSectionRef section : file->getBinary()->sections()) {
      if (*section.getName() != ".lrodata.sinter_weights") continue;
      ++found;
      EXPECT_EQ(section.getFlags(), llvm::ELF::SHF_ALLOC | llvm::ELF::SHF_X86_64_LARGE);
      EXPECT_EQ(section.getSize(), 9u << 28);
      EXPECT_EQ(section.getContents()->take_back(3), "zzz");
    }
    EXPECT_EQ(found, 1);
  }
  std::remove(Path().c_str());
}

// More than is released at a time.
TEST(Weights, LargeOnesSurviveTheGivingBackOfPages) {
  constexpr int64_t kBlob = 24 << 20;
  ir::ExecutionPlan plan;
  plan.weights = {Blob(0, kBlob, 'a'), Blob(kBlob, kBlob, 'b'), Blob(2 * kBlob, 7, 'c')};
  plan.weight_bytes = 2 * kBlob + 7;
  ASSERT_THAT(Write(plan, TargetOf("x86_64-unknown-linux-gnu")), base::IsOk());
  const Written written = Read();
  EXPECT_EQ(written.bytes, std::string(kBlob, 'a') + std::string(kBlob, 'b') + std::string(7, 'c'));
}

// Two fragments, then the constants of the program and of the one below it; the one of strings and
// the one that no slot holds have no bytes here.
TEST(Weights, FragmentsAndConstantsFollowEachOther) {
  const auto bytes_of = [](const std::string& text) {
    void* data;
    ir::HostTensor tensor =
        ir::HostTensor::Allocate(ir::DType::kInt8, {static_cast<int64_t>(text.size())}, &data);
    std::memcpy(data, text.data(), text.size());
    return tensor;
  };
  const auto hold = [](ir::Program& program, int64_t constant) {
    program.slots.emplace_back();
    program.slots.back().constant = constant;
  };
  ir::ModelPlan model;
  model.fragments.resize(3);
  model.fragments[0].weights = {Blob(0, 3, 'a')};
  model.fragments[0].weight_bytes = 3;
  model.fragments[2].weights = {Blob(0, 65, 'b')};
  model.fragments[2].weight_bytes = 65;
  model.program = std::make_unique<ir::Program>();
  model.program->constants.Add(bytes_of("unused"));
  model.program->constants.Add(bytes_of("transposed").Reshaped({5, 2}).Transposed({1, 0}));
  model.program->constants.Add(ir::HostTensor(ir::DType::kString, {1}, nullptr, nullptr));
  for (int64_t constant : {1, 2, 1}) hold(*model.program, constant);
  model.program->subprograms.push_back(std::make_unique<ir::Program>());
  model.program->subprograms[0]->constants.Add(bytes_of("below"));
  hold(*model.program->subprograms[0], 0);

  const WeightLayout layout = LayOutWeights(model);
  EXPECT_THAT(layout.fragments, testing::ElementsAre(0, 0, 64));
  EXPECT_THAT(layout.constants.at(model.program.get()), testing::ElementsAre(-1, 192, -1));
  EXPECT_EQ(layout.bytes, 256 + 5);
  ASSERT_THAT(WriteWeights(model, TargetOf("x86_64-unknown-linux-gnu"), Path()), base::IsOk());
  std::string expected(261, '\0');
  expected.replace(0, 3, "aaa").replace(64, 65, std::string(65, 'b'));
  expected.replace(192, 10, "tasoernpsd").replace(256, 5, "below");
  EXPECT_EQ(Read().bytes, expected);
}

}  // namespace
}  // namespace sinter::codegen
