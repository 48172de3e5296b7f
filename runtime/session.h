// Runs a model that can be planned (see LoadedModel::is_planned): checks the inputs, plans, brings
// memory, calls.
//
//   ThreadPool pool(4);
//   Session session(model, &pool);
//   SINTER_RETURN_IF_ERROR(session.Run({image.view()}));
//   const Tensor& scores = session.outputs()[0];
//
// Not thread-safe: one session for each thread that runs the model; sessions may share the model
// and the pool. A session keeps its arena and its outputs from call to call, so that with equal
// shapes only the first call allocates.
#ifndef SINTER_RUNTIME_SESSION_H_
#define SINTER_RUNTIME_SESSION_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "runtime/kernel_profile.h"
#include "runtime/loaded_model.h"
#include "runtime/tensor.h"
#include "runtime/thread_pool.h"

namespace sinter::runtime {

class Session {
 public:
  // `pool` may be null: everything then runs in the calling thread. It must outlive the session.
  Session(std::shared_ptr<const LoadedModel> model, ThreadPool* pool);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Bind() and Execute().
  absl::Status Run(absl::Span<const TensorView> inputs);

  // Checks the inputs, in the model's order, plans, and makes room for arena and outputs. The
  // elements of `inputs` are not copied: they must stay until the last Execute() on them.
  // ERRORS: INVALID_ARGUMENT naming the input whose type, rank, shape or alignment is wrong;
  // RESOURCE_EXHAUSTED if memory lacks; FAILED_PRECONDITION if the model is not planned (see
  // ValueSession). After an error there is nothing to execute.
  absl::Status Bind(absl::Span<const TensorView> inputs);

  // Computes the outputs; this is the call to measure. May be repeated.
  // ERRORS: INVALID_ARGUMENT if the data holds an index outside of its tensor;
  // FAILED_PRECONDITION without a successful Bind().
  absl::Status Execute();

  // The results of the last Execute(), in the model's order; valid until the next Bind().
  absl::Span<const Tensor> outputs() const { return outputs_; }

  // Times each kernel into `profile` from now on; null stops. It must outlive its use.
  void set_profile(KernelProfile* profile) { profile_ = profile; }

  const LoadedModel& model() const { return *model_; }
  int64_t arena_bytes() const { return arena_.capacity(); }

 private:
  absl::Status Plan();

  const std::shared_ptr<const LoadedModel> model_;
  ThreadPool* const pool_;
  KernelProfile* profile_ = nullptr;
  bool bound_ = false;

  // All sized once, so that a repeated call allocates nothing. The pointer arrays are what the
  // C ABI wants and point into their neighbours.
  std::vector<std::vector<int64_t>> input_dims_;
  std::vector<std::vector<int64_t>> output_dims_;
  std::vector<const int64_t*> input_dim_pointers_;
  std::vector<int64_t*> output_dim_pointers_;
  std::vector<sinter_tensor> raw_inputs_;
  std::vector<sinter_tensor> raw_outputs_;
  std::vector<Tensor> outputs_;
  AlignedBuffer arena_;
};

// Brings named tensors into the model's order. The views borrow from `inputs`.
// ERRORS: NOT_FOUND for a name the model does not have, or an input that is not given;
// ALREADY_EXISTS for one given twice.
absl::StatusOr<std::vector<TensorView>> OrderInputs(const LoadedModel& model,
                                                    absl::Span<const NamedTensor> inputs);

}  // namespace sinter::runtime

#endif  // SINTER_RUNTIME_SESSION_H_
