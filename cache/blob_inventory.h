// What a store holds and what of it may go: the view of eviction and garbage collection.
#ifndef SINTER_CACHE_BLOB_INVENTORY_H_
#define SINTER_CACHE_BLOB_INVENTORY_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/digest.h"

namespace sinter::cache {

// Implemented by leaf stores. Thread-safe.
class BlobInventory {
 public:
  struct Entry {
    base::Digest digest;
    absl::Time last_used;  // last Get, Open, Put, PutFile, or FindMissing that found it
  };

  virtual ~BlobInventory() = default;

  // The sum of the sizes of all blobs; quick.
  virtual int64_t StoredBytes() const = 0;

  // All blobs, in no order; slow.
  // ERRORS: UNAVAILABLE.
  virtual absl::StatusOr<std::vector<Entry>> ListBlobs() = 0;

  // Removes the blob unless someone has it open (see BlobFile).
  // RETURNS: whether this call removed it.
  // ERRORS: UNAVAILABLE.
  virtual absl::StatusOr<bool> RemoveUnlessPinned(const base::Digest& digest) = 0;
};

}  // namespace sinter::cache

#endif  // SINTER_CACHE_BLOB_INVENTORY_H_
