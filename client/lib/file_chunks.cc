#include "client/lib/file_chunks.h"

#include <cerrno>
#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"

namespace sinter::client {

absl::Status ForEachChunk(const std::string& path, int64_t size, size_t chunk_bytes,
                          const ChunkSink& sink) {
  const std::unique_ptr<FILE, int (*)(FILE*)> file(fopen(path.c_str(), "rbe"), &fclose);
  if (file == nullptr)
    return absl::ErrnoToStatus(errno, absl::StrCat("`", path, "` can't be read"));
  int64_t offset = 0;
  std::string bytes;
  while (true) {
    bytes.resize(chunk_bytes);
    bytes.resize(fread(bytes.data(), 1, chunk_bytes, file.get()));
    if (ferror(file.get()) != 0) {
      return absl::DataLossError(absl::StrCat("`", path, "` can't be read at byte ", offset));
    }
    if (bytes.empty()) break;
    const int64_t next = offset + static_cast<int64_t>(bytes.size());
    if (next > size) break;
    if (!sink(offset, bytes)) return absl::OkStatus();
    offset = next;
  }
  if (offset == size && bytes.empty()) return absl::OkStatus();
  return absl::AbortedError(
      absl::StrCat("`", path, "` changed while it was being sent; try again"));
}

}  // namespace sinter::client
