#include "numerics/random_inputs.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "runtime/dtype.h"
#include "runtime/random_tensor.h"
#include "runtime/tensor.h"

namespace sinter::numerics {
namespace {

using runtime::DtypeKind;
using runtime::ValueInfo;

constexpr int64_t kFreeSizes[] = {2, 1, 8, 32, 128};
constexpr int64_t kIntegerLimits[] = {8, 2};

bool HasFreeDimension(const ValueInfo& input) {
  for (const int64_t dim : input.dims) {
    if (dim == SINTER_DYNAMIC) return true;
  }
  return false;
}

bool HoldsIntegers(const ValueInfo& input) {
  const runtime::DtypeInfo* const row = runtime::FindDtype(input.dtype);
  return row != nullptr && (row->kind == DtypeKind::kSigned || row->kind == DtypeKind::kUnsigned);
}

// Random integers are below 8 and little-endian: their lowest byte is all there is to change.
void LimitIntegers(int64_t limit, runtime::Tensor& tensor) {
  auto* const bytes = static_cast<uint8_t*>(tensor.mutable_data());
  const int size = runtime::DtypeBytes(tensor.dtype());
  for (int64_t i = 0; i < tensor.byte_size(); i += size)
    bytes[i] &= static_cast<uint8_t>(limit - 1);
}

absl::StatusOr<std::vector<int64_t>> ShapeOf(const ValueInfo& input, const RandomChoice& choice) {
  const auto given = choice.shapes.find(input.name);
  if (given != choice.shapes.end()) return given->second;
  if (!input.has_rank) {
    return absl::UnimplementedError(
        absl::StrCat("input `", input.name, "` has no rank in the model; give it a shape"));
  }
  std::vector<int64_t> dims = input.dims;
  for (int64_t& dim : dims) {
    if (dim == SINTER_DYNAMIC) dim = choice.free_size;
  }
  return dims;
}

}  // namespace

absl::StatusOr<std::vector<runtime::Value>> RandomInputs(const std::vector<ValueInfo>& inputs,
                                                         const RandomChoice& choice) {
  std::vector<runtime::Value> values;
  uint64_t seed = choice.seed;
  for (const ValueInfo& input : inputs) {
    if (!input.type.is_numeric_tensor()) {
      return absl::UnimplementedError(absl::StrCat("input `", input.name, "` is ",
                                                   input.type.Text(),
                                                   ", of which there are no random ones"));
    }
    SINTER_ASSIGN_OR_RETURN(const std::vector<int64_t> dims, ShapeOf(input, choice));
    SINTER_ASSIGN_OR_RETURN(runtime::Tensor tensor,
                            runtime::RandomTensor(input.dtype, dims, seed++));
    if (HoldsIntegers(input)) LimitIntegers(choice.integers_below, tensor);
    values.emplace_back(std::move(tensor));
  }
  return values;
}

std::vector<RandomChoice> ChoicesFor(const std::vector<ValueInfo>& inputs, uint64_t seed,
                                     const std::map<std::string, std::vector<int64_t>>& shapes) {
  bool any_free = false, any_integers = false;
  for (const ValueInfo& input : inputs) {
    any_free |= HasFreeDimension(input) && shapes.count(input.name) == 0;
    any_integers |= HoldsIntegers(input);
  }
  std::vector<RandomChoice> choices;
  for (const int64_t size : kFreeSizes) {
    for (const int64_t limit : kIntegerLimits) {
      choices.push_back({seed, shapes, size, limit});
      if (!any_integers) break;
    }
    if (!any_free) break;
  }
  return choices;
}

}  // namespace sinter::numerics
