#include "cache/blob_upload.h"

#include <utility>

#include "base/file_util.h"
#include "base/status_macros.h"

namespace sinter::cache {

absl::StatusOr<BlobUpload> BlobUpload::Start(const std::string& temp_root) {
  SINTER_ASSIGN_OR_RETURN(LockedTemp temp, LockedTemp::CreateFile(temp_root));
  return BlobUpload(std::move(temp));
}

absl::Status BlobUpload::Append(absl::string_view bytes) {
  SINTER_RETURN_IF_ERROR(base::WriteAll(temp_.fd(), bytes, temp_.path()));
  hasher_.Update(bytes);
  size_bytes_ += static_cast<int64_t>(bytes.size());
  return absl::OkStatus();
}

absl::Status BlobUpload::Commit(FileBlobStore& store, const base::Digest& digest) {
  return store.PutFile(digest, temp_.path(), FileSource::kTake);
}

}  // namespace sinter::cache
