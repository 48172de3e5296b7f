// `sinter run --profile` on compiled models, against numbers worked out by hand: a matmul and a
// convolution with a free batch, and a model whose shapes only the data tells.
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

#include "base/status_matchers.h"
#include "client/testing/onnx_bytes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "runtime/npy.h"
#include "runtime/tensor.h"
#include "tests/e2e/programs.h"

namespace sinter::e2e {
namespace {

using client::testing::Bytes;
using client::testing::FloatTensor;
using client::testing::Message;
using client::testing::Model;
using client::testing::Node;
using client::testing::TensorValue;
using nlohmann::json;

constexpr int kFloat = 1, kInt64 = 7;

class ProfileTest : public ::testing::Test {
 protected:
  ProfileTest() : root_(TestFolder()) {}
  std::string In(const std::string& name) const { return root_ + "/" + name; }

  void Compile(const std::string& model) const {
    WriteFile(In("m.onnx"), model);
    const Outcome compiled = Sinter({"compile", In("m.onnx"), "-o", In("m.so"), "--json", "--local",
                                     "--state-dir=" + In("state")});
    ASSERT_EQ(compiled.exit_code, 0) << compiled.err;
  }
  json Run(const std::string& input, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words = {
        "run",       In("m.so"), "--input=x=" + input, "--output-dir=" + In("out"),
        "--profile", "--json"};
    words.insert(words.end(), more.begin(), more.end());
    const Outcome ran = Sinter(words);
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    return ran.exit_code == 0 ? ran.events.back()["profile"] : json();
  }

  const std::string root_;
};

json NodeOf(const json& profile, const std::string& name) {
  for (const json& node : profile["nodes"]) {
    if (node["node"] == name) return node;
  }
  return json();
}

json KernelOf(const json& profile, const std::string& node) {
  for (const json& kernel : profile["kernels"]) {
    if (kernel["nodes"][0] == node) return kernel;
  }
  return json();
}

// relu(x * w + b) for x of [n, 5]; w of [5, 3].
TEST_F(ProfileTest, AMatMulOfAnyBatch) {
  Compile(Model(Message(1, Node("multiply", "MatMul", {"x", "w"}, {"p"})) +
                Message(1, Node("shift", "Add", {"p", "b"}, {"s"})) +
                Message(1, Node("clip", "Relu", {"s"}, {"y"})) + Bytes(2, "linear") +
                Message(5, FloatTensor("w", {5, 3}, std::vector<float>(15, 0.5f))) +
                Message(5, FloatTensor("b", {3}, {1, 2, 3})) +
                Message(11, TensorValue("x", kFloat, {-1, 5}, "n")) +
                Message(12, TensorValue("y", kFloat, {-1, 3}, "n"))));
  for (const int n : {1, 7}) {
    const json profile = Run("random:1:" + std::to_string(n) + "x5", {"--repeat=2"});
    const json multiply = NodeOf(profile, "multiply"), shift = NodeOf(profile, "shift");
    EXPECT_EQ(multiply["flops"], 2 * /*runs*/ 2 * n * 5 * 3);
    EXPECT_EQ(multiply["op"], "MatMul");
    EXPECT_EQ(shift["flops"], 2 * n * 3);
    EXPECT_EQ(NodeOf(profile, "clip")["flops"], 0) << "a comparison is no arithmetic";
    const json kernel = KernelOf(profile, "multiply");
    EXPECT_EQ(kernel["nodes"], json({"multiply", "shift", "clip"})) << "they run as one";
    EXPECT_EQ(kernel["calls"], 2);
    EXPECT_EQ(kernel["flops"], 2 * (2 * n * 15 + n * 3));
    EXPECT_EQ(kernel["bytes"], 2 * 4 * (n * 5 + 15 + 3 + n * 3));
    EXPECT_EQ(kernel["dtype"], "float32");
  }
}

// A convolution of x [n, 2, 8, 8] with 4 filters of [2, 3, 3], to [n, 4, 6, 6].
TEST_F(ProfileTest, AConvolutionOfAnyBatch) {
  Compile(Model(Message(1, Node("filter", "Conv", {"x", "w"}, {"y"})) + Bytes(2, "conv") +
                Message(5, FloatTensor("w", {4, 2, 3, 3}, std::vector<float>(72, 0.25f))) +
                Message(11, TensorValue("x", kFloat, {-1, 2, 8, 8}, "n")) +
                Message(12, TensorValue("y", kFloat, {-1, 4, 6, 6}, "n"))));
  for (const int n : {1, 3}) {
    const json profile = Run("random:1:" + std::to_string(n) + "x2x8x8");
    EXPECT_EQ(NodeOf(profile, "filter")["flops"], 2 * n * (4 * 6 * 6) * (2 * 3 * 3));
    json kernel;
    for (const json& candidate : profile["kernels"]) {
      if (candidate["flops"] != 0) kernel = candidate;
    }
    EXPECT_EQ(kernel["bytes"], 4 * (n * 2 * 8 * 8 + 72 + n * 4 * 6 * 6));
  }
}

// The places where x is not 0, doubled: how many there are only the data tells.
TEST_F(ProfileTest, AModelWhoseShapesTheDataTells) {
  Compile(Model(Message(1, Node("find", "NonZero", {"x"}, {"places"})) +
                Message(1, Node("double", "Add", {"places", "places"}, {"y"})) + Bytes(2, "find") +
                Message(11, TensorValue("x", kFloat, {-1}, "n")) +
                Message(12, TensorValue("y", kInt64, {1, -1}, "k"))));
  auto x = *runtime::Tensor::Make(runtime::Dtype::kFloat32, {100});
  std::iota(x.mutable_values<float>().begin(), x.mutable_values<float>().end(), -30.0f);
  ASSERT_THAT(runtime::WriteNpy(In("x.npy"), x.view()), base::IsOk());
  const json profile = Run(In("x.npy"), {"--trace=" + In("trace.json")});
  const json find = KernelOf(profile, "find"), twice = KernelOf(profile, "double");
  EXPECT_EQ(find["kernel"], "sinter_op_NonZero");
  EXPECT_EQ(find["ops"], json({"NonZero"}));
  EXPECT_GT(find["self_us"].get<double>(), 0);
  EXPECT_TRUE(find["flops"].is_null()) << "not known, so not said";
  EXPECT_TRUE(find["gflop_per_s"].is_null());
  EXPECT_EQ(twice["flops"], 99);
  EXPECT_EQ(twice["bytes"], 99 * 8 * 2);
  EXPECT_EQ(twice["dtype"], "int64");
  const json trace = json::parse(std::ifstream(In("trace.json")));
  std::vector<std::string> names;
  for (const json& event : trace["traceEvents"]) {
    if (event["ph"] == "X" && event["cat"] != "task") names.push_back(event["name"]);
  }
  EXPECT_THAT(names, ::testing::ElementsAre("find", "double", "run 1"));
}

}  // namespace
}  // namespace sinter::e2e
