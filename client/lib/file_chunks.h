// Reads a file piece by piece, so that its size is no matter.
#ifndef SINTER_CLIENT_LIB_FILE_CHUNKS_H_
#define SINTER_CLIENT_LIB_FILE_CHUNKS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"

namespace sinter::client {

// Is given each piece and where it starts; may take the bytes away. RETURNS: whether to go on.
using ChunkSink = std::function<bool(int64_t offset, std::string& bytes)>;

// Reads `path`, which held `size` bytes when it was looked at, in pieces of at most `chunk_bytes`.
// ERRORS: as the system says; ABORTED if the file is shorter or longer by now.
absl::Status ForEachChunk(const std::string& path, int64_t size, size_t chunk_bytes,
                          const ChunkSink& sink);

}  // namespace sinter::client

#endif  // SINTER_CLIENT_LIB_FILE_CHUNKS_H_
