#include "runtime/file_bytes.h"

#include <cerrno>
#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"

namespace sinter::runtime {
namespace {

struct Close {
  void operator()(FILE* file) const { std::fclose(file); }
};

absl::Status SystemError(const std::string& path, absl::string_view what) {
  return absl::ErrnoToStatus(errno, absl::StrCat("`", path, "` can't be ", what));
}

}  // namespace

absl::StatusOr<std::string> ReadFileBytes(const std::string& path) {
  const std::unique_ptr<FILE, Close> file(std::fopen(path.c_str(), "rbe"));
  if (file == nullptr) return SystemError(path, "opened");
  std::string bytes;
  if (std::fseek(file.get(), 0, SEEK_END) == 0) {
    const long size = std::ftell(file.get());
    // A folder claims to be endless; reading it fails below.
    if (size > 0 && size != __LONG_MAX__) bytes.reserve(size);
    std::rewind(file.get());
  }
  char block[1 << 16];
  size_t got;
  while ((got = std::fread(block, 1, sizeof(block), file.get())) > 0) bytes.append(block, got);
  if (std::ferror(file.get())) return SystemError(path, "read");
  return bytes;
}

absl::Status WriteFileBytes(const std::string& path,
                            std::initializer_list<absl::string_view> parts) {
  std::unique_ptr<FILE, Close> file(std::fopen(path.c_str(), "wbe"));
  if (file == nullptr) return SystemError(path, "made");
  for (const absl::string_view part : parts) {
    if (!part.empty() && std::fwrite(part.data(), 1, part.size(), file.get()) != part.size()) {
      return SystemError(path, "written");
    }
  }
  if (std::fclose(file.release()) != 0) return SystemError(path, "written");
  return absl::OkStatus();
}

}  // namespace sinter::runtime
