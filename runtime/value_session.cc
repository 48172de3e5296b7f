#include "runtime/value_session.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/annotate.h"
#include "base/status_macros.h"
#include "runtime/call_context.h"
#include "runtime/input_check.h"

namespace sinter::runtime {
namespace {

absl::Status CheckInput(const ValueInfo& expected, const Value& input) {
  const absl::Status type = CheckType(input, expected.type);
  if (!type.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("input `", expected.name, "`: ", type.message()));
  }
  if (expected.type.kind != ValueType::Kind::kTensor) return absl::OkStatus();
  if (input.kind() == Value::Kind::kTensor) {
    return CheckTensorInput(expected, input.tensor().view());
  }
  return CheckShape(expected, input.dims());
}

// What a code of run_values() means, and how to say it.
struct FailureRow {
  int32_t code;
  absl::StatusCode status;
  const char* text;
};

constexpr FailureRow kFailures[] = {
    {SINTER_BAD_SHAPE, absl::StatusCode::kInvalidArgument, "shapes contradict the model"},
    {SINTER_BAD_INDEX, absl::StatusCode::kInvalidArgument, "an index lies outside of its tensor"},
    {SINTER_BAD_VALUE, absl::StatusCode::kInvalidArgument, "the data asks for what makes no sense"},
    {SINTER_NO_MEMORY, absl::StatusCode::kResourceExhausted, "there is no memory for a result"},
    {SINTER_NOT_SUPPORTED, absl::StatusCode::kUnimplemented,
     "the data asks for a variant that is not supported"},
};

}  // namespace

ValueSession::ValueSession(std::shared_ptr<const LoadedModel> model, ThreadPool* pool)
    : model_(std::move(model)), pool_(pool) {
  if (model_->is_planned()) planned_.emplace(model_, pool);
  raw_outputs_.resize(model_->outputs().size());
}

ValueSession::~ValueSession() { FreeOutputs(); }

void ValueSession::set_profile(KernelProfile* profile) {
  profile_ = profile;
  if (planned_.has_value()) planned_->set_profile(profile);
}

int64_t ValueSession::working_bytes() const {
  return planned_.has_value() ? planned_->arena_bytes() : memory_.peak_bytes();
}

absl::Status ValueSession::Bind(absl::Span<const Value> inputs) {
  bound_ = false;
  FreeOutputs();
  const std::vector<ValueInfo>& expected = model_->inputs();
  if (inputs.size() != expected.size()) return WrongInputCount(*model_, inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    SINTER_RETURN_IF_ERROR(CheckInput(expected[i], inputs[i]));
  }
  SINTER_RETURN_IF_ERROR(planned_.has_value() ? BindTensors(inputs) : raw_inputs_.Assign(inputs));
  inputs_ = inputs;
  bound_ = true;
  return absl::OkStatus();
}

absl::Status ValueSession::BindTensors(absl::Span<const Value> inputs) {
  std::vector<TensorView> views;
  for (const Value& input : inputs) views.push_back(input.tensor().view());
  return planned_->Bind(views);
}

sinter_context ValueSession::MakeContext() {
  sinter_context context = MakeCallContext(pool_);
  context.allocate = &BlockPool::AllocateAbi;
  context.release = &BlockPool::ReleaseAbi;
  context.memory = &memory_;
  return context;
}

absl::Status ValueSession::Execute() {
  if (!bound_) return absl::FailedPreconditionError("there are no inputs bound to run on");
  FreeOutputs();
  if (planned_.has_value()) {
    SINTER_RETURN_IF_ERROR(planned_->Execute());
    has_outputs_ = true;
    return absl::OkStatus();
  }
  sinter_failure failure = {-1, -1, nullptr, nullptr};
  sinter_context context = MakeContext();
  context.failure = &failure;
  if (profile_ != nullptr) profile_->Begin(context);
  const int32_t code = model_->abi().run_values(raw_inputs_.data(), raw_outputs_.data(), &context);
  if (code != SINTER_OK) return FromFailure(code, failure);
  if (profile_ != nullptr) profile_->End();
  has_outputs_ = true;
  return absl::OkStatus();
}

absl::Status ValueSession::FromFailure(int32_t code, const sinter_failure& failure) const {
  const FailureRow* row = nullptr;
  for (const FailureRow& candidate : kFailures) {
    if (candidate.code == code) row = &candidate;
  }
  if (row == nullptr) {
    return absl::InternalError(
        absl::StrCat("the model's `run_values` returned the unknown code ", code));
  }
  const std::string why =
      failure.message != nullptr ? absl::StrCat(": ", failure.message) : std::string();
  const auto input = static_cast<size_t>(failure.bad_input);
  if (code == SINTER_BAD_SHAPE && failure.bad_input >= 0 && input < inputs_.size()) {
    const ValueInfo& expected = model_->inputs()[input];
    return absl::InvalidArgumentError(absl::StrCat(
        "input `", expected.name, "` is ", inputs_[input].Text(), ", but the model takes ",
        expected.TypeText(), ": ",
        failure.bad_dim >= 0 ? ContradictionText(failure.bad_dim) : "it does not fit the others",
        why));
  }
  const std::string node =
      failure.node != nullptr ? absl::StrCat("node `", failure.node, "`: ") : std::string();
  return absl::Status(row->status, absl::StrCat(node, row->text, why));
}

absl::StatusOr<std::vector<Value>> ValueSession::Outputs() const {
  if (!has_outputs_) return absl::FailedPreconditionError("there are no outputs yet");
  std::vector<Value> outputs;
  for (size_t i = 0; i < raw_outputs_.size(); ++i) {
    if (planned_.has_value()) {
      SINTER_ASSIGN_OR_RETURN(Tensor copy, Tensor::CopyOf(planned_->outputs()[i].view()));
      outputs.emplace_back(std::move(copy));
      continue;
    }
    const ValueInfo& info = model_->outputs()[i];
    absl::StatusOr<Value> value = CopyFromAbi(raw_outputs_[i], info.type);
    if (!value.ok()) {
      return base::Annotate(value.status(), absl::StrCat("output `", info.name, "`"));
    }
    outputs.push_back(*std::move(value));
  }
  return outputs;
}

void ValueSession::FreeOutputs() {
  if (has_outputs_ && !planned_.has_value()) {
    sinter_context context = MakeContext();
    model_->abi().free_values(raw_outputs_.data(), static_cast<int32_t>(raw_outputs_.size()),
                              &context);
  }
  has_outputs_ = false;
}

}  // namespace sinter::runtime
