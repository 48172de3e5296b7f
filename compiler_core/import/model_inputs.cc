#include "compiler_core/import/model_inputs.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/ir/diagnostic_kind.h"
#include "onnx/onnx_pb.h"

namespace sinter::import {
namespace {

using ir::DiagnosticKind;
using ir::SymExpr;
using ir::SymShape;
using Dim = ::onnx::TensorShapeProto::Dimension;

// Names for symbols: a model may call its dimensions anything, an expression can't.
class SymbolNames {
 public:
  // The same symbol for the same `name`, different ones for different names.
  SymExpr For(const std::string& name) {
    auto found = symbols_.find(name);
    if (found != symbols_.end()) return SymExpr::Symbol(found->second);
    std::string symbol;
    for (char c : name) {
      const bool allowed = absl::ascii_isalnum(c) || c == '_' || c == '.' || c == ':' || c == '/';
      symbol += allowed ? c : '_';
    }
    if (symbol.empty() || !(absl::ascii_isalpha(symbol[0]) || symbol[0] == '_'))
      symbol = "_" + symbol;
    const std::string stem = symbol;
    for (int i = 2; !used_.insert(symbol).second; ++i) symbol = absl::StrCat(stem, "_", i);
    symbols_[name] = symbol;
    return SymExpr::Symbol(symbol);
  }

 private:
  std::map<std::string, std::string> symbols_;
  std::set<std::string> used_;
};

// Whether ONNX has all the element types that are named in it.
bool IsWellFormed(const ::onnx::TypeProto& type) {
  const auto is_element = [](int32_t element) {
    return ::onnx::TensorProto::DataType_IsValid(element) &&
           element != ::onnx::TensorProto::UNDEFINED;
  };
  switch (type.value_case()) {
    case ::onnx::TypeProto::kTensorType:
      return is_element(type.tensor_type().elem_type());
    case ::onnx::TypeProto::kSequenceType:
      return IsWellFormed(type.sequence_type().elem_type());
    case ::onnx::TypeProto::kOptionalType:
      return IsWellFormed(type.optional_type().elem_type());
    case ::onnx::TypeProto::kMapType:
      return is_element(type.map_type().key_type()) && IsWellFormed(type.map_type().value_type());
    default:
      return true;
  }
}

absl::Status BadOption(const std::string& input, absl::string_view what) {
  return ir::Error(DiagnosticKind::kBadOption,
                   absl::StrCat("shape given for input `", input, "`: ", what));
}

class Reader {
 public:
  Reader(const ::onnx::GraphProto& graph, const v1::CompileOptions& options,
         Assumptions& assumptions)
      : graph_(graph), assumptions_(assumptions) {
    for (const v1::ShapeSpec& spec : options.shapes()) specs_[spec.input()] = &spec;
  }

  absl::StatusOr<ModelInputs> Read() {
    std::set<std::string> constants;
    for (const auto& tensor : graph_.initializer()) constants.insert(tensor.name());
    for (const auto& input : graph_.input()) {
      if (constants.count(input.name()) > 0) continue;
      SINTER_RETURN_IF_ERROR(ReadInput(input));
    }
    if (!specs_.empty()) {
      return BadOption(specs_.begin()->first, "the model has no such input, or it is a constant");
    }
    return std::move(inputs_);
  }

 private:
  absl::Status ReadInput(const ::onnx::ValueInfoProto& input) {
    if (!IsWellFormed(input.type())) {
      return ir::Error(DiagnosticKind::kMalformedModel,
                       absl::StrCat("input `", input.name(), "` has no valid element type"));
    }
    if (!input.type().has_tensor_type()) return ReadOther(input);
    const auto& type = input.type().tensor_type();
    onnx::TensorInfo value;
    value.dtype = static_cast<ir::DType>(type.elem_type());
    auto spec = specs_.find(input.name());
    if (type.has_shape()) {
      for (int i = 0; i < type.shape().dim_size(); ++i) {
        SINTER_ASSIGN_OR_RETURN(SymExpr dim, ReadDim(input.name(), i, type.shape().dim(i)));
        value.shape.push_back(dim);
      }
    } else if (spec != specs_.end()) {
      for (int i = 0; i < spec->second->dims_size(); ++i) {
        value.shape.push_back(names_.For(absl::StrCat(input.name(), "_dim", i)));
      }
    } else {
      return ir::Error(DiagnosticKind::kUnsupportedShape,
                       absl::StrCat("input `", input.name(), "` has no rank"),
                       absl::StrCat("give one with --shape=", input.name(), "=1x3x?"));
    }
    if (spec != specs_.end()) {
      SINTER_RETURN_IF_ERROR(Apply(*spec->second, input.name(), value.shape));
      specs_.erase(spec);
    }
    inputs_.values.emplace_back(input.name(), std::move(value));
    return absl::OkStatus();
  }

