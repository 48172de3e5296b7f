// A profile in three views: by kernel, by ONNX node and by operator.
//
// A kernel that computes several nodes takes one time; a node's part of it is the node's part of
// the kernel's arithmetic, so that a node that only compares or moves has none beside one that
// calculates. Where there is no arithmetic, or it is not known, all nodes have equal parts. Each
// view adds up to the time that all kernels took.
#ifndef SINTER_CLIENT_PROFILE_SUMMARY_H_
#define SINTER_CLIENT_PROFILE_SUMMARY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/optional.h"
#include "client/profile/roofline.h"
#include "runtime/dtype.h"
#include "runtime/kernel_profile.h"

namespace sinter::client {

// Of all calls. What is not known of one of them is not known of the sum.
struct Cost {
  double ns = 0;
  absl::optional<double> flops = 0, bytes = 0;
  absl::optional<double> least_ns = 0;  // the roofline's; not known without peaks

  void Add(const Cost& other);
  absl::optional<double> flops_per_ns() const { return Rate(flops); }
  absl::optional<double> bytes_per_ns() const { return Rate(bytes); }
  // Least time by time taken: 1 is as fast as the machine can.
  absl::optional<double> roofline() const { return Rate(least_ns); }

 private:
  absl::optional<double> Rate(const absl::optional<double>& amount) const;
};

struct KernelCost {
  std::string kernel;
  std::vector<std::string> nodes, ops;
  int64_t calls = 0;
  double total_ns = 0;  // with the calls within it, which `cost` is without
  runtime::Dtype dtype = runtime::Dtype::kUndefined;
  absl::optional<bool> by_memory;  // what its bound is
  Cost cost;
};

struct NodeCost {
  std::string node, op;              // both "": what belongs to no node
  std::vector<std::string> kernels;  // that compute it
  Cost cost;
};

struct OpCost {
  std::string op;
  int64_t nodes = 0;
  Cost cost;
};

struct ProfileSummary {
  int64_t runs = 0;
  double run_ns = 0;
  absl::optional<Peaks> peaks;  // that the rooflines are of
  Cost all;                     // of all kernels; the rest of run_ns lies between them
  // Each from long to short; those that never ran are left out.
  std::vector<KernelCost> kernels;
  std::vector<NodeCost> nodes;
  std::vector<OpCost> ops;
};

// `peaks` may be null.
ProfileSummary Summarize(const runtime::KernelProfile& profile, const Peaks* peaks);

}  // namespace sinter::client

#endif  // SINTER_CLIENT_PROFILE_SUMMARY_H_
