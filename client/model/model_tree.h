// A model as it lies on disk: its file, and the files of external data that it names.
//
// A model is outside input, so the paths in it are not trusted: without care, a model from the web
// could make a client upload ~/.ssh/id_rsa to a server. Only files of the model's own folder count.
#ifndef SINTER_CLIENT_MODEL_MODEL_TREE_H_
#define SINTER_CLIENT_MODEL_MODEL_TREE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/model/model_outline.h"

namespace sinter::client {

struct ModelTree {
  struct File {
    // How the model names it: relative, with "/" between parts, none of them empty, "." or "..".
    std::string location;
    std::string path;  // where it is
  };
  std::string path;                 // of the model file, as given
  ModelOutline outline;             // empty if the model is MLIR
  std::vector<File> external_data;  // sorted by location, once each
};

enum class LinkPolicy {
  kRefuseLeaving,  // external data may be a link, but only to a place in the model's folder
  kFollow,         // the user vouches for where links lead
};

// Opens the model at `path`, which may be a link itself, and finds its external data: beside the
// path given, or else beside the file that it is a link to.
// ERRORS: NOT_FOUND, PERMISSION_DENIED and the like for the model file itself; INVALID_ARGUMENT if
// it is no model, or names external data that is missing, that has an absolute path or one that
// climbs out of the model's folder, or that leads out of it by a link.
absl::StatusOr<ModelTree> ReadModelTree(const std::string& path, LinkPolicy links);

}  // namespace sinter::client

#endif  // SINTER_CLIENT_MODEL_MODEL_TREE_H_
