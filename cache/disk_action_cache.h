// Action results as files beside the blobs of a DiskBlobStore, equally safe to crash and to share.
#ifndef SINTER_CACHE_DISK_ACTION_CACHE_H_
#define SINTER_CACHE_DISK_ACTION_CACHE_H_

#include <vector>

#include "cache/action_cache.h"
#include "cache/counters.h"
#include "cache/disk_layout.h"

namespace sinter::cache {

// Each entry carries a checksum. One that does not fit is removed, counted as corrupt, and
// NOT_FOUND. Thread-safe and process-safe. A digest that is not well-formed is INVALID_ARGUMENT.
class DiskActionCache final : public ActionCache {
 public:
  // `counters` must outlive this.
  DiskActionCache(DiskLayout layout, Counters* counters);

  absl::StatusOr<v1::CachedResult> Get(const base::Digest& action) override;
  absl::Status Put(const base::Digest& action, const v1::CachedResult& result, Sync sync) override;
  absl::Status Remove(const base::Digest& action) override;

  // All entries' names, in no order; slow.
  // ERRORS: UNAVAILABLE.
  absl::StatusOr<std::vector<base::Digest>> ListActions();

 private:
  absl::StatusOr<std::string> PathOf(const base::Digest& action) const;

  const DiskLayout layout_;
  Counters* const counters_;
};

}  // namespace sinter::cache

#endif  // SINTER_CACHE_DISK_ACTION_CACHE_H_
