// Kernels as units of compiling, with the real compiler: what a model has in common with one that
// was compiled before is not compiled again, and its library is the same as without.
#include <memory>
#include <string>
#include <vector>

#include "client/testing/onnx_bytes.h"
#include "gtest/gtest.h"
#include "tests/e2e/programs.h"

namespace sinter::e2e {
namespace {

using client::testing::Bytes;
using client::testing::FloatTensor;
using client::testing::Message;
using client::testing::Model;
using client::testing::Node;
using client::testing::TensorValue;

constexpr int kFloat = 1;

// y = relu(... relu(x * w0) * w1 ...): wi is float32[widths[i], widths[i + 1]], filled with `value`.
std::string Perceptron(const std::vector<int64_t>& widths, float value) {
  std::string graph = Bytes(2, "perceptron");
  std::string last = "x";
  for (size_t i = 0; i + 1 < widths.size(); ++i) {
    const std::string n = std::to_string(i);
    const std::vector<float> weights(widths[i] * widths[i + 1], value);
    graph += Message(1, Node("multiply" + n, "MatMul", {last, "w" + n}, {"p" + n}));
    graph += Message(1, Node("clip" + n, "Relu", {"p" + n}, {"r" + n}));
    graph += Message(5, FloatTensor("w" + n, {widths[i], widths[i + 1]}, weights));
    last = "r" + n;
  }
  graph += Message(11, TensorValue("x", kFloat, {8, widths.front()}, ""));
  graph += Message(12, TensorValue(last, kFloat, {8, widths.back()}, ""));
  return Model(graph);
}

class KernelCacheTest : public ::testing::Test {
 protected:
  // RETURNS: the result event.
  nlohmann::json Compile(const std::string& name, const std::string& model,
                         const std::vector<std::string>& more = {}) {
    WriteFile(root_ + "/" + name + ".onnx", model);
    std::vector<std::string> words = {"compile", root_ + "/" + name + ".onnx",
                                      "-o",      root_ + "/" + name + ".so",
                                      "--json",  "--server=" + daemon_.address()};
    words.insert(words.end(), more.begin(), more.end());
    const Outcome outcome = Sinter(words);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return outcome.events.back();
  }
  std::string Library(const std::string& name) { return ReadFile(root_ + "/" + name + ".so"); }

  const std::string root_ = TestFolder();
  Daemon daemon_{root_ + "/state", kRealWorker};
};

TEST_F(KernelCacheTest, OneLayerThatChangedIsOneKernelToCompile) {
  const nlohmann::json first = Compile("first", Perceptron({64, 48, 80, 16}, 0.5f));
  EXPECT_EQ(first["kernels"], 3);
  EXPECT_EQ(first["kernels_reused"], 0);
  const std::string wider = Perceptron({64, 48, 80, 24}, 0.5f);
  const nlohmann::json second = Compile("second", wider);
  EXPECT_EQ(second["cache"], "miss");
  EXPECT_EQ(second["kernels"], 3);
  EXPECT_EQ(second["kernels_reused"], 2);
  const nlohmann::json alone = Compile("alone", wider, {"--no-cache"});
  EXPECT_EQ(alone["kernels_reused"], 0);
  EXPECT_EQ(alone["artifact"], second["artifact"]);
  EXPECT_EQ(Library("alone"), Library("second"));
}

TEST_F(KernelCacheTest, OtherWeightsAreNoOtherKernels) {
  Compile("first", Perceptron({64, 48, 80}, 0.5f));
  const nlohmann::json second = Compile("second", Perceptron({64, 48, 80}, 0.25f));
  EXPECT_EQ(second["cache"], "miss");
  EXPECT_EQ(second["kernels_reused"], second["kernels"]);
  EXPECT_NE(Library("first"), Library("second"));
}

TEST_F(KernelCacheTest, OtherNumericsAndTargetsAreOtherKernels) {
  const std::string model = Perceptron({64, 48}, 0.5f);
  Compile("default", model);
  EXPECT_EQ(Compile("strict", model, {"--numerics=strict"})["kernels_reused"], 0);
  EXPECT_EQ(Compile("v3", model, {"--target=x86-64-v3"})["kernels_reused"], 0);
  EXPECT_EQ(Compile("object", model, {"--emit=obj"})["kernels_reused"], 1);
}

}  // namespace
}  // namespace sinter::e2e
