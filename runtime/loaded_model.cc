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
  // CheckLoadable() says more about it.
  const std::string wasm = absl::StrCat(path, "/model.wasm");
  if (!Exists(library) && Exists(wasm)) return wasm;
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

// An older library's struct ends before these fields.
bool HasRunValues(const sinter_model& model) {
  constexpr size_t kEnd = offsetof(sinter_model, output_types) + sizeof(sinter_model::output_types);
  return model.struct_size >= kEnd && model.run_values != nullptr;
}

absl::Status ReadDims(const sinter_value_info& raw, ValueInfo* value) {
  const std::string subject = absl::StrCat("`", value->name, "`");
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
    value->dims.push_back(raw.dims[i]);
    const char* name = raw.dim_names != nullptr ? raw.dim_names[i] : nullptr;
    value->dim_names.push_back(name != nullptr ? name : "");
  }
  return absl::OkStatus();
}

// A value of a model that has `plan`: a tensor of numbers, of known rank.
absl::StatusOr<ValueInfo> ReadPlannedValue(const sinter_value_info& raw) {
  if (raw.name == nullptr) return Inconsistent("a value has no name");
  ValueInfo value;
  value.name = raw.name;
  const absl::StatusOr<Dtype> dtype = DtypeFromNumber(raw.dtype);
  SINTER_RETURN_IF_ERROR(base::Annotate(dtype.status(), absl::StrCat("`", value.name, "`")));
  value.dtype = *dtype;
  value.type = ValueType::OfTensor(*dtype);
  SINTER_RETURN_IF_ERROR(ReadDims(raw, &value));
  return value;
}

// A value of a model that has `run_values`. `type` is null where all are tensors.
absl::StatusOr<ValueInfo> ReadAnyValue(const sinter_value_info& raw, const char* type) {
  if (raw.name == nullptr) return Inconsistent("a value has no name");
  ValueInfo value;
  value.name = raw.name;
  const std::string subject = absl::StrCat("`", value.name, "`");
  if (type != nullptr) {
    absl::StatusOr<ValueType> parsed = ParseValueType(type);
    if (!parsed.ok()) return Inconsistent(absl::StrCat(subject, ": ", parsed.status().message()));
    value.type = *std::move(parsed);
  } else {
    const Dtype dtype = static_cast<Dtype>(raw.dtype);
    if (dtype != Dtype::kString && FindDtype(dtype) == nullptr) {
      return Inconsistent(absl::StrCat(subject, " has the dtype ", raw.dtype));
    }
    value.type = ValueType::OfTensor(dtype);
  }
  const bool is_tensor = value.type.kind == ValueType::Kind::kTensor;
  value.dtype = is_tensor ? value.type.dtype : Dtype::kUndefined;
  if (is_tensor && raw.dtype != static_cast<int32_t>(value.dtype)) {
    return Inconsistent(
        absl::StrCat(subject, " is ", value.type.Text(), " but has the dtype ", raw.dtype));
  }
  value.has_rank = is_tensor && raw.rank != SINTER_DYNAMIC;
  if (value.has_rank) SINTER_RETURN_IF_ERROR(ReadDims(raw, &value));
  return value;
}

absl::StatusOr<std::vector<ValueInfo>> ReadInfos(const sinter_value_info* values, int32_t count,
                                                 bool is_planned, const char* const* types,
                                                 const char* what) {
  if (count < 0 || (count > 0 && values == nullptr)) {
    return Inconsistent(absl::StrCat("it has ", count, " ", what));
  }
  std::vector<ValueInfo> result;
  for (int i = 0; i < count; ++i) {
    const char* const type = types != nullptr ? types[i] : nullptr;
    SINTER_ASSIGN_OR_RETURN(
        ValueInfo value, is_planned ? ReadPlannedValue(values[i]) : ReadAnyValue(values[i], type));
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
  if (HasRunValues(*model)) {
    if (model->free_values == nullptr) return Inconsistent("it has no `free_values` function");
  } else if (model->plan == nullptr || model->run == nullptr) {
    return Inconsistent("it has no `plan` or no `run` function");
  }
  return absl::OkStatus();
}

}  // namespace

std::string ValueInfo::TypeText() const {
  if (type.kind != ValueType::Kind::kTensor) return type.Text();
  if (!has_rank) return absl::StrCat(DtypeName(dtype), "[...]");
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
  is_planned_ = !HasRunValues(*model);
  const char* const* const input_types = is_planned_ ? nullptr : model->input_types;
  const char* const* const output_types = is_planned_ ? nullptr : model->output_types;
  SINTER_ASSIGN_OR_RETURN(
      inputs_, ReadInfos(model->inputs, model->num_inputs, is_planned_, input_types, "inputs"));
  SINTER_ASSIGN_OR_RETURN(outputs_, ReadInfos(model->outputs, model->num_outputs, is_planned_,
                                              output_types, "outputs"));
  name_ = model->name != nullptr ? model->name : "";
  model_ = model;
  return absl::OkStatus();
}

}  // namespace sinter::runtime
