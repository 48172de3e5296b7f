// An action cache that lives and dies with its process; for tests.
#ifndef SINTER_CACHE_MEMORY_ACTION_CACHE_H_
#define SINTER_CACHE_MEMORY_ACTION_CACHE_H_

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "cache/action_cache.h"

namespace sinter::cache {

class MemoryActionCache final : public ActionCache {
 public:
  absl::StatusOr<v1::CachedResult> Get(const base::Digest& action) override {
    const absl::MutexLock lock(&mutex_);
    const auto found = results_.find(action);
    if (found == results_.end()) return absl::NotFoundError("no result for this action");
    return found->second;
  }
  absl::Status Put(const base::Digest& action, const v1::CachedResult& result, Sync) override {
    const absl::MutexLock lock(&mutex_);
    results_.insert_or_assign(action, result);
    return absl::OkStatus();
  }
  absl::Status Remove(const base::Digest& action) override {
    const absl::MutexLock lock(&mutex_);
    results_.erase(action);
    return absl::OkStatus();
  }

 private:
  absl::Mutex mutex_;
  absl::flat_hash_map<base::Digest, v1::CachedResult> results_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sinter::cache

#endif  // SINTER_CACHE_MEMORY_ACTION_CACHE_H_
