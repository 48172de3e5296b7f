#include "server/admission/header_check.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"
#include "cache/digest_proto.h"
#include "server/errors/error_details.h"

namespace sinter::server {
namespace {

constexpr size_t kLongestPath = 4096;

absl::Status Invalid(const std::string& message) {
  return RequestError(absl::StatusCode::kInvalidArgument, "invalid_request", message);
}

absl::Status CheckPath(const std::string& path) {
  if (path.size() > kLongestPath) {
    return Invalid(
        absl::StrCat("a path of ", path.size(), " bytes: the longest allowed is ", kLongestPath));
  }
  for (const absl::string_view part : absl::StrSplit(path, '/')) {
    if (part.empty() || part == "." || part == "..") {
      return Invalid(absl::StrCat("the external data path `", path,
                                  "`: it must be relative and stay in the model's folder"));
    }
    if (part.find('\0') != absl::string_view::npos) return Invalid("a path that holds a zero byte");
  }
  return absl::OkStatus();
}

absl::Status CheckDigest(const v1::CompileHeader::File& file) {
  const auto digest = cache::FromProto(file.digest());
  if (digest.ok()) return absl::OkStatus();
  return Invalid(absl::StrCat("the digest of `", file.path(), "`: ", digest.status().message()));
}

}  // namespace

absl::Status CheckHeader(const v1::CompileHeader& header, int64_t max_upload_bytes) {
  if (!header.has_model()) return Invalid("the header names no model");
  if (header.target_choice_case() == v1::CompileHeader::TARGET_CHOICE_NOT_SET) {
    return Invalid("the header chooses no target: give a description or a name, such as `server`");
  }
  SINTER_RETURN_IF_ERROR(CheckDigest(header.model()));
  int64_t left = max_upload_bytes - header.model().digest().size_bytes();
  const std::string* previous = nullptr;
  for (const v1::CompileHeader::File& file : header.external_data()) {
    SINTER_RETURN_IF_ERROR(CheckPath(file.path()));
    SINTER_RETURN_IF_ERROR(CheckDigest(file));
    if (previous != nullptr && *previous >= file.path()) {
      return Invalid(absl::StrCat("the external data `", file.path(), "` comes after `", *previous,
                                  "`: the list must be sorted, without duplicates"));
    }
    previous = &file.path();
    // Sizes are 0 or more, so this can't wrap: it is left as soon as it is below 0.
    if (left >= 0) left -= file.digest().size_bytes();
  }
  if (left >= 0) return absl::OkStatus();
  const std::string message =
      absl::StrCat("the model and its data are more than ", max_upload_bytes,
                   " bytes, the most that this server takes");
  return WithQuota(RequestError(absl::StatusCode::kResourceExhausted, "upload_too_large", message,
                                "start the server with a higher `--max-upload-bytes`"),
                   "max-upload-bytes", message);
}

}  // namespace sinter::server
