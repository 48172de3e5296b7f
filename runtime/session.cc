#include "runtime/session.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/annotate.h"
#include "base/status_macros.h"
#include "runtime/sinter_abi.h"

namespace sinter::runtime {
namespace {

bool Aligned(const void* data) { return reinterpret_cast<uintptr_t>(data) % SINTER_ALIGNMENT == 0; }

std::string InputNames(const LoadedModel& model) {
  return absl::StrJoin(model.inputs(), ", ", [](std::string* out, const ValueInfo& input) {
    absl::StrAppend(out, "`", input.name, "`");
  });
}

absl::Status WrongShape(const ValueInfo& expected, absl::Span<const int64_t> dims,
                        const std::string& why) {
  return absl::InvalidArgumentError(absl::StrCat("input `", expected.name, "` has shape ",
                                                 ShapeText(dims), ", but the model takes ",
                                                 expected.TypeText(), ": ", why));
}

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
  if (inputs.size() != model_->inputs().size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("got ", inputs.size(), " inputs, but the model has ", model_->inputs().size(),
                     ": ", InputNames(*model_)));
  }
  for (size_t i = 0; i < inputs.size(); ++i) {
    SINTER_RETURN_IF_ERROR(CheckInput(i, inputs[i]));
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
  sinter_context context = {};
  context.struct_size = sizeof(context);
  context.num_threads = pool_ != nullptr ? pool_->num_threads() : 1;
  context.pool = pool_;
  context.parallel_for = &ThreadPool::ParallelForAbi;
  if (pool_ == nullptr) context.parallel_for = nullptr;
  if (profile_ != nullptr) {
    context.on_kernel = &KernelProfile::OnKernel;
    context.on_kernel_user = profile_;
    profile_->Begin();
  }
  return FromRunCode(
      model_->abi().run(raw_inputs_.data(), raw_outputs_.data(), arena_.data(), &context));
}

absl::Status Session::CheckInput(int index, const TensorView& input) const {
  const ValueInfo& expected = model_->inputs()[index];
  if (input.dtype != expected.dtype) {
    return absl::InvalidArgumentError(
        absl::StrCat("input `", expected.name, "` has elements of type ", DtypeName(input.dtype),
                     ", but the model takes ", expected.TypeText()));
  }
  if (input.dims.size() != expected.dims.size()) {
    return WrongShape(
        expected, input.dims,
        absl::StrCat("its rank must be ", expected.dims.size(), ", not ", input.dims.size()));
  }
  for (size_t i = 0; i < input.dims.size(); ++i) {
    if (expected.dims[i] != SINTER_DYNAMIC && input.dims[i] != expected.dims[i]) {
      return WrongShape(
          expected, input.dims,
          absl::StrCat("dimension ", i, " must be ", expected.dims[i], ", not ", input.dims[i]));
    }
  }
  const absl::StatusOr<int64_t> bytes = ByteSize(input.dtype, input.dims);
  SINTER_RETURN_IF_ERROR(
      base::Annotate(bytes.status(), absl::StrCat("input `", expected.name, "`")));
  if (*bytes > 0 && input.data == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("input `", expected.name, "` has no data"));
  }
  if (!Aligned(input.data)) {
    return absl::InvalidArgumentError(
        absl::StrCat("input `", expected.name, "` does not start at a multiple of ",
                     SINTER_ALIGNMENT, " bytes; `Tensor::CopyOf` makes a copy that does"));
  }
  return absl::OkStatus();
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
                      absl::StrCat("dimension ", plan.bad_dim,
                                   " contradicts the other inputs or the model's bounds"));
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
