// sinter inspect MODEL|ARTIFACT: what goes in and comes out, and what it is made of.
#include <fcntl.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "base/file_util.h"
#include "base/status_macros.h"
#include "client/cli/command.h"
#include "client/cli/json_text.h"
#include "client/cli/manifest_file.h"
#include "client/cli/model_flags.h"
#include "client/lib/fault.h"
#include "runtime/loaded_model.h"

namespace sinter::client {
namespace {

// An input or an output, of a model or of an artifact.
struct Value {
  std::string name;
  std::string type;               // "float32" of a tensor, else as ONNX writes it
  std::vector<std::string> dims;  // numbers, names, or "?"
  bool has_shape = true;          // false for what is no tensor, or has no known rank
};

std::string Text(const Value& value) {
  return absl::StrCat(
      value.name, ": ", value.type,
      value.has_shape ? absl::StrCat("[", absl::StrJoin(value.dims, ","), "]") : "");
}

Json ValuesJson(const std::vector<Value>& values) {
  Json list = Json::array();
  for (const Value& value : values) {
    Json row = {{"name", value.name}, {"dtype", value.type}, {"shape", Json()}};
    if (value.has_shape) {
      row["shape"] = Json::array();
      for (const std::string& dim : value.dims) {
        const bool is_number =
            !dim.empty() && std::all_of(dim.begin(), dim.end(),
                                        [](unsigned char c) { return c >= '0' && c <= '9'; });
        if (is_number) {
          row["shape"].push_back(Json::parse(dim));
        } else {
          row["shape"].push_back(dim);
        }
      }
    }
    list.push_back(std::move(row));
  }
  return list;
}

void PrintValues(std::ostream& out, const char* title, const std::vector<Value>& values) {
  for (const Value& value : values) out << absl::StrFormat("%-10s %s\n", title, Text(value));
}

Value FromOutline(const ValueOutline& outline) {
  Value value;
  value.name = outline.name;
  value.type = outline.type.empty() ? "unknown" : outline.type;
  if (outline.kind == ValueOutline::Kind::kTensor) {
    value.type = runtime::DtypeName(static_cast<runtime::Dtype>(outline.element_type));
  }
  value.has_shape = outline.has_shape;
  for (const DimOutline& dim : outline.dims) {
    value.dims.push_back(dim.fixed.has_value() ? absl::StrCat(*dim.fixed)
                         : dim.name.empty()    ? "?"
                                               : dim.name);
  }
  return value;
}

std::vector<Value> FromOutlines(const std::vector<ValueOutline>& outlines) {
  std::vector<Value> values;
  for (const ValueOutline& outline : outlines) values.push_back(FromOutline(outline));
  return values;
}

template <typename Values>
std::vector<Value> FromManifest(const Values& manifest_values) {
  std::vector<Value> values;
  for (const v1::ArtifactManifest::Value& found : manifest_values) {
    const bool is_tensor = found.type().empty();
    Value value{found.name(), is_tensor ? found.dtype_name() : found.type(), {}};
    value.dims.assign(found.dims().begin(), found.dims().end());
    value.has_shape = is_tensor && !found.unranked();
    values.push_back(std::move(value));
  }
  return values;
}

std::vector<Value> FromLoaded(const std::vector<runtime::ValueInfo>& infos) {
  std::vector<Value> values;
  for (const runtime::ValueInfo& info : infos) {
    const bool is_tensor = info.type.kind == runtime::ValueType::Kind::kTensor;
    Value value{info.name, is_tensor ? runtime::DtypeName(info.dtype) : info.type.Text(), {}};
    value.has_shape = info.has_rank;
    for (size_t i = 0; i < info.dims.size(); ++i) {
      value.dims.push_back(info.dims[i] != SINTER_DYNAMIC ? absl::StrCat(info.dims[i])
                           : info.dim_names[i].empty()    ? "?"
                                                          : info.dim_names[i]);
    }
    values.push_back(std::move(value));
  }
  return values;
}

Json OperatorsJson(const ModelOutline& outline) {
  Json operators = Json::object();
  for (const auto& [name, count] : outline.operators) operators[name] = count;
  return operators;
}

class InspectCommand final : public Command {
 public:
  Syntax& Declare(Syntax& root) override;
  absl::Status Run(Terminal& terminal) override;
  bool wants_json() const override { return json_; }

 private:
  absl::Status InspectModel(std::ostream& out) const;
  absl::Status InspectFolder(std::ostream& out) const;
  absl::Status InspectLibrary(std::ostream& out) const;

