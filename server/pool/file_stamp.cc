#include "server/pool/file_stamp.h"

#include <sys/stat.h>

#include "absl/strings/str_cat.h"

namespace sinter::server {

std::string FileStamp(const std::string& path) {
  struct stat info{};
  if (stat(path.c_str(), &info) != 0) return "";
  return absl::StrCat(info.st_dev, ".", info.st_ino, ".", info.st_size, ".", info.st_mtim.tv_sec,
                      ".", info.st_mtim.tv_nsec);
}

}  // namespace sinter::server
