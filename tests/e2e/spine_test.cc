// One small model all the way: command, daemon, worker, compiler, library, numbers. And what the
// compiler refuses, as the exit code and the message that a user sees.
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/status_matchers.h"
#include "client/testing/onnx_bytes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/npy.h"
#include "runtime/random_tensor.h"
#include "tests/e2e/programs.h"

namespace sinter::e2e {
namespace {

namespace fs = std::filesystem;
using client::testing::Bytes;
using client::testing::FloatTensor;
using client::testing::Message;
using client::testing::Model;
using client::testing::Node;
using client::testing::TensorValue;
using runtime::Dtype;
using runtime::Tensor;
using ::testing::HasSubstr;

constexpr int64_t kIn = 5, kOut = 3;
constexpr int kFloat = 1, kInt64 = 7;

// y = relu(x * w + b), x: float32[n,5]. The names are as awkward as ONNX allows.
constexpr char kX[] = "in/x=0";
constexpr char kY[] = "out/y:0";

std::vector<float> Weights() {
  return {0.5f, -1, 2, 3, 0.25f, -0.75f, 1, 1.5f, -2, 0, 1, -1, 4, -0.5f, 2};
}
std::vector<float> Bias() { return {0.5f, -1, 0.125f}; }

std::string LinearModel(const std::string& weights_at = "") {
  return Model(Message(1, Node("multiply", "MatMul", {kX, "w"}, {"p"})) +
               Message(1, Node("shift", "Add", {"p", "b"}, {"s"})) +
               Message(1, Node("clip", "Relu", {"s"}, {kY})) + Bytes(2, "linear") +
               Message(5, FloatTensor("w", {kIn, kOut}, Weights(), weights_at)) +
               Message(5, FloatTensor("b", {kOut}, Bias())) +
               Message(11, TensorValue(kX, kFloat, {-1, kIn}, "n")) +
               Message(12, TensorValue(kY, kFloat, {-1, kOut}, "n")));
}

std::vector<float> Expected(const Tensor& x) {
  std::vector<float> want;
  const auto in = x.values<float>();
  for (int64_t row = 0; row < x.dims()[0]; ++row) {
    for (int64_t column = 0; column < kOut; ++column) {
      float sum = Bias()[column];
      for (int64_t k = 0; k < kIn; ++k) sum += in[row * kIn + k] * Weights()[k * kOut + column];
      want.push_back(sum > 0 ? sum : 0);
    }
  }
  return want;
}

class SpineTest : public ::testing::Test {
 protected:
  SpineTest() : root_(TestFolder()) {}

  Daemon& TheDaemon() {
    if (daemon_ == nullptr) daemon_ = std::make_unique<Daemon>(In("state"), kRealWorker);
    return *daemon_;
  }
  std::string In(const std::string& name) const { return root_ + "/" + name; }

  std::string Save(const std::string& name, const std::string& model) const {
    WriteFile(In(name), model);
    return In(name);
  }
  Outcome Compile(const std::string& model, const std::string& out,
                  const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"compile", model,    "-o",
                                      In(out),   "--json", "--server=" + TheDaemon().address()};
    words.insert(words.end(), more.begin(), more.end());
    return Sinter(words);
  }

  // Runs an artifact on `rows` random rows. RETURNS: what `sinter run` exits with.
  int RunOn(int64_t rows, const std::string& artifact) {
    const Tensor x = *runtime::RandomTensor(Dtype::kFloat32, {rows, kIn}, 7);
    EXPECT_THAT(runtime::WriteNpy(In("x.npy"), x.view()), base::IsOk());
    return Sinter({"run", artifact, std::string("--input=") + kX + "=" + In("x.npy"),
                   "--output-dir=" + In("out")})
        .exit_code;
  }
  void ExpectRightOn(int64_t rows, const std::string& artifact) {
    ASSERT_EQ(RunOn(rows, artifact), 0);
    SINTER_ASSERT_OK_AND_ASSIGN(const Tensor x, runtime::ReadNpy(In("x.npy")));
    SINTER_ASSERT_OK_AND_ASSIGN(const Tensor y, runtime::ReadNpy(In("out/out%2Fy:0.npy")));
    EXPECT_THAT(y.dims(), ::testing::ElementsAre(rows, kOut));
    const auto got = y.values<float>();
    EXPECT_THAT(std::vector<float>(got.begin(), got.end()),
                ::testing::Pointwise(::testing::FloatNear(1e-5f), Expected(x)));
  }

