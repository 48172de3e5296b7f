// A blob that arrives in pieces, kept on disk meanwhile.
#ifndef SINTER_CACHE_BLOB_UPLOAD_H_
#define SINTER_CACHE_BLOB_UPLOAD_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/digest.h"
#include "cache/file_blob_store.h"
#include "cache/locked_temp.h"

namespace sinter::cache {

// Memory does not grow with what is appended. Given up by destroying it: then nothing is left, not
// even after a crash once the cache is opened again. Move-only; one thread at a time.
class BlobUpload {
 public:
  // Collects in `temp_root` (Cache::temp_root()), which should be in the store's file system.
  // ERRORS: RESOURCE_EXHAUSTED on a full disk; as base/file_util.h.
  static absl::StatusOr<BlobUpload> Start(const std::string& temp_root);

  // ERRORS: as Start.
  absl::Status Append(absl::string_view bytes);

  int64_t size_bytes() const { return size_bytes_; }

  // Where the bytes are until Commit, for a store that has no room for them.
  const std::string& path() const { return temp_.path(); }

  // The digest of all that was appended. REQUIRES: no Append afterwards; called once.
  base::Digest Finish() { return hasher_.Finish(); }

  // Moves the bytes into `store` as the blob `digest`, which Finish() has returned. The blob is
  // pinned until this is destroyed, so there is no gap in which it could be evicted before Open.
  // ERRORS: as FileBlobStore::PutFile.
  absl::Status Commit(FileBlobStore& store, const base::Digest& digest);

 private:
  explicit BlobUpload(LockedTemp temp) : temp_(std::move(temp)) {}

  LockedTemp temp_;
  base::Hasher hasher_;
  int64_t size_bytes_ = 0;
};

}  // namespace sinter::cache

#endif  // SINTER_CACHE_BLOB_UPLOAD_H_
