#include "cache/disk_action_cache.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/errno_status.h"
#include "base/file_util.h"
#include "base/status_macros.h"
#include "cache/locked_temp.h"

namespace sinter::cache {
namespace {

using base::Digest;

// An entry: the magic, the SHA-256 of the rest (32 bytes), and the rest: a serialized CachedResult.
// Never change it; a new format has a new magic.
constexpr absl::string_view kMagic = "SINTERA1";
constexpr size_t kHashBytes = 32;

std::string HashOf(absl::string_view bytes) {
  return absl::HexStringToBytes(base::DigestOf(bytes).sha256_hex);
}

std::string Encode(const v1::CachedResult& result) {
  const std::string payload = result.SerializeAsString();
  return absl::StrCat(kMagic, HashOf(payload), payload);
}

bool Decode(absl::string_view entry, v1::CachedResult& result) {
  if (entry.size() < kMagic.size() + kHashBytes) return false;
  if (entry.substr(0, kMagic.size()) != kMagic) return false;
  const absl::string_view hash = entry.substr(kMagic.size(), kHashBytes);
  const absl::string_view payload = entry.substr(kMagic.size() + kHashBytes);
  return HashOf(payload) == hash &&
         result.ParseFromArray(payload.data(), static_cast<int>(payload.size()));
}

absl::Status NoEntry(const Digest& action) {
  return absl::NotFoundError(absl::StrCat("no result for action `", base::ToString(action), "`"));
}

}  // namespace

DiskActionCache::DiskActionCache(DiskLayout layout, Counters* counters)
    : layout_(std::move(layout)), counters_(counters) {}

absl::StatusOr<std::string> DiskActionCache::PathOf(const Digest& action) const {
  if (base::IsWellFormed(action)) return DiskLayout::EntryPath(layout_.ActionRoot(), action);
  return absl::InvalidArgumentError(
      absl::StrCat("`", base::ToString(action), "` can't name an action"));
}

absl::StatusOr<v1::CachedResult> DiskActionCache::Get(const Digest& action) {
  SINTER_ASSIGN_OR_RETURN(const std::string path, PathOf(action));
  const absl::StatusOr<std::string> entry = base::ReadFile(path);
  if (absl::IsNotFound(entry.status())) return NoEntry(action);
  SINTER_RETURN_IF_ERROR(entry.status());
  v1::CachedResult result;
  if (Decode(*entry, result)) return result;
  counters_->Add(Counters::kCorrupt);
  unlink(path.c_str());
  return NoEntry(action);
}

absl::Status DiskActionCache::Put(const Digest& action, const v1::CachedResult& result, Sync sync) {
  SINTER_ASSIGN_OR_RETURN(const std::string path, PathOf(action));
  SINTER_ASSIGN_OR_RETURN(const LockedTemp temp, LockedTemp::CreateFile(layout_.TempRoot()));
  SINTER_RETURN_IF_ERROR(base::WriteAll(temp.fd(), Encode(result), temp.path()));
  if (sync == Sync::kNow && fsync(temp.fd()) != 0) {
    return base::ErrnoStatus(errno, absl::StrCat("writing `", temp.path(), "`"));
  }
  const std::string shard = std::filesystem::path(path).parent_path();
  SINTER_RETURN_IF_ERROR(base::CreateDirectories(shard));
  if (sync == Sync::kNow) SINTER_RETURN_IF_ERROR(base::SyncDirectory(layout_.ActionRoot()));
  if (rename(temp.path().c_str(), path.c_str()) != 0) {
    return base::ErrnoStatus(errno, absl::StrCat("storing `", path, "`"));
  }
  return sync == Sync::kNow ? base::SyncDirectory(shard) : absl::OkStatus();
}

absl::Status DiskActionCache::Remove(const Digest& action) {
  SINTER_ASSIGN_OR_RETURN(const std::string path, PathOf(action));
  if (unlink(path.c_str()) == 0 || errno == ENOENT) return absl::OkStatus();
  return base::ErrnoStatus(errno, absl::StrCat("removing `", path, "`"));
}

absl::StatusOr<std::vector<Digest>> DiskActionCache::ListActions() {
  std::vector<Digest> actions;
  SINTER_ASSIGN_OR_RETURN(const std::vector<std::string> shards,
                          base::ListDirectory(layout_.ActionRoot()));
  for (const std::string& shard : shards) {
    SINTER_ASSIGN_OR_RETURN(const std::vector<std::string> names,
                            base::ListDirectory(absl::StrCat(layout_.ActionRoot(), "/", shard)));
    for (const std::string& name : names) {
      absl::StatusOr<Digest> action = DiskLayout::ParseEntryName(name);
      if (action.ok()) actions.push_back(*std::move(action));
    }
  }
  return actions;
}

}  // namespace sinter::cache
