// Whether a request may come in at all, judged by its header alone.
#ifndef SINTER_SERVER_ADMISSION_HEADER_CHECK_H_
#define SINTER_SERVER_ADMISSION_HEADER_CHECK_H_

#include <cstdint>

#include "absl/status/status.h"
#include "proto/sinter/v1/compile_service.pb.h"

namespace sinter::server {

// ERRORS: INVALID_ARGUMENT: a digest or path breaks the rules of compile_service.proto, or no
// target is chosen; RESOURCE_EXHAUSTED with QuotaFailure: the files are larger than
// `max_upload_bytes`.
absl::Status CheckHeader(const v1::CompileHeader& header, int64_t max_upload_bytes);

}  // namespace sinter::server

#endif  // SINTER_SERVER_ADMISSION_HEADER_CHECK_H_
