#include "client/cli/byte_count.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/lib/fault.h"

namespace sinter::client {

absl::StatusOr<int64_t> ParseByteCount(absl::string_view flag, absl::string_view text) {
  constexpr absl::string_view kUnits = "KMGT";
  absl::string_view digits = text;
  int64_t factor = 1;
  if (!text.empty()) {
    const size_t unit = kUnits.find(text.back());
    if (unit != absl::string_view::npos) {
      factor = int64_t{1} << (10 * (unit + 1));
      digits.remove_suffix(1);
    }
  }
  int64_t count = 0;
  int64_t bytes = 0;
  if (!absl::SimpleAtoi(digits, &count) || count < 0 ||
      __builtin_mul_overflow(count, factor, &bytes)) {
    return UsageError(absl::StrCat("`", flag, "=", text, "` is no number of bytes, such as 512M"));
  }
  return bytes;
}

}  // namespace sinter::client
