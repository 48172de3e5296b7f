// The whole compiler, from an ONNX file's bytes to an artifact that runs.
#include "compiler_core/api/compile.h"

#include <dlfcn.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <thread>

#include "base/digest.h"
#include "base/status_matchers.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "onnx/defs/parser.h"
#include "onnx/onnx_pb.h"
#include "runtime/sinter_abi.h"

namespace sinter::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kSmall[] = R"(
<ir_version: 8, opset_import: ["" : 17]>
small (float[batch, 4] x) => (float[batch, 3] y)
<float[4, 3] w = {1, 0, 0,  0, 1, 0,  0, 0, 1,  1, 1, 1}, float[3] b = {-5, 0, 0.5}> {
  product = MatMul(x, w)
  sum = Add(product, b)
  y = Relu(sum)
})";

std::string ModelBytes(const char* text) {
  ::onnx::ModelProto model;
  ::onnx::OnnxParser parser(text);
  const auto status = parser.Parse(model);
  EXPECT_TRUE(status.IsOK()) << status.ErrorMessage();
  return model.SerializeAsString();
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

class CompilerTest : public testing::Test {
 protected:
  // A request for `model` with folders of its own.
  CompileRequest Request(const std::string& model) {
    const std::string dir = std::string(getenv("TEST_TMPDIR")) + "/" +
                            testing::UnitTest::GetInstance()->current_test_info()->name() +
                            std::to_string(requests_++);
    CompileRequest request;
    request.files = {{"model.onnx", model}};
    request.target.set_name("server");
    request.output_dir = dir + "/out";
    request.scratch_dir = dir + "/scratch";
    std::filesystem::create_directories(request.output_dir);
    std::filesystem::create_directories(request.scratch_dir);
    return request;
  }

  absl::StatusOr<CompileResult> Compile(const CompileRequest& request) {
    return compiler_.Compile(request, environment_, diagnostics_);
  }

  Compiler compiler_;
  CompileEnvironment environment_;
  std::vector<v1::Diagnostic> diagnostics_;

 private:
  int requests_ = 0;
};

TEST_F(CompilerTest, MakesALibraryThatComputesTheModel) {
  const std::string model = ModelBytes(kSmall);
  const CompileRequest request = Request(model);
  auto result = Compile(request);
  ASSERT_THAT(result.status(), base::IsOk());
  void* library = dlopen((request.output_dir + "/model.so").c_str(), RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(library, nullptr) << dlerror();
  const sinter_model* compiled =
      reinterpret_cast<sinter_model_v1_fn>(dlsym(library, SINTER_MODEL_SYMBOL))();
  alignas(64) float x[] = {1, 2, 3, 4, -1, 0, 0, 0};
  alignas(64) float y[16] = {};
  const int64_t dims[] = {2, 4};
  const int64_t* input_dims[] = {dims};
  int64_t y_dims[2];
  int64_t* output_dims[] = {y_dims};
  sinter_plan plan = {};
  plan.output_dims = output_dims;
  ASSERT_EQ(compiled->plan(input_dims, &plan), SINTER_OK);
  EXPECT_THAT(y_dims, ElementsAre(2, 3));
  alignas(64) char arena[4096];
  ASSERT_LE(plan.arena_bytes, sizeof(arena));
  const sinter_tensor input = {x, dims}, output = {y, y_dims};
  sinter_context context = {};
  context.struct_size = sizeof(context);
  context.num_threads = 1;
  ASSERT_EQ(compiled->run(&input, &output, arena, &context), SINTER_OK);
  EXPECT_THAT(std::vector<float>(y, y + 6), ElementsAre(0, 6, 7.5, 0, 0, 0.5));
  EXPECT_EQ(dlclose(library), 0);
}

TEST_F(CompilerTest, TheManifestTellsWhatIsInTheArtifact) {
  const std::string model = ModelBytes(kSmall);
  const CompileRequest request = Request(model);
  auto result = Compile(request);
  ASSERT_THAT(result.status(), base::IsOk());
  const v1::ArtifactManifest& manifest = result->manifest;
  EXPECT_EQ(manifest.model_name(), "small");
  EXPECT_EQ(manifest.model().hash(), base::DigestOf(model).sha256_hex);
  ASSERT_EQ(manifest.inputs_size(), 1);
  EXPECT_THAT(manifest.inputs(0).dims(), ElementsAre("batch", "4"));
  EXPECT_EQ(manifest.outputs(0).dtype_name(), "float32");
  EXPECT_EQ(manifest.target().cpu(), Compiler::HostTarget().cpu());
  EXPECT_EQ(manifest.toolchain().pipeline_digest().size(), 64u);
  std::vector<std::string> paths;
  for (const auto& file : manifest.files()) {
    paths.push_back(file.path());
    auto digest = base::DigestOfFile(request.output_dir + "/" + file.path());
    ASSERT_THAT(digest.status(), base::IsOk());
    EXPECT_EQ(file.digest().hash(), digest->sha256_hex);
    EXPECT_EQ(file.digest().size_bytes(), digest->size_bytes);
  }
  EXPECT_THAT(paths, ElementsAre("model.h", "model.so"));
  v1::ArtifactManifest written;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(
                  ReadFile(request.output_dir + "/manifest.json"), &written)
                  .ok());
  EXPECT_EQ(written.SerializeAsString(), manifest.SerializeAsString());
}

TEST_F(CompilerTest, EqualRequestsGiveEqualBytesWhateverRunsThem) {
  const std::string model = ModelBytes(kSmall);
  const CompileRequest first = Request(model), second = Request(model);
  ASSERT_THAT(Compile(first).status(), base::IsOk());
  environment_.parallel_for = [](int count, const std::function<void(int)>& task) {
    std::vector<std::thread> threads;
    for (int i = count - 1; i >= 0; --i) threads.emplace_back(task, i);
    for (std::thread& thread : threads) thread.join();
  };
  ASSERT_THAT(Compile(second).status(), base::IsOk());
  for (const char* file : {"/model.so", "/model.h", "/manifest.json"}) {
    EXPECT_EQ(ReadFile(first.output_dir + file), ReadFile(second.output_dir + file)) << file;
  }
}

TEST_F(CompilerTest, ReleasesTheModelBeforeItLinks) {
  const std::string model = ModelBytes(kSmall);
  const CompileRequest request = Request(model);
  int releases = 0;
  environment_.files_consumed = [&] {
    ++releases;
    EXPECT_FALSE(std::filesystem::exists(request.output_dir + "/model.so"));
  };
  ASSERT_THAT(Compile(request).status(), base::IsOk());
  EXPECT_EQ(releases, 1);
}

// What was compiled for one model, by its text.
class KernelShelf {
 public:
  // Keeps what the compile of `request` has made.
  void Take(const CompileRequest& request) {
    for (size_t i = 0; i < asked_.size(); ++i) {
      const std::string path = request.scratch_dir + "/kernel-" + std::to_string(i) + ".o";
      if (std::filesystem::exists(path)) paths_[asked_[i]] = path;
    }
  }

  absl::StatusOr<std::vector<std::string>> Find(const std::vector<absl::string_view>& texts) {
    asked_.clear();
    for (absl::string_view text : texts) asked_.emplace_back(text);
    std::vector<std::string> paths;
    for (const std::string& text : asked_) {
      const auto found = paths_.find(text);
      paths.push_back(found == paths_.end() ? "" : found->second);
      hits_ += !paths.back().empty();
    }
    return paths;
  }

  int hits() const { return hits_; }

 private:
  std::vector<std::string> asked_;
  std::map<std::string, std::string> paths_;
  int hits_ = 0;
};

TEST_F(CompilerTest, KernelsThatAreFoundGiveTheSameBytes) {
  const std::string model = ModelBytes(kSmall);
  const CompileRequest plain = Request(model), first = Request(model), second = Request(model);
  ASSERT_THAT(Compile(plain).status(), base::IsOk());
  KernelShelf shelf;
  v1::CompileOptions options;
  environment_.find_kernels = [&](const v1::CompileOptions& of,
                                  const std::vector<absl::string_view>& texts) {
    options = of;
    return shelf.Find(texts);
  };
  ASSERT_THAT(Compile(first).status(), base::IsOk());
  shelf.Take(first);
  EXPECT_EQ(shelf.hits(), 0);
  auto result = Compile(second);
  ASSERT_THAT(result.status(), base::IsOk());
  EXPECT_EQ(shelf.hits(), result->manifest.kernels());
  for (const char* file : {"/model.so", "/manifest.json"}) {
    EXPECT_EQ(ReadFile(plain.output_dir + file), ReadFile(first.output_dir + file)) << file;
    EXPECT_EQ(ReadFile(plain.output_dir + file), ReadFile(second.output_dir + file)) << file;
  }
  // Only what kernels depend on is said.
  CompileRequest other = Request(model);
  other.options.set_numerics(v1::CompileOptions::STRICT);
  other.options.add_emit(v1::CompileOptions::OBJECT);
  ASSERT_THAT(Compile(other).status(), base::IsOk());
  EXPECT_EQ(options.numerics(), v1::CompileOptions::STRICT);
  EXPECT_EQ(options.emit_size(), 0);
}

TEST_F(CompilerTest, EmitsWhatIsAskedFor) {
  const std::string model = ModelBytes(kSmall);
  CompileRequest request = Request(model);
  request.target.set_name("riscv64-rvv");
  for (auto emit : {v1::CompileOptions::OBJECT, v1::CompileOptions::ASSEMBLY,
                    v1::CompileOptions::LLVM_IR, v1::CompileOptions::MLIR}) {
    request.options.add_emit(emit);
  }
  for (const char* stage : {"onnx", "tensor", "loop"}) request.options.add_mlir_stages(stage);
  ASSERT_THAT(Compile(request).status(), base::IsOk());
  const std::string& out = request.output_dir;
  EXPECT_FALSE(std::filesystem::exists(out + "/model.so"));
  EXPECT_EQ(ReadFile(out + "/model.o").substr(0, 4), "\177ELF");
  EXPECT_THAT(ReadFile(out + "/model.s"), HasSubstr("sinter_model_v1:"));
  EXPECT_THAT(ReadFile(out + "/model.ll"), HasSubstr("@sinter_model_v1()"));
  EXPECT_THAT(ReadFile(out + "/model.ll"), HasSubstr("riscv64-unknown-linux-gnu"));
  EXPECT_THAT(ReadFile(out + "/model.onnx.mlir"), HasSubstr("onnx."));
  EXPECT_THAT(ReadFile(out + "/model.tensor.mlir"), HasSubstr("linalg.generic"));
  EXPECT_THAT(ReadFile(out + "/model.loop.mlir"), HasSubstr("scf.for"));
}

TEST_F(CompilerTest, NamesEveryNodeThatIsNotSupported) {
  const std::string model = ModelBytes(R"(
    <ir_version: 8, opset_import: ["" : 17, "custom" : 1]>
    g (float[N] x, float[N] s) => (float[N] y, float[N] t) {
      y = custom.Enhance(x)
      t = custom.Shrink(s)
    })");
  EXPECT_EQ(Compile(Request(model)).status().code(), absl::StatusCode::kUnimplemented);
  EXPECT_GE(diagnostics_.size(), 2u);
  auto check = compiler_.Check(Request(model));
  ASSERT_THAT(check.status(), base::IsOk());
  EXPECT_GE(check->diagnostics.size(), 2u);
  check = compiler_.Check(Request(ModelBytes(kSmall)));
  ASSERT_THAT(check.status(), base::IsOk());
  EXPECT_THAT(check->diagnostics, testing::IsEmpty());
}

TEST_F(CompilerTest, RefusesWhatItDoesNotKnow) {
  const std::string model = ModelBytes(kSmall);
  CompileRequest request = Request(model);
  request.target.set_name("z80");
  EXPECT_THAT(Compile(request).status(),
              base::StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("`z80`")));
  request = Request(model);
  request.options.set_pipeline("mine");
  EXPECT_THAT(Compile(request).status(),
              base::StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("`mine`")));
  request = Request(model);
  request.options.set_tune_seconds(5);
  EXPECT_THAT(Compile(request).status(),
              base::StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("`tune_seconds`")));
  request = Request(model);
  request.options.add_mlir_stages("quantum");
  EXPECT_THAT(Compile(request).status(),
              base::StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("`quantum`")));
  EXPECT_EQ(Compile(Request("not a model")).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(CompilerTest, StopsWhenItIsCancelled) {
  environment_.cancelled = [] { return true; };
  EXPECT_TRUE(absl::IsCancelled(Compile(Request(ModelBytes(kSmall))).status()));
}

TEST_F(CompilerTest, ListsTargetsAndPipelines) {
  EXPECT_GE(Compiler::Targets().size(), 5u);
  std::vector<std::string> names;
  for (const PipelineInfo& info : Compiler::Pipelines()) names.push_back(info.name);
  EXPECT_THAT(names, ElementsAre("O0", "O1", "O2", "O3", "debug"));
}

}  // namespace
}  // namespace sinter::api
