// CompileOptions.certify: runs what was just compiled, and the reference evaluator, on the same
// inputs; only an artifact that is right leaves the worker.
//
// The artifact runs inside the worker, which is shut in: a fault in it is the worker's death, as a
// fault in the compiler is.
#ifndef SINTER_SERVER_WORKER_CERTIFY_H_
#define SINTER_SERVER_WORKER_CERTIFY_H_

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "proto/sinter/v1/artifact.pb.h"
#include "proto/sinter/v1/options.pb.h"
#include "proto/sinter/v1/target.pb.h"

namespace sinter::server {

// To be asked before the compile. RETURNS: OK if a certificate can be made here, or none is wanted.
// ERRORS: INVALID_ARGUMENT if no library is asked for, UNIMPLEMENTED if `host` can't run code that
// is made for `target`.
absl::Status CheckCertifiable(const v1::CompileOptions& options, const v1::Target& target,
                              const v1::Target& host);

// The bytes of a request: the model, and its external data by place.
struct ModelBytes {
  absl::string_view model;
  std::map<std::string, absl::string_view> external_data;
};

// Judges `folder`/model.so by the model, adds the certificate to `manifest` and writes
// `folder`/manifest.json anew. REQUIRES: CheckCertifiable().
// ERRORS: INTERNAL with a diagnostic of kind `miscompiled` if the artifact is wrong; UNIMPLEMENTED
// for what the reference evaluator or random inputs lack; INVALID_ARGUMENT if no random inputs suit
// the model; RESOURCE_EXHAUSTED.
absl::Status Certify(const v1::CompileOptions& options, const ModelBytes& bytes,
                     const std::string& folder, v1::ArtifactManifest& manifest);

}  // namespace sinter::server

#endif  // SINTER_SERVER_WORKER_CERTIFY_H_
