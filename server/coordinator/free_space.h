// Where on this machine a file still fits.
#ifndef SINTER_SERVER_COORDINATOR_FREE_SPACE_H_
#define SINTER_SERVER_COORDINATOR_FREE_SPACE_H_

#include <cstdint>
#include <string>
#include <vector>

namespace sinter::server {

// RETURNS: the first of `directories` whose file system has `bytes` free and some to spare; if none
// has, the one with the most.
// REQUIRES: `directories` is not empty.
std::string DirectoryWithSpace(const std::vector<std::string>& directories, int64_t bytes);

}  // namespace sinter::server

#endif  // SINTER_SERVER_COORDINATOR_FREE_SPACE_H_
