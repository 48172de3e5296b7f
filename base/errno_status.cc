#include "base/errno_status.h"

#include <cerrno>

#include "absl/strings/str_cat.h"

namespace sinter::base {

absl::Status ErrnoStatus(int error_number, absl::string_view doing) {
  if (error_number == EFBIG) {
    return absl::ResourceExhaustedError(absl::StrCat(doing, ": File too large"));
  }
  return absl::ErrnoToStatus(error_number, doing);
}

}  // namespace sinter::base
