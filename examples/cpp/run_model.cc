// Runs a compiled model from C++, with the runtime library doing the bookkeeping. Copy and change.
//
//   run_model MODEL NAME=INPUT.npy ...
//
// MODEL is a model.so or an artifact's folder. Prints the largest values of each output, where they
// are, and how long a call takes on all cores.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "runtime/dtype.h"
#include "runtime/latency.h"
#include "runtime/loaded_model.h"
#include "runtime/npy.h"
#include "runtime/session.h"
#include "runtime/tensor.h"
#include "runtime/thread_pool.h"

namespace {

using sinter::runtime::Dtype;
using sinter::runtime::LoadedModel;
using sinter::runtime::NamedTensor;
using sinter::runtime::Session;
using sinter::runtime::Tensor;
using sinter::runtime::ThreadPool;

constexpr int kTop = 5;
constexpr int kTimedCalls = 20;

absl::StatusOr<NamedTensor> ReadInput(const std::string& argument) {
  const size_t equals = argument.rfind('=');
  if (equals == std::string::npos) {
    return absl::InvalidArgumentError(absl::StrCat("`", argument, "` is not NAME=INPUT.npy"));
  }
  SINTER_ASSIGN_OR_RETURN(Tensor tensor, sinter::runtime::ReadNpy(argument.substr(equals + 1)));
  return NamedTensor{argument.substr(0, equals), std::move(tensor)};
}

void PrintTop(const std::string& name, const Tensor& tensor) {
  std::cout << name << " " << sinter::runtime::ShapeText(tensor.dims()) << ":";
  if (tensor.dtype() == Dtype::kFloat32) {
    const absl::Span<const float> values = tensor.values<float>();
    std::vector<int64_t> order(values.size());
    std::iota(order.begin(), order.end(), 0);
    const size_t shown = std::min<size_t>(kTop, order.size());
    std::partial_sort(order.begin(), order.begin() + shown, order.end(),
                      [&](int64_t a, int64_t b) { return values[a] > values[b]; });
    for (size_t i = 0; i < shown; ++i) std::cout << " " << values[order[i]] << "@" << order[i];
  }
  std::cout << "\n";
}

absl::StatusOr<std::vector<int64_t>> TimeCalls(Session* session) {
  std::vector<int64_t> nanoseconds;
  for (int i = 0; i < kTimedCalls; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    SINTER_RETURN_IF_ERROR(session->Execute());
    nanoseconds.push_back(
        std::chrono::nanoseconds(std::chrono::steady_clock::now() - begin).count());
  }
  return nanoseconds;
}

absl::Status Main(const std::vector<std::string>& args) {
  if (args.empty()) return absl::InvalidArgumentError("usage: run_model MODEL NAME=INPUT.npy ...");
  SINTER_ASSIGN_OR_RETURN(const auto model, LoadedModel::Open(args[0]));
  std::vector<NamedTensor> inputs;
  for (size_t i = 1; i < args.size(); ++i) {
    SINTER_ASSIGN_OR_RETURN(NamedTensor input, ReadInput(args[i]));
    inputs.push_back(std::move(input));
  }
  SINTER_ASSIGN_OR_RETURN(const auto ordered, sinter::runtime::OrderInputs(*model, inputs));

  ThreadPool pool(ThreadPool::PhysicalCores());
  Session session(model, &pool);
  SINTER_RETURN_IF_ERROR(session.Bind(ordered));
  SINTER_ASSIGN_OR_RETURN(std::vector<int64_t> times, TimeCalls(&session));
  for (size_t i = 0; i < session.outputs().size(); ++i) {
    PrintTop(model->outputs()[i].name, session.outputs()[i]);
  }
  const auto latency = sinter::runtime::SummarizeLatency(std::move(times));
  std::cout << "median of " << latency.count << " calls: " << latency.p50 << " us\n";
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  const absl::Status status = Main({argv + 1, argv + argc});
  if (status.ok()) return 0;
  std::cerr << "run_model: " << status.message() << "\n";
  return 1;
}
