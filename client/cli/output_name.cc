#include "client/cli/output_name.h"

#include "absl/strings/str_cat.h"
#include "base/digest.h"

namespace sinter::client {
namespace {

constexpr size_t kLongestName = 240;  // of 255 that Linux allows
constexpr size_t kDigestDigits = 16;

}  // namespace

std::string OutputFileName(absl::string_view output, absl::string_view extension) {
  std::string name;
  for (const char c : output) {
    if (c == '/' || c == '%' || c == '\0') {
      absl::StrAppend(&name, "%", c == '/' ? "2F" : c == '%' ? "25" : "00");
    } else {
      name.push_back(c);
    }
  }
  if (name.size() > kLongestName) {
    name.resize(kLongestName - kDigestDigits - 1);
    absl::StrAppend(&name, "~", base::DigestOf(output).sha256_hex.substr(0, kDigestDigits));
  }
  return absl::StrCat(name, extension);
}

}  // namespace sinter::client
