// Keeps a store below a number of bytes by evicting what was not used for longest.
#ifndef SINTER_CACHE_SIZE_BOUNDED_BLOB_STORE_H_
#define SINTER_CACHE_SIZE_BOUNDED_BLOB_STORE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "cache/blob_inventory.h"
#include "cache/file_blob_store.h"

namespace sinter::cache {

struct EvictionResult {
  int64_t blobs = 0;
  int64_t bytes = 0;
};

// Removes blobs, least recently used first, until `inventory` holds at most `max_bytes` or only
// pinned ones are left.
// ERRORS: UNAVAILABLE.
absl::StatusOr<EvictionResult> EvictDownTo(BlobInventory& inventory, int64_t max_bytes);

// Makes room before it stores. A blob that can't fit, because it is larger than the bound or all
// others are pinned, is RESOURCE_EXHAUSTED. When room is short a tenth of the bound is freed at
// once, so that not every Put has to list the store. Threads of one process keep to the bound
// exactly; each further process that shares the store may go over it by the blobs that it stores at
// that moment.
class SizeBoundedBlobStore final : public FileBlobStore {
 public:
  using OnEvict = std::function<void(const EvictionResult& evicted)>;

  // `inventory` is the leaf under `inner`; it must outlive this (being owned by `inner` will do).
  SizeBoundedBlobStore(std::unique_ptr<FileBlobStore> inner, BlobInventory* inventory,
                       int64_t max_bytes, OnEvict on_evict);

  absl::StatusOr<absl::Cord> Get(const base::Digest& digest) override;
  absl::Status Put(const base::Digest& digest, const absl::Cord& bytes) override;
  absl::StatusOr<std::vector<base::Digest>> FindMissing(
      absl::Span<const base::Digest> digests) override;
  absl::Status Remove(const base::Digest& digest) override;

  absl::StatusOr<BlobFile> Open(const base::Digest& digest) override;
  absl::Status PutFile(const base::Digest& digest, const std::string& path,
                       FileSource source) override;

 private:
  // Runs `put` with room for the blob set aside, unless it is stored already.
  absl::Status WithRoom(const base::Digest& digest, const std::function<absl::Status()>& put);
  absl::Status Reserve(int64_t bytes);
  void Unreserve(int64_t bytes);

  const std::unique_ptr<FileBlobStore> inner_;
  BlobInventory* const inventory_;
  const int64_t max_bytes_;
  const OnEvict on_evict_;
  absl::Mutex mutex_;
  int64_t reserved_bytes_ ABSL_GUARDED_BY(mutex_) = 0;  // for blobs that are being stored
};

}  // namespace sinter::cache

#endif  // SINTER_CACHE_SIZE_BOUNDED_BLOB_STORE_H_
