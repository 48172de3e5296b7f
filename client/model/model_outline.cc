#include "client/model/model_outline.h"

#include <limits>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/model/wire_reader.h"
#include "runtime/value_type.h"

namespace sinter::client {
namespace {

// Types nest; deeper than this is an attack, not a model.
constexpr int kDeepestType = 16;
// Graphs nest through attributes; deeper than this is an attack, not a model.
constexpr int kDeepestGraph = 64;

// Field numbers of onnx.proto3, as far as the walk looks.
namespace model {
constexpr uint32_t kIrVersion = 1, kProducerName = 2, kProducerVersion = 3, kGraph = 7;
constexpr uint32_t kOpsetImport = 8, kTrainingInfo = 20, kFunctions = 25;
}  // namespace model
namespace training_info {
constexpr uint32_t kInitialization = 1, kAlgorithm = 2;
}  // namespace training_info
namespace graph {
constexpr uint32_t kNode = 1, kName = 2, kInitializer = 5, kInput = 11, kOutput = 12;
constexpr uint32_t kSparseInitializer = 15;
}  // namespace graph
namespace function {
constexpr uint32_t kNode = 7, kAttributeProto = 11;
}  // namespace function
namespace node {
constexpr uint32_t kOpType = 4, kAttribute = 5, kDomain = 7;
}  // namespace node
namespace attribute {
constexpr uint32_t kTensor = 5, kGraph = 6, kTensors = 10, kGraphs = 11;
constexpr uint32_t kSparseTensor = 22, kSparseTensors = 23;
}  // namespace attribute
namespace tensor {
constexpr uint32_t kDims = 1, kName = 8, kExternalData = 13, kDataLocation = 14;
constexpr uint64_t kExternal = 1;
}  // namespace tensor
namespace sparse_tensor {
constexpr uint32_t kValues = 1, kIndices = 2;
}  // namespace sparse_tensor
namespace value_info {
constexpr uint32_t kName = 1, kType = 2;
}  // namespace value_info
namespace type {
constexpr uint32_t kTensor = 1, kSequence = 4, kMap = 5, kOptional = 9;
}  // namespace type
namespace tensor_type {
constexpr uint32_t kElementType = 1, kShape = 2;
}  // namespace tensor_type
namespace dim {
constexpr uint32_t kValue = 1, kParam = 2;
}  // namespace dim

absl::Status Malformed(absl::string_view message_name, absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("the ", message_name, " is malformed: ", what,
                   "; the file is damaged, cut short, or not an ONNX model"));
}

// Calls `visit(field)` for each field of `bytes`; `visit` returns absl::Status.
template <typename Visit>
absl::Status ForEachField(absl::string_view bytes, absl::string_view message_name, Visit visit) {
  WireReader fields(bytes);
  while (fields.Next()) {
    SINTER_RETURN_IF_ERROR(visit(fields));
  }
  return fields.ok() ? absl::OkStatus() : Malformed(message_name, fields.error());
}

// Multiplies without wrapping around: a header may claim any size.
int64_t SaturatingProduct(int64_t a, int64_t b) {
  int64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) return std::numeric_limits<int64_t>::max();
  return product;
}
int64_t SaturatingSum(int64_t a, int64_t b) {
  int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return std::numeric_limits<int64_t>::max();
  return sum;
}

// Elements of a packed or unpacked repeated varint field, appended to `values`.
absl::Status ReadInts(const WireReader& field, std::vector<int64_t>& values) {
  if (field.is_varint()) values.push_back(static_cast<int64_t>(field.varint()));
  // A packed field is a run of varints without tags. Prefixing each with a tag is not possible in
  // place, so they are decoded here.
  uint64_t value = 0;
  int shift = 0;
  for (const char c : field.bytes()) {
    const uint8_t byte = static_cast<uint8_t>(c);
    if (shift > 63) return Malformed("tensor", "a dimension is too long a number");
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    shift += 7;
    if ((byte & 0x80) != 0) continue;
    values.push_back(static_cast<int64_t>(value));
    value = 0;
    shift = 0;
  }
  return shift == 0 ? absl::OkStatus() : Malformed("tensor", "the last dimension is cut off");
}

