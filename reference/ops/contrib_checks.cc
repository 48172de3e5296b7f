#include "reference/ops/contrib_checks.h"

#include "absl/strings/str_cat.h"

namespace sinter::reference {

absl::Status CheckNumbers(const Call& call) {
  for (int i = 0; i < call.input_count(); ++i) {
    if (!call.Has(i) || call.tensor(i).HoldsReals() || call.tensor(i).HoldsIntegers()) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "input ", i, " is of ", Name(call.tensor(i).dtype()), "; it has to be of numbers"));
  }
  return absl::OkStatus();
}

absl::Status CheckGiven(const Call& call, std::initializer_list<int> inputs) {
  for (const int i : inputs) {
    if (!call.Has(i)) return absl::InvalidArgumentError(absl::StrCat("input ", i, " is missing"));
  }
  return absl::OkStatus();
}

absl::Status CheckFloats(const Call& call, std::initializer_list<int> inputs) {
  for (const int i : inputs) {
    if (!call.Has(i) || call.tensor(i).HoldsReals()) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "input ", i, " is of ", Name(call.tensor(i).dtype()), "; it has to be of a float"));
  }
  return absl::OkStatus();
}

absl::Status RefuseInputs(const Call& call, std::initializer_list<int> inputs) {
  for (const int i : inputs) {
    if (call.Has(i))
      return absl::UnimplementedError(absl::StrCat("input ", i, " is not supported"));
  }
  return absl::OkStatus();
}

absl::Status RefuseOutputs(const Call& call, std::initializer_list<int> outputs) {
  for (const int i : outputs) {
    if (call.Wants(i))
      return absl::UnimplementedError(absl::StrCat("output ", i, " is not supported"));
  }
  return absl::OkStatus();
}

absl::Status RefuseFlags(const Call& call, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (call.Int(name, 0) != 0)
      return absl::UnimplementedError(
          absl::StrCat("`", name, "` of ", call.Int(name, 0), " is not supported"));
  }
  return absl::OkStatus();
}

}  // namespace sinter::reference
