// Where `-o` puts an artifact: one of its files, or all of them in a folder.
#ifndef SINTER_CLIENT_LIB_ARTIFACT_OUTPUT_H_
#define SINTER_CLIENT_LIB_ARTIFACT_OUTPUT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/lib/artifact_client.h"
#include "proto/sinter/v1/artifact.pb.h"

namespace sinter::client {

// RETURNS: the manifest's file of that path, or null.
const v1::ArtifactManifest::File* FindFile(const v1::ArtifactManifest& manifest,
                                           absl::string_view path);

// Whether a path from a manifest stays in the folder it is put in.
bool IsPlainRelativePath(absl::string_view path);

// Fetches every file of an artifact, and its manifest.json last, into `folder`, which is made if it
// is not there. Each file is whole or absent; files of the folder that are not the artifact's stay.
// ERRORS: those of ArtifactClient; INTERNAL if the manifest names a file outside of the folder.
absl::Status WriteArtifactFolder(ArtifactClient& client, const v1::Digest& artifact,
                                 const v1::ArtifactManifest& manifest, const std::string& folder);

}  // namespace sinter::client

#endif  // SINTER_CLIENT_LIB_ARTIFACT_OUTPUT_H_
