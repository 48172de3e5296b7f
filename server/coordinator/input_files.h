// The files that compiles read, models and external data: uploaded to disk, kept in the cache's
// blob store so that a model sent once is not sent again, and lent to workers as paths they can
// map.
#ifndef SINTER_SERVER_COORDINATOR_INPUT_FILES_H_
#define SINTER_SERVER_COORDINATOR_INPUT_FILES_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "base/digest.h"
#include "cache/blob_upload.h"
#include "cache/file_blob_store.h"

namespace sinter::server {

// Thread-safe. Outlives its uploads and leases.
class InputFiles {
 public:
  // A file that goes away with its last owner.
  class OwnedPath {
   public:
    explicit OwnedPath(std::string path) : path_(std::move(path)) {}
    ~OwnedPath();
    const std::string& path() const { return path_; }

   private:
    const std::string path_;
  };

  // A file on its way in. Not thread-safe. Goes away without a trace unless committed.
  class Upload {
   public:
    const base::Digest& digest() const { return digest_; }
    int64_t received() const { return upload_.size_bytes(); }

    // ERRORS: INVALID_ARGUMENT: more bytes than the digest promised; RESOURCE_EXHAUSTED: disk full.
    absl::Status Append(absl::string_view bytes);

    // Makes the file available: in the store, or if the store has no room, for the next requests
    // only. ERRORS: INVALID_ARGUMENT: the bytes are not those of the digest.
    absl::Status Commit();

   private:
    friend class InputFiles;
    Upload(InputFiles& files, base::Digest digest, cache::BlobUpload upload)
        : files_(files), digest_(std::move(digest)), upload_(std::move(upload)) {}

    InputFiles& files_;
    const base::Digest digest_;
    cache::BlobUpload upload_;
  };

  // Keeps a file where it is. Movable.
  class Lease {
   public:
    const std::string& path() const { return stray_ != nullptr ? stray_->path() : blob_.path; }

   private:
    friend class InputFiles;
    cache::BlobFile blob_;
    std::shared_ptr<OwnedPath> stray_;
  };

  // Files arrive in `spool_dir`, which should be in the store's file system, or while that has no
  // room, in `overflow_dir`. Both exist.
  InputFiles(cache::FileBlobStore& store, std::string spool_dir, std::string overflow_dir);

  // Those of `digests` that are not here, in order, each once. ERRORS: as BlobStore::FindMissing.
  absl::StatusOr<std::vector<base::Digest>> FindMissing(absl::Span<const base::Digest> digests);

  absl::StatusOr<std::unique_ptr<Upload>> Begin(const base::Digest& digest);

  cache::FileBlobStore& store() { return store_; }

  // ERRORS: NOT_FOUND: the file is not here, or was found corrupt.
  absl::StatusOr<Lease> Acquire(const base::Digest& digest);

 private:
  using Stray = std::pair<base::Digest, std::shared_ptr<OwnedPath>>;

  std::shared_ptr<OwnedPath> FindStray(const base::Digest& digest);
  void KeepStray(const base::Digest& digest, std::shared_ptr<OwnedPath> path);

  cache::FileBlobStore& store_;
  const std::vector<std::string> directories_;
  absl::Mutex mutex_;
  // The last few files that the store had no room for.
  std::deque<Stray> strays_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sinter::server

#endif  // SINTER_SERVER_COORDINATOR_INPUT_FILES_H_
