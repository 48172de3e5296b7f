// If, Loop, Scan and SequenceMap.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/categories.h"
#include "reference/ops/stacking.h"
#include "reference/tensor_proto.h"

namespace sinter::reference {
namespace {

// A loop that has not ended by then is taken for one that never will.
constexpr int64_t kMostIterations = 1'000'000;

absl::StatusOr<bool> Truth(const Value& value) {
  const Tensor* tensor = value.tensor();
  if (tensor == nullptr || tensor->dtype() != Dtype::kBool || tensor->count() != 1) {
    return absl::InvalidArgumentError("a condition has to be one bool");
  }
  return tensor->integers()[0] != 0;
}

absl::StatusOr<std::vector<Value>> If(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(const bool condition, Truth(call.value(0)));
  return call.environment().RunGraph(call.Graph(condition ? "then_branch" : "else_branch"), {});
}

// The type of one output of a body, for the tensor that zero iterations give: sizes that the body
// leaves open become 0.
absl::StatusOr<Tensor> EmptyScanOutput(const onnx::ValueInfoProto& info, int64_t axis, Dims lead) {
  const onnx::TypeProto::Tensor& type = info.type().tensor_type();
  if (!info.type().has_tensor_type() || type.elem_type() == 0) {
    return absl::UnimplementedError(absl::StrCat(
        "no iteration, and the body does not say the type of its output `", info.name(), "`"));
  }
  SINTER_ASSIGN_OR_RETURN(const Dtype dtype, DtypeFromNumber(type.elem_type()));
  Dims dims;
  for (const auto& dim : type.shape().dim())
    dims.push_back(dim.has_dim_value() ? dim.dim_value() : 0);
  SINTER_ASSIGN_OR_RETURN(axis, NormalAxis(axis, static_cast<int64_t>(dims.size()) + 1));
  dims.insert(dims.begin() + axis, 0);
  dims.insert(dims.begin(), lead.begin(), lead.end());
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  return Tensor(dtype, std::move(dims));
}

absl::StatusOr<std::vector<Tensor>> TensorsOf(const std::vector<Value>& values) {
  std::vector<Tensor> tensors;
  for (const Value& value : values) {
    if (value.tensor() == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat("a scan output has to be a tensor, not ", value.TypeText()));
    }
    tensors.push_back(*value.tensor());
  }
  return tensors;
}

absl::Status CheckBodyOutputs(const onnx::GraphProto& body, size_t wanted) {
  if (static_cast<size_t>(body.output_size()) >= wanted) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("the body has ", body.output_size(),
                                                 " outputs, fewer than the ", wanted, " it needs"));
}

// What a loop's iterations leave behind: the carried values, and each iteration's scan outputs.
struct Gathered {
  std::vector<Value> carried;
  std::vector<std::vector<Value>> scanned;

  // Takes the outputs of one iteration, from `first` on.
  void Take(std::vector<Value> outputs, size_t first) {
    for (size_t i = first; i < outputs.size(); ++i) {
      const size_t at = i - first;
      if (at < carried.size()) {
        carried[at] = std::move(outputs[i]);
      } else {
        scanned[at - carried.size()].push_back(std::move(outputs[i]));
      }
    }
  }
};

