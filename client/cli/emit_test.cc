#include "client/cli/emit.h"

#include <filesystem>

#include "base/status_matchers.h"
#include "client/lib/fault.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sinter::client {
namespace {

using ::sinter::base::IsOk;
using ::sinter::base::StatusIs;
using ::testing::ElementsAre;

TEST(SetEmitTest, ReadsEveryKind) {
  v1::CompileOptions options;
  ASSERT_THAT(SetEmit({"so", "mlir:tensor", "mlir:loop", "asm"}, options), IsOk());
  EXPECT_THAT(options.emit(), ElementsAre(v1::CompileOptions::SHARED_LIBRARY,
                                          v1::CompileOptions::MLIR, v1::CompileOptions::ASSEMBLY));
  EXPECT_THAT(options.mlir_stages(), ElementsAre("loop", "tensor"));
  v1::CompileOptions nothing;
  ASSERT_THAT(SetEmit({}, nothing), IsOk());
  EXPECT_THAT(nothing.emit(), ElementsAre(v1::CompileOptions::SHARED_LIBRARY));
  for (const char* bad : {"exe", "mlir", "mlir:", "mlir:soup", "tensor", ""}) {
    EXPECT_TRUE(IsUsageError(SetEmit({bad}, options))) << bad;
  }
}

TEST(PlanOutputTest, TellsFilesFromFolders) {
  const std::string folder = ::testing::TempDir();
  const auto plan = [&](const std::string& out, const std::vector<std::string>& emit) {
    return *PlanOutput(out, "models/net.onnx", "host", emit);
  };
  EXPECT_EQ(plan("", {}).path, "net.so");
  EXPECT_EQ(PlanOutput("", "net.onnx", "wasm32-simd128", {})->path, "net.wasm");
  EXPECT_EQ(plan("", {"obj"}).path, "net.o");
  EXPECT_EQ(plan("", {"mlir:loop"}).path, "net.mlir");
  EXPECT_FALSE(plan("", {"mlir:loop"}).is_folder);
  EXPECT_EQ(plan("", {"bundle"}).path, "net.sinter");
  EXPECT_TRUE(plan("", {"bundle"}).is_folder);
  EXPECT_TRUE(plan("", {"so", "asm"}).is_folder);
  EXPECT_TRUE(plan(folder, {}).is_folder);
  EXPECT_TRUE(plan(folder + "/new/", {}).is_folder);
  EXPECT_FALSE(plan(folder + "/new", {}).is_folder);
}

TEST(PlanOutputTest, APlaceThatIsNotThereIsAUsageError) {
  EXPECT_TRUE(IsUsageError(PlanOutput("/no/such/place/a.so", "m.onnx", "host", {}).status()));
  EXPECT_TRUE(IsUsageError(PlanOutput("/no/such/place/", "m.onnx", "host", {}).status()));
}

TEST(FindEmittedTest, FindsTheFileByItsEnding) {
  v1::ArtifactManifest manifest;
  for (const char* path : {"model.h", "model.so", "model.ll", "ir/tensor.mlir"}) {
    manifest.add_files()->set_path(path);
  }
  EXPECT_EQ(FindEmitted(manifest, "so")->path(), "model.so");
  EXPECT_EQ(FindEmitted(manifest, "llvm")->path(), "model.ll");
  EXPECT_EQ(FindEmitted(manifest, "mlir:tensor")->path(), "ir/tensor.mlir");
  EXPECT_THAT(FindEmitted(manifest, "asm"), StatusIs(absl::StatusCode::kInternal));
  manifest.mutable_files(1)->set_path("model.wasm");
  manifest.mutable_target()->set_triple("wasm32-unknown-unknown");
  EXPECT_EQ(FindEmitted(manifest, "so")->path(), "model.wasm");
}

}  // namespace
}  // namespace sinter::client
