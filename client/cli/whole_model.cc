#include "client/cli/whole_model.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/file_util.h"
#include "base/run_command.h"
#include "base/status_macros.h"
#include "client/cli/exit_code.h"
#include "client/cli/output_name.h"
#include "numerics/to_reference.h"
#include "runtime/value_proto.h"

namespace sinter::client {

absl::StatusOr<WholeModel> ReadWholeModel(const ModelTree& tree) {
  WholeModel model;
  SINTER_ASSIGN_OR_RETURN(const std::string bytes, base::ReadFile(tree.path));
  if (!model.proto.ParseFromString(bytes)) {
    return absl::InvalidArgumentError(absl::StrCat("`", tree.path, "` is no ONNX model"));
  }
  std::map<std::string, absl::string_view> files;
  for (const ModelTree::File& file : tree.external_data) {
    SINTER_ASSIGN_OR_RETURN(base::MappedFile mapped, base::MappedFile::Open(file.path));
    model.maps.push_back(std::move(mapped));
    files[file.location] = model.maps.back().bytes();
  }
  model.external_data = numerics::ExternalDataIn(std::move(files));
  return model;
}

absl::Status TakeIn(WholeModel& model) {
  for (onnx::TensorProto& tensor : *model.proto.mutable_graph()->mutable_initializer()) {
    if (tensor.data_location() != onnx::TensorProto::EXTERNAL) continue;
    SINTER_ASSIGN_OR_RETURN(const reference::Tensor value,
                            reference::FromProto(tensor, model.external_data));
    const std::string name = tensor.name();
    tensor = reference::ToProto(value);
    tensor.set_name(name);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<runtime::Value>> RunLibrary(const runtime::LoadedModel& model,
                                                       absl::Span<const runtime::Value> inputs,
                                                       const std::string& folder) {
  base::SubprocessOptions options;
  options.argv = {"/proc/self/exe", "run", model.library_path(), "--output-format=pb",
                  absl::StrCat("--output-dir=", folder)};
  for (size_t i = 0; i < inputs.size(); ++i) {
    const runtime::ValueInfo& info = model.inputs()[i];
    const std::string path = absl::StrCat(folder, "/input_", i, ".pb");
    SINTER_RETURN_IF_ERROR(runtime::WriteValueProto(path, info.name, inputs[i], info.type));
    options.argv.push_back(absl::StrCat("--input=", info.name, "=", path));
  }
  SINTER_ASSIGN_OR_RETURN(const base::CommandResult result, base::RunCommand(std::move(options)));
  if (!result.exit.ok()) {
    const std::string message = absl::StrCat("running the artifact: ", result.standard_error);
    return result.exit.exit_code == kExitModel ? absl::InvalidArgumentError(message)
                                               : absl::InternalError(message);
  }
  std::vector<runtime::Value> outputs;
  for (const runtime::ValueInfo& info : model.outputs()) {
    const std::string path = absl::StrCat(folder, "/", OutputFileName(info.name, ".pb"));
    SINTER_ASSIGN_OR_RETURN(runtime::Value output, runtime::ReadValueProto(path, info.type));
    outputs.push_back(std::move(output));
  }
  return outputs;
}

}  // namespace sinter::client
