// A file that torch-mlir exported (a small CNN with a free batch, through its pipelines from ONNX
// to linalg on tensors), and TOSA by hand, compiled and run. The network's expected numbers are
// those that ONNX Runtime gives for the ONNX file that it came from.
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file_util.h"
#include "base/status_matchers.h"
#include "compiler_core/api/compile.h"
#include "gtest/gtest.h"
#include "runtime/loaded_model.h"
#include "runtime/npy.h"
#include "runtime/session.h"

namespace sinter {
namespace {

constexpr char kFolder[] = "compiler_core/import_mlir/test/";

std::string FreshFolder(const std::string& name) {
  const std::string folder = std::string(getenv("TEST_TMPDIR")) + "/" +
                             testing::UnitTest::GetInstance()->current_test_info()->name() + name;
  std::filesystem::create_directories(folder);
  return folder;
}

std::shared_ptr<const runtime::LoadedModel> CompileText(const std::string& text) {
  api::CompileRequest request;
  request.files = {{"model.mlir", text}};
  request.target.set_name("server");
  request.output_dir = FreshFolder("/out");
  request.scratch_dir = FreshFolder("/scratch");
  std::vector<v1::Diagnostic> diagnostics;
  api::Compiler compiler;
  const auto result = compiler.Compile(request, api::CompileEnvironment(), diagnostics);
  EXPECT_THAT(result.status(), base::IsOk());
  auto model = runtime::LoadedModel::Open(request.output_dir + "/model.so");
  EXPECT_THAT(model.status(), base::IsOk());
  return model.ok() ? *model : nullptr;
}

TEST(MlirModel, AFileOfTorchMlirGivesOnnxRuntimesNumbers) {
  SINTER_ASSERT_OK_AND_ASSIGN(const std::string text,
                              base::ReadFile(std::string(kFolder) + "net.linalg.mlir"));
  SINTER_ASSERT_OK_AND_ASSIGN(const runtime::Tensor input,
                              runtime::ReadNpy(std::string(kFolder) + "net_input.npy"));
  SINTER_ASSERT_OK_AND_ASSIGN(const runtime::Tensor wanted,
                              runtime::ReadNpy(std::string(kFolder) + "net_output.npy"));
  const auto model = CompileText(text);
  ASSERT_NE(model, nullptr);
  EXPECT_EQ(model->inputs()[0].Text(), "arg0: float32[arg0_dim0,3,8,8]");
  runtime::Session session(model, nullptr);
  ASSERT_THAT(session.Run({input.view()}), base::IsOk());
  const runtime::Tensor& found = session.outputs()[0];
  ASSERT_EQ(found.dims(), wanted.dims());
  for (int64_t i = 0; i < wanted.element_count(); ++i) {
    EXPECT_NEAR(found.values<float>()[i], wanted.values<float>()[i], 1e-6) << i;
  }
}

// 2x2 average pool of [[1 2] [3 4]] = 2.5; times weights (2, -1) plus bias (0.5, 0), clamped to
// 0..4.
TEST(MlirModel, TosaIsComputed) {
  const auto model = CompileText(R"(
    func.func @main(%x: tensor<1x2x2x1xf32>) -> tensor<1x1x1x2xf32> {
      %p = tosa.avg_pool2d %x {acc_type = f32, kernel = array<i64: 2, 2>, pad = array<i64: 0, 0, 0, 0>,
          stride = array<i64: 2, 2>} : (tensor<1x2x2x1xf32>) -> tensor<1x1x1x1xf32>
      %w = "tosa.const"() {value = dense<[[[[2.0]]], [[[-1.0]]]]> : tensor<2x1x1x1xf32>}
          : () -> tensor<2x1x1x1xf32>
      %b = "tosa.const"() {value = dense<[0.5, 0.0]> : tensor<2xf32>} : () -> tensor<2xf32>
      %c = tosa.conv2d %p, %w, %b {dilation = array<i64: 1, 1>, pad = array<i64: 0, 0, 0, 0>,
          stride = array<i64: 1, 1>}
          : (tensor<1x1x1x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x1x1x2xf32>
      %r = tosa.clamp %c {min_fp = 0.0 : f32, max_fp = 4.0 : f32, min_int = 0 : i64,
          max_int = 4 : i64} : (tensor<1x1x1x2xf32>) -> tensor<1x1x1x2xf32>
      return %r : tensor<1x1x1x2xf32>
    })");
  ASSERT_NE(model, nullptr);
  alignas(64) const float x[] = {1, 2, 3, 4};
  runtime::Session session(model, nullptr);
  const int64_t dims[] = {1, 2, 2, 1};
  ASSERT_THAT(session.Run({{runtime::Dtype::kFloat32, dims, x}}), base::IsOk());
  const auto found = session.outputs()[0].values<float>();
  EXPECT_FLOAT_EQ(found[0], 4.0f);  // 5.5, clamped
  EXPECT_FLOAT_EQ(found[1], 0.0f);  // -2.5, clamped
}

}  // namespace
}  // namespace sinter
