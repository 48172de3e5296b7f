#include "server/pool/worker_pool.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "server/errors/error_details.h"

namespace sinter::server {
namespace {

// A guess at when a full queue has moved on.
constexpr absl::Duration kRetryDelay = absl::Seconds(2);

}  // namespace

WorkerPool::WorkerPool(PoolOptions options) : options_(std::move(options)) {
  for (int i = 0; i < options_.workers; ++i) {
    threads_.emplace_back(
        [this, i] { RunSlot(absl::StrCat(options_.temp_root, "/worker", i), &compiles_); });
  }
  threads_.emplace_back([this] { RunSlot(options_.temp_root + "/helper", &checks_); });
}

WorkerPool::~WorkerPool() { Stop(); }

void WorkerPool::Stop() {
  std::vector<std::shared_ptr<Entry>> never_started;
  {
    absl::MutexLock lock(&mutex_);
    ending_ = true;
    for (auto& [id, entry] : running_) entry->cancelled = true;
    for (Lane* lane : {&compiles_, &checks_}) {
      never_started.insert(never_started.end(), lane->waiting.begin(), lane->waiting.end());
      lane->waiting.clear();
    }
  }
  for (const auto& entry : never_started)
    entry->task.on_done(absl::CancelledError("the server ends"));
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

absl::StatusOr<WorkerPool::TaskId> WorkerPool::Submit(PoolTask task) {
  const bool is_check = task.request.has_check();
  TaskId id;
  {
    absl::MutexLock lock(&mutex_);
    if (ending_) return absl::CancelledError("the server ends");
    Lane& lane = is_check ? checks_ : compiles_;
    const int free_workers = is_check ? 1 : options_.workers - busy_;
    if (static_cast<int>(lane.waiting.size()) >= options_.queue_limit + std::max(free_workers, 0)) {
      return WithRetry(RequestError(absl::StatusCode::kResourceExhausted, "queue_full",
                                    absl::StrCat("the queue is full: ", options_.queue_limit,
                                                 " jobs wait already")),
                       kRetryDelay);
    }
    id = next_id_++;
    auto entry = std::make_shared<Entry>();
    entry->id = id;
    entry->task = std::move(task);
    lane.waiting.push_back(std::move(entry));
  }
  if (!is_check) AnnouncePositions();
  return id;
}

void WorkerPool::Cancel(TaskId id) {
  std::shared_ptr<Entry> unstarted;
  {
    absl::MutexLock lock(&mutex_);
    if (const auto running = running_.find(id); running != running_.end()) {
      running->second->cancelled = true;
      return;
    }
    for (Lane* lane : {&compiles_, &checks_}) {
      const auto found = std::find_if(lane->waiting.begin(), lane->waiting.end(),
                                      [id](const auto& entry) { return entry->id == id; });
      if (found == lane->waiting.end()) continue;
      unstarted = *found;
      lane->waiting.erase(found);
      break;
    }
  }
  if (unstarted == nullptr) return;
  unstarted->task.on_done(absl::CancelledError("the job was cancelled"));
  AnnouncePositions();
}

absl::StatusOr<v1::WorkerEvent::Ready> WorkerPool::Describe() {
  absl::MutexLock lock(&mutex_);
  if (!ready_.has_value()) {
    asked_ = true;
    mutex_.Await(absl::Condition(
        +[](WorkerPool* pool)
             ABSL_NO_THREAD_SAFETY_ANALYSIS { return !pool->asked_ || pool->ending_; },
        this));
  }
  if (!ready_.has_value() && ending_) return absl::UnavailableError("the server ends");
  if (!ready_.has_value()) return start_error_;
  return *ready_;
}

WorkerPool::Stats WorkerPool::GetStats() const {
  absl::MutexLock lock(&mutex_);
  Stats stats;
  stats.busy = busy_;
  stats.queued = static_cast<int>(compiles_.waiting.size());
  stats.started = started_;
  stats.died = died_;
  return stats;
}

void WorkerPool::RunSlot(std::string dir, Lane* lane) {
  WorkerSlot slot(options_, std::move(dir));
  int64_t started = 0;
  int64_t died = 0;
  const bool compiles = lane == &compiles_;
  bool warm = options_.prewarm && compiles;
  while (true) {
    if (warm) StartWorker(slot);
    CountProcesses(slot, started, died);
    const std::optional<std::shared_ptr<Entry>> taken = Take(lane);
    if (!taken.has_value()) return;
    if (*taken == nullptr) {
      StartWorker(slot);
      continue;
    }
    if (compiles) AnnouncePositions();
    Entry& entry = **taken;
    TaskOutcome outcome = slot.Serve(entry.task, entry.cancelled);
    {
      absl::MutexLock lock(&mutex_);
      running_.erase(entry.id);
      if (compiles) --busy_;
    }
    CountProcesses(slot, started, died);
    entry.task.on_done(std::move(outcome));
  }
}

std::optional<std::shared_ptr<WorkerPool::Entry>> WorkerPool::Take(Lane* lane) {
  absl::MutexLock lock(&mutex_);
  const auto wanted = [this, lane]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return ending_ || !lane->waiting.empty() || (asked_ && lane == &compiles_);
  };
  mutex_.Await(absl::Condition(&wanted));
  if (ending_) return std::nullopt;
  if (lane->waiting.empty()) return std::shared_ptr<Entry>();
  std::shared_ptr<Entry> entry = std::move(lane->waiting.front());
  lane->waiting.pop_front();
  running_[entry->id] = entry;
  if (lane == &compiles_) ++busy_;
  return entry;
}

void WorkerPool::StartWorker(WorkerSlot& slot) {
  const absl::Status status = slot.EnsureWorker();
  bool is_first = false;
  {
    absl::MutexLock lock(&mutex_);
    if (status.ok() && !ready_.has_value()) {
      ready_ = slot.ready();
      is_first = true;
    }
    start_error_ = status;
    asked_ = false;
  }
  if (is_first) options_.on_first_worker(slot.ready());
}

void WorkerPool::CountProcesses(const WorkerSlot& slot, int64_t& started, int64_t& died) {
  absl::MutexLock lock(&mutex_);
  started_ += slot.started() - started;
  died_ += slot.died() - died;
  started = slot.started();
  died = slot.died();
}

void WorkerPool::AnnouncePositions() {
  absl::MutexLock order(&announcing_);
  std::deque<std::shared_ptr<Entry>> waiting;
  {
    absl::MutexLock lock(&mutex_);
    waiting = compiles_.waiting;
  }
  int position = 0;
  for (const auto& entry : waiting) entry->task.on_position(position++);
}

}  // namespace sinter::server