  // A sequence, an optional or a map.
  absl::Status ReadOther(const ::onnx::ValueInfoProto& input) {
    if (input.type().value_case() == ::onnx::TypeProto::VALUE_NOT_SET ||
        input.type().has_sparse_tensor_type()) {
      return ir::Error(DiagnosticKind::kUnsupportedType,
                       absl::StrCat("input `", input.name(), "` has no type, or is sparse"));
    }
    if (specs_.count(input.name()) > 0) return BadOption(input.name(), "it is no tensor");
    onnx::TensorInfo value;
    value.unranked = true;
    value.other = std::make_shared<::onnx::TypeProto>(input.type());
    inputs_.values.emplace_back(input.name(), std::move(value));
    return absl::OkStatus();
  }

  absl::StatusOr<SymExpr> ReadDim(const std::string& input, int i, const Dim& dim) {
    if (dim.has_dim_value() && dim.dim_value() >= 0) return SymExpr(dim.dim_value());
    if (dim.has_dim_value() && dim.dim_value() < -1) {
      return ir::Error(
          DiagnosticKind::kMalformedModel,
          absl::StrCat("dimension ", i, " of input `", input, "` is ", dim.dim_value()));
    }
    // "?" and the like name nothing.
    const std::string& name = dim.dim_param();
    if (std::any_of(name.begin(), name.end(),
                    [](unsigned char c) { return absl::ascii_isalnum(c); })) {
      return names_.For(name);
    }
    return names_.For(absl::StrCat(input, "_dim", i));
  }

  absl::Status Apply(const v1::ShapeSpec& spec, const std::string& name, const SymShape& shape) {
    if (spec.dims_size() != static_cast<int>(shape.size())) {
      return BadOption(name,
                       absl::StrCat("it has ", spec.dims_size(), " dimensions, the model's has ",
                                    shape.size(), ": ", ir::ToString(shape)));
    }
    for (int i = 0; i < spec.dims_size(); ++i) {
      SINTER_RETURN_IF_ERROR(ApplyDim(spec.dims(i), name, shape[i], i));
    }
    return absl::OkStatus();
  }

  absl::Status ApplyDim(const v1::ShapeSpec::Dim& wanted, const std::string& name,
                        const SymExpr& dim, int i) {
    int64_t min = 0, max = 0;
    if (wanted.kind_case() == v1::ShapeSpec::Dim::kFixed) {
      min = max = wanted.fixed();
    } else if (wanted.kind_case() == v1::ShapeSpec::Dim::kBounded) {
      min = wanted.bounded().min();
      max = wanted.bounded().max();
    } else {
      return absl::OkStatus();
    }
    // Zero is a size that a constant dimension may have, but a symbol is one at least.
    if (min < 0 || max < min || (min < 1 && !dim.IsConstant())) {
      return BadOption(name, absl::StrCat("dimension ", i, " can't be ", min,
                                          min == max ? "" : absl::StrCat("..", max)));
    }
    const absl::Status conflict = BadOption(
        name, absl::StrCat("dimension ", i, " is `", assumptions_.Canonical(dim).ToString(),
                           "` already, not ", min));
    if (min == max) return assumptions_.Add(dim, SymExpr(min)).ok() ? absl::OkStatus() : conflict;
    if (const std::optional<int64_t> fixed = dim.AsConstant()) {
      return *fixed >= min && *fixed <= max ? absl::OkStatus() : conflict;
    }
    inputs_.ranges.push_back({dim.ToString(), min, max});
    return absl::OkStatus();
  }

  const ::onnx::GraphProto& graph_;
  Assumptions& assumptions_;
  std::map<std::string, const v1::ShapeSpec*> specs_;
  SymbolNames names_;
  ModelInputs inputs_;
};

}  // namespace

absl::StatusOr<ModelInputs> ReadInputs(const ::onnx::GraphProto& graph,
                                       const v1::CompileOptions& options,
                                       Assumptions& assumptions) {
  return Reader(graph, options, assumptions).Read();
}

}  // namespace sinter::import
