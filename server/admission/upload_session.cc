#include "server/admission/upload_session.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "server/errors/error_details.h"

namespace sinter::server {
namespace {

constexpr size_t kLongestChunk = size_t{1} << 20;

absl::Status Invalid(const std::string& message) {
  return RequestError(absl::StatusCode::kInvalidArgument, "invalid_upload", message);
}

}  // namespace

UploadSession::UploadSession(InputFiles& files, std::vector<base::Digest> needed)
    : files_(files), needed_(std::move(needed)) {}

absl::Status UploadSession::Accept(const v1::CompileRequest::Chunk& chunk) {
  if (complete()) return Invalid("a chunk after the last blob that was needed");
  const base::Digest& digest = needed_[next_];
  if (chunk.hash() != digest.sha256_hex) {
    return Invalid(absl::StrCat("a chunk of `", chunk.hash(), "`: the next blob is `",
                                base::ToString(digest), "`"));
  }
  if (chunk.data().size() > kLongestChunk) {
    return Invalid(absl::StrCat("a chunk of ", chunk.data().size(),
                                " bytes: the longest allowed is ", kLongestChunk));
  }
  if (upload_ == nullptr) {
    SINTER_ASSIGN_OR_RETURN(upload_, files_.Begin(digest));
  }
  if (chunk.offset() != upload_->received()) {
    return Invalid(absl::StrCat("a chunk at offset ", chunk.offset(), ": the next byte is ",
                                upload_->received()));
  }
  SINTER_RETURN_IF_ERROR(upload_->Append(chunk.data()));
  if (upload_->received() < digest.size_bytes) return absl::OkStatus();
  SINTER_RETURN_IF_ERROR(upload_->Commit());
  upload_.reset();
  ++next_;
  return absl::OkStatus();
}

}  // namespace sinter::server
