#include "runtime/kernel_profile.h"

#include <chrono>
#include <cstddef>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace sinter::runtime {
namespace {

// An older library's struct ends before this field.
const char* const* OpsOf(const sinter_model& model) {
  constexpr size_t kEnd =
      offsetof(sinter_model, kernel_call_ops) + sizeof(sinter_model::kernel_call_ops);
  return model.struct_size >= kEnd ? model.kernel_call_ops : nullptr;
}

// A name may hold commas: where there are more names than operators, they are one.
std::vector<KernelProfile::Node> SplitNodes(const std::string& names, const std::string& ops) {
  std::vector<KernelProfile::Node> nodes;
  if (names.empty()) return nodes;
  const std::vector<std::string> each_name = absl::StrSplit(names, ',');
  const std::vector<std::string> each_op = absl::StrSplit(ops, ',');
  if (!ops.empty() && each_name.size() != each_op.size()) return {{names, ops, absl::nullopt}};
  for (size_t i = 0; i < each_name.size(); ++i) {
    nodes.push_back({each_name[i], ops.empty() ? "" : each_op[i], absl::nullopt});
  }
  return nodes;
}

void Add(int64_t amount, bool is_first, absl::optional<int64_t>& sum) {
  if (amount < 0) {
    sum = absl::nullopt;
  } else if (is_first) {
    sum = amount;
  } else if (sum.has_value()) {
    *sum += amount;
  }
}

}  // namespace

// What a loop of a kernel is run with where its tasks are noted.
struct KernelProfile::Task {
  KernelProfile* profile;
  int row;
  sinter_task task;
  void* closure;
};

KernelProfile::KernelProfile(const LoadedModel& model, bool keep_events)
    : has_calls_(OpsOf(model.abi()) != nullptr), keep_events_(keep_events), start_ns_(Now()) {
  const sinter_model& abi = model.abi();
  const char* const* const ops = OpsOf(abi);
  for (int i = 0; i < abi.num_kernel_calls; ++i) {
    const sinter_kernel_call_info& call = abi.kernel_calls[i];
    Row row;
    row.kernel = call.kernel != nullptr ? call.kernel : "";
    row.nodes = call.nodes != nullptr ? call.nodes : "";
    row.each_node = SplitNodes(row.nodes, ops != nullptr && ops[i] != nullptr ? ops[i] : "");
    rows_.push_back(std::move(row));
  }
  threads_.push_back(pthread_self());
}

int64_t KernelProfile::Now() {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void KernelProfile::Begin(sinter_context& context) {
  open_.clear();
  threads_[0] = pthread_self();
  if (has_calls_) {
    context.on_call = &OnCall;
    context.on_call_user = this;
  } else {
    context.on_kernel = &OnKernel;
    context.on_kernel_user = this;
  }
  if (keep_events_ && has_calls_ && context.parallel_for != nullptr) {
    pool_ = context.pool;
    parallel_for_ = context.parallel_for;
    context.pool = this;
    context.parallel_for = &ParallelFor;
  }
  run_begin_ns_ = last_ns_ = Now();
}

void KernelProfile::End() {
  const int64_t now = Now();
  ++runs_;
  run_ns_ += now - run_begin_ns_;
  if (!keep_events_) return;
  Event event;
  event.begin_ns = run_begin_ns_ - start_ns_;
  event.end_ns = now - start_ns_;
  events_.push_back(event);
}

void KernelProfile::OnKernel(void* self, int32_t call) {
  KernelProfile* const profile = static_cast<KernelProfile*>(self);
  if (call < 0 || call >= static_cast<int32_t>(profile->rows_.size())) return;
  profile->open_.push_back({call, profile->last_ns_, 0});
  profile->EndCall({-1, -1, nullptr, 0, 0});
}

void KernelProfile::OnCall(void* self, int32_t call, const sinter_work* work) {
  KernelProfile* const profile = static_cast<KernelProfile*>(self);
  if (call < 0 || call >= static_cast<int32_t>(profile->rows_.size())) return;
  if (work == nullptr) {
    profile->open_.push_back({call, Now(), 0});
  } else if (!profile->open_.empty()) {
    profile->EndCall(*work);
  }
}

void KernelProfile::EndCall(const sinter_work& work) {
  const int64_t now = Now();
  const OpenCall call = open_.back();
  open_.pop_back();
  const int64_t took = now - call.begin_ns;
  if (!open_.empty()) open_.back().within_ns += took;
  Row& row = rows_[call.row];
  AddWork(row, work);
  row.total_ns += took;
  row.self_ns += took - call.within_ns;
  last_ns_ = now;
  if (!keep_events_) return;
  Event event;
  event.kind = Event::Kind::kCall;
  event.row = call.row;
  event.begin_ns = call.begin_ns - start_ns_;
  event.end_ns = now - start_ns_;
  event.flops = work.flops;
  event.bytes = work.bytes;
  events_.push_back(event);
}

void KernelProfile::AddWork(Row& row, const sinter_work& work) {
  const bool is_first = row.calls++ == 0;
  Add(work.flops, is_first, row.flops);
  Add(work.bytes, is_first, row.bytes);
  row.dtype = static_cast<Dtype>(work.dtype);
  const bool known =
      work.node_flops != nullptr && work.num_nodes == static_cast<int>(row.each_node.size());
  for (size_t i = 0; i < row.each_node.size(); ++i) {
    Add(known ? work.node_flops[i] : -1, is_first, row.each_node[i].flops);
  }
}

void KernelProfile::ParallelFor(void* self, int64_t count, int64_t grain, sinter_task task,
                                void* closure) {
  KernelProfile* const profile = static_cast<KernelProfile*>(self);
  Task noted = {profile, profile->open_.empty() ? -1 : profile->open_.back().row, task, closure};
  profile->parallel_for_(profile->pool_, count, grain, &RunTask, &noted);
}

void KernelProfile::RunTask(void* task, int64_t begin, int64_t end) {
  const Task* const noted = static_cast<Task*>(task);
  const int64_t begin_ns = Now();
  noted->task(noted->closure, begin, end);
  noted->profile->AddTask(noted->row, begin_ns, begin, end);
}

void KernelProfile::AddTask(int row, int64_t begin_ns, int64_t first, int64_t last) {
  Event event;
  event.kind = Event::Kind::kTask;
  event.row = row;
  event.begin_ns = begin_ns - start_ns_;
  event.end_ns = Now() - start_ns_;
  event.first = first;
  event.last = last;
  const std::lock_guard<std::mutex> lock(mutex_);
  size_t track = 0;
  while (track < threads_.size() && pthread_equal(threads_[track], pthread_self()) == 0) ++track;
  if (track == threads_.size()) threads_.push_back(pthread_self());
  event.track = static_cast<int>(track);
  events_.push_back(event);
}

}  // namespace sinter::runtime
