#include "compiler_core/codegen/host/operand_numbers.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace sinter::codegen {
namespace {

class Numberer {
 public:
  explicit Numberer(const ir::Program& program) : program_(program) {}

  absl::StatusOr<OperandNumbers> Number() {
    for (int slot : program_.inputs) SINTER_RETURN_IF_ERROR(Write(slot).status());
    for (const ir::Step& step : program_.steps) SINTER_RETURN_IF_ERROR(AddStep(step));
    for (int slot : program_.outputs) {
      SINTER_ASSIGN_OR_RETURN(const int32_t number, Read(slot));
      numbers_.outputs.push_back(number);
    }
    AddReleases();
    OffsetConstants();
    return std::move(numbers_);
  }

 private:
  // Until all slots are numbered, constant c is -2 - c.
  static int32_t ConstantNumber(int64_t constant) { return static_cast<int32_t>(-2 - constant); }

  absl::Status CheckSlot(int slot) const {
    if (slot >= 0 && slot < static_cast<int>(program_.slots.size())) return absl::OkStatus();
    return absl::InternalError(
        absl::StrCat("the program `", program_.name, "` has no slot ", slot));
  }

  absl::StatusOr<int32_t> Write(int slot) {
    SINTER_RETURN_IF_ERROR(CheckSlot(slot));
    const int32_t number = static_cast<int32_t>(numbers_.slots.size());
    if (program_.slots[slot].constant >= 0 || !written_.emplace(slot, number).second) {
      return absl::InternalError(
          absl::StrCat("`", program_.slots[slot].name, "` is written a second time"));
    }
    numbers_.slots.push_back(slot);
    return number;
  }

  absl::StatusOr<int32_t> Read(int slot) const {
    SINTER_RETURN_IF_ERROR(CheckSlot(slot));
    const int64_t constant = program_.slots[slot].constant;
    if (constant >= program_.constants.size()) {
      return absl::InternalError(absl::StrCat("there is no constant ", constant));
    }
    if (constant >= 0) return ConstantNumber(constant);
    const auto number = written_.find(slot);
    if (number != written_.end()) return number->second;
    return absl::InternalError(
        absl::StrCat("`", program_.slots[slot].name, "` is read before it is written"));
  }

  absl::Status AddStep(const ir::Step& step) {
    OperandNumbers::Step numbers;
    for (int slot : step.inputs) {
      int32_t number = -1;
      if (slot != -1) {
        SINTER_ASSIGN_OR_RETURN(number, Read(slot));
      }
      numbers.inputs.push_back(number);
    }
    for (int slot : step.outputs) {
      int32_t number = -1;
      if (slot != -1) {
        SINTER_ASSIGN_OR_RETURN(number, Write(slot));
      } else if (step.kind == ir::Step::Kind::kFragment) {
        number = static_cast<int32_t>(numbers_.slots.size());
        numbers_.slots.push_back(-1);
      }
      numbers.outputs.push_back(number);
    }
    numbers_.steps.push_back(std::move(numbers));
    return absl::OkStatus();
  }

  // The last step that has a slot releases it; inputs are the caller's.
  void AddReleases() {
    std::vector<int> last(numbers_.slots.size(), -1);
    for (size_t i = 0; i < numbers_.steps.size(); ++i) {
      for (int32_t number : numbers_.steps[i].inputs) {
        if (number >= 0) last[number] = static_cast<int>(i);
      }
      for (int32_t number : numbers_.steps[i].outputs) {
        if (number >= 0) last[number] = static_cast<int>(i);
      }
    }
    for (int32_t number : numbers_.outputs) {
      if (number >= 0) last[number] = -1;
    }
    for (size_t number = program_.inputs.size(); number < last.size(); ++number) {
      if (last[number] < 0) continue;
      numbers_.steps[last[number]].released.push_back(static_cast<int32_t>(number));
    }
  }

  void OffsetConstants() {
    const int32_t end = static_cast<int32_t>(numbers_.slots.size());
    const auto offset = [end](int32_t& number) {
      if (number <= -2) number = end - 2 - number;
    };
    for (OperandNumbers::Step& step : numbers_.steps) {
      std::for_each(step.inputs.begin(), step.inputs.end(), offset);
    }
    std::for_each(numbers_.outputs.begin(), numbers_.outputs.end(), offset);
  }

  const ir::Program& program_;
  OperandNumbers numbers_;
  std::map<int, int32_t> written_;
};

}  // namespace

absl::StatusOr<OperandNumbers> NumberOperands(const ir::Program& program) {
  return Numberer(program).Number();
}

}  // namespace sinter::codegen
