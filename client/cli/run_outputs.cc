#include "client/cli/run_outputs.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "client/cli/output_name.h"
#include "client/lib/fault.h"
#include "runtime/npy.h"
#include "runtime/value_proto.h"

namespace sinter::client {

absl::StatusOr<std::vector<size_t>> SelectOutputs(const runtime::LoadedModel& model,
                                                  const std::vector<std::string>& names) {
  std::vector<size_t> selected;
  const auto& outputs = model.outputs();
  if (names.empty()) {
    for (size_t i = 0; i < outputs.size(); ++i) selected.push_back(i);
    return selected;
  }
  for (const std::string& name : names) {
    const auto found =
        std::find_if(outputs.begin(), outputs.end(),
                     [&](const runtime::ValueInfo& output) { return output.name == name; });
    if (found == outputs.end()) {
      const std::string known =
          absl::StrJoin(outputs, ", ", [](std::string* out, const runtime::ValueInfo& output) {
            absl::StrAppend(out, "`", output.name, "`");
          });
      return UsageError(absl::StrCat("there is no output `", name, "`; the outputs are ", known));
    }
    const size_t index = static_cast<size_t>(found - outputs.begin());
    if (std::find(selected.begin(), selected.end(), index) != selected.end()) {
      return UsageError(absl::StrCat("`--output` names `", name, "` twice"));
    }
    selected.push_back(index);
  }
  return selected;
}

absl::Status CheckNpyCanHold(const runtime::LoadedModel& model,
                             const std::vector<size_t>& selected) {
  for (const size_t index : selected) {
    const runtime::ValueInfo& output = model.outputs()[index];
    if (output.type.is_numeric_tensor()) continue;
    return UsageError(absl::StrCat("output `", output.name, "` is ", output.type.Text(),
                                   ", which no .npy file can hold; give --output-format=pb"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> WriteOutput(const std::string& folder, const runtime::ValueInfo& info,
                                        const runtime::Value& value, bool as_proto) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return UsageError(absl::StrCat("the folder `", folder, "` can't be made: ", error.message()));
  }
  const std::string file = OutputFileName(info.name, as_proto ? ".pb" : ".npy");
  const std::string path = (std::filesystem::path(folder) / file).string();
  SINTER_RETURN_IF_ERROR(as_proto ? runtime::WriteValueProto(path, info.name, value, info.type)
                                  : runtime::WriteNpy(path, value.tensor().view()));
  return path;
}

}  // namespace sinter::client
