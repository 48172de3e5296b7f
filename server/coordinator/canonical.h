// Makes requests that mean the same the same bytes, before they become a cache key.
#ifndef SINTER_SERVER_COORDINATOR_CANONICAL_H_
#define SINTER_SERVER_COORDINATOR_CANONICAL_H_

#include "absl/status/statusor.h"
#include "proto/sinter/v1/options.pb.h"
#include "proto/sinter/v1/target.pb.h"

namespace sinter::server {

// Fills in defaults, sorts lists and drops repetitions.
// ERRORS: INVALID_ARGUMENT: an optimization level out of range, an unknown stage, two shapes for
// one input, a dimension below 0 or a range that holds nothing.
absl::StatusOr<v1::CompileOptions> CanonicalOptions(const v1::CompileOptions& options);

// Sorts the features and drops what is for people only.
v1::Target CanonicalTarget(const v1::Target& target);

}  // namespace sinter::server

#endif  // SINTER_SERVER_COORDINATOR_CANONICAL_H_
