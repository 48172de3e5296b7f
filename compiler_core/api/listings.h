// An artifact's code as text: LLVM IR and assembly.
#ifndef SINTER_COMPILER_CORE_API_LISTINGS_H_
#define SINTER_COMPILER_CORE_API_LISTINGS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "proto/sinter/v1/target.pb.h"

namespace sinter::api {

struct Listings {
  std::string llvm_ir;
  std::string assembly;
};

// Of all objects linked into one module. ERRORS: INTERNAL if bitcode can't be read or linked.
absl::StatusOr<Listings> MakeListings(const std::vector<std::string>& bitcodes,
                                      const v1::Target& target);

}  // namespace sinter::api

#endif  // SINTER_COMPILER_CORE_API_LISTINGS_H_
