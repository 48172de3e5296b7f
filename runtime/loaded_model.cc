#include "runtime/loaded_model.h"

#include <dlfcn.h>
#include <sys/stat.h>

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/annotate.h"
#include "base/status_macros.h"
#include "runtime/elf_file.h"

namespace sinter::runtime {
namespace {

constexpr int kMaxRank = 64;
// What version 1 began with: fields behind `run` came later and may be absent.
constexpr uint32_t kSmallestModel = offsetof(sinter_model, run) + sizeof(sinter_model::run);

bool Exists(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0;
}

bool IsDirectory(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

// The library's file for what the user named. It holds a slash, or dlopen() would search for it.
absl::StatusOr<std::string> LibraryOf(const std::string& path) {
  if (!IsDirectory(path)) return absl::StrContains(path, '/') ? path : absl::StrCat("./", path);
  const std::string library = absl::StrCat(path, "/model.so");
  if (!Exists(absl::StrCat(path, "/manifest.json"))) {
    return absl::InvalidArgumentError(
        absl::StrCat("`", path, "` is a folder without `manifest.json`, so it is no artifact"));
  }
  if (!Exists(library)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "artifact `", path, "` has no `model.so`; compile the model with `--emit=so` or `bundle`"));
  }
  return library;
}

absl::Status Inconsistent(const std::string& what) {
  return absl::InvalidArgumentError(
      absl::StrCat("the model's description is inconsistent: ", what));
}

absl::StatusOr<ValueInfo> ReadValue(const sinter_value_info& raw) {
  if (raw.name == nullptr) return Inconsistent("a value has no name");
  ValueInfo value;
  value.name = raw.name;
  const std::string subject = absl::StrCat("`", value.name, "`");
  const absl::StatusOr<Dtype> dtype = DtypeFromNumber(raw.dtype);
  SINTER_RETURN_IF_ERROR(base::Annotate(dtype.status(), subject));
  value.dtype = *dtype;
  if (raw.rank < 0 || raw.rank > kMaxRank) {
    return Inconsistent(absl::StrCat(subject, " has rank ", raw.rank));
  }
  if (raw.rank > 0 && raw.dims == nullptr) {
    return Inconsistent(absl::StrCat(subject, " has rank ", raw.rank, " but no dimensions"));
  }
  for (int i = 0; i < raw.rank; ++i) {
    if (raw.dims[i] < 0 && raw.dims[i] != SINTER_DYNAMIC) {
      return Inconsistent(absl::StrCat("dimension ", i, " of ", subject, " is ", raw.dims[i]));
    }
    value.dims.push_back(raw.dims[i]);
    const char* name = raw.dim_names != nullptr ? raw.dim_names[i] : nullptr;
    value.dim_names.push_back(name != nullptr ? name : "");
  }
  return value;
}

absl::StatusOr<std::vector<ValueInfo>> ReadValues(const sinter_value_info* values, int32_t count,
                                                  const char* what) {
  if (count < 0 || (count > 0 && values == nullptr)) {
    return Inconsistent(absl::StrCat("it has ", count, " ", what));
  }
  std::vector<ValueInfo> result;
  for (int i = 0; i < count; ++i) {
    SINTER_ASSIGN_OR_RETURN(ValueInfo value, ReadValue(values[i]));
    result.push_back(std::move(value));
  }
  return result;
}

absl::Status CheckVersion(const sinter_model* model) {
  if (model == nullptr) return Inconsistent("it is missing");
  if (model->abi_version != SINTER_ABI_VERSION) {
    return absl::UnimplementedError(
        absl::StrCat("the model was compiled for version ", model->abi_version,
                     " of the runtime interface, but this runtime has version ", SINTER_ABI_VERSION,
                     "; compile it again, or run it with the runtime that belongs to it"));
  }
  if (model->struct_size < kSmallestModel) {
    return Inconsistent(absl::StrCat("it has ", model->struct_size, " bytes, but version ",
                                     SINTER_ABI_VERSION, " has at least ", kSmallestModel));
  }
  if (model->plan == nullptr || model->run == nullptr) {
    return Inconsistent("it has no `plan` or no `run` function");
  }
  return absl::OkStatus();
}

}  // namespace

std::string ValueInfo::TypeText() const {
  std::vector<std::string> parts;
  for (size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] != SINTER_DYNAMIC) {
      parts.push_back(absl::StrCat(dims[i]));
    } else {
      parts.push_back(dim_names[i].empty() ? "?" : dim_names[i]);
    }
  }
  return absl::StrCat(DtypeName(dtype), "[", absl::StrJoin(parts, ","), "]");
}

std::string ValueInfo::Text() const { return absl::StrCat(name, ": ", TypeText()); }

absl::StatusOr<std::shared_ptr<const LoadedModel>> LoadedModel::Open(const std::string& path) {
  SINTER_ASSIGN_OR_RETURN(const std::string library, LibraryOf(path));
  SINTER_RETURN_IF_ERROR(CheckLoadable(library));
  std::shared_ptr<LoadedModel> result(new LoadedModel());
  result->library_path_ = library;
  result->handle_ = dlopen(library.c_str(), RTLD_LOCAL | RTLD_NOW);
  if (result->handle_ == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("`", library, "` can't be loaded: ", dlerror()));
  }
  void* const symbol = dlsym(result->handle_, SINTER_MODEL_SYMBOL);
  if (symbol == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("`", library, "` is a library, but not a compiled model: it has no symbol `",
                     SINTER_MODEL_SYMBOL, "`"));
  }
  const sinter_model* model = reinterpret_cast<sinter_model_v1_fn>(symbol)();
  SINTER_RETURN_IF_ERROR(base::Annotate(result->Attach(model), absl::StrCat("`", library, "`")));
  return result;
}

absl::StatusOr<std::shared_ptr<const LoadedModel>> LoadedModel::FromLinked(
    const sinter_model* model) {
  std::shared_ptr<LoadedModel> result(new LoadedModel());
  SINTER_RETURN_IF_ERROR(result->Attach(model));
  return result;
}

LoadedModel::~LoadedModel() {
  if (handle_ != nullptr) dlclose(handle_);
}

int LoadedModel::FindInput(const std::string& name) const {
  for (size_t i = 0; i < inputs_.size(); ++i) {
    if (inputs_[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

absl::Status LoadedModel::Attach(const sinter_model* model) {
  SINTER_RETURN_IF_ERROR(CheckVersion(model));
  if (model->num_kernel_calls < 0 ||
      (model->num_kernel_calls > 0 && model->kernel_calls == nullptr)) {
    return Inconsistent(absl::StrCat("it has ", model->num_kernel_calls, " kernel calls"));
  }
  SINTER_ASSIGN_OR_RETURN(inputs_, ReadValues(model->inputs, model->num_inputs, "inputs"));
  SINTER_ASSIGN_OR_RETURN(outputs_, ReadValues(model->outputs, model->num_outputs, "outputs"));
  name_ = model->name != nullptr ? model->name : "";
  model_ = model;
  return absl::OkStatus();
}

}  // namespace sinter::runtime
