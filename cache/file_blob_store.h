// Blobs as files, for those too large to hold in memory.
#ifndef SINTER_CACHE_FILE_BLOB_STORE_H_
#define SINTER_CACHE_FILE_BLOB_STORE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/digest.h"
#include "base/unique_fd.h"
#include "cache/blob_store.h"

namespace sinter::cache {

// A blob opened for reading. While it lives the blob is pinned: eviction and garbage collection, by
// this process or another that shares the store, leave it where it is. Should the blob be removed
// all the same, `fd` stays readable to the end. Movable.
struct BlobFile {
  base::UniqueFd fd;  // readable; read it with pread or map it
  int64_t size_bytes = 0;
  std::string path;  // where another process of this user can open it while it is pinned
};

// What becomes of the file that was handed in.
enum class FileSource {
  // The store takes it over, by renaming it where it can: afterwards it is gone from its place.
  // REQUIRES: nobody writes to it any more, under this name, another, or an open descriptor.
  kTake,
  // As kTake, but the blob may be gone or corrupt after a crash of the machine: for what is cheap
  // to
  // make again, and too much to wait for the disk each time.
  kTakeUnsynced,
  // The file stays and remains its owner's; blocks are shared where the file system can.
  kCopy,
};

// Thread-safe, as BlobStore.
class FileBlobStore : public BlobStore {
 public:
  // Opens a blob, and pins it.
  // ERRORS: as Get.
  virtual absl::StatusOr<BlobFile> Open(const base::Digest& digest) = 0;

  // Stores the content of the file at `path`, never holding it in memory. On error with kTake the
  // file may or may not be gone.
  // REQUIRES: `digest` is the digest of the content.
  // ERRORS: as Put; NOT_FOUND, PERMISSION_DENIED and the like if `path` can't be read.
  virtual absl::Status PutFile(const base::Digest& digest, const std::string& path,
                               FileSource source) = 0;
};

}  // namespace sinter::cache

#endif  // SINTER_CACHE_FILE_BLOB_STORE_H_