  const std::string root_;
  std::unique_ptr<Daemon> daemon_;
};

TEST_F(SpineTest, AModelIsCompiledOnceAndRunsOnAnyBatch) {
  const std::string model = Save("linear.onnx", LinearModel());
  const Outcome compiled = Compile(model, "linear.so");
  ASSERT_EQ(compiled.exit_code, 0) << compiled.err;
  EXPECT_EQ(compiled.events.back()["cache"], "miss");
  for (const int64_t rows : {1, 4, 37}) ExpectRightOn(rows, In("linear.so"));
  const std::string library = ReadFile(In("linear.so"));
  EXPECT_EQ(Compile(model, "again.so").events.back()["cache"], "hit");
  EXPECT_EQ(ReadFile(In("again.so")), library);
}

TEST_F(SpineTest, IndependentCompilesGiveTheSameBytes) {
  const std::string model = Save("linear.onnx", LinearModel());
  const Outcome by_daemon = Compile(model, "a.so");
  ASSERT_EQ(by_daemon.exit_code, 0) << by_daemon.err;
  // Another name, folder, state directory and process.
  fs::create_directories(In("elsewhere"));
  const std::string copy = Save("elsewhere/copy.onnx", LinearModel());
  const Outcome local = Sinter(
      {"compile", copy, "-o", In("b.so"), "--json", "--local", "--state-dir=" + In("local")});
  ASSERT_EQ(local.exit_code, 0) << local.err;
  EXPECT_EQ(local.events.back()["cache"], "miss");
  EXPECT_EQ(local.events.back()["artifact"], by_daemon.events.back()["artifact"]);
  EXPECT_EQ(ReadFile(In("b.so")), ReadFile(In("a.so")));
  EXPECT_EQ(
      Sinter({"compile", copy, "-o", In("b.so"), "--json", "--local", "--state-dir=" + In("local")})
          .events.back()["cache"],
      "hit");
}

TEST_F(SpineTest, AShapeIsFixedOnRequest) {
  const std::string model = Save("linear.onnx", LinearModel());
  const Outcome compiled = Compile(model, "four.so", {std::string("--shape=") + kX + "=4x5"});
  ASSERT_EQ(compiled.exit_code, 0) << compiled.err;
  ExpectRightOn(4, In("four.so"));
  EXPECT_EQ(RunOn(5, In("four.so")), 1);
}

TEST_F(SpineTest, ExternalDataComesAlong) {
  const std::vector<float> weights = Weights();
  WriteFile(In("w.bin"), std::string(reinterpret_cast<const char*>(weights.data()),
                                     weights.size() * sizeof(float)));
  const Outcome compiled = Compile(Save("linear.onnx", LinearModel("w.bin")), "linear.so");
  ASSERT_EQ(compiled.exit_code, 0) << compiled.err;
  ExpectRightOn(3, In("linear.so"));
  EXPECT_EQ(Compile(Save("dot.onnx", LinearModel("./w.bin")), "dot.so").exit_code, 0);
  EXPECT_EQ(Compile(Save("climbs.onnx", LinearModel("../w.bin")), "no.so").exit_code, 1);
}

TEST_F(SpineTest, VerifyTellsAGoodArtifactFromADamagedOne) {
  const std::string model = Save("linear.onnx", LinearModel());
  ASSERT_EQ(Compile(model, "artifact/").exit_code, 0);
  const std::vector<std::string> verify = {"verify", In("artifact"), model, "--json"};
  const Outcome good = Sinter(verify);
  ASSERT_EQ(good.exit_code, 0) << good.err;
  EXPECT_EQ(good.events.at(0)["agrees"], true);
  EXPECT_EQ(good.events.at(0)["outputs"].at(0)["name"], kY);
  EXPECT_EQ(
      Sinter({"verify", In("artifact"), model, std::string("--shape=") + kX + "=9x5"}).exit_code,
      0);

  EXPECT_EQ(Sinter({"verify", In("artifact"), Save("other.onnx", LinearModel() + Bytes(6, "doc"))})
                .exit_code,
            1);
  std::string library = ReadFile(In("artifact/model.so"));
  library[library.size() / 2] ^= 1;
  WriteFile(In("artifact/model.so"), library);
  const Outcome damaged = Sinter(verify);
  EXPECT_EQ(damaged.exit_code, 5);
  EXPECT_THAT(damaged.err, HasSubstr("`model.so` has changed"));
}

TEST_F(SpineTest, ACertificateIsPartOfTheArtifact) {
  const std::string model = Save("linear.onnx", LinearModel());
  const Outcome plain = Compile(model, "plain/");
  ASSERT_EQ(plain.exit_code, 0) << plain.err;
  EXPECT_EQ(nlohmann::json::parse(ReadFile(In("plain/manifest.json")))["numerics"], nullptr);

  const Outcome certified = Compile(model, "certified/", {"--certify", "--certify-seed=4"});
  ASSERT_EQ(certified.exit_code, 0) << certified.err;
  const auto numerics = nlohmann::json::parse(ReadFile(In("certified/manifest.json")))["numerics"];
  EXPECT_EQ(numerics["seed"], "4");
  EXPECT_EQ(numerics["inputs"][0]["name"], kX);
  EXPECT_EQ(numerics["outputs"][0]["name"], kY);
  EXPECT_GE(numerics["outputs"][0]["cosine"], 0.999999);
  EXPECT_EQ(Sinter({"verify", In("certified"), model}).exit_code, 0);

  const Outcome arm = Compile(model, "arm/", {"--certify", "--target=aarch64-neon"});
#if defined(__x86_64__)
  EXPECT_EQ(arm.exit_code, 3);
  EXPECT_THAT(arm.err, HasSubstr("can't be certified here"));
#endif
}

TEST_F(SpineTest, ALibraryForAnotherMachineIsRefusedHere) {
  const Outcome compiled =
      Compile(Save("linear.onnx", LinearModel()), "arm.so", {"--target=aarch64-neon"});
  ASSERT_EQ(compiled.exit_code, 0) << compiled.err;
#if defined(__x86_64__)
  EXPECT_EQ(RunOn(1, In("arm.so")), 3);
#endif
  const Outcome unknown =
      Compile(Save("linear.onnx", LinearModel()), "no.so", {"--target=pentium"});
  EXPECT_EQ(unknown.exit_code, 3);
  EXPECT_THAT(unknown.err, HasSubstr("`pentium`"));
}

TEST_F(SpineTest, WhatIsNotSupportedIsNamedNodeByNode) {
  const std::string model = Save(
      "acme.onnx", Model(Message(1, Node("first", "Frobnicate", {"x"}, {"t"}, "com.acme")) +
                             Message(1, Node("middle", "Relu", {"t"}, {"u"})) +
                             Message(1, Node("second", "Defrob", {"u"}, {"y"}, "com.acme")) +
                             Bytes(2, "acme") + Message(11, TensorValue("x", kFloat, {2}, "")) +
                             Message(12, TensorValue("y", kFloat, {2}, "")),
                         "com.acme"));
  const auto names = [](const nlohmann::json& report) {
    std::vector<std::string> nodes;
    for (const nlohmann::json& found : report["diagnostics"]) nodes.push_back(found["node"]);
    return nodes;
  };
  const Outcome compiled = Compile(model, "no.so");
  EXPECT_EQ(compiled.exit_code, 3) << compiled.err;
  ASSERT_FALSE(compiled.events.empty());
  EXPECT_THAT(names(compiled.events.back()), ::testing::UnorderedElementsAre("first", "second"));
  const Outcome checked = Sinter({"check", model, "--json", "--server=" + TheDaemon().address()});
  EXPECT_EQ(checked.exit_code, 3) << checked.err;
  EXPECT_EQ(checked.events.at(0)["supported"], false);
  EXPECT_THAT(names(checked.events.at(0)), ::testing::UnorderedElementsAre("first", "second"));
  EXPECT_EQ(
      Sinter({"check", Save("linear.onnx", LinearModel()), "--server=" + TheDaemon().address()})
          .exit_code,
      0);
}

struct BadModel {
  const char* name;
  std::string bytes;
  int exit_code;
};

std::string XToY(const std::string& nodes, const std::vector<int64_t>& dims, int type = kFloat) {
  return Model(nodes + Bytes(2, "bad") + Message(11, TensorValue("x", type, dims, "n")) +
               Message(12, TensorValue("y", type, dims, "n")));
}

std::vector<BadModel> BadModels() {
  const int64_t huge = int64_t{1} << 40;
  return {
      {"truncated", LinearModel().substr(0, LinearModel().size() / 2), 1},
      {"garbage", "this is not a model", 1},
      {"no_initializer", XToY(Message(1, Node("add", "Add", {"x", "gone"}, {"y"})), {2}), 1},
      {"cycle",
       XToY(Message(1, Node("a", "Add", {"x", "q"}, {"p"})) +
                Message(1, Node("b", "Relu", {"p"}, {"q"})) +
                Message(1, Node("c", "Relu", {"q"}, {"y"})),
            {2}),
       1},
      {"wrong_type",
       Model(Message(1, Node("add", "Add", {"x", "i"}, {"y"})) + Bytes(2, "bad") +
             Message(11, TensorValue("x", kFloat, {2}, "")) +
             Message(11, TensorValue("i", kInt64, {2}, "")) +
             Message(12, TensorValue("y", kFloat, {2}, ""))),
       1},
      {"too_few_inputs", XToY(Message(1, Node("add", "Add", {"x"}, {"y"})), {2}), 1},
      {"huge", XToY(Message(1, Node("relu", "Relu", {"x"}, {"y"})), {huge, huge}), 4},
  };
}

TEST_F(SpineTest, EveryBadModelGetsItsOwnAnswer) {
  for (const BadModel& bad : BadModels()) {
    const Outcome outcome = Compile(Save(std::string(bad.name) + ".onnx", bad.bytes), "no.so");
    EXPECT_EQ(outcome.exit_code, bad.exit_code) << bad.name << ": " << outcome.err;
    ASSERT_FALSE(outcome.events.empty()) << bad.name;
    EXPECT_EQ(outcome.events.back()["event"], "error") << bad.name;
    EXPECT_FALSE(outcome.events.back()["diagnostics"].empty()) << bad.name << ": " << outcome.err;
  }
  EXPECT_EQ(Compile(Save("linear.onnx", LinearModel()), "fine.so").exit_code, 0);
}

}  // namespace
}  // namespace sinter::e2e
