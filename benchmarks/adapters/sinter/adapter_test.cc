// Requests as the driver sends them, on models written by hand and on one that is compiled.
#include "benchmarks/adapters/sinter/adapter.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "client/testing/onnx_bytes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/npy.h"
#include "runtime/tensor.h"
#include "runtime/value.h"
#include "runtime/value_proto.h"
#include "runtime/value_type.h"

namespace sinter::benchmarks {
namespace {

namespace fs = std::filesystem;
using client::testing::Bytes;
using client::testing::Message;
using client::testing::Node;
using client::testing::TensorValue;
using runtime::Dtype;
using runtime::Tensor;
using ::testing::HasSubstr;

constexpr char kAffine[] = "runtime/testing/affine_model.so";
constexpr char kSinter[] = "client/cli/sinter";
constexpr int kFloat = 1;

class AdapterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(::testing::TempDir()) /
            ::testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(root_);
    fs::create_directories(root_);
    setenv("SINTER_BIN", fs::absolute(kSinter).c_str(), 1);
    setenv("SINTER_STATE_DIR", In("state").c_str(), 1);
  }

  std::string In(const std::string& name) const { return (root_ / name).string(); }

  // RETURNS: the row of "inputs" for a tensor of `value`s.
  Json Input(const std::string& name, const std::vector<int64_t>& dims, float value) const {
    Tensor tensor = *Tensor::Make(Dtype::kFloat32, dims);
    for (float& element : tensor.mutable_values<float>()) element = value;
    EXPECT_TRUE(runtime::WriteNpy(In(name + ".npy"), tensor.view()).ok());
    return {{"name", name}, {"file", In(name + ".npy")}};
  }

  Json Load(const std::string& model, Json inputs, Json options = Json::object()) {
    return adapter_.Handle({{"op", "load"},
                            {"model", model},
                            {"inputs", std::move(inputs)},
                            {"threads", 1},
                            {"work_dir", In("work")},
                            {"options", std::move(options)}});
  }

  Json LoadAffine(Json options = Json::object()) {
    return Load(kAffine,
                Json::array({Input("x", {5, 4}, 3), Input("a", {}, 2), Input("b", {5, 4}, 1)}),
                std::move(options));
  }

  // A model of one node with x: float32[n,3].
  std::string Save(const std::string& op) const {
    const std::string graph = Message(1, Node("only", op, {"x"}, {"out/y"})) + Bytes(2, "one") +
                              Message(11, TensorValue("x", kFloat, {-1, 3}, "n")) +
                              Message(12, TensorValue("out/y", kFloat, {-1, 3}, "n"));
    std::ofstream(root_ / "m.onnx", std::ios::binary) << client::testing::Model(graph);
    return In("m.onnx");
  }

  std::string Kind(const Json& reply) const {
    return reply.contains("error") ? reply["error"]["kind"].get<std::string>() : "none";
  }

  base::RealClock clock_;
  Adapter adapter_{clock_};
  fs::path root_;
};

TEST_F(AdapterTest, SaysWhoItIs) {
  const Json hello = adapter_.Handle({{"op", "hello"}});
  EXPECT_EQ(hello["engine"], "sinter");
  EXPECT_FALSE(hello["version"].get<std::string>().empty());
  EXPECT_EQ(hello["details"]["sha256"].get<std::string>().size(), 64u);
  const Json missing = adapter_.Handle({{"op", "hello"}, {"options", {{"sinter", In("none")}}}});
  EXPECT_EQ(Kind(missing), "missing");
}

TEST_F(AdapterTest, CompilesAModelAndRunsIt) {
  const Json loaded = Load(Save("Relu"), Json::array({Input("x", {2, 3}, 1.5f)}));
  ASSERT_EQ(Kind(loaded), "none") << loaded;
  EXPECT_GT(loaded["load_s"], 0);
  EXPECT_GT(loaded["cpu_s"], 0.005);
  // The worker's memory counts, not just that of the command.
  EXPECT_GT(loaded["peak_rss_bytes"], 40 << 20);
  EXPECT_GT(loaded["artifact_bytes"], 1000);
  EXPECT_GT(loaded["details"]["stages"].size(), 3u);

  const Json reply = adapter_.Handle({{"op", "outputs"}, {"dir", In("out")}});
  ASSERT_EQ(reply["outputs"].size(), 1u) << reply;
  EXPECT_EQ(reply["outputs"][0]["name"], "out/y");
  EXPECT_EQ(reply["outputs"][0]["file"], In("out/out%2Fy.npy"));
  const Tensor y = *runtime::ReadNpy(In("out/out%2Fy.npy"));
  EXPECT_THAT(y.dims(), ::testing::ElementsAre(2, 3));
  EXPECT_THAT(y.values<float>(), ::testing::Each(1.5f));

  const Json timed = adapter_.Handle({{"op", "time"}, {"min_s", 0.01}, {"max_samples", 50}});
  EXPECT_GE(timed["samples_ns"].size(), 1u);
  EXPECT_LE(timed["samples_ns"].size(), 50u);
  EXPECT_GT(timed["inner"], 1);
  for (const Json& sample : timed["samples_ns"]) EXPECT_GT(sample, 0);
}

