#include "cache/cache.h"

#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "base/file_util.h"
#include "base/status_macros.h"
#include "cache/digest_proto.h"
#include "cache/locked_temp.h"
#include "cache/metrics_blob_store.h"
#include "cache/verifying_blob_store.h"

namespace sinter::cache {

using base::Digest;

absl::StatusOr<std::unique_ptr<Cache>> Cache::Open(CacheConfig config, const base::Clock* clock,
                                                   base::MetricRegistry* metrics) {
  SINTER_ASSIGN_OR_RETURN(const DiskLayout layout, DiskLayout::Open(config.root));
  SINTER_RETURN_IF_ERROR(RemoveStaleTemps(layout.TempRoot()).status());
  std::unique_ptr<Cache> cache(new Cache(std::move(config), layout, clock, metrics));
  if (cache->config_.recount || cache->counters_.is_new()) {
    SINTER_RETURN_IF_ERROR(cache->disk_->Recount());
  }
  return cache;
}

Cache::Cache(CacheConfig config, DiskLayout layout, const base::Clock* clock,
             base::MetricRegistry* metrics)
    : config_(std::move(config)),
      layout_(std::move(layout)),
      counters_(layout_.CountersPath()),
      actions_(layout_, &counters_) {
  auto disk = std::make_unique<DiskBlobStore>(layout_, &counters_, clock);
  disk_ = disk.get();
  blobs_ = std::move(disk);
  if (config_.max_bytes > 0) {
    blobs_ = std::make_unique<SizeBoundedBlobStore>(
        std::move(blobs_), disk_, config_.max_bytes, [this](const EvictionResult& evicted) {
          counters_.Add(Counters::kEvicted, evicted.blobs);
        });
  }
  blobs_ = std::make_unique<VerifyingBlobStore>(
      std::move(blobs_), clock,
      [this](const Digest& expected, const Digest& found) { RejectBlob(expected, found); });
  blobs_ = std::make_unique<MetricsBlobStore>(std::move(blobs_), metrics);
  results_ = std::make_unique<ResultCache>(blobs_.get(), &actions_);
  counters_.ExportTo(*metrics);
}

void Cache::RejectBlob(const Digest& expected, const Digest& found) {
  counters_.Add(Counters::kCorrupt);
  // If it can't be moved it stays corrupt, and is caught again by the next reader.
  disk_->Quarantine(expected).IgnoreError();
  if (config_.on_corrupt) config_.on_corrupt(expected, found);
}

absl::StatusOr<GarbageResult> Cache::CollectGarbage(int64_t max_bytes) {
  GarbageResult result;
  SINTER_RETURN_IF_ERROR(disk_->Recount());
  SINTER_ASSIGN_OR_RETURN(result.evicted, EvictDownTo(*disk_, max_bytes));
  counters_.Add(Counters::kEvicted, result.evicted.blobs);
  SINTER_ASSIGN_OR_RETURN(result.results, RemoveDanglingResults());
  SINTER_ASSIGN_OR_RETURN(result.temporaries, RemoveStaleTemps(layout_.TempRoot()));
  SINTER_ASSIGN_OR_RETURN(result.quarantined, EmptyQuarantine());
  return result;
}

absl::StatusOr<int64_t> Cache::RemoveDanglingResults() {
  // Results first: a result that is stored after this has its blobs in the list that follows.
  SINTER_ASSIGN_OR_RETURN(const std::vector<Digest> actions, actions_.ListActions());
  SINTER_ASSIGN_OR_RETURN(const std::vector<BlobInventory::Entry> blobs, disk_->ListBlobs());
  absl::flat_hash_set<Digest> present;
  for (const BlobInventory::Entry& blob : blobs) present.insert(blob.digest);
  int64_t removed = 0;
  for (const Digest& action : actions) {
    const absl::StatusOr<v1::CachedResult> result = actions_.Get(action);
    bool whole = result.ok();
    for (int i = 0; whole && i < result->files_size(); ++i) {
      const absl::StatusOr<Digest> digest = FromProto(result->files(i).digest());
      whole = digest.ok() && present.contains(*digest);
    }
    if (whole) continue;
    SINTER_RETURN_IF_ERROR(actions_.Remove(action));
    ++removed;
  }
  return removed;
}

absl::StatusOr<int64_t> Cache::EmptyQuarantine() {
  SINTER_ASSIGN_OR_RETURN(const std::vector<std::string> names,
                          base::ListDirectory(layout_.QuarantineRoot()));
  for (const std::string& name : names) {
    SINTER_RETURN_IF_ERROR(base::RemoveTree(absl::StrCat(layout_.QuarantineRoot(), "/", name)));
  }
  return static_cast<int64_t>(names.size());
}

absl::StatusOr<VerifyResult> Cache::Verify(const base::Cancellation* cancellation) {
  VerifyResult result;
  const auto cancelled = [&] { return cancellation != nullptr && cancellation->cancelled(); };
  SINTER_ASSIGN_OR_RETURN(const std::vector<BlobInventory::Entry> blobs, disk_->ListBlobs());
  for (const BlobInventory::Entry& blob : blobs) {
    if (cancelled()) return absl::CancelledError("the check was stopped halfway");
    const std::string path = DiskLayout::EntryPath(layout_.BlobRoot(), blob.digest);
    const absl::StatusOr<Digest> found = base::DigestOfFile(path);
    if (absl::IsNotFound(found.status())) continue;  // removed meanwhile
    SINTER_RETURN_IF_ERROR(found.status());
    ++result.checked_blobs;
    if (*found == blob.digest) continue;
    ++result.corrupt_blobs;
    RejectBlob(blob.digest, *found);
  }
  SINTER_ASSIGN_OR_RETURN(const std::vector<Digest> actions, actions_.ListActions());
  for (const Digest& action : actions) {
    if (cancelled()) return absl::CancelledError("the check was stopped halfway");
    ++result.checked_results;
    if (!actions_.Get(action).ok()) ++result.corrupt_results;
  }
  return result;
}

}  // namespace sinter::cache
