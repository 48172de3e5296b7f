#include "cache/digest_proto.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace sinter::cache {

absl::StatusOr<base::Digest> FromProto(const v1::Digest& digest) {
  base::Digest result{digest.hash(), digest.size_bytes()};
  if (base::IsWellFormed(result)) return result;
  return absl::InvalidArgumentError(absl::StrCat(
      "`", digest.hash(), "` of ", digest.size_bytes(),
      " bytes is not a digest; it must be 64 lower-case hexadecimal digits ", "and a size"));
}

v1::Digest ToProto(const base::Digest& digest) {
  v1::Digest result;
  result.set_hash(digest.sha256_hex);
  result.set_size_bytes(digest.size_bytes);
  return result;
}

}  // namespace sinter::cache
