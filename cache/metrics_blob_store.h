// Counts what passes through a store.
#ifndef SINTER_CACHE_METRICS_BLOB_STORE_H_
#define SINTER_CACHE_METRICS_BLOB_STORE_H_

#include <memory>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "cache/file_blob_store.h"

namespace sinter::cache {

// Adds to the registry: sinter_blob_reads_total and sinter_blob_writes_total by result (ok,
// not_found, full, error), and the bytes of those that were ok. What the store holds, and what was
// corrupt or evicted, is in Counters.
class MetricsBlobStore final : public FileBlobStore {
 public:
  // `metrics` must outlive this.
  MetricsBlobStore(std::unique_ptr<FileBlobStore> inner, base::MetricRegistry* metrics);

  absl::StatusOr<absl::Cord> Get(const base::Digest& digest) override;
  absl::Status Put(const base::Digest& digest, const absl::Cord& bytes) override;
  absl::StatusOr<std::vector<base::Digest>> FindMissing(
      absl::Span<const base::Digest> digests) override;
  absl::Status Remove(const base::Digest& digest) override;

  absl::StatusOr<BlobFile> Open(const base::Digest& digest) override;
  absl::Status PutFile(const base::Digest& digest, const std::string& path,
                       FileSource source) override;

 private:
  struct Direction {
    base::Counter& ok;
    base::Counter& not_found;
    base::Counter& full;
    base::Counter& error;
    base::Counter& bytes;

    void Count(const absl::Status& status, const base::Digest& digest);
  };
  static Direction Register(base::MetricRegistry& metrics, const std::string& verb);

  const std::unique_ptr<FileBlobStore> inner_;
  Direction reads_;
  Direction writes_;
};

}  // namespace sinter::cache

#endif  // SINTER_CACHE_METRICS_BLOB_STORE_H_
