// The name of a compile: the digest of its Remote Execution API Action.
#ifndef SINTER_SERVER_COORDINATOR_ACTION_KEY_H_
#define SINTER_SERVER_COORDINATOR_ACTION_KEY_H_

#include "absl/strings/string_view.h"
#include "base/digest.h"
#include "proto/sinter/v1/cache_key.pb.h"
#include "proto/sinter/v1/compile_service.pb.h"

namespace sinter::server {

// The Action that proto/sinter/v1/cache_key.proto describes, for the files of `header` and `spec`.
// REQUIRES: the digests are well-formed and the paths as the header's specification demands; `spec`
// is canonical.
base::Digest ActionKey(const v1::CompileHeader& header, const v1::CompileSpec& spec);

// Likewise for one kernel's object code. REQUIRES: of `spec`'s options only those that kernels
// depend on are set.
base::Digest KernelKey(absl::string_view text, const v1::CompileSpec& spec);

}  // namespace sinter::server

#endif  // SINTER_SERVER_COORDINATOR_ACTION_KEY_H_