absl::StatusOr<std::vector<Value>> Loop(const Call& call) {
  const onnx::GraphProto& body = call.Graph("body");
  int64_t trips = std::numeric_limits<int64_t>::max();
  if (const Tensor* given = call.Has(0) ? &call.tensor(0) : nullptr) {
    if (given->count() != 1)
      return absl::InvalidArgumentError("the trip count has to be one number");
    trips = given->ToInts()[0];
  }
  bool go = true;
  if (call.Has(1)) {
    SINTER_ASSIGN_OR_RETURN(go, Truth(call.value(1)));
  }
  Gathered gathered;
  for (int i = 2; i < call.input_count(); ++i) {
    if (!call.Has(i))
      return absl::InvalidArgumentError(absl::StrCat("carried value ", i - 2, " is left out"));
    gathered.carried.push_back(call.value(i));
  }
  const size_t carried = gathered.carried.size();
  SINTER_RETURN_IF_ERROR(CheckBodyOutputs(body, carried + 1));
  gathered.scanned.resize(body.output_size() - carried - 1);
  for (int64_t i = 0; go && i < trips; ++i) {
    if (i == kMostIterations) return absl::ResourceExhaustedError("the loop does not end");
    std::vector<Value> inputs = {Tensor::Int64(i), Tensor::Bool(go)};
    inputs.insert(inputs.end(), gathered.carried.begin(), gathered.carried.end());
    SINTER_ASSIGN_OR_RETURN(std::vector<Value> outputs,
                            call.environment().RunGraph(body, std::move(inputs)));
    // Without a condition of its own, the node does not look at the body's.
    if (call.Has(1)) {
      SINTER_ASSIGN_OR_RETURN(go, Truth(outputs[0]));
    }
    gathered.Take(std::move(outputs), 1);
  }
  std::vector<Value> results = std::move(gathered.carried);
  for (size_t s = 0; s < gathered.scanned.size(); ++s) {
    if (gathered.scanned[s].empty()) {
      SINTER_ASSIGN_OR_RETURN(
          Tensor none, EmptyScanOutput(body.output(static_cast<int>(1 + carried + s)), 0, {}));
      results.push_back(std::move(none));
      continue;
    }
    SINTER_ASSIGN_OR_RETURN(const std::vector<Tensor> parts, TensorsOf(gathered.scanned[s]));
    SINTER_ASSIGN_OR_RETURN(Tensor all, Stack(parts, 0));
    results.push_back(std::move(all));
  }
  return results;
}

// The axis or direction of scan input or output `i`; `list` is empty for zeros.
int64_t Listed(const std::vector<int64_t>& list, size_t i) { return i < list.size() ? list[i] : 0; }

struct ScanSettings {
  std::vector<int64_t> input_axes, input_reversed, output_axes, output_reversed;
};

absl::Status CheckList(const std::vector<int64_t>& list, size_t wanted, absl::string_view name) {
  if (list.empty() || list.size() == wanted) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("`", name, "` has ", list.size(), " entries for ", wanted));
}

// One run over a sequence: `carried` are the initial states, `scanned` the tensors to slice.
// `length` entries of them are read.
absl::StatusOr<Gathered> RunScan(const Call& call, std::vector<Value> carried,
                                 const std::vector<Tensor>& scanned, const Dims& axes,
                                 const ScanSettings& settings, int64_t length) {
  const onnx::GraphProto& body = call.Graph("body");
  Gathered gathered{std::move(carried), {}};
  gathered.scanned.resize(body.output_size() - gathered.carried.size());
  for (int64_t t = 0; t < length; ++t) {
    std::vector<Value> inputs = gathered.carried;
    for (size_t i = 0; i < scanned.size(); ++i) {
      const bool reversed = Listed(settings.input_reversed, i) != 0;
      inputs.push_back(SliceAt(scanned[i], axes[i], reversed ? length - 1 - t : t));
    }
    SINTER_ASSIGN_OR_RETURN(std::vector<Value> outputs,
                            call.environment().RunGraph(body, std::move(inputs)));
    gathered.Take(std::move(outputs), 0);
  }
  return gathered;
}

// The scan output `s` of a run as one tensor.
absl::StatusOr<Tensor> ScanOutput(const Call& call, Gathered& gathered, size_t s,
                                  const ScanSettings& settings) {
  const int64_t axis = Listed(settings.output_axes, s);
  if (gathered.scanned[s].empty()) {
    return EmptyScanOutput(call.Graph("body").output(static_cast<int>(gathered.carried.size() + s)),
                           axis, {});
  }
  SINTER_ASSIGN_OR_RETURN(std::vector<Tensor> parts, TensorsOf(gathered.scanned[s]));
  if (Listed(settings.output_reversed, s) != 0) std::reverse(parts.begin(), parts.end());
  return Stack(parts, axis);
}