absl::StatusOr<DimOutline> ReadDim(absl::string_view bytes) {
  DimOutline result;
  SINTER_RETURN_IF_ERROR(ForEachField(bytes, "dimension", [&](const WireReader& field) {
    if (field.number() == dim::kValue) {
      const int64_t value = static_cast<int64_t>(field.varint());
      if (value >= 0) result.fixed = value;
    }
    if (field.number() == dim::kParam) result.name = std::string(field.bytes());
    return absl::OkStatus();
  }));
  return result;
}

absl::Status ReadTensorType(absl::string_view bytes, ValueOutline& value) {
  return ForEachField(bytes, "tensor type", [&](const WireReader& field) -> absl::Status {
    if (field.number() == tensor_type::kElementType) {
      value.element_type = static_cast<int32_t>(field.varint());
    }
    if (field.number() != tensor_type::kShape) return absl::OkStatus();
    value.has_shape = true;
    return ForEachField(field.bytes(), "shape", [&](const WireReader& dim_field) -> absl::Status {
      if (dim_field.number() != 1) return absl::OkStatus();
      SINTER_ASSIGN_OR_RETURN(DimOutline dim, ReadDim(dim_field.bytes()));
      value.dims.push_back(std::move(dim));
      return absl::OkStatus();
    });
  });
}

// A type at any depth, without shapes.
absl::Status ReadNestedType(absl::string_view bytes, int depth, runtime::ValueType& type) {
  using Kind = runtime::ValueType::Kind;
  if (depth > kDeepestType) return Malformed("type", "it nests too deep");
  return ForEachField(bytes, "type", [&](const WireReader& field) -> absl::Status {
    const uint32_t number = field.number();
    if (number != type::kTensor && number != type::kSequence && number != type::kMap &&
        number != type::kOptional) {
      return absl::OkStatus();
    }
    type = runtime::ValueType();
    type.kind = number == type::kTensor     ? Kind::kTensor
                : number == type::kSequence ? Kind::kSequence
                : number == type::kMap      ? Kind::kMap
                                            : Kind::kOptional;
    // The type of what it holds comes after a map's key, and first in the others.
    const uint32_t held = number == type::kMap ? 2 : 1;
    return ForEachField(field.bytes(), "type", [&](const WireReader& part) -> absl::Status {
      if (part.number() == 1 && part.is_varint()) {
        type.dtype = static_cast<runtime::Dtype>(part.varint());
      }
      if (number == type::kTensor || part.number() != held) return absl::OkStatus();
      type.of.resize(1);
      return ReadNestedType(part.bytes(), depth + 1, type.of[0]);
    });
  });
}

