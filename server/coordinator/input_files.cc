#include "server/coordinator/input_files.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "server/coordinator/free_space.h"
#include "server/errors/error_details.h"

namespace sinter::server {
namespace {

constexpr size_t kStrays = 8;

absl::Status WrongBytes(const std::string& message) {
  return RequestError(absl::StatusCode::kInvalidArgument, "digest_mismatch", message,
                      "the file may have changed while it was sent");
}

}  // namespace

InputFiles::OwnedPath::~OwnedPath() { unlink(path_.c_str()); }

absl::Status InputFiles::Upload::Append(absl::string_view bytes) {
  if (received() + static_cast<int64_t>(bytes.size()) > digest_.size_bytes) {
    return WrongBytes(absl::StrCat("more bytes were sent than the ", digest_.size_bytes, " of `",
                                   base::ToString(digest_), "`"));
  }
  return upload_.Append(bytes);
}

absl::Status InputFiles::Upload::Commit() {
  if (const base::Digest found = upload_.Finish(); found != digest_) {
    return WrongBytes(absl::StrCat("the bytes sent are `", base::ToString(found),
                                   "`: the header promised `", base::ToString(digest_), "`"));
  }
  // A second name, because a store that fails may have taken the first.
  auto kept = std::make_shared<OwnedPath>(upload_.path() + ".kept");
  if (link(upload_.path().c_str(), kept->path().c_str()) != 0) {
    return absl::InternalError(absl::StrCat("link `", kept->path(), "`: ", strerror(errno)));
  }
  const absl::Status stored = upload_.Commit(files_.store_, digest_);
  if (!stored.ok()) files_.KeepStray(digest_, std::move(kept));
  return absl::OkStatus();
}

InputFiles::InputFiles(cache::FileBlobStore& store, std::string spool_dir, std::string overflow_dir)
    : store_(store), directories_({std::move(spool_dir), std::move(overflow_dir)}) {}

absl::StatusOr<std::vector<base::Digest>> InputFiles::FindMissing(
    absl::Span<const base::Digest> digests) {
  std::vector<base::Digest> asked;
  absl::flat_hash_set<base::Digest> seen;
  for (const base::Digest& digest : digests) {
    if (!seen.insert(digest).second || FindStray(digest) != nullptr) continue;
    asked.push_back(digest);
  }
  SINTER_ASSIGN_OR_RETURN(std::vector<base::Digest> missing, store_.FindMissing(asked));
  // There is nothing to send of an empty file: it is made here.
  const auto is_made = [this](const base::Digest& digest) {
    if (digest.size_bytes != 0) return false;
    auto upload = Begin(digest);
    return upload.ok() && (*upload)->Commit().ok();
  };
  missing.erase(std::remove_if(missing.begin(), missing.end(), is_made), missing.end());
  return missing;
}

absl::StatusOr<std::unique_ptr<InputFiles::Upload>> InputFiles::Begin(const base::Digest& digest) {
  SINTER_ASSIGN_OR_RETURN(cache::BlobUpload upload, cache::BlobUpload::Start(DirectoryWithSpace(
                                                        directories_, digest.size_bytes)));
  return std::unique_ptr<Upload>(new Upload(*this, digest, std::move(upload)));
}

absl::StatusOr<InputFiles::Lease> InputFiles::Acquire(const base::Digest& digest) {
  Lease lease;
  lease.stray_ = FindStray(digest);
  if (lease.stray_ != nullptr) return lease;
  SINTER_ASSIGN_OR_RETURN(lease.blob_, store_.Open(digest));
  return lease;
}

std::shared_ptr<InputFiles::OwnedPath> InputFiles::FindStray(const base::Digest& digest) {
  absl::MutexLock lock(&mutex_);
  for (const Stray& stray : strays_) {
    if (stray.first == digest) return stray.second;
  }
  return nullptr;
}

void InputFiles::KeepStray(const base::Digest& digest, std::shared_ptr<OwnedPath> path) {
  absl::MutexLock lock(&mutex_);
  strays_.emplace_back(digest, std::move(path));
  if (strays_.size() > kStrays) strays_.pop_front();
}

}  // namespace sinter::server
