// base::Digest is the form in memory, sinter.v1.Digest that on the wire.
#ifndef SINTER_CACHE_DIGEST_PROTO_H_
#define SINTER_CACHE_DIGEST_PROTO_H_

#include "absl/status/statusor.h"
#include "base/digest.h"
#include "proto/sinter/v1/artifact.pb.h"

namespace sinter::cache {

// ERRORS: INVALID_ARGUMENT unless base::IsWellFormed.
absl::StatusOr<base::Digest> FromProto(const v1::Digest& digest);

v1::Digest ToProto(const base::Digest& digest);

}  // namespace sinter::cache

#endif  // SINTER_CACHE_DIGEST_PROTO_H_