absl::Status ReadType(absl::string_view bytes, ValueOutline& value) {
  value.kind = ValueOutline::Kind::kOther;
  runtime::ValueType nested;
  SINTER_RETURN_IF_ERROR(ReadNestedType(bytes, 0, nested));
  value.type = nested.Text();
  return ForEachField(bytes, "type", [&](const WireReader& field) -> absl::Status {
    switch (field.number()) {
      case type::kTensor:
        value.kind = ValueOutline::Kind::kTensor;
        return ReadTensorType(field.bytes(), value);
      case type::kSequence:
        value.kind = ValueOutline::Kind::kSequence;
        break;
      case type::kMap:
        value.kind = ValueOutline::Kind::kMap;
        break;
      case type::kOptional:
        value.kind = ValueOutline::Kind::kOptional;
        break;
      default:
        break;
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<ValueOutline> ReadValue(absl::string_view bytes) {
  ValueOutline value;
  SINTER_RETURN_IF_ERROR(ForEachField(bytes, "value info", [&](const WireReader& field) {
    if (field.number() == value_info::kName) value.name = std::string(field.bytes());
    if (field.number() == value_info::kType) return ReadType(field.bytes(), value);
    return absl::OkStatus();
  }));
  return value;
}

// Walks one model and gathers its outline.
class OutlineWalk {
 public:
  absl::Status Model(absl::string_view bytes);
  ModelOutline Finish();

 private:
  absl::Status Graph(absl::string_view bytes, int depth);
  absl::Status GraphField(const WireReader& field, int depth);
  absl::Status Function(absl::string_view bytes);
  absl::Status TrainingInfo(absl::string_view bytes);
  absl::Status Node(absl::string_view bytes, int depth);
  absl::Status Attribute(absl::string_view bytes, int depth);
  absl::Status Tensor(absl::string_view bytes, bool is_initializer, int depth);
  absl::Status SparseTensor(absl::string_view bytes, bool is_initializer, int depth);
  absl::Status ExternalData(absl::string_view bytes);
  absl::Status Opset(absl::string_view bytes);

  ModelOutline outline_;
  std::string producer_version_;
  bool has_graph_ = false;
  std::vector<ValueOutline> graph_inputs_;   // of the main graph
  std::set<std::string> initializer_names_;  // of the main graph
  std::set<std::string> external_locations_;
};

absl::Status OutlineWalk::Model(absl::string_view bytes) {
  SINTER_RETURN_IF_ERROR(ForEachField(bytes, "model", [&](const WireReader& field) {
    switch (field.number()) {
      case model::kIrVersion:
        outline_.ir_version = static_cast<int64_t>(field.varint());
        break;
      case model::kProducerName:
        outline_.producer = std::string(field.bytes());
        break;
      case model::kProducerVersion:
        producer_version_ = std::string(field.bytes());
        break;
      case model::kOpsetImport:
        return Opset(field.bytes());
      case model::kGraph:
        has_graph_ = true;
        return Graph(field.bytes(), 0);
      case model::kTrainingInfo:
        return TrainingInfo(field.bytes());
      case model::kFunctions:
        return Function(field.bytes());
      default:
        break;
    }
    return absl::OkStatus();
  }));
  return has_graph_ ? absl::OkStatus() : Malformed("model", "it holds no graph");
}

absl::Status OutlineWalk::Opset(absl::string_view bytes) {
  std::string domain;
  int64_t version = 0;
  SINTER_RETURN_IF_ERROR(ForEachField(bytes, "opset import", [&](const WireReader& field) {
    if (field.number() == 1) domain = std::string(field.bytes());
    if (field.number() == 2) version = static_cast<int64_t>(field.varint());
    return absl::OkStatus();
  }));
  outline_.opsets[domain == "ai.onnx" ? "" : domain] = version;
  return absl::OkStatus();
}

absl::Status OutlineWalk::Graph(absl::string_view bytes, int depth) {
  if (depth > kDeepestGraph) return Malformed("graph", "subgraphs nest too deeply");
  return ForEachField(bytes, "graph",
                      [&](const WireReader& field) { return GraphField(field, depth); });
}

absl::Status OutlineWalk::GraphField(const WireReader& field, int depth) {
  const bool is_main = depth == 0;
  switch (field.number()) {
    case graph::kNode:
      return Node(field.bytes(), depth);
    case graph::kName:
      if (is_main) outline_.graph_name = std::string(field.bytes());
      return absl::OkStatus();
    case graph::kInitializer:
      return Tensor(field.bytes(), true, depth);
    case graph::kSparseInitializer:
      return SparseTensor(field.bytes(), true, depth);
    case graph::kInput:
    case graph::kOutput: {
      if (!is_main) return absl::OkStatus();
      SINTER_ASSIGN_OR_RETURN(ValueOutline value, ReadValue(field.bytes()));
      (field.number() == graph::kInput ? graph_inputs_ : outline_.outputs)
          .push_back(std::move(value));
      return absl::OkStatus();
    }
    default:
      return absl::OkStatus();
  }
}

absl::Status OutlineWalk::Function(absl::string_view bytes) {
  return ForEachField(bytes, "function", [&](const WireReader& field) {
    if (field.number() == function::kNode) return Node(field.bytes(), 1);
    if (field.number() == function::kAttributeProto) return Attribute(field.bytes(), 1);
    return absl::OkStatus();
  });
}

absl::Status OutlineWalk::TrainingInfo(absl::string_view bytes) {
  return ForEachField(bytes, "training info", [&](const WireReader& field) {
    if (field.number() == training_info::kInitialization) return Graph(field.bytes(), 1);
    if (field.number() == training_info::kAlgorithm) return Graph(field.bytes(), 1);
    return absl::OkStatus();
  });
}

absl::Status OutlineWalk::Node(absl::string_view bytes, int depth) {
  std::string op_type, domain;
  SINTER_RETURN_IF_ERROR(ForEachField(bytes, "node", [&](const WireReader& field) {
    if (field.number() == node::kOpType) op_type = std::string(field.bytes());
    if (field.number() == node::kDomain) domain = std::string(field.bytes());
    if (field.number() == node::kAttribute) return Attribute(field.bytes(), depth);
    return absl::OkStatus();
  }));
  const bool is_standard = domain.empty() || domain == "ai.onnx";
  ++outline_.operators[is_standard ? op_type : absl::StrCat(domain, "::", op_type)];
  ++outline_.nodes;
  return absl::OkStatus();
}

absl::Status OutlineWalk::Attribute(absl::string_view bytes, int depth) {
  return ForEachField(bytes, "attribute", [&](const WireReader& field) {
    // A number under one of these field numbers is an attribute of another kind.
    if (!field.is_bytes()) return absl::OkStatus();
    switch (field.number()) {
      case attribute::kGraph:
      case attribute::kGraphs:
        return Graph(field.bytes(), depth + 1);
      case attribute::kTensor:
      case attribute::kTensors:
        return Tensor(field.bytes(), false, depth);
      case attribute::kSparseTensor:
      case attribute::kSparseTensors:
        return SparseTensor(field.bytes(), false, depth);
      default:
        return absl::OkStatus();
    }
  });
}

absl::Status OutlineWalk::SparseTensor(absl::string_view bytes, bool is_initializer, int depth) {
  return ForEachField(bytes, "sparse tensor", [&](const WireReader& field) {
    if (field.number() == sparse_tensor::kValues) {
      return Tensor(field.bytes(), is_initializer, depth);
    }
    if (field.number() == sparse_tensor::kIndices) return Tensor(field.bytes(), false, depth);
    return absl::OkStatus();
  });
}

absl::Status OutlineWalk::Tensor(absl::string_view bytes, bool is_initializer, int depth) {
  std::vector<int64_t> dims;
  std::string name;
  bool is_external = false;
  std::vector<absl::string_view> external_data;
  SINTER_RETURN_IF_ERROR(ForEachField(bytes, "tensor", [&](const WireReader& field) {
    if (field.number() == tensor::kDims) return ReadInts(field, dims);
    if (field.number() == tensor::kName) name = std::string(field.bytes());
    if (field.number() == tensor::kDataLocation) is_external = field.varint() == tensor::kExternal;
    if (field.number() == tensor::kExternalData) external_data.push_back(field.bytes());
    return absl::OkStatus();
  }));
  int64_t elements = 1;
  for (const int64_t dim : dims) elements = SaturatingProduct(elements, dim < 0 ? 0 : dim);
  outline_.parameters = SaturatingSum(outline_.parameters, elements);
  if (is_initializer) {
    ++outline_.initializers;
    if (depth == 0) initializer_names_.insert(std::move(name));
  }
  if (!is_external) return absl::OkStatus();
  for (const absl::string_view entry : external_data) SINTER_RETURN_IF_ERROR(ExternalData(entry));
  return absl::OkStatus();
}

absl::Status OutlineWalk::ExternalData(absl::string_view bytes) {
  std::string key, value;
  SINTER_RETURN_IF_ERROR(ForEachField(bytes, "external data entry", [&](const WireReader& field) {
    if (field.number() == 1) key = std::string(field.bytes());
    if (field.number() == 2) value = std::string(field.bytes());
    return absl::OkStatus();
  }));
  if (key == "location") external_locations_.insert(std::move(value));
  return absl::OkStatus();
}

ModelOutline OutlineWalk::Finish() {
  if (!producer_version_.empty()) {
    absl::StrAppend(&outline_.producer, outline_.producer.empty() ? "" : " ", producer_version_);
  }
  for (ValueOutline& input : graph_inputs_) {
    if (initializer_names_.count(input.name) > 0) {
      outline_.defaulted_inputs.push_back(input.name);
    } else {
      outline_.inputs.push_back(std::move(input));
    }
  }
  outline_.external_locations.assign(external_locations_.begin(), external_locations_.end());
  return std::move(outline_);
}

}  // namespace

absl::StatusOr<ModelOutline> ReadModelOutline(absl::string_view model_bytes) {
  if (model_bytes.empty()) return Malformed("model", "the file is empty");
  OutlineWalk walk;
  SINTER_RETURN_IF_ERROR(walk.Model(model_bytes));
  return walk.Finish();
}

}  // namespace sinter::client
