// Runs any loaded model, on values of all kinds: also models whose shapes only the data tells, and
// those that take or give strings, sequences, optionals or maps.
//
//   ValueSession session(model, &pool);
//   SINTER_RETURN_IF_ERROR(session.Bind(inputs));
//   SINTER_RETURN_IF_ERROR(session.Execute());
//   SINTER_ASSIGN_OR_RETURN(const std::vector<Value> outputs, session.Outputs());
//
// Outputs are copied out. Who runs planned models only, and counts each copy, takes Session.
//
// Not thread-safe: one session for each thread that runs the model; sessions may share the model
// and the pool. A session keeps the memory that the model asked for from call to call.
#ifndef SINTER_RUNTIME_VALUE_SESSION_H_
#define SINTER_RUNTIME_VALUE_SESSION_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "runtime/block_pool.h"
#include "runtime/kernel_profile.h"
#include "runtime/loaded_model.h"
#include "runtime/session.h"
#include "runtime/thread_pool.h"
#include "runtime/value.h"
#include "runtime/value_abi.h"

namespace sinter::runtime {

class ValueSession {
 public:
  // `pool` may be null: everything then runs in the calling thread. It must outlive the session.
  ValueSession(std::shared_ptr<const LoadedModel> model, ThreadPool* pool);
  ~ValueSession();
  ValueSession(const ValueSession&) = delete;
  ValueSession& operator=(const ValueSession&) = delete;

  // Checks the inputs, in the model's order. They are not copied: they must stay unchanged until
  // the last Execute() on them. ERRORS: INVALID_ARGUMENT naming the input whose kind, type or shape
  // is wrong; RESOURCE_EXHAUSTED if memory lacks. After an error there is nothing to execute.
  absl::Status Bind(absl::Span<const Value> inputs);

  // Computes the outputs; this is the call to measure. May be repeated.
  // ERRORS: each names the node or the input where the model knows it. INVALID_ARGUMENT if the data
  // asks for what makes no sense (an index outside of its tensor, shapes that do not fit);
  // UNIMPLEMENTED if it asks for a variant that the library lacks; RESOURCE_EXHAUSTED if memory
  // lacks; FAILED_PRECONDITION without a successful Bind().
  absl::Status Execute();

  // RETURNS: copies of the results of the last Execute(), in the model's order.
  // ERRORS: INTERNAL if the model gave what it does not promise; RESOURCE_EXHAUSTED if memory
  // lacks; FAILED_PRECONDITION without a successful Execute().
  absl::StatusOr<std::vector<Value>> Outputs() const;

  // Times each kernel into `profile` from now on; null stops. It must outlive its use.
  void set_profile(KernelProfile* profile);

  const LoadedModel& model() const { return *model_; }
  // The most memory it took at a time; outputs count only if the model is not planned.
  int64_t working_bytes() const;
  // Where a model that is not planned gets its memory from.
  const BlockPool& memory() const { return memory_; }

 private:
  absl::Status BindTensors(absl::Span<const Value> inputs);
  sinter_context MakeContext();
  absl::Status FromFailure(int32_t code, const sinter_failure& failure) const;
  void FreeOutputs();

  const std::shared_ptr<const LoadedModel> model_;
  ThreadPool* const pool_;
  KernelProfile* profile_ = nullptr;
  absl::optional<Session> planned_;  // of a planned model

  // Of the others.
  BlockPool memory_;
  AbiValues raw_inputs_;
  absl::Span<const Value> inputs_;
  std::vector<sinter_value> raw_outputs_;
  bool bound_ = false;
  bool has_outputs_ = false;
};

}  // namespace sinter::runtime

#endif  // SINTER_RUNTIME_VALUE_SESSION_H_
