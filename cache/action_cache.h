// What each compile gave, by the digest of its Action (see proto/sinter/v1/cache_key.proto).
#ifndef SINTER_CACHE_ACTION_CACHE_H_
#define SINTER_CACHE_ACTION_CACHE_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/digest.h"
#include "proto/sinter/v1/cache_key.pb.h"

namespace sinter::cache {

// When what is stored has to be on disk for good.
enum class Sync {
  kNow,    // when OK is returned it survives a crash of the machine
  kLater,  // it may be lost in one: for what is cheap to make again
};

// Unlike a blob, an entry is not named by its own content: the last Put wins, and an implementation
// must itself make sure that what it returns is what was put. Thread-safe.
class ActionCache {
 public:
  virtual ~ActionCache() = default;

  // ERRORS: NOT_FOUND if there is no (intact) entry, UNAVAILABLE if it can't be told now.
  virtual absl::StatusOr<v1::CachedResult> Get(const base::Digest& action) = 0;

  // REQUIRES: the blobs it names are stored. ERRORS: RESOURCE_EXHAUSTED, UNAVAILABLE.
  virtual absl::Status Put(const base::Digest& action, const v1::CachedResult& result,
                           Sync sync) = 0;

  // Forgets the entry; OK if there was none.
  // ERRORS: UNAVAILABLE.
  virtual absl::Status Remove(const base::Digest& action) = 0;
};

}  // namespace sinter::cache

#endif  // SINTER_CACHE_ACTION_CACHE_H_
