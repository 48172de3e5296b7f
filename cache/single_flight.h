// Equal work that is wanted by many at once is done once.
//
//   SingleFlight<Artifact> flights(run_on_a_thread);
//   auto waiter = flights.Join(key, [&](base::Cancellation& stop) { return Compile(job, stop); });
//   if (!waiter->leads()) counters.Add(Counters::kSingleFlightJoins);
//   absl::StatusOr<Artifact> artifact = waiter->Wait();
//
// A flight takes off with the first Join of its key and is over when its work returns: a later Join
// starts another. So whoever also has a cache must look into it *inside* the work, else one who
// missed just before the flight landed would do it all again.
#ifndef SINTER_CACHE_SINGLE_FLIGHT_H_
#define SINTER_CACHE_SINGLE_FLIGHT_H_

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/cancellation.h"
#include "base/digest.h"

namespace sinter::cache {

// Thread-safe. `Value` is copied to each waiter. Waiters may outlive the SingleFlight.
template <typename Value>
class SingleFlight {
 public:
  // Should return soon once the Cancellation says so; what it returns then is seen by nobody.
  using Work = std::function<absl::StatusOr<Value>(base::Cancellation& cancellation)>;
  // Runs a task on some other thread, soon; returns without waiting for it.
  using Run = std::function<void(std::function<void()> task)>;

  class Waiter;

  explicit SingleFlight(Run run) : run_(std::move(run)), table_(std::make_shared<Table>()) {}

  // Joins the flight of `key`, starting it with `work` if there is none.
  std::unique_ptr<Waiter> Join(const base::Digest& key, Work work);

 private:
  struct Flight {
    base::Cancellation cancellation;
    absl::Mutex mutex;
    std::optional<absl::StatusOr<Value>> result ABSL_GUARDED_BY(mutex);
    int waiters = 0;  // guarded by Table::mutex
  };
  struct Table {
    absl::Mutex mutex;
    absl::flat_hash_map<base::Digest, std::shared_ptr<Flight>> flights ABSL_GUARDED_BY(mutex);

    // Takes `flight` out, unless a new one of that key has taken its place.
    void Forget(const base::Digest& key, const std::shared_ptr<Flight>& flight)
        ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
      const auto found = flights.find(key);
      if (found != flights.end() && found->second == flight) flights.erase(found);
    }
  };

  const Run run_;
  const std::shared_ptr<Table> table_;
};

// One who wants the result. Destroying it before there is one means losing interest; when the last
// waiter has, the work is cancelled. One thread at a time.
template <typename Value>
class SingleFlight<Value>::Waiter {
 public:
  ~Waiter() {
    bool was_last = false;
    {
      const absl::MutexLock lock(&table_->mutex);
      was_last = --flight_->waiters == 0;
      if (was_last) table_->Forget(key_, flight_);
    }
    if (was_last) flight_->cancellation.Cancel();
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  // Whether this one started the flight.
  bool leads() const { return leads_; }

  // Waits for the result.
  absl::StatusOr<Value> Wait() { return *WaitFor(absl::InfiniteDuration()); }

  // RETURNS: nothing if there is no result after `timeout`.
  std::optional<absl::StatusOr<Value>> WaitFor(absl::Duration timeout) {
    const absl::MutexLock lock(&flight_->mutex);
    const auto landed = [this]()
                            ABSL_NO_THREAD_SAFETY_ANALYSIS { return flight_->result.has_value(); };
    flight_->mutex.AwaitWithTimeout(absl::Condition(&landed), timeout);
    return flight_->result;
  }

 private:
  friend class SingleFlight;
  Waiter(std::shared_ptr<Table> table, std::shared_ptr<Flight> flight, base::Digest key, bool leads)
      : table_(std::move(table)), flight_(std::move(flight)), key_(std::move(key)), leads_(leads) {}

  const std::shared_ptr<Table> table_;
  const std::shared_ptr<Flight> flight_;
  const base::Digest key_;
  const bool leads_;
};

template <typename Value>
std::unique_ptr<typename SingleFlight<Value>::Waiter> SingleFlight<Value>::Join(
    const base::Digest& key, Work work) {
  std::shared_ptr<Flight> flight;
  bool leads = false;
  {
    const absl::MutexLock lock(&table_->mutex);
    std::shared_ptr<Flight>& entry = table_->flights[key];
    leads = entry == nullptr;
    if (leads) entry = std::make_shared<Flight>();
    flight = entry;
    ++flight->waiters;
  }
  std::unique_ptr<Waiter> waiter(new Waiter(table_, flight, key, leads));
  if (!leads) return waiter;
  run_([table = table_, flight, key, work = std::move(work)] {
    absl::StatusOr<Value> result = work(flight->cancellation);
    {
      const absl::MutexLock lock(&table->mutex);
      table->Forget(key, flight);
    }
    const absl::MutexLock lock(&flight->mutex);
    flight->result = std::move(result);
  });
  return waiter;
}

}  // namespace sinter::cache

#endif  // SINTER_CACHE_SINGLE_FLIGHT_H_
