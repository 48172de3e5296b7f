// The cache of one machine: everything in this folder, put together.
//
//   metrics(verifying(size_bounded(disk)))   blobs
//   disk                                     action results
#ifndef SINTER_CACHE_CACHE_H_
#define SINTER_CACHE_CACHE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "base/cancellation.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/metrics.h"
#include "cache/action_cache.h"
#include "cache/counters.h"
#include "cache/disk_action_cache.h"
#include "cache/disk_blob_store.h"
#include "cache/disk_layout.h"
#include "cache/file_blob_store.h"
#include "cache/result_cache.h"
#include "cache/size_bounded_blob_store.h"

namespace sinter::cache {

struct CacheConfig {
  std::string root;       // the cache's folder; made if absent
  int64_t max_bytes = 0;  // 0: no bound
  // Whether to count at the start what is stored. It takes as long as listing all files; without,
  // the counts may be off by what happened during crashes. The cache is always counted when new.
  bool recount = true;
  // Told of each corrupt blob, to log it; may be empty.
  std::function<void(const base::Digest& expected, const base::Digest& found)> on_corrupt;
};

struct GarbageResult {
  EvictionResult evicted;
  int64_t results = 0;      // whose files are gone
  int64_t temporaries = 0;  // of dead processes
  int64_t quarantined = 0;  // corrupt blobs kept for inspection
};

struct VerifyResult {
  int64_t checked_blobs = 0;
  int64_t corrupt_blobs = 0;
  int64_t checked_results = 0;
  int64_t corrupt_results = 0;
};

// Thread-safe; several processes may have the same folder open.
class Cache {
 public:
  // Removes first what dead processes have left. `clock` and `metrics` must outlive the cache, and
  // the cache must outlive the last report of `metrics`.
  // ERRORS: FAILED_PRECONDITION if the folder is of another format, as base/file_util.h.
  static absl::StatusOr<std::unique_ptr<Cache>> Open(CacheConfig config, const base::Clock* clock,
                                                     base::MetricRegistry* metrics);

  FileBlobStore& blobs() { return *blobs_; }
  ActionCache& actions() { return actions_; }
  ResultCache& results() { return *results_; }
  Counters& counters() { return counters_; }
  int64_t max_bytes() const { return config_.max_bytes; }

  // Where to make LockedTemp files and folders whose content will be stored: in the same file
  // system, and cleaned up after a crash.
  std::string temp_root() const { return layout_.TempRoot(); }

  // Evicts blobs, least recently used first, down to `max_bytes`, except pinned ones; then removes
  // results that lack files, and all that is kept for no use any more.
  // ERRORS: UNAVAILABLE.
  absl::StatusOr<GarbageResult> CollectGarbage(int64_t max_bytes);

  // Hashes everything that is stored and moves away what is corrupt. It does not count as use.
  // ERRORS: CANCELLED: part of it was done; UNAVAILABLE.
  absl::StatusOr<VerifyResult> Verify(const base::Cancellation* cancellation = nullptr);

 private:
  Cache(CacheConfig config, DiskLayout layout, const base::Clock* clock,
        base::MetricRegistry* metrics);

  void RejectBlob(const base::Digest& expected, const base::Digest& found);
  absl::StatusOr<int64_t> RemoveDanglingResults();
  absl::StatusOr<int64_t> EmptyQuarantine();

  const CacheConfig config_;
  const DiskLayout layout_;
  Counters counters_;
  DiskBlobStore* disk_;  // at the bottom of blobs_
  std::unique_ptr<FileBlobStore> blobs_;
  DiskActionCache actions_;
  std::unique_ptr<ResultCache> results_;
};

}  // namespace sinter::cache

#endif  // SINTER_CACHE_CACHE_H_
