#include "benchmarks/load/load_run.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "benchmarks/load/arrivals.h"

namespace sinter::load {
namespace {

struct Window {
  int64_t begin = 0;
  int64_t end = 0;
  bool Holds(int64_t moment) const { return begin <= moment && moment < end; }
};

struct Request {
  uint64_t sequence = 0;
  int64_t due = 0;
};

// Hands out the requests of a run, to all of its threads.
class Requests {
 public:
  Requests(const LoadPlan& plan, int64_t start, Window window, Timeline& timeline)
      : is_open_(plan.rate > 0),
        start_(start),
        end_(window.end),
        give_up_(window.end + plan.patience_ns),
        timeline_(timeline) {
    if (is_open_) arrivals_ = PoissonArrivals(plan.rate, window.end - start, plan.seed);
  }

  bool is_open() const { return is_open_; }

  // Waits until the next request is due. RETURNS: nothing if there is none any more.
  std::optional<Request> Next() {
    if (!is_open_) {
      const int64_t now = timeline_.Now();
      if (now >= end_) return std::nullopt;
      return Request{next_++, now};
    }
    if (timeline_.Now() >= give_up_) return std::nullopt;
    const uint64_t sequence = next_++;
    if (sequence >= arrivals_.size()) return std::nullopt;
    const Request request{sequence, start_ + arrivals_[sequence]};
    timeline_.SleepUntil(request.due);
    return request;
  }

  // Adds those that were never handed out. REQUIRES: the threads are over.
  void AddUnsent(Window window, LoadResult& result) const {
    for (size_t i = next_; i < arrivals_.size(); ++i) {
      const int64_t due = start_ + arrivals_[i];
      if (!window.Holds(due)) continue;
      ++result.unsent;
      result.latencies_ns.push_back(give_up_ - due);
    }
  }

 private:
  const bool is_open_;
  const int64_t start_, end_, give_up_;
  Timeline& timeline_;
  std::vector<int64_t> arrivals_;
  std::atomic<uint64_t> next_{0};
};

// What one thread does and sees.
void Drive(Requests& requests, Window window, Caller& caller, Timeline& timeline,
           LoadResult& result) {
  while (const std::optional<Request> request = requests.Next()) {
    const int64_t sent = timeline.Now();
    const absl::StatusOr<int64_t> bytes = caller.Call(request->sequence);
    const int64_t done = timeline.Now();
    if (bytes.ok() && window.Holds(requests.is_open() ? done : request->due)) {
      ++result.answered;
      result.bytes += *bytes;
      result.answered_ns = std::max(result.answered_ns, done - window.begin);
    }
    if (!window.Holds(request->due)) continue;
    if (requests.is_open()) result.send_delays_ns.push_back(sent - request->due);
    if (bytes.ok()) {
      result.latencies_ns.push_back(done - request->due);
      continue;
    }
    ++result.errors[absl::StatusCodeToString(bytes.status().code())];
    if (result.first_error.empty()) result.first_error = bytes.status().ToString();
  }
}

void Append(const std::vector<int64_t>& from, std::vector<int64_t>& to) {
  to.insert(to.end(), from.begin(), from.end());
}

void Merge(const LoadResult& part, LoadResult& whole) {
  Append(part.latencies_ns, whole.latencies_ns);
  Append(part.send_delays_ns, whole.send_delays_ns);
  for (const auto& [code, count] : part.errors) whole.errors[code] += count;
  if (whole.first_error.empty()) whole.first_error = part.first_error;
  whole.answered += part.answered;
  whole.bytes += part.bytes;
  whole.answered_ns = std::max(whole.answered_ns, part.answered_ns);
}

}  // namespace

LoadResult RunLoad(const LoadPlan& plan, std::vector<std::unique_ptr<Caller>> callers,
                   Timeline& timeline) {
  const int64_t start = timeline.Now();
  const Window window{start + plan.warmup_ns, start + plan.warmup_ns + plan.duration_ns};
  Requests requests(plan, start, window, timeline);
  std::vector<LoadResult> parts(callers.size());
  std::vector<std::thread> threads;
  threads.reserve(callers.size());
  for (size_t i = 0; i < callers.size(); ++i) {
    threads.emplace_back([&, i] { Drive(requests, window, *callers[i], timeline, parts[i]); });
  }
  LoadResult whole;
  for (size_t i = 0; i < threads.size(); ++i) {
    threads[i].join();
    Merge(parts[i], whole);
  }
  requests.AddUnsent(window, whole);
  if (requests.is_open()) whole.answered_ns = plan.duration_ns;
  return whole;
}

}  // namespace sinter::load
