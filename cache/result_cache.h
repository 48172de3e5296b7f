// Finished compiles with their files: what a coordinator asks before it compiles, and tells after.
#ifndef SINTER_CACHE_RESULT_CACHE_H_
#define SINTER_CACHE_RESULT_CACHE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/digest.h"
#include "cache/action_cache.h"
#include "cache/file_blob_store.h"

namespace sinter::cache {

// A result and all its files, open and pinned: they can be sent for as long as this lives, whatever
// is evicted meanwhile. Move-only.
struct OpenResult {
  v1::CachedResult result;
  std::vector<BlobFile> files;  // files[i] is result.files(i)
};

// Thread-safe.
class ResultCache {
 public:
  // Both must outlive this. `blobs` verifies what it returns.
  ResultCache(FileBlobStore* blobs, ActionCache* actions);

  // A result is a hit only whole: if any of its files is missing or corrupt, the entry is removed.
  // ERRORS: NOT_FOUND: a miss. UNAVAILABLE.
  absl::StatusOr<OpenResult> Lookup(const base::Digest& action);

  struct Stored {
    OpenResult open;
    absl::Status cached;  // whether it will be a hit from now on; RESOURCE_EXHAUSTED on a full disk
  };
  // Takes over the files of a new result, which are those that `result` names, in `directory`. They
  // come back open even if they can't be stored, since the one who waits for them must get them all
  // the same; then they stay in `directory`, which must live as long as they do.
  // REQUIRES: the digests in `result` are those of the files, and nobody writes to them any more.
  // ERRORS: INVALID_ARGUMENT if `result` is malformed; NOT_FOUND if a file is missing; DATA_LOSS if
  // one is not what its digest says.
  absl::StatusOr<Stored> Store(const base::Digest& action, const v1::CachedResult& result,
                               const std::string& directory, Sync sync = Sync::kNow);

 private:
  // Moves `file`, whose path is in the directory, into the store, where it is opened instead.
  absl::Status StoreFile(const base::Digest& digest, Sync sync, BlobFile& file);

  FileBlobStore* const blobs_;
  ActionCache* const actions_;
};

}  // namespace sinter::cache

#endif  // SINTER_CACHE_RESULT_CACHE_H_
