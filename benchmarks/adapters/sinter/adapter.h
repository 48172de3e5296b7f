// Sinter's side of the protocol between the benchmark's driver and an engine (see
// ../protocol.py): one request in, one reply out, both JSON objects.
//
//   {"op": "load", "model": "m.onnx", "inputs": [{"name": "x", "file": "x.npy"}], "threads": 1,
//    "work_dir": "d", "options": {"slowdown": 1.05}}
//   -> {"load_s": 0.21, "cpu_s": 0.2, "peak_rss_bytes": 91000000, "artifact_bytes": 61000, ...}
//
// Options that it knows: `sinter` (the program that compiles), `compile_flags` (a list, for
// `sinter compile`), `slowdown` (see sampling.h). A model that ends in .so is loaded as it is.
#ifndef SINTER_BENCHMARKS_ADAPTERS_SINTER_ADAPTER_H_
#define SINTER_BENCHMARKS_ADAPTERS_SINTER_ADAPTER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/clock.h"
#include "nlohmann/json.hpp"
#include "runtime/loaded_model.h"
#include "runtime/thread_pool.h"
#include "runtime/value.h"
#include "runtime/value_session.h"

namespace sinter::benchmarks {

using Json = nlohmann::ordered_json;

// Holds one model at a time. Not thread-safe.
class Adapter {
 public:
  // `clock` must outlive the adapter.
  explicit Adapter(const base::Clock& clock) : clock_(clock) {}

  // RETURNS: the reply; a failure is {"error": {"kind": ..., "message": ...}}, where the kind is
  // "unsupported" (Sinter lacks something), "missing" (there is no `sinter`) or "failed".
  Json Handle(const Json& request);

  // Whether the last request was "quit".
  bool done() const { return done_; }

 private:
  absl::StatusOr<Json> Dispatch(const Json& request);
  absl::StatusOr<Json> Hello(const Json& request) const;
  absl::StatusOr<Json> Load(const Json& request);
  absl::Status Bind(const Json& request);
  absl::StatusOr<Json> Outputs(const Json& request);
  absl::StatusOr<Json> Time(const Json& request);

  const base::Clock& clock_;
  bool done_ = false;

  // In the order in which one needs the other.
  double slowdown_ = 1;
  std::shared_ptr<const runtime::LoadedModel> model_;
  std::vector<runtime::Value> inputs_;
  std::unique_ptr<runtime::ThreadPool> pool_;
  std::unique_ptr<runtime::ValueSession> session_;
};

}  // namespace sinter::benchmarks

#endif  // SINTER_BENCHMARKS_ADAPTERS_SINTER_ADAPTER_H_