TEST_F(AdapterTest, LoadsALibraryAsItIs) {
  const Json loaded = LoadAffine({{"sinter", In("none")}});
  ASSERT_EQ(Kind(loaded), "none") << loaded;
  EXPECT_EQ(loaded["artifact_bytes"], fs::file_size(kAffine));
  adapter_.Handle({{"op", "outputs"}, {"dir", In("out")}});
  EXPECT_THAT(runtime::ReadNpy(In("out/y.npy"))->values<float>(), ::testing::Each(7));
}

TEST_F(AdapterTest, OutputsThatNpyLacksSayWhatTheyAre) {
  const auto write = [&](const std::string& name, const runtime::Value& value,
                         const std::string& type) {
    const std::string file = In(name + ".pb");
    EXPECT_TRUE(runtime::WriteValueProto(file, name, value, *runtime::ParseValueType(type)).ok());
    return Json{{"name", name}, {"file", file}};
  };
  std::vector<runtime::Value> rows;
  rows.emplace_back(*runtime::ReadNpy(Input("row", {1}, 2)["file"].get<std::string>()));
  const Json inputs = {
      write("rows", runtime::Value::Sequence(std::move(rows)), "seq(tensor(float))"),
      write("names", runtime::Value(runtime::StringTensor{{1}, {"a"}}), "tensor(string)"),
      write("count", runtime::Value(), "optional(tensor(int64))")};
  const Json loaded = Load("runtime/testing/values_model.so", inputs);
  ASSERT_EQ(Kind(loaded), "none") << loaded;
  const Json outputs = adapter_.Handle({{"op", "outputs"}, {"dir", In("out")}})["outputs"];
  EXPECT_THAT(runtime::ReadNpy(outputs[0]["file"].get<std::string>())->values<float>(),
              ::testing::ElementsAre(2));
  EXPECT_TRUE(outputs[2]["file"].is_null());
  EXPECT_THAT(outputs[2]["why"].get<std::string>(), HasSubstr("map(string,tensor(float))"));
}

TEST_F(AdapterTest, ASlowdownShows) {
  const auto median = [&](double slowdown) {
    LoadAffine({{"slowdown", slowdown}});
    const Json timed = adapter_.Handle({{"op", "time"}, {"min_s", 0.01}});
    std::vector<double> samples = timed["samples_ns"];
    std::sort(samples.begin(), samples.end());
    return samples[samples.size() / 2];
  };
  EXPECT_GT(median(10), 4 * median(1));
}

TEST_F(AdapterTest, SaysWhatIsWrong) {
  const Json unsupported = Load(Save("NoSuchOperator"), Json::array({Input("x", {2, 3}, 1)}));
  EXPECT_EQ(Kind(unsupported), "unsupported");
  EXPECT_THAT(unsupported["error"]["message"].get<std::string>(), HasSubstr("NoSuchOperator"));
  const std::string relu = Save("Relu");
  EXPECT_EQ(Kind(Load(relu, Json::array(), {{"sinter", In("none")}})), "missing");
  EXPECT_EQ(Kind(Load(In("none.onnx"), Json::array())), "failed");
  EXPECT_EQ(Kind(Load(In("none.so"), Json::array())), "failed");
  EXPECT_EQ(Kind(Load(kAffine, Json::array())), "failed");
  EXPECT_EQ(Kind(Load(relu, Json::array(), {{"compile_flags", {"--opt=9"}}})), "failed");
  // After a failure there is nothing to run.
  EXPECT_EQ(Kind(adapter_.Handle({{"op", "time"}})), "failed");
  EXPECT_EQ(Kind(adapter_.Handle({{"op", "outputs"}, {"dir", In("out")}})), "failed");
}

TEST_F(AdapterTest, RefusesWhatIsNoRequest) {
  EXPECT_EQ(Kind(adapter_.Handle(Json())), "failed");
  EXPECT_EQ(Kind(adapter_.Handle({{"op", 7}})), "failed");
  EXPECT_EQ(Kind(adapter_.Handle({{"op", "load"}})), "failed");
  EXPECT_EQ(Kind(adapter_.Handle({{"op", "dance"}})), "failed");
  EXPECT_FALSE(adapter_.done());
  EXPECT_EQ(adapter_.Handle({{"op", "quit"}}), Json::object());
  EXPECT_TRUE(adapter_.done());
}

}  // namespace
}  // namespace sinter::benchmarks
