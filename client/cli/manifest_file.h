// manifest.json of an artifact on disk.
#ifndef SINTER_CLIENT_CLI_MANIFEST_FILE_H_
#define SINTER_CLIENT_CLI_MANIFEST_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/sinter/v1/artifact.pb.h"

namespace sinter::client {

// Whether `path` is the folder of an artifact.
bool IsArtifactFolder(const std::string& path);

// ERRORS: as the system says; INVALID_ARGUMENT if the file is no manifest.
absl::StatusOr<v1::ArtifactManifest> ReadManifest(const std::string& folder);

// Hashes every file that the manifest names. ERRORS: DATA_LOSS naming those that are missing or are
// not what it promises; INVALID_ARGUMENT for a path that leaves the folder.
absl::Status CheckFiles(const std::string& folder, const v1::ArtifactManifest& manifest);

}  // namespace sinter::client

#endif  // SINTER_CLIENT_CLI_MANIFEST_FILE_H_
