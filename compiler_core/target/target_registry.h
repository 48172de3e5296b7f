// The machines that code can be made for, as data.
//
// Built in `main` (or a test) from tables of rows and passed along; there is no global one.
// Immutable once filled, then thread-safe.
#ifndef SINTER_COMPILER_CORE_TARGET_TARGET_REGISTRY_H_
#define SINTER_COMPILER_CORE_TARGET_TARGET_REGISTRY_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/sinter/v1/target.pb.h"

namespace sinter::target {

class TargetRegistry {
 public:
  // Adds the rows of a v1::TargetTable in text format.
  // ERRORS: INVALID_ARGUMENT if it is none; ALREADY_EXISTS for a name that is taken; UNIMPLEMENTED
  // for a row that LLVM can't make code for.
  absl::Status AddTable(absl::string_view textproto);

  const std::vector<v1::Target>& targets() const { return targets_; }

  // The target that code is made for when a client asks for `wanted`:
  //   a name only            the row of that name, or Host() for `server`
  //   a triple too           that machine, with register counts and tiles from the largest row that
  //                          it can run; `wanted`'s own vector_bits and tiles win where set
  // Resolving a result again gives the same.
  // ERRORS: UNIMPLEMENTED naming the nearest rows.
  absl::StatusOr<v1::Target> Resolve(const v1::Target& wanted) const;

  // The machine that this process runs on, as "host:CPU": the largest row that it can run, and the
  // features beyond that row which matter for generated code.
  // ERRORS: UNIMPLEMENTED if there is no row for this architecture.
  absl::StatusOr<v1::Target> Host() const;

 private:
  absl::StatusOr<v1::Target> ResolveByName(absl::string_view name) const;

  std::vector<v1::Target> targets_;
};

}  // namespace sinter::target

#endif  // SINTER_COMPILER_CORE_TARGET_TARGET_REGISTRY_H_
