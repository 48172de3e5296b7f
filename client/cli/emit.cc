#include "client/cli/emit.h"

#include <unistd.h>
#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/lib/fault.h"

namespace sinter::client {
namespace {

namespace fs = std::filesystem;

struct Row {
  const char* value;
  v1::CompileOptions::Emit emit;
  const char* ending;  // of the file; null for a folder
};
constexpr Row kRows[] = {
    {"so", v1::CompileOptions::SHARED_LIBRARY, ".so"}, {"obj", v1::CompileOptions::OBJECT, ".o"},
    {"asm", v1::CompileOptions::ASSEMBLY, ".s"},       {"llvm", v1::CompileOptions::LLVM_IR, ".ll"},
    {"bundle", v1::CompileOptions::BUNDLE, nullptr},
};
constexpr const char* kStages[] = {"onnx", "tensor", "kernel", "loop"};
constexpr char kMlirPrefix[] = "mlir:";
constexpr char kDefaultEmit[] = "so";

const Row* FindRow(const std::string& value) {
  for (const Row& row : kRows) {
    if (value == row.value) return &row;
  }
  return nullptr;
}

// RETURNS: the ending of the file for an --emit value, or null if it is a folder.
const char* EndingOf(const std::string& value, bool for_wasm) {
  const Row* const row = FindRow(value);
  if (row == nullptr) return ".mlir";
  return for_wasm && row->emit == v1::CompileOptions::SHARED_LIBRARY ? ".wasm" : row->ending;
}

absl::Status CheckWritable(const std::string& out, const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    return UsageError(absl::StrCat("`-o ", out, "` can't be written: there is no folder `",
                                   folder.string(), "`"));
  }
  if (access(folder.c_str(), W_OK) != 0) {
    return UsageError(absl::StrCat("`-o ", out, "` can't be written: no permission to write in `",
                                   folder.string(), "`"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status SetEmit(const std::vector<std::string>& values, v1::CompileOptions& options) {
  for (const std::string& value :
       values.empty() ? std::vector<std::string>{kDefaultEmit} : values) {
    if (const Row* row = FindRow(value); row != nullptr) {
      options.add_emit(row->emit);
      continue;
    }
    const std::string stage(absl::StripPrefix(value, kMlirPrefix));
    const bool known =
        std::find(std::begin(kStages), std::end(kStages), stage) != std::end(kStages);
    if (!absl::StartsWith(value, kMlirPrefix) || !known) {
      return UsageError(absl::StrCat(
          "`--emit=", value, "` is none of `so`, `obj`, `asm`, `llvm`, `bundle`, `mlir:onnx`, ",
          "`mlir:tensor`, `mlir:kernel`, `mlir:loop`"));
    }
    if (options.mlir_stages().empty()) options.add_emit(v1::CompileOptions::MLIR);
    options.add_mlir_stages(stage);
  }
  std::sort(options.mutable_mlir_stages()->begin(), options.mutable_mlir_stages()->end());
  return absl::OkStatus();
}

absl::StatusOr<OutputPlan> PlanOutput(const std::string& out, const std::string& model,
                                      const std::string& target,
                                      const std::vector<std::string>& emit) {
  OutputPlan plan;
  plan.emit = emit.empty() ? kDefaultEmit : emit.front();
  const char* const ending =
      emit.size() > 1 ? nullptr : EndingOf(plan.emit, absl::StartsWith(target, "wasm"));
  plan.path = out;
  if (out.empty()) {
    plan.path = fs::path(model).stem().string() + (ending == nullptr ? ".sinter" : ending);
  }
  std::error_code error;
  plan.is_folder =
      ending == nullptr || plan.path.back() == '/' || fs::is_directory(plan.path, error);
  // The folder is made by the compile, the one that it lies in is not.
  fs::path place = plan.path;
  if (plan.is_folder && place.filename().empty()) place = place.parent_path();
  if (!plan.is_folder || !fs::is_directory(place, error)) place = place.parent_path();
  if (absl::Status status = CheckWritable(out, place.empty() ? "." : place); !status.ok())
    return status;
  return plan;
}

absl::StatusOr<v1::ArtifactManifest::File> FindEmitted(const v1::ArtifactManifest& manifest,
                                                       const std::string& emit) {
  const absl::string_view triple = manifest.target().triple();
  std::string ending = EndingOf(emit, absl::StartsWith(triple, "wasm"));
  if (absl::StartsWith(emit, kMlirPrefix)) {
    ending = absl::StrCat(absl::StripPrefix(emit, kMlirPrefix), ending);
  }
  for (const v1::ArtifactManifest::File& file : manifest.files()) {
    if (absl::EndsWith(file.path(), ending)) return file;
  }
  return absl::InternalError(absl::StrCat("the artifact has no file for `--emit=", emit, "`"));
}

}  // namespace sinter::client
