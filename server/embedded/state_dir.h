// What is where in a state directory.
#ifndef SINTER_SERVER_EMBEDDED_STATE_DIR_H_
#define SINTER_SERVER_EMBEDDED_STATE_DIR_H_

#include <string>

#include "absl/status/statusor.h"
#include "cache/locked_temp.h"

namespace sinter::server {

struct StateDir {
  std::string cache;      // see cache/disk_layout.h
  std::string jobs;       // finished jobs
  std::string toolchain;  // a file: what the worker said about itself
  // Where processes of this user make LockedTemps in memory, for when the disk is full.
  std::string overflow_root;
};

// Makes the folders that are missing.
// ERRORS: as base/file_util.h, saying that it is the state directory that can't be used.
absl::StatusOr<StateDir> OpenStateDir(const std::string& path);

}  // namespace sinter::server

#endif  // SINTER_SERVER_EMBEDDED_STATE_DIR_H_