absl::StatusOr<std::vector<Value>> Scan(const Call& call) {
  const onnx::GraphProto& body = call.Graph("body");
  const int64_t count = call.Int("num_scan_inputs", 0);
  const int64_t states = call.input_count() - count;
  if (count < 1 || states < 0)
    return absl::InvalidArgumentError("`num_scan_inputs` does not fit the inputs");
  SINTER_RETURN_IF_ERROR(CheckBodyOutputs(body, states));
  const size_t outputs = body.output_size() - states;
  const ScanSettings settings = {call.Ints("scan_input_axes"), call.Ints("scan_input_directions"),
                                 call.Ints("scan_output_axes"),
                                 call.Ints("scan_output_directions")};
  SINTER_RETURN_IF_ERROR(CheckList(settings.input_axes, count, "scan_input_axes"));
  SINTER_RETURN_IF_ERROR(CheckList(settings.input_reversed, count, "scan_input_directions"));
  SINTER_RETURN_IF_ERROR(CheckList(settings.output_axes, outputs, "scan_output_axes"));
  SINTER_RETURN_IF_ERROR(CheckList(settings.output_reversed, outputs, "scan_output_directions"));
  std::vector<Value> carried;
  std::vector<Tensor> scanned;
  Dims axes;
  std::optional<int64_t> length;
  for (int i = 0; i < call.input_count(); ++i) {
    if (!call.Has(i)) return absl::InvalidArgumentError(absl::StrCat("input ", i, " is left out"));
    if (i < states) {
      carried.push_back(call.value(i));
      continue;
    }
    const Tensor& tensor = call.tensor(i);
    SINTER_ASSIGN_OR_RETURN(const int64_t axis,
                            NormalAxis(Listed(settings.input_axes, i - states), tensor.rank()));
    const int64_t size = tensor.dims()[axis];
    if (size != length.value_or(size))
      return absl::InvalidArgumentError("scan inputs of different lengths");
    length = size;
    axes.push_back(axis);
    scanned.push_back(tensor);
  }
  SINTER_ASSIGN_OR_RETURN(Gathered gathered,
                          RunScan(call, std::move(carried), scanned, axes, settings, *length));
  std::vector<Value> results = gathered.carried;
  for (size_t s = 0; s < outputs; ++s) {
    SINTER_ASSIGN_OR_RETURN(Tensor all, ScanOutput(call, gathered, s, settings));
    results.push_back(std::move(all));
  }
  return results;
}

// Version 8: everything has a batch axis in front, and each sequence its own length.
struct BatchedScan {
  int64_t batch = 0, longest = 0;
  std::vector<int64_t> lengths;
};

absl::StatusOr<BatchedScan> ReadBatch(const Call& call, int64_t first_scanned) {
  BatchedScan scan;
  const Dims& dims = call.tensor(static_cast<int>(first_scanned)).dims();
  if (dims.size() < 2)
    return absl::InvalidArgumentError("a scan input needs a batch axis and a sequence axis");
  scan.batch = dims[0];
  scan.longest = dims[1];
  for (int i = 1; i < call.input_count(); ++i) {
    const Dims& other = call.tensor(i).dims();
    const bool fits = !other.empty() && other[0] == scan.batch &&
                      (i < first_scanned || (other.size() >= 2 && other[1] == scan.longest));
    if (!fits)
      return absl::InvalidArgumentError(absl::StrCat("input ", i, " has the shape ", Text(other)));
  }
  scan.lengths.assign(scan.batch, scan.longest);
  if (!call.Has(0)) return scan;
  scan.lengths = call.tensor(0).ToInts();
  if (static_cast<int64_t>(scan.lengths.size()) != scan.batch) {
    return absl::InvalidArgumentError("`sequence_lens` needs one entry a batch");
  }
  for (const int64_t length : scan.lengths) {
    if (length < 0 || length > scan.longest)
      return absl::InvalidArgumentError("a sequence length out of range");
    // Whether a reversed input starts at its own end or at the longest one's is not defined.
    if (length == scan.longest) continue;
    for (const int64_t reversed : call.Ints("directions")) {
      if (reversed != 0)
        return absl::UnimplementedError("`directions` of 1 together with `sequence_lens`");
    }
  }
  return scan;
}

