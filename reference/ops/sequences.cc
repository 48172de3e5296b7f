// Sequences and optionals.
#include <cstdint>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/categories.h"
#include "reference/ops/stacking.h"
#include "reference/tensor_proto.h"

namespace sinter::reference {
namespace {

absl::StatusOr<std::vector<Value>> SequenceConstruct(const Call& call) {
  Sequence sequence{call.value(0).TypeText(), {}};
  for (int i = 0; i < call.input_count(); ++i) {
    if (call.value(i).TypeText() != sequence.element_type) {
      return absl::InvalidArgumentError(absl::StrCat("elements of ", sequence.element_type,
                                                     " and of ", call.value(i).TypeText()));
    }
    sequence.elements.push_back(call.value(i));
  }
  return std::vector<Value>{std::move(sequence)};
}

absl::StatusOr<std::vector<Value>> SequenceEmpty(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(const Dtype dtype, DtypeFromNumber(call.Int("dtype", 1)));
  return std::vector<Value>{Sequence{TensorTypeText(dtype), {}}};
}

// The position in input `input`, counted from the front; `otherwise` if left out. It may be as
// large as `last`.
absl::StatusOr<int64_t> Position(const Call& call, int input, int64_t length, int64_t last,
                                 int64_t otherwise) {
  if (!call.Has(input)) return otherwise;
  if (call.tensor(input).count() != 1)
    return absl::InvalidArgumentError("the position has to be one number");
  const int64_t given = call.tensor(input).ToInts()[0];
  const int64_t position = given < 0 ? given + length : given;
  if (position < 0 || position > last) {
    return absl::InvalidArgumentError(
        absl::StrCat("position ", given, " in a sequence of ", length));
  }
  return position;
}

absl::StatusOr<std::vector<Value>> SequenceInsert(const Call& call) {
  Sequence sequence = *call.value(0).sequence();
  const auto length = static_cast<int64_t>(sequence.elements.size());
  SINTER_ASSIGN_OR_RETURN(const int64_t at, Position(call, 2, length, length, length));
  if (call.value(1).TypeText() != sequence.element_type) {
    return absl::InvalidArgumentError(absl::StrCat("a ", call.value(1).TypeText(),
                                                   " into a sequence of ", sequence.element_type));
  }
  sequence.elements.insert(sequence.elements.begin() + at, call.value(1));
  return std::vector<Value>{std::move(sequence)};
}

absl::StatusOr<std::vector<Value>> SequenceErase(const Call& call) {
  Sequence sequence = *call.value(0).sequence();
  const auto length = static_cast<int64_t>(sequence.elements.size());
  if (length == 0)
    return absl::InvalidArgumentError("nothing can be erased from an empty sequence");
  SINTER_ASSIGN_OR_RETURN(const int64_t at, Position(call, 1, length, length - 1, length - 1));
  sequence.elements.erase(sequence.elements.begin() + at);
  return std::vector<Value>{std::move(sequence)};
}

absl::StatusOr<std::vector<Value>> SequenceAt(const Call& call) {
  const Sequence& sequence = *call.value(0).sequence();
  const auto length = static_cast<int64_t>(sequence.elements.size());
  SINTER_ASSIGN_OR_RETURN(const int64_t at, Position(call, 1, length, length - 1, 0));
  return std::vector<Value>{sequence.elements[at]};
}

absl::StatusOr<std::vector<Value>> SequenceLength(const Call& call) {
  return Single(Tensor::Int64(static_cast<int64_t>(call.value(0).sequence()->elements.size())));
}

// The sizes of the pieces along an axis of size `whole`.
absl::StatusOr<std::vector<int64_t>> PieceSizes(const Call& call, int64_t whole) {
  if (!call.Has(1)) return std::vector<int64_t>(whole, 1);
  std::vector<int64_t> sizes = call.tensor(1).ToInts();
  if (call.tensor(1).rank() == 0) {
    const int64_t size = sizes[0];
    if (size < 1) return absl::InvalidArgumentError(absl::StrCat("pieces of size ", size));
    sizes.clear();
    for (int64_t at = 0; at < whole; at += size) sizes.push_back(std::min(size, whole - at));
    return sizes;
  }
  int64_t sum = 0;
  for (const int64_t size : sizes) {
    if (size < 0 || size > whole - sum)
      return absl::InvalidArgumentError(absl::StrCat("the pieces do not make up the size ", whole));
    sum += size;
  }
  if (sum != whole)
    return absl::InvalidArgumentError(absl::StrCat("the pieces do not make up the size ", whole));
  return sizes;
}

absl::StatusOr<std::vector<Value>> SplitToSequence(const Call& call) {
  const Tensor& x = call.tensor(0);
  SINTER_ASSIGN_OR_RETURN(const int64_t axis, NormalAxis(call.Int("axis", 0), x.rank()));
  SINTER_ASSIGN_OR_RETURN(const std::vector<int64_t> sizes, PieceSizes(call, x.dims()[axis]));
  const bool drops_axis = !call.Has(1) && !call.Flag("keepdims", true);
  Sequence sequence{TensorTypeText(x.dtype()), {}};
  int64_t at = 0;
  for (const int64_t size : sizes) {
    sequence.elements.push_back(drops_axis ? SliceAt(x, axis, at) : SliceOf(x, axis, at, size));
    at += size;
  }
  return std::vector<Value>{std::move(sequence)};
}

absl::StatusOr<std::vector<Value>> ConcatFromSequence(const Call& call) {
  std::vector<Tensor> parts;
  for (const Value& element : call.value(0).sequence()->elements) {
    if (element.tensor() == nullptr)
      return absl::InvalidArgumentError("only tensors can be put together");
    parts.push_back(*element.tensor());
  }
  const int64_t axis = call.Int("axis", 0);
  SINTER_ASSIGN_OR_RETURN(Tensor all,
                          call.Flag("new_axis") ? Stack(parts, axis) : Concatenate(parts, axis));
  return Single(std::move(all));
}

absl::StatusOr<std::vector<Value>> MakeOptional(const Call& call) {
  if (call.Has(0)) {
    return std::vector<Value>{
        Optional{call.value(0).TypeText(), std::make_shared<const Value>(call.value(0))}};
  }
  const onnx::AttributeProto* type = call.Attribute("type");
  if (type == nullptr || !type->has_tp())
    return absl::InvalidArgumentError("neither a value nor a `type` is given");
  return std::vector<Value>{Optional{TypeText(type->tp()), nullptr}};
}

absl::StatusOr<std::vector<Value>> OptionalGetElement(const Call& call) {
  const Optional* optional = call.value(0).optional();
  if (optional == nullptr) return std::vector<Value>{call.value(0)};
  if (optional->value == nullptr) return absl::InvalidArgumentError("the optional holds no value");
  return std::vector<Value>{*optional->value};
}

absl::StatusOr<std::vector<Value>> OptionalHasElement(const Call& call) {
  bool has = call.Has(0);
  if (has && call.value(0).optional() != nullptr) has = call.value(0).optional()->value != nullptr;
  return Single(Tensor::Bool(has));
}

}  // namespace

absl::Span<const Operator> SequenceOperators() {
  static constexpr Operator kOperators[] = {
      {"", "ConcatFromSequence", 11, ConcatFromSequence},
      {"", "Optional", 15, MakeOptional},
      {"", "OptionalGetElement", 15, OptionalGetElement},
      {"", "OptionalHasElement", 15, OptionalHasElement},
      {"", "SequenceAt", 11, SequenceAt},
      {"", "SequenceConstruct", 11, SequenceConstruct},
      {"", "SequenceEmpty", 11, SequenceEmpty},
      {"", "SequenceErase", 11, SequenceErase},
      {"", "SequenceInsert", 11, SequenceInsert},
      {"", "SequenceLength", 11, SequenceLength},
      {"", "SplitToSequence", 11, SplitToSequence},
  };
  return kOperators;
}

}  // namespace sinter::reference
