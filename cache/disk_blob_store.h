// Blobs as files in a folder that several processes may share.
//
// Written to a temporary file, synced, then renamed: a blob is there whole or not at all, after a
// crash too. Nothing here checks bytes against digests; wrap this in VerifyingBlobStore. The order
// of use, by which blobs are evicted, is kept in the files' access times.
#ifndef SINTER_CACHE_DISK_BLOB_STORE_H_
#define SINTER_CACHE_DISK_BLOB_STORE_H_

#include <string>
#include <vector>

#include "base/clock.h"
#include "cache/blob_inventory.h"
#include "cache/counters.h"
#include "cache/disk_layout.h"
#include "cache/file_blob_store.h"

namespace sinter::cache {

// Thread-safe and process-safe. A digest that is not well-formed is INVALID_ARGUMENT everywhere.
class DiskBlobStore final : public FileBlobStore, public BlobInventory {
 public:
  // `counters` gets blobs and bytes; it and `clock` must outlive the store.
  DiskBlobStore(DiskLayout layout, Counters* counters, const base::Clock* clock);

  absl::StatusOr<absl::Cord> Get(const base::Digest& digest) override;
  absl::Status Put(const base::Digest& digest, const absl::Cord& bytes) override;
  absl::StatusOr<std::vector<base::Digest>> FindMissing(
      absl::Span<const base::Digest> digests) override;
  absl::Status Remove(const base::Digest& digest) override;

  absl::StatusOr<BlobFile> Open(const base::Digest& digest) override;
  absl::Status PutFile(const base::Digest& digest, const std::string& path,
                       FileSource source) override;

  int64_t StoredBytes() const override { return counters_->stored_bytes(); }
  absl::StatusOr<std::vector<Entry>> ListBlobs() override;
  absl::StatusOr<bool> RemoveUnlessPinned(const base::Digest& digest) override;

  // Moves a blob that is not what it should be out of the way, where someone may look at it. Of
  // many such, only the first few are kept. ERRORS: as Remove.
  absl::Status Quarantine(const base::Digest& digest);

  // Counts what is stored, in case a crash came between storing and counting.
  // ERRORS: as ListBlobs.
  absl::Status Recount();

 private:
  std::string PathOf(const base::Digest& digest) const;

  // Whether the blob is there, with its full length. If so it counts as used now.
  bool TouchIfPresent(const base::Digest& digest);

  // Gives the synced file at `from`, in the same file system, its place in the store.
  absl::Status Install(const std::string& from, bool sync, const base::Digest& digest);

  // Renames `from` to `path`, of which a file of another size makes way. RETURNS: false if another
  // writer was quicker, in which case `from` is gone all the same.
  absl::StatusOr<bool> MoveIn(const std::string& from, const std::string& path,
                              const base::Digest& digest);

  void CountRemoval(const base::Digest& digest);

  const DiskLayout layout_;
  Counters* const counters_;
  const base::Clock* const clock_;
};

}  // namespace sinter::cache

#endif  // SINTER_CACHE_DISK_BLOB_STORE_H_
