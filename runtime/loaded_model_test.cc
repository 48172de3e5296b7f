#include "runtime/loaded_model.h"

#include <sys/stat.h>

#include <cstddef>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "base/status_matchers.h"
#include "gtest/gtest.h"
#include "runtime/dtype.h"
#include "runtime/sinter_abi.h"

namespace sinter::runtime {
namespace {

using ::absl::StatusCode;
using ::sinter::base::IsOk;
using ::sinter::base::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kAffine[] = "runtime/testing/affine_model.so";

std::string Contents(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::string WriteTemp(const std::string& name, const std::string& bytes) {
  const std::string path = ::testing::TempDir() + "/" + name;
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

bool IsMapped(const std::string& file_name) {
  return Contents("/proc/self/maps").find(file_name) != std::string::npos;
}

TEST(LoadedModelTest, DescribesInputsAndOutputs) {
  SINTER_ASSERT_OK_AND_ASSIGN(const auto model, LoadedModel::Open(kAffine));
  EXPECT_EQ(model->name(), "affine");
  ASSERT_EQ(model->inputs().size(), 3);
  EXPECT_EQ(model->inputs()[0].Text(), "x: float32[batch,4]");
  EXPECT_EQ(model->inputs()[1].Text(), "a: float32[]");
  EXPECT_THAT(model->inputs()[2].dims, ElementsAre(SINTER_DYNAMIC, 4));
  ASSERT_EQ(model->outputs().size(), 1);
  EXPECT_EQ(model->outputs()[0].dtype, Dtype::kFloat32);
  EXPECT_EQ(model->FindInput("b"), 2);
  EXPECT_EQ(model->FindInput("y"), -1);
}

TEST(LoadedModelTest, DescribesValuesThatAreNoPlannableTensors) {
  SINTER_ASSERT_OK_AND_ASSIGN(const auto model,
                              LoadedModel::Open("runtime/testing/values_model.so"));
  EXPECT_FALSE(model->is_planned());
  EXPECT_EQ(model->inputs()[0].Text(), "rows: seq(tensor(float))");
  EXPECT_EQ(model->inputs()[1].Text(), "names: string[n]");
  EXPECT_EQ(model->inputs()[2].Text(), "count: optional(tensor(int64))");
  EXPECT_EQ(model->outputs()[0].Text(), "positive: float32[...]");
  EXPECT_EQ(model->outputs()[2].Text(), "sums: map(string,tensor(float))");
  EXPECT_FALSE(model->outputs()[0].has_rank);
}

TEST(LoadedModelTest, UnloadsTheLibraryWithItsLastOwner) {
  SINTER_ASSERT_OK_AND_ASSIGN(auto model, LoadedModel::Open(kAffine));
  std::shared_ptr<const LoadedModel> other = model;
  model.reset();
  EXPECT_TRUE(IsMapped("affine_model.so"));
  other.reset();
  EXPECT_FALSE(IsMapped("affine_model.so"));
  EXPECT_THAT(LoadedModel::Open(kAffine), IsOk());
}

TEST(LoadedModelTest, OpensTheFolderOfAnArtifact) {
  const std::string folder = ::testing::TempDir() + "/artifact";
  mkdir(folder.c_str(), 0700);
  EXPECT_THAT(LoadedModel::Open(folder),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("manifest.json")));
  WriteTemp("artifact/manifest.json", "{}");
  EXPECT_THAT(LoadedModel::Open(folder),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("--emit=so")));
  WriteTemp("artifact/model.wasm", std::string("\0asm", 4) + std::string(100, '\0'));
  EXPECT_THAT(LoadedModel::Open(folder),
              StatusIs(StatusCode::kUnimplemented, HasSubstr("WebAssembly")));
  WriteTemp("artifact/model.so", Contents(kAffine));
  SINTER_ASSERT_OK_AND_ASSIGN(const auto model, LoadedModel::Open(folder));
  EXPECT_EQ(model->library_path(), folder + "/model.so");
}

TEST(LoadedModelTest, SaysWhatAFileIsThatIsNoModel) {
  const auto open = [](const std::string& bytes) {
    return LoadedModel::Open(WriteTemp("other", bytes + std::string(100, '\0')));
  };
  EXPECT_THAT(LoadedModel::Open("nowhere.so"),
              StatusIs(StatusCode::kNotFound, HasSubstr("nowhere.so")));
  EXPECT_THAT(LoadedModel::Open(WriteTemp("empty", "")),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("too short")));
  EXPECT_THAT(open("onnx bytes"),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("compiled first")));
  EXPECT_THAT(open(std::string("\0asm", 4)),
              StatusIs(StatusCode::kUnimplemented, HasSubstr("WebAssembly")));
  EXPECT_THAT(open("!<arch>\n"),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("static library")));
}

// The file's head is intact; loading it would end in SIGBUS.
TEST(LoadedModelTest, RefusesALibraryThatIsCutShort) {
  const std::string whole = Contents(kAffine);
  for (const size_t size : {whole.size() / 2, size_t{600}, size_t{100}}) {
    EXPECT_THAT(LoadedModel::Open(WriteTemp("cut.so", whole.substr(0, size))),
                StatusIs(StatusCode::kInvalidArgument, HasSubstr("cut short")))
        << size;
  }
}

