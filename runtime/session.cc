#include "runtime/session.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/annotate.h"
#include "base/status_macros.h"
#include "runtime/call_context.h"
#include "runtime/input_check.h"
#include "runtime/sinter_abi.h"

namespace sinter::runtime {
namespace {

absl::Status FromRunCode(int32_t code) {
  switch (code) {
    case SINTER_OK:
      return absl::OkStatus();
    case SINTER_BAD_SHAPE:
      return absl::InvalidArgumentError(
          "an input's shape or a shape in its data contradicts the model");
    case SINTER_BAD_INDEX:
      return absl::InvalidArgumentError("an index in the input data lies outside of its tensor");
    default:
      return absl::InternalError(
          absl::StrCat("the model's `run` returned the unknown code ", code));
  }
}

}  // namespace

Session::Session(std::shared_ptr<const LoadedModel> model, ThreadPool* pool)
    : model_(std::move(model)), pool_(pool) {
  const auto shapes = [](const std::vector<ValueInfo>& values, auto* dims, auto* pointers) {
    for (const ValueInfo& value : values) {
      // One more than the rank, so that data() is never null.
      dims->emplace_back(value.dims.size() + 1);
    }
    for (auto& one : *dims) pointers->push_back(one.data());
  };
  shapes(model_->inputs(), &input_dims_, &input_dim_pointers_);
  shapes(model_->outputs(), &output_dims_, &output_dim_pointers_);
  raw_inputs_.resize(model_->inputs().size());
  raw_outputs_.resize(model_->outputs().size());
  outputs_.resize(model_->outputs().size());
}

absl::Status Session::Run(absl::Span<const TensorView> inputs) {
  SINTER_RETURN_IF_ERROR(Bind(inputs));
  return Execute();
}

absl::Status Session::Bind(absl::Span<const TensorView> inputs) {
  bound_ = false;
  if (!model_->is_planned()) {
    return absl::FailedPreconditionError(
        "the model's shapes depend on its data, or not all its values are tensors of numbers; "
        "`ValueSession` runs it");
  }
  if (inputs.size() != model_->inputs().size()) {
    return WrongInputCount(*model_, inputs.size());
  }
  for (size_t i = 0; i < inputs.size(); ++i) {
    SINTER_RETURN_IF_ERROR(CheckTensorInput(model_->inputs()[i], inputs[i]));
    std::copy(inputs[i].dims.begin(), inputs[i].dims.end(), input_dims_[i].begin());
    // The library only reads its inputs; C has one struct for both directions.
    raw_inputs_[i] = {const_cast<void*>(inputs[i].data), input_dim_pointers_[i]};
  }
  SINTER_RETURN_IF_ERROR(Plan());
  bound_ = true;
  return absl::OkStatus();
}

absl::Status Session::Execute() {
  if (!bound_) return absl::FailedPreconditionError("there are no inputs bound to run on");
  sinter_context context = MakeCallContext(pool_);
  if (profile_ != nullptr) profile_->Begin(context);
  const int32_t code =
      model_->abi().run(raw_inputs_.data(), raw_outputs_.data(), arena_.data(), &context);
  if (profile_ != nullptr && code == SINTER_OK) profile_->End();
  return FromRunCode(code);
}

absl::Status Session::Plan() {
  sinter_plan plan = {};
  plan.output_dims = output_dim_pointers_.data();
  plan.bad_input = plan.bad_dim = -1;
  const int32_t code = model_->abi().plan(input_dim_pointers_.data(), &plan);
  const int num_inputs = static_cast<int>(model_->inputs().size());
  if (code == SINTER_BAD_SHAPE && plan.bad_input >= 0 && plan.bad_input < num_inputs) {
    const ValueInfo& expected = model_->inputs()[plan.bad_input];
    return WrongShape(expected, {input_dim_pointers_[plan.bad_input], expected.dims.size()},
                      ContradictionText(plan.bad_dim));
  }
  SINTER_RETURN_IF_ERROR(FromRunCode(code));
  if (plan.arena_bytes > static_cast<uint64_t>(INT64_MAX)) {
    return absl::ResourceExhaustedError("the model's working memory exceeds any machine's");
  }
  SINTER_RETURN_IF_ERROR(
      base::Annotate(arena_.Reserve(plan.arena_bytes), "the model's working memory"));
  for (size_t i = 0; i < outputs_.size(); ++i) {
    const ValueInfo& info = model_->outputs()[i];
    const absl::Status made =
        outputs_[i].Resize(info.dtype, {output_dim_pointers_[i], info.dims.size()});
    SINTER_RETURN_IF_ERROR(base::Annotate(made, absl::StrCat("output `", info.name, "`")));
    raw_outputs_[i] = {outputs_[i].mutable_data(), output_dim_pointers_[i]};
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<TensorView>> OrderInputs(const LoadedModel& model,
                                                    absl::Span<const NamedTensor> inputs) {
  std::vector<TensorView> ordered(model.inputs().size());
  std::vector<bool> given(ordered.size());
  for (const NamedTensor& input : inputs) {
    const int index = model.FindInput(input.name);
    if (index < 0) {
      return absl::NotFoundError(absl::StrCat("the model has no input `", input.name,
                                              "`; its inputs are ", InputNames(model)));
    }
    if (given[index]) {
      return absl::AlreadyExistsError(absl::StrCat("input `", input.name, "` is given twice"));
    }
    given[index] = true;
    ordered[index] = input.tensor.view();
  }
  for (size_t i = 0; i < given.size(); ++i) {
    if (!given[i]) {
      return absl::NotFoundError(absl::StrCat("input `", model.inputs()[i].name, "` is not given (",
                                              model.inputs()[i].TypeText(), ")"));
    }
  }
  return ordered;
}

}  // namespace sinter::runtime
