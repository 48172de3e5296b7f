#include "server/coordinator/free_space.h"

#include <sys/statvfs.h>

namespace sinter::server {
namespace {

constexpr int64_t kToSpare = int64_t{4} << 20;

int64_t FreeBytes(const std::string& directory) {
  struct statvfs info{};
  if (statvfs(directory.c_str(), &info) != 0) return 0;
  return static_cast<int64_t>(info.f_bavail) * static_cast<int64_t>(info.f_frsize);
}

}  // namespace

std::string DirectoryWithSpace(const std::vector<std::string>& directories, int64_t bytes) {
  std::string roomiest = directories.front();
  int64_t most = -1;
  for (const std::string& directory : directories) {
    const int64_t free = FreeBytes(directory);
    if (free >= bytes + kToSpare) return directory;
    if (free > most) {
      most = free;
      roomiest = directory;
    }
  }
  return roomiest;
}

}  // namespace sinter::server
