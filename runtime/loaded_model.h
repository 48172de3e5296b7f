// A compiled model in this process: the entry points of its library and what they take and give.
//
//   SINTER_ASSIGN_OR_RETURN(auto model, LoadedModel::Open("model.so"));
//   for (const ValueInfo& input : model->inputs()) std::cout << input.Text() << "\n";
//
// Immutable and thread-safe. The library stays loaded until the last owner lets go, so sessions
// share ownership. Opening a library runs its constructors: open only what you would execute.
#ifndef SINTER_RUNTIME_LOADED_MODEL_H_
#define SINTER_RUNTIME_LOADED_MODEL_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/dtype.h"
#include "runtime/sinter_abi.h"
#include "runtime/value_type.h"

namespace sinter::runtime {

// One input or output, as sinter_value_info.
struct ValueInfo {
  std::string name;
  ValueType type;
  // Of a tensor's elements, kString included; kUndefined if it is no tensor.
  Dtype dtype = Dtype::kUndefined;
  // False if it is no tensor, or one whose rank only the data tells: `dims` is empty then.
  bool has_rank = true;
  std::vector<int64_t> dims;           // SINTER_DYNAMIC where only the caller's shapes fix it
  std::vector<std::string> dim_names;  // as many; "" where fixed or unnamed

  // RETURNS: "float32[batch,3,224,224]", with `?` for a free dimension without name; "float32[...]"
  // for a tensor of any rank; what is no tensor as ONNX writes it, "seq(tensor(float))".
  std::string TypeText() const;
  // RETURNS: "pixels: float32[batch,3,224,224]".
  std::string Text() const;
};

class LoadedModel {
 public:
  // Loads a library, or the `model.so` of an artifact's folder (one that holds `manifest.json`).
  // ERRORS: as CheckLoadable(); INVALID_ARGUMENT also for a library that is no compiled model or
  // whose description is inconsistent; UNIMPLEMENTED for another version of the ABI.
  static absl::StatusOr<std::shared_ptr<const LoadedModel>> Open(const std::string& path);

  // Takes a model that is linked into this program (`--emit=obj`). `model` must outlive the result.
  // ERRORS: as Open().
  static absl::StatusOr<std::shared_ptr<const LoadedModel>> FromLinked(const sinter_model* model);

  ~LoadedModel();
  LoadedModel(const LoadedModel&) = delete;
  LoadedModel& operator=(const LoadedModel&) = delete;

  const std::string& name() const { return name_; }
  const std::string& library_path() const { return library_path_; }  // "" if linked
  const std::vector<ValueInfo>& inputs() const { return inputs_; }
  const std::vector<ValueInfo>& outputs() const { return outputs_; }

  // RETURNS: the position of the input of that name, or -1.
  int FindInput(const std::string& name) const;

  // Whether shapes alone tell how much memory it needs: it has plan() and run(), and takes and
  // gives tensors of numbers. If not it has run_values(). Session runs the former, ValueSession
  // both.
  bool is_planned() const { return is_planned_; }

  // The C view, for whoever calls plan() and run() itself (see Session). The fields behind
  // `run` may be missing from an older library: see is_planned().
  const sinter_model& abi() const { return *model_; }

 private:
  LoadedModel() = default;
  absl::Status Attach(const sinter_model* model);

  std::string library_path_;
  void* handle_ = nullptr;  // of dlopen(); null if linked
  const sinter_model* model_ = nullptr;
  std::string name_;
  bool is_planned_ = true;
  std::vector<ValueInfo> inputs_;
  std::vector<ValueInfo> outputs_;
};

}  // namespace sinter::runtime

#endif  // SINTER_RUNTIME_LOADED_MODEL_H_
