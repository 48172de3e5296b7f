#include "cache/size_bounded_blob_store.h"

#include <algorithm>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace sinter::cache {

using base::Digest;

absl::StatusOr<EvictionResult> EvictDownTo(BlobInventory& inventory, int64_t max_bytes) {
  EvictionResult result;
  if (inventory.StoredBytes() <= max_bytes) return result;
  SINTER_ASSIGN_OR_RETURN(std::vector<BlobInventory::Entry> entries, inventory.ListBlobs());
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a.last_used < b.last_used; });
  for (const BlobInventory::Entry& entry : entries) {
    // Asked again each time: other threads and processes remove blobs as well.
    if (inventory.StoredBytes() <= max_bytes) break;
    SINTER_ASSIGN_OR_RETURN(const bool removed, inventory.RemoveUnlessPinned(entry.digest));
    if (!removed) continue;
    ++result.blobs;
    result.bytes += entry.digest.size_bytes;
  }
  return result;
}

SizeBoundedBlobStore::SizeBoundedBlobStore(std::unique_ptr<FileBlobStore> inner,
                                           BlobInventory* inventory, int64_t max_bytes,
                                           OnEvict on_evict)
    : inner_(std::move(inner)),
      inventory_(inventory),
      max_bytes_(max_bytes),
      on_evict_(std::move(on_evict)) {}

absl::Status SizeBoundedBlobStore::Put(const Digest& digest, const absl::Cord& bytes) {
  return WithRoom(digest, [&] { return inner_->Put(digest, bytes); });
}

absl::Status SizeBoundedBlobStore::PutFile(const Digest& digest, const std::string& path,
                                           FileSource source) {
  return WithRoom(digest, [&] { return inner_->PutFile(digest, path, source); });
}

absl::Status SizeBoundedBlobStore::WithRoom(const Digest& digest,
                                            const std::function<absl::Status()>& put) {
  SINTER_ASSIGN_OR_RETURN(const std::vector<Digest> missing, inner_->FindMissing({digest}));
  if (missing.empty()) return put();
  SINTER_RETURN_IF_ERROR(Reserve(digest.size_bytes));
  const absl::Cleanup unreserve = [&] { Unreserve(digest.size_bytes); };
  return put();
}

absl::Status SizeBoundedBlobStore::Reserve(int64_t bytes) {
  const absl::MutexLock lock(&mutex_);
  const int64_t room = max_bytes_ - reserved_bytes_ - bytes;
  if (room >= 0 && inventory_->StoredBytes() > room) {
    SINTER_ASSIGN_OR_RETURN(const EvictionResult evicted,
                            EvictDownTo(*inventory_, std::max<int64_t>(room - max_bytes_ / 10, 0)));
    on_evict_(evicted);
  }
  if (inventory_->StoredBytes() > room) {
    return absl::ResourceExhaustedError(
        absl::StrCat("a blob of ", bytes, " bytes does not fit; the cache may hold ", max_bytes_,
                     " bytes, and what it holds now can't be evicted: raise its size"));
  }
  reserved_bytes_ += bytes;
  return absl::OkStatus();
}

void SizeBoundedBlobStore::Unreserve(int64_t bytes) {
  const absl::MutexLock lock(&mutex_);
  reserved_bytes_ -= bytes;
}

absl::StatusOr<absl::Cord> SizeBoundedBlobStore::Get(const Digest& digest) {
  return inner_->Get(digest);
}

absl::StatusOr<BlobFile> SizeBoundedBlobStore::Open(const Digest& digest) {
  return inner_->Open(digest);
}

absl::StatusOr<std::vector<Digest>> SizeBoundedBlobStore::FindMissing(
    absl::Span<const Digest> digests) {
  return inner_->FindMissing(digests);
}

absl::Status SizeBoundedBlobStore::Remove(const Digest& digest) { return inner_->Remove(digest); }

}  // namespace sinter::cache