TEST(LoadedModelTest, RefusesAnotherArchitectureByName) {
  std::string foreign = Contents(kAffine);
  foreign[18] = static_cast<char>(21);  // e_machine: 64-bit PowerPC
  foreign[19] = 0;
  EXPECT_THAT(LoadedModel::Open(WriteTemp("foreign.so", foreign)),
              StatusIs(StatusCode::kUnimplemented, AllOf(HasSubstr("compiled for ELF machine 21"),
                                                         HasSubstr("--target=host"))));
}

TEST(LoadedModelTest, NamesTheArchitecturesWeCompileFor) {
#if !defined(__aarch64__)
  EXPECT_THAT(LoadedModel::Open("runtime/testing/affine_model_aarch64.so"),
              StatusIs(StatusCode::kUnimplemented, HasSubstr("compiled for AArch64")));
#endif
#if !defined(__riscv)
  EXPECT_THAT(LoadedModel::Open("runtime/testing/affine_model_riscv64.so"),
              StatusIs(StatusCode::kUnimplemented, HasSubstr("compiled for RISC-V")));
#endif
}

TEST(LoadedModelTest, RefusesModelsItCannotTrust) {
  EXPECT_THAT(
      LoadedModel::Open("runtime/testing/other_version.so"),
      StatusIs(StatusCode::kUnimplemented, AllOf(HasSubstr("version 2"), HasSubstr("version 1"))));
  EXPECT_THAT(LoadedModel::Open("runtime/testing/no_symbol.so"),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("`sinter_model_v1`")));
  EXPECT_THAT(LoadedModel::Open("runtime/testing/small_struct.so"),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("it has 16 bytes")));
  EXPECT_THAT(LoadedModel::Open("runtime/testing/string_output.so"),
              StatusIs(StatusCode::kUnimplemented, AllOf(HasSubstr("`y`"), HasSubstr("string"))));
}

TEST(LoadedModelTest, RefusesAnInconsistentDescription) {
  const auto nothing = [](const int64_t* const*, sinter_plan*) -> int32_t { return SINTER_OK; };
  const auto run = [](const sinter_tensor*, const sinter_tensor*, void*,
                      const sinter_context*) -> int32_t { return SINTER_OK; };
  const int64_t dims[] = {-7};
  sinter_value_info value = {"v", 1, 1, dims, nullptr};
  sinter_model model = {};
  model.abi_version = SINTER_ABI_VERSION;
  model.struct_size = sizeof(model);
  model.num_inputs = 1;
  model.inputs = &value;
  model.plan = nothing;
  model.run = run;
  EXPECT_THAT(LoadedModel::FromLinked(&model),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("dimension 0 of `v` is -7")));
  value.dims = nullptr;
  EXPECT_THAT(LoadedModel::FromLinked(&model),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("no dimensions")));
  value.rank = 1000;
  EXPECT_THAT(LoadedModel::FromLinked(&model),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("rank 1000")));
  value = {nullptr, 1, 0, nullptr, nullptr};
  EXPECT_THAT(LoadedModel::FromLinked(&model),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("no name")));
  value.name = "v";
  EXPECT_THAT(LoadedModel::FromLinked(&model), IsOk());
  model.num_outputs = 1;
  EXPECT_THAT(LoadedModel::FromLinked(&model),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("1 outputs")));
  model.num_outputs = 0;
  model.run = nullptr;
  EXPECT_THAT(LoadedModel::FromLinked(&model),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("`run`")));
  EXPECT_THAT(LoadedModel::FromLinked(nullptr), StatusIs(StatusCode::kInvalidArgument));
}

TEST(LoadedModelTest, RefusesAnInconsistentDescriptionOfValues) {
  const auto run = [](const sinter_value*, sinter_value*, const sinter_context*) -> int32_t {
    return SINTER_OK;
  };
  const auto free_values = [](sinter_value*, int32_t, const sinter_context*) {};
  const char* type = "seq(tensor(float))";
  sinter_value_info value = {"v", 0, SINTER_DYNAMIC, nullptr, nullptr};
  sinter_model model = {};
  model.abi_version = SINTER_ABI_VERSION;
  model.struct_size = sizeof(model);
  model.num_inputs = 1;
  model.inputs = &value;
  model.run_values = run;
  model.free_values = free_values;
  model.input_types = &type;
  EXPECT_THAT(LoadedModel::FromLinked(&model), IsOk());
  const auto wrong = [](auto... parts) {
    return StatusIs(StatusCode::kInvalidArgument, AllOf(HasSubstr(parts)...));
  };
  type = "list(float)";
  EXPECT_THAT(LoadedModel::FromLinked(&model), wrong("`v`", "`list(float)`"));
  type = "tensor(float)";
  EXPECT_THAT(LoadedModel::FromLinked(&model), wrong("`v` is tensor(float)", "dtype 0"));
  model.input_types = nullptr;
  EXPECT_THAT(LoadedModel::FromLinked(&model), wrong("`v` has the dtype 0"));
  value.dtype = 1;
  EXPECT_THAT(LoadedModel::FromLinked(&model), IsOk());
  model.free_values = nullptr;
  EXPECT_THAT(LoadedModel::FromLinked(&model), wrong("`free_values`"));
  // An older library's struct ends before these fields, whatever lies behind it.
  model.struct_size = offsetof(sinter_model, run_values);
  EXPECT_THAT(LoadedModel::FromLinked(&model), wrong("`plan`"));
}

}  // namespace
}  // namespace sinter::runtime
