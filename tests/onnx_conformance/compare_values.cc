// Values of all kinds; compare.cc has tensors.
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/dtype.h"
#include "tests/onnx_conformance/compare.h"

namespace sinter::conformance {
namespace {

using ::sinter::runtime::TensorView;
using ::sinter::runtime::Value;

absl::Status At(const std::string& place, const absl::Status& status) {
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(place, ": ", status.message()));
}

absl::Status CompareStrings(const Value& found, const Value& wanted) {
  if (found.dims() != wanted.dims()) {
    return absl::FailedPreconditionError(absl::StrCat("shape is ", runtime::ShapeText(found.dims()),
                                                      ", expected ",
                                                      runtime::ShapeText(wanted.dims())));
  }
  const auto& want = wanted.strings().values;
  for (size_t i = 0; i < want.size(); ++i) {
    const std::string& got = found.strings().values[i];
    if (got != want[i]) {
      return absl::FailedPreconditionError(
          absl::StrCat("element ", i, " is `", got, "`, expected `", want[i], "`"));
    }
  }
  return absl::OkStatus();
}

absl::Status CompareItems(const Value& found, const Value& wanted, const Tolerance& tolerance) {
  for (size_t i = 0; i < wanted.items().size(); ++i) {
    const absl::Status status = Compare(found.items()[i], wanted.items()[i], tolerance);
    if (!status.ok()) return At(absl::StrCat("item ", i), status);
  }
  return absl::OkStatus();
}

// A map's keys as text, in its order.
std::vector<std::string> KeyTexts(const Value& map) {
  if (map.keys().kind() == Value::Kind::kStrings) return map.keys().strings().values;
  std::vector<std::string> texts;
  for (const int64_t key : map.keys().tensor().values<int64_t>())
    texts.push_back(absl::StrCat(key));
  return texts;
}

// Element `index` of a tensor of rank 1, as a tensor of rank 0.
TensorView ElementOf(const Value& tensor, int64_t index) {
  const TensorView whole = tensor.tensor().view();
  return {whole.dtype,
          {},
          static_cast<const char*>(whole.data) + index * runtime::DtypeBytes(whole.dtype)};
}

absl::Status CompareMaps(const Value& found, const Value& wanted, const Tolerance& tolerance) {
  const std::vector<std::string> want = KeyTexts(wanted), got = KeyTexts(found);
  std::map<std::string, int64_t> places;
  for (size_t i = 0; i < got.size(); ++i) places[got[i]] = static_cast<int64_t>(i);
  if (found.keys().kind() != wanted.keys().kind() || got.size() != want.size() ||
      places.size() != want.size()) {
    return absl::FailedPreconditionError(absl::StrCat("keys are ", absl::StrJoin(got, ", "),
                                                      ", expected ", absl::StrJoin(want, ", ")));
  }
  const bool are_strings = wanted.values().kind() == Value::Kind::kStrings;
  if (found.values().kind() != wanted.values().kind()) {
    return absl::FailedPreconditionError(
        absl::StrCat("values are ", found.values().Text(), ", expected ", wanted.values().Text()));
  }
  for (size_t i = 0; i < want.size(); ++i) {
    const auto place = places.find(want[i]);
    if (place == places.end()) {
      return absl::FailedPreconditionError(absl::StrCat("there is no key ", want[i]));
    }
    absl::Status status;
    if (!are_strings) {
      status = Compare(ElementOf(found.values(), place->second),
                       ElementOf(wanted.values(), static_cast<int64_t>(i)), tolerance);
    } else if (found.values().strings().values[place->second] !=
               wanted.values().strings().values[i]) {
      status = absl::FailedPreconditionError("the strings differ");
    }
    if (!status.ok()) return At(absl::StrCat("key ", want[i]), status);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Compare(const Value& found, const Value& wanted, const Tolerance& tolerance) {
  const bool same_length = wanted.kind() != Value::Kind::kSequence ||
                           found.kind() != Value::Kind::kSequence ||
                           found.items().size() == wanted.items().size();
  if (found.kind() != wanted.kind() || !same_length) {
    return absl::FailedPreconditionError(
        absl::StrCat("it is ", found.Text(), ", expected ", wanted.Text()));
  }
  switch (wanted.kind()) {
    case Value::Kind::kNone:
      return absl::OkStatus();
    case Value::Kind::kTensor:
      return Compare(found.tensor().view(), wanted.tensor().view(), tolerance);
    case Value::Kind::kStrings:
      return CompareStrings(found, wanted);
    case Value::Kind::kSequence:
      return CompareItems(found, wanted, tolerance);
    case Value::Kind::kMap:
      break;
  }
  return CompareMaps(found, wanted, tolerance);
}

}  // namespace sinter::conformance