absl::StatusOr<std::vector<Value>> Scan8(const Call& call) {
  const onnx::GraphProto& body = call.Graph("body");
  const int64_t count = call.Int("num_scan_inputs", 0);
  const int64_t states = call.input_count() - 1 - count;
  if (count < 1 || states < 0)
    return absl::InvalidArgumentError("`num_scan_inputs` does not fit the inputs");
  SINTER_RETURN_IF_ERROR(CheckBodyOutputs(body, states));
  SINTER_ASSIGN_OR_RETURN(const BatchedScan scan, ReadBatch(call, 1 + states));
  if (scan.batch == 0) return absl::UnimplementedError("a scan over an empty batch");
  const ScanSettings settings = {{}, call.Ints("directions"), {}, {}};
  SINTER_RETURN_IF_ERROR(CheckList(settings.input_reversed, count, "directions"));
  std::vector<std::vector<Tensor>> results(body.output_size());
  for (int64_t b = 0; b < scan.batch; ++b) {
    std::vector<Value> carried;
    std::vector<Tensor> scanned;
    for (int i = 1; i < call.input_count(); ++i) {
      Tensor own = SliceAt(call.tensor(i), 0, b);
      if (i <= states) {
        carried.push_back(std::move(own));
      } else {
        scanned.push_back(std::move(own));
      }
    }
    SINTER_ASSIGN_OR_RETURN(Gathered gathered, RunScan(call, std::move(carried), scanned,
                                                       Dims(count, 0), settings, scan.lengths[b]));
    SINTER_ASSIGN_OR_RETURN(const std::vector<Tensor> last, TensorsOf(gathered.carried));
    for (int64_t i = 0; i < states; ++i) results[i].push_back(last[i]);
    for (size_t s = 0; s < gathered.scanned.size(); ++s) {
      SINTER_ASSIGN_OR_RETURN(const Tensor part, ScanOutput(call, gathered, s, settings));
      results[states + s].push_back(PaddedAtEnd(part, scan.longest));
    }
  }
  std::vector<Value> stacked;
  for (const std::vector<Tensor>& parts : results) {
    SINTER_ASSIGN_OR_RETURN(Tensor all, Stack(parts, 0));
    stacked.push_back(std::move(all));
  }
  return stacked;
}

absl::StatusOr<std::vector<Value>> SequenceMap(const Call& call) {
  const onnx::GraphProto& body = call.Graph("body");
  const size_t length = call.value(0).sequence()->elements.size();
  std::vector<Sequence> results;
  for (const onnx::ValueInfoProto& output : body.output())
    results.push_back({TypeText(output.type()), {}});
  for (size_t i = 0; i < length; ++i) {
    std::vector<Value> inputs;
    for (int k = 0; k < call.input_count(); ++k) {
      const Sequence* sequence = call.value(k).sequence();
      if (sequence != nullptr && sequence->elements.size() != length) {
        return absl::InvalidArgumentError("sequences of different lengths");
      }
      inputs.push_back(sequence != nullptr ? sequence->elements[i] : call.value(k));
    }
    SINTER_ASSIGN_OR_RETURN(std::vector<Value> outputs,
                            call.environment().RunGraph(body, std::move(inputs)));
    for (size_t o = 0; o < outputs.size(); ++o)
      results[o].elements.push_back(std::move(outputs[o]));
  }
  std::vector<Value> values;
  for (Sequence& sequence : results) values.emplace_back(std::move(sequence));
  return values;
}

}  // namespace

absl::Span<const Operator> ControlFlowOperators() {
  static constexpr Operator kOperators[] = {
      {"", "If", 1, If},
      {"", "Loop", 1, Loop},
      {"", "Scan", 8, Scan8},
      {"", "Scan", 9, Scan},
      {"", "SequenceMap", 17, SequenceMap},
  };
  return kOperators;
}

}  // namespace sinter::reference
