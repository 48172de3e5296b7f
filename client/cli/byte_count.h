// Amounts of bytes as people write them.
#ifndef SINTER_CLIENT_CLI_BYTE_COUNT_H_
#define SINTER_CLIENT_CLI_BYTE_COUNT_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sinter::client {

// Reads "1048576", "512M", "20G" (K, M, G, T: powers of 1024). ERRORS: a usage error naming `flag`.
absl::StatusOr<int64_t> ParseByteCount(absl::string_view flag, absl::string_view text);

}  // namespace sinter::client

#endif  // SINTER_CLIENT_CLI_BYTE_COUNT_H_
