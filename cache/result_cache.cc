#include "cache/result_cache.h"

#include <fcntl.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/file_util.h"
#include "base/status_macros.h"
#include "cache/digest_proto.h"

namespace sinter::cache {

using base::Digest;

ResultCache::ResultCache(FileBlobStore* blobs, ActionCache* actions)
    : blobs_(blobs), actions_(actions) {}

absl::StatusOr<OpenResult> ResultCache::Lookup(const Digest& action) {
  OpenResult open;
  SINTER_ASSIGN_OR_RETURN(open.result, actions_->Get(action));
  for (const v1::CachedResult::File& file : open.result.files()) {
    SINTER_ASSIGN_OR_RETURN(const Digest digest, FromProto(file.digest()));
    absl::StatusOr<BlobFile> blob = blobs_->Open(digest);
    if (absl::IsNotFound(blob.status())) {
      SINTER_RETURN_IF_ERROR(actions_->Remove(action));
      return absl::NotFoundError(
          absl::StrCat("the result's file `", file.path(), "` is gone: ", blob.status().message()));
    }
    SINTER_RETURN_IF_ERROR(blob.status());
    open.files.push_back(*std::move(blob));
  }
  return open;
}

absl::StatusOr<ResultCache::Stored> ResultCache::Store(const Digest& action,
                                                       const v1::CachedResult& result,
                                                       const std::string& directory, Sync sync) {
  Stored stored;
  stored.open.result = result;
  std::vector<Digest> digests;
  for (const v1::CachedResult::File& file : result.files()) {
    SINTER_ASSIGN_OR_RETURN(digests.emplace_back(), FromProto(file.digest()));
    BlobFile open;
    open.path = absl::StrCat(directory, "/", file.path());
    open.size_bytes = file.digest().size_bytes();
    SINTER_ASSIGN_OR_RETURN(open.fd, base::OpenFile(open.path, O_RDONLY | O_NOFOLLOW));
    stored.open.files.push_back(std::move(open));
  }
  for (size_t i = 0; i < digests.size() && stored.cached.ok(); ++i) {
    stored.cached = StoreFile(digests[i], sync, stored.open.files[i]);
    if (absl::IsDataLoss(stored.cached)) return stored.cached;
  }
  if (stored.cached.ok()) stored.cached = actions_->Put(action, result, sync);
  return stored;
}

absl::Status ResultCache::StoreFile(const Digest& digest, Sync sync, BlobFile& file) {
  const std::string path = file.path;
  SINTER_RETURN_IF_ERROR(blobs_->PutFile(
      digest, path, sync == Sync::kNow ? FileSource::kTake : FileSource::kTakeUnsynced));
  absl::StatusOr<BlobFile> blob = blobs_->Open(digest);
  if (absl::IsNotFound(blob.status())) {
    return absl::DataLossError(
        absl::StrCat("`", path, "` is not what its digest says: ", blob.status().message()));
  }
  SINTER_RETURN_IF_ERROR(blob.status());
  file = *std::move(blob);
  return absl::OkStatus();
}

}  // namespace sinter::cache
