// The upload part of a call: the blobs that are needed come in one after the other, in chunks.
#ifndef SINTER_SERVER_ADMISSION_UPLOAD_SESSION_H_
#define SINTER_SERVER_ADMISSION_UPLOAD_SESSION_H_

#include <cstddef>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "base/digest.h"
#include "proto/sinter/v1/compile_service.pb.h"
#include "server/coordinator/input_files.h"

namespace sinter::server {

// Not thread-safe. Bytes go to disk as they come; memory holds one chunk.
class UploadSession {
 public:
  // `needed` in the order in which the client was asked for them. `files` outlives this.
  UploadSession(InputFiles& files, std::vector<base::Digest> needed);

  // ERRORS: INVALID_ARGUMENT: not the chunk that comes next, too long, or a blob whose bytes are
  // not what its digest promised; RESOURCE_EXHAUSTED: no disk has room.
  absl::Status Accept(const v1::CompileRequest::Chunk& chunk);

  bool complete() const { return next_ == needed_.size(); }

 private:
  InputFiles& files_;
  const std::vector<base::Digest> needed_;
  size_t next_ = 0;  // the blob that is coming in
  std::unique_ptr<InputFiles::Upload> upload_;
};

}  // namespace sinter::server

#endif  // SINTER_SERVER_ADMISSION_UPLOAD_SESSION_H_