  std::string path_;
  bool json_ = false;
};

Syntax& InspectCommand::Declare(Syntax& root) {
  Syntax& syntax = root.Subcommand("inspect", "say what a model or a compiled artifact is made of");
  syntax.Argument("FILE", &path_, "an ONNX model, a compiled library, or an artifact's folder");
  syntax.Switch("--json", &json_, "print a JSON object");
  return syntax;
}

absl::Status InspectCommand::Run(Terminal& terminal) {
  if (IsArtifactFolder(path_)) return InspectFolder(terminal.out);
  const auto file = base::OpenFile(path_, O_RDONLY | O_NONBLOCK);
  if (!file.ok()) return AsUsageError(file.status());
  char magic[4];
  const bool is_library = base::ReadExactly(file->get(), 0, sizeof(magic), magic, path_).ok() &&
                          absl::string_view(magic, sizeof(magic)) ==
                              "\x7f"
                              "ELF";
  return is_library ? InspectLibrary(terminal.out) : InspectModel(terminal.out);
}

absl::Status InspectCommand::InspectModel(std::ostream& out) const {
  SINTER_ASSIGN_OR_RETURN(const ModelTree tree, OpenModel(path_, LinkPolicy::kFollow));
  const ModelOutline& outline = tree.outline;
  if (json_) {
    Json opsets = Json::object();
    for (const auto& [domain, version] : outline.opsets) {
      opsets[domain.empty() ? "ai.onnx" : domain] = version;
    }
    Json json;
    json["kind"] = "model";
    json["name"] = outline.graph_name;
    json["producer"] = outline.producer;
    json["ir_version"] = outline.ir_version;
    json["opsets"] = opsets;
    json["inputs"] = ValuesJson(FromOutlines(outline.inputs));
    json["constant_inputs"] = outline.defaulted_inputs;
    json["outputs"] = ValuesJson(FromOutlines(outline.outputs));
    json["nodes"] = outline.nodes;
    json["operators"] = OperatorsJson(outline);
    json["initializers"] = outline.initializers;
    json["parameters"] = outline.parameters;
    json["external_data"] = outline.external_locations;
    PrintJsonLine(out, json);
    return absl::OkStatus();
  }
  out << absl::StrFormat("%-10s %s (ir %d, made by %s)\n", "model", outline.graph_name,
                         outline.ir_version, outline.producer.empty() ? "?" : outline.producer);
  for (const auto& [domain, version] : outline.opsets) {
    out << absl::StrFormat("%-10s %s %d\n", "opset", domain.empty() ? "ai.onnx" : domain, version);
  }
  PrintValues(out, "input", FromOutlines(outline.inputs));
  PrintValues(out, "output", FromOutlines(outline.outputs));
  out << absl::StrFormat("%-10s %d, %d initializers\n", "parameters", outline.parameters,
                         outline.initializers);
  for (const std::string& file : outline.external_locations) {
    out << absl::StrFormat("%-10s %s\n", "data", file);
  }
  out << absl::StrFormat("%-10s %d\n", "nodes", outline.nodes);
  std::vector<std::pair<std::string, int64_t>> by_count(outline.operators.begin(),
                                                        outline.operators.end());
  std::stable_sort(by_count.begin(), by_count.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  for (const auto& [name, count] : by_count) out << absl::StrFormat("%10d %s\n", count, name);
  return absl::OkStatus();
}

absl::Status InspectCommand::InspectFolder(std::ostream& out) const {
  SINTER_ASSIGN_OR_RETURN(const v1::ArtifactManifest manifest, ReadManifest(path_));
  if (json_) {
    // The manifest is the description; this only says what kind of thing it is and adds nothing.
    SINTER_ASSIGN_OR_RETURN(const std::string text, base::ReadFile(path_ + "/manifest.json"));
    PrintJsonLine(out, {{"kind", "artifact"}, {"manifest", Json::parse(text, nullptr, false)}});
    return absl::OkStatus();
  }
  out << absl::StrFormat("%-10s %s for %s\n", "artifact", manifest.model_name(),
                         manifest.target().name());
  PrintValues(out, "input", FromManifest(manifest.inputs()));
  PrintValues(out, "output", FromManifest(manifest.outputs()));
  out << absl::StrFormat("%-10s %d distinct, %d calls\n", "kernels", manifest.kernels(),
                         manifest.kernel_calls());
  out << absl::StrFormat("%-10s %d bytes of weights, arena of %s bytes, %d flops\n", "memory",
                         manifest.weight_bytes(), manifest.arena_bytes(), manifest.flops());
  out << absl::StrFormat("%-10s sinter %s, LLVM %s, ONNX %s\n", "made by",
                         manifest.toolchain().sinter(), manifest.toolchain().llvm(),
                         manifest.toolchain().onnx());
  for (const v1::ArtifactManifest::File& file : manifest.files()) {
    out << absl::StrFormat("%-10s %s (%d bytes)\n", "file", file.path(),
                           file.digest().size_bytes());
  }
  return absl::OkStatus();
}

absl::Status InspectCommand::InspectLibrary(std::ostream& out) const {
  SINTER_ASSIGN_OR_RETURN(const auto model, runtime::LoadedModel::Open(path_));
  if (json_) {
    PrintJsonLine(out, {{"kind", "library"},
                        {"name", model->name()},
                        {"inputs", ValuesJson(FromLoaded(model->inputs()))},
                        {"outputs", ValuesJson(FromLoaded(model->outputs()))},
                        {"kernel_calls", model->abi().num_kernel_calls}});
    return absl::OkStatus();
  }
  out << absl::StrFormat("%-10s %s\n", "library", model->name());
  PrintValues(out, "input", FromLoaded(model->inputs()));
  PrintValues(out, "output", FromLoaded(model->outputs()));
  out << absl::StrFormat("%-10s %d calls\n", "kernels", model->abi().num_kernel_calls);
  return absl::OkStatus();
}

}  // namespace

std::unique_ptr<Command> MakeInspectCommand() { return std::make_unique<InspectCommand>(); }

}  // namespace sinter::client
