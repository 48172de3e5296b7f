// Whole command lines against a service in the same process, and against models written by hand.
#include "client/cli/program.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "client/testing/fake_service.h"
#include "client/testing/onnx_bytes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "runtime/dtype.h"
#include "runtime/tensor.h"
#include "runtime/value.h"
#include "runtime/value_proto.h"
#include "runtime/value_type.h"

namespace sinter::client {
namespace {

namespace fs = std::filesystem;
using ::nlohmann::json;
using runtime::StringTensor;
using runtime::Value;
using testing::FakeService;
using ::testing::HasSubstr;
using testing::ReluModel;
using ::testing::StartsWith;

constexpr char kAffine[] = "runtime/testing/affine_model.so";
constexpr char kValues[] = "runtime/testing/values_model.so";
constexpr char kGather[] = "runtime/testing/gather_model.so";

struct Outcome {
  int exit_code = 0;
  std::string out, err;

  // What was printed as JSON, an object a line.
  std::vector<json> lines() const {
    std::vector<json> lines;
    std::istringstream text(out);
    for (std::string line; std::getline(text, line);) lines.push_back(json::parse(line));
    return lines;
  }
};

std::string ReadAll(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

class ProgramTest : public ::testing::Test {
 protected:
  void SetUp() override {
    unsetenv("SINTER_SERVER");
    const std::string name = ::testing::UnitTest::GetInstance()->current_test_info()->name();
    root_ = fs::path(::testing::TempDir()) / ("program_" + name);
    fs::remove_all(root_);
    fs::create_directories(root_);
    std::ofstream(root_ / "m.onnx", std::ios::binary) << ReluModel({-1, 3});
  }

  std::string In(const std::string& name) const { return (root_ / name).string(); }

  Outcome Sinter(std::vector<std::string> words) {
    std::vector<const char*> argv = {"sinter"};
    for (const std::string& word : words) argv.push_back(word.c_str());
    // The child of `run` writes to a copy of a string stream, so the streams are files.
    std::ofstream out(In("stdout")), err(In("stderr"));
    Terminal terminal{out, err, false};
    Outcome outcome;
    outcome.exit_code = RunProgram(static_cast<int>(argv.size()), argv.data(), terminal);
    out.close();
    err.close();
    outcome.out = ReadAll(In("stdout"));
    outcome.err = ReadAll(In("stderr"));
    return outcome;
  }

  // Writes the inputs of values_model.c: two rows, two names and a count. RETURNS: the words of a
  // run on them.
  std::vector<std::string> RunValues(Value count) {
    std::vector<Value> rows;
    for (const float value : {2.5f, -1.0f}) {
      runtime::Tensor row = *runtime::Tensor::Make(runtime::Dtype::kFloat32, {1});
      row.mutable_values<float>()[0] = value;
      rows.emplace_back(std::move(row));
    }
    Write("rows", Value::Sequence(std::move(rows)), "seq(tensor(float))");
    Write("names", Value(StringTensor{{2}, {"a", "b"}}), "tensor(string)");
    Write("count", count, "optional(tensor(int64))");
    return {"run",
            kValues,
            "--input=rows=" + In("rows.pb"),
            "--input=names=" + In("names.pb"),
            "--input=count=" + In("count.pb"),
            "--output-dir=" + In("out"),
            "--json"};
  }

  void Write(const std::string& name, const Value& value, const std::string& type) {
    EXPECT_TRUE(
        runtime::WriteValueProto(In(name + ".pb"), name, value, *runtime::ParseValueType(type))
            .ok());
  }

  fs::path root_;
};

TEST_F(ProgramTest, UsageErrorsExitWith2) {
  EXPECT_EQ(Sinter({}).exit_code, 2);
  EXPECT_EQ(Sinter({"dance"}).exit_code, 2);
  EXPECT_EQ(Sinter({"compile"}).exit_code, 2);
  EXPECT_EQ(Sinter({"compile", In("none.onnx"), "--server=127.0.0.1:1"}).exit_code, 2);
  EXPECT_EQ(Sinter({"compile", In("m.onnx"), "--opt=4"}).exit_code, 2);
  EXPECT_EQ(Sinter({"compile", In("m.onnx"), "--emit=exe"}).exit_code, 2);
  EXPECT_EQ(Sinter({"compile", In("m.onnx"), "--shape=q=1"}).exit_code, 2);
  EXPECT_EQ(Sinter({"compile", In("m.onnx"), "--local", "--server=127.0.0.1:1"}).exit_code, 2);
  EXPECT_EQ(Sinter({"inspect", In("none")}).exit_code, 2);
  EXPECT_EQ(Sinter({"jobs"}).exit_code, 2);
  EXPECT_EQ(Sinter({"--help"}).exit_code, 0);
  EXPECT_THAT(Sinter({"--version"}).out, StartsWith("sinter "));
}

TEST_F(ProgramTest, AModelAtFaultExitsWith1BeforeAnythingIsSent) {
  std::ofstream(root_ / "cut.onnx") << ReluModel({1}).substr(0, 30);
  const Outcome outcome = Sinter({"compile", In("cut.onnx"), "--server=127.0.0.1:1", "--json"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("cut.onnx"));
  ASSERT_EQ(outcome.lines().size(), 1u);
  EXPECT_EQ(outcome.lines()[0]["event"], "error");
  EXPECT_EQ(outcome.lines()[0]["diagnostics"][0]["kind"], "malformed_model");
}

TEST_F(ProgramTest, NoServiceExitsWith4) {
  std::string address;
  {
    const FakeService gone;
    address = gone.address();
  }
  EXPECT_EQ(Sinter({"compile", In("m.onnx"), "-o", In("m.so"), "--server=" + address}).exit_code,
            4);
}

TEST_F(ProgramTest, CompileWritesTheLibraryAndSaysWhatHappened) {
  FakeService service;
  service.AddArtifact({{"model.so", "library"}, {"model.h", "header"}});
  const Outcome outcome = Sinter({"compile", In("m.onnx"), "-o", In("m.so"), "--json", "--opt=1",
                                  "--shape=x=1..4x3", "--server=" + service.address()});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(ReadAll(In("m.so")), "library");
  std::vector<std::string> events;
  for (const json& line : outcome.lines()) events.push_back(line["event"]);
  EXPECT_THAT(events, ::testing::ElementsAre("queued", "stage", "progress", "result"));
  const json result = outcome.lines().back();
  EXPECT_EQ(result["cache"], "miss");
  EXPECT_EQ(result["path"], In("m.so"));
  for (const char* field :
       {"artifact", "wall_s", "cpu_s", "peak_rss_bytes", "kernels_reused", "stages"}) {
    EXPECT_TRUE(result.contains(field)) << field;
  }
  const v1::CompileHeader header = service.headers().front();
  EXPECT_THAT(header.target().name(), StartsWith("host:"));
  EXPECT_EQ(header.options().optimization_level(), 1);
  ASSERT_EQ(header.options().shapes_size(), 1);
  EXPECT_EQ(header.options().shapes(0).dims(0).bounded().max(), 4);
}

TEST_F(ProgramTest, CompileIntoAFolderBringsEverything) {
  FakeService service;
  service.AddArtifact({{"model.so", "library"}, {"model.h", "header"}});
  setenv("SINTER_SERVER", service.address().c_str(), 1);
  const Outcome outcome =
      Sinter({"compile", In("m.onnx"), "-o", In("out/"), "--target=x86-64-v3", "--no-cache"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(ReadAll(root_ / "out" / "model.h"), "header");
  EXPECT_TRUE(fs::exists(root_ / "out" / "manifest.json"));
  EXPECT_EQ(service.headers()[0].target_name(), "x86-64-v3");
  EXPECT_TRUE(service.headers()[0].no_cache());

  EXPECT_THAT(Sinter({"inspect", In("out")}).out, HasSubstr("model.so (7 bytes)"));
  const Outcome check = Sinter({"check", In("m.onnx"), "--json"});
  EXPECT_EQ(check.exit_code, 0);
  EXPECT_EQ(check.lines()[0]["supported"], true);
  EXPECT_THAT(Sinter({"targets"}).out, HasSubstr("x86-64-v3"));
  EXPECT_EQ(Sinter({"jobs", "list", "--json", "--limit=4"}).lines()[0]["jobs"].size(), 4u);
}

TEST_F(ProgramTest, InspectDescribesAModel) {
  const Outcome outcome = Sinter({"inspect", In("m.onnx"), "--json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json model = outcome.lines()[0];
  EXPECT_EQ(model["kind"], "model");
  EXPECT_EQ(model["inputs"][0], json({{"name", "x"}, {"dtype", "float32"}, {"shape", {"n", 3}}}));
  EXPECT_EQ(model["operators"], json({{"Relu", 1}}));
  EXPECT_EQ(model["opsets"], json({{"ai.onnx", 17}}));
  EXPECT_THAT(Sinter({"inspect", In("m.onnx")}).out, HasSubstr("x: float32[n,3]"));
  EXPECT_THAT(Sinter({"inspect", kAffine}).out, HasSubstr("x: float32[batch,4]"));
}

TEST_F(ProgramTest, RunTimesAndWritesOutputs) {
  const Outcome outcome =
      Sinter({"run", kAffine, "--input=x=random:1:5x4", "--input=a=random:2",
              "--input=b=random:3:5x4", "--output-dir=" + In("out"), "--repeat=3", "--warmup=1",
              "--threads=1", "--profile", "--json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json report = outcome.lines()[0];
  for (const char* field : {"min", "p50", "p90", "p99", "mean"}) {
    EXPECT_GT(report["latency_us"][field].get<double>(), 0) << field;
  }
  EXPECT_EQ(report["threads"], 1);
  EXPECT_EQ(report["outputs"][0]["name"], "y");
  EXPECT_EQ(report["outputs"][0]["dtype"], "float32");
  EXPECT_EQ(report["outputs"][0]["shape"], json({5, 4}));
  EXPECT_EQ(report["profile"]["runs"], 3);
  ASSERT_EQ(report["profile"]["kernels"].size(), 2u);
  EXPECT_EQ(report["profile"]["kernels"][0]["calls"], 3);
  EXPECT_EQ(report["profile"]["kernels"][0]["flops"], 3 * 20);
  const std::string file = report["outputs"][0]["file"];
  EXPECT_EQ(file, In("out") + "/y.npy");
  EXPECT_EQ(fs::file_size(file), 128u + 5 * 4 * 4);

  // What was written can be read again, in both forms.
  const std::vector<std::string> again = {"run",
                                          kAffine,
                                          "--input=x=" + file,
                                          "--input=a=random:2",
                                          "--input=b=" + file,
                                          "--output-format=pb",
                                          "--output-dir=" + In("pb")};
  EXPECT_EQ(Sinter(again).exit_code, 0);
  EXPECT_EQ(Sinter({"run", kAffine, "--input=x=" + In("pb/y.pb"), "--input=a=random:2",
                    "--input=b=" + file, "--output-dir=" + In("out")})
                .exit_code,
            0);
}

TEST_F(ProgramTest, RunWritesATraceAndHoldsKernelsAgainstPeaks) {
  const auto run = [&](const std::string& peaks) {
    std::ofstream(In("peaks.json")) << peaks;
    return Sinter({"run", kAffine, "--input=x=random:1:5x4", "--input=a=random:2",
                   "--input=b=random:3:5x4", "--output-dir=" + In("out"), "--threads=1",
                   "--peaks=" + In("peaks.json"), "--trace=" + In("trace.json")});
  };
  const Outcome outcome = run(R"({"1": {"f32_flops": 1e10, "dram_read_bytes_per_s": 1e10}})");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("Mul_0"));
  const json trace = json::parse(std::ifstream(In("trace.json")));
  int kernels = 0;
  for (const json& event : trace["traceEvents"]) {
    if (event.value("cat", "") == "kernel") ++kernels;
  }
  EXPECT_EQ(kernels, 2);
  const Outcome other = run(R"({"64": {}})");
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.err, HasSubstr("64"));
}

TEST_F(ProgramTest, RunTakesAndGivesValuesOfEveryKind) {
  std::vector<std::string> words = RunValues(Value());
  words.push_back("--output-format=pb");
  const Outcome outcome = Sinter(words);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json outputs = outcome.lines()[0]["outputs"];
  const auto output = [&](const std::string& name, const std::string& type) {
    return json{{"name", name},
                {"file", In("out") + "/" + name + ".pb"},
                {"type", type},
                {"dtype", nullptr},
                {"shape", nullptr}};
  };
  json want = json::array(
      {output("positive", "tensor(float)"), output("kept", "seq(tensor(float))"),
       output("sums", "map(string,tensor(float))"), output("last", "optional(tensor(string))")});
  want[0].update({{"dtype", "float32"}, {"shape", {1}}});
  want[1]["length"] = 2;
  want[2]["length"] = 2;
  want[3].update({{"dtype", "string"}, {"shape", json::array()}});
  EXPECT_EQ(outputs, want);
  const Value sums = *runtime::ReadValueProto(
      In("out/sums.pb"), *runtime::ParseValueType("map(string,tensor(float))"));
  EXPECT_THAT(sums.keys().strings().values, ::testing::ElementsAre("a", "b"));
  EXPECT_THAT(sums.values().tensor().values<float>(), ::testing::ElementsAre(2.5f, -1.0f));
  EXPECT_THAT(Sinter({"inspect", kValues}).out,
              ::testing::AllOf(HasSubstr("rows: seq(tensor(float))"), HasSubstr("names: string[n]"),
                               HasSubstr("positive: float32\n")));
}

TEST_F(ProgramTest, RunSaysWhichFormAValueNeeds) {
  std::vector<std::string> words = RunValues(Value());
  // Without --output-format=pb only the one output that is a tensor of numbers can be written.
  const Outcome npy = Sinter(words);
  EXPECT_EQ(npy.exit_code, 2);
  EXPECT_THAT(npy.err, ::testing::AllOf(HasSubstr("`kept` is seq(tensor(float))"),
                                        HasSubstr("--output-format=pb")));
  words.push_back("--output=positive");
  EXPECT_EQ(Sinter(words).exit_code, 0);
  EXPECT_EQ(fs::file_size(root_ / "out" / "positive.npy"), 128u + 4);
  for (const char* value : {"random:1", "x.npy"}) {
    words[3] = std::string("--input=names=") + value;
    const Outcome outcome = Sinter(words);
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_THAT(outcome.err, ::testing::AllOf(HasSubstr("tensor(string)"), HasSubstr("FILE.pb")));
  }
  words[3] = "--input=names=" + In("count.pb");
  EXPECT_EQ(Sinter(words).exit_code, 1);
}

TEST_F(ProgramTest, RunTypesTheFailuresOfAModel) {
  const auto with = [&](int64_t count) {
    runtime::Tensor tensor = *runtime::Tensor::Make(runtime::Dtype::kInt64, {});
    tensor.mutable_values<int64_t>()[0] = count;
    std::vector<std::string> words = RunValues(Value(std::move(tensor)));
    words.push_back("--output-format=pb");
    return Sinter(words);
  };
  const Outcome none = with(0);
  EXPECT_EQ(none.exit_code, 0);
  EXPECT_EQ(none.lines()[0]["outputs"][3]["shape"], nullptr);
  EXPECT_EQ(with(-1).exit_code, 1);
  EXPECT_THAT(with(-1).err, HasSubstr("node `Slice_1`"));
  EXPECT_EQ(with(5).exit_code, 1);
  EXPECT_EQ(with(1000).exit_code, 3);
  EXPECT_EQ(with(1001).exit_code, 4);
}

TEST_F(ProgramTest, RunSaysWhoIsAtFault) {
  const std::string dir = "--output-dir=" + In("out");
  const Outcome missing = Sinter({"run", kAffine, "--input=x=random:1", dir});
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_THAT(missing.err, HasSubstr("`a: float32[]`, `b: float32[batch,4]`"));
  const std::vector<std::string> good = {
      "run", kAffine, "--input=x=random:1", "--input=a=random:1", "--input=b=random:1", dir};
  const auto with = [&](const std::string& word) {
    std::vector<std::string> words = good;
    words.push_back(word);
    return Sinter(words).exit_code;
  };
  EXPECT_EQ(with("--repeat=2"), 0);
  EXPECT_EQ(with("--input=z=random:1"), 2);
  EXPECT_EQ(with("--input=x=random:2"), 2);
  EXPECT_EQ(with("--output=nope"), 2);
  EXPECT_EQ(with("--repeat=0"), 2);
  EXPECT_EQ(Sinter({"run", In("none.so")}).exit_code, 2);
  EXPECT_EQ(Sinter({"run", In("m.onnx")}).exit_code, 1);
  // The shapes contradict each other.
  EXPECT_EQ(Sinter({"run", kAffine, "--input=x=random:1:2x4", "--input=a=random:1",
                    "--input=b=random:1:3x4", dir})
                .exit_code,
            1);
  EXPECT_EQ(Sinter({"run", kAffine, "--input=x=" + In("none.npy"), "--input=a=random:1",
                    "--input=b=random:1", dir})
                .exit_code,
            2);
  std::ofstream(root_ / "bad.npy") << "not numpy";
  EXPECT_EQ(Sinter({"run", kAffine, "--input=x=" + In("bad.npy"), "--input=a=random:1",
                    "--input=b=random:1", dir})
                .exit_code,
            1);
  // An index outside of the table.
  const Outcome index = Sinter(
      {"run", kGather, "--input=table=random:1:1x2", "--input=index=random:1:50", dir, "--json"});
  EXPECT_EQ(index.exit_code, 1);
  EXPECT_EQ(index.lines()[0]["event"], "error");
}

TEST_F(ProgramTest, CompletionCoversEveryCommand) {
  const std::string script = Sinter({"completion", "bash"}).out;
  for (const char* word :
       {"compile", "run", "check", "inspect", "verify", "bisect", "targets", "bench compare",
        "jobs list", "cache gc", "--follow-links", "--output-format="}) {
    EXPECT_THAT(script, HasSubstr(word));
  }
  EXPECT_THAT(Sinter({"completion", "zsh"}).out, HasSubstr("_sinter_jobs_watch() {"));
}

}  // namespace
}  // namespace sinter::client
