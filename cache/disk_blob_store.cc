#include "cache/disk_blob_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/errno_status.h"
#include "base/file_util.h"
#include "base/mapped_file.h"
#include "base/status_macros.h"
#include "base/unique_fd.h"
#include "cache/locked_temp.h"

namespace sinter::cache {
namespace {

using base::Digest;

// Larger blobs are mapped. Smaller ones are cheap to read, and whoever cuts a file short while it
// is in use can then not harm this process.
constexpr int64_t kMapFromBytes = 4 << 20;

// So many corrupt blobs are kept for inspection; they don't count towards the size of the cache.
constexpr size_t kQuarantineLimit = 16;

absl::Status FileError(absl::string_view doing, const std::string& path) {
  const int error_number = errno;
  return base::ErrnoStatus(error_number, absl::StrCat(doing, " `", path, "`"));
}

absl::Status CheckName(const Digest& digest) {
  if (base::IsWellFormed(digest)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("`", base::ToString(digest), "` can't name a blob"));
}

absl::Status NoBlob(const Digest& digest) {
  return absl::NotFoundError(absl::StrCat("no blob `", base::ToString(digest), "`"));
}

// Reading for the store's own purposes must not count as use, hence O_NOATIME (which the kernel
// grants to the file's owner only).
absl::StatusOr<base::UniqueFd> OpenBlob(const std::string& path, const Digest& digest) {
  absl::StatusOr<base::UniqueFd> fd = base::OpenFile(path, O_RDONLY | O_NOATIME | O_NOFOLLOW);
  if (absl::IsPermissionDenied(fd.status())) fd = base::OpenFile(path, O_RDONLY | O_NOFOLLOW);
  if (absl::IsNotFound(fd.status())) return NoBlob(digest);
  return fd;
}

// Notes use in the access time, which the kernel keeps even where reading does not change it.
void Touch(int fd, absl::Time now) {
  const timespec times[] = {absl::ToTimespec(now), {0, UTIME_OMIT}};
  futimens(fd, times);  // a read-only store works too, without order
}

// Makes the content read-only, with `sync` puts it on disk for good, and counts as its first use.
absl::Status Seal(int fd, absl::Time now, bool sync, const std::string& path) {
  Touch(fd, now);
  if (fchmod(fd, 0444) != 0) return FileError("setting the mode of", path);
  if (sync && fsync(fd) != 0) return FileError("writing", path);
  return absl::OkStatus();
}

// rename(2) that does not replace. RETURNS: 0 or -1 and errno, EEXIST if `to` is there.
int RenameNew(const std::string& from, const std::string& to) {
  if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return -1;
  // A file system without that: a link does not replace either.
  if (link(from.c_str(), to.c_str()) != 0) return -1;
  unlink(from.c_str());
  return 0;
}

bool HasSize(const std::string& path, int64_t size) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) && info.st_size == size;
}

// Whether `path` still names the open file: nobody has removed or replaced it.
bool StillNames(const std::string& path, int fd) {
  struct stat named, opened;
  return stat(path.c_str(), &named) == 0 && fstat(fd, &opened) == 0 &&
         named.st_ino == opened.st_ino && named.st_dev == opened.st_dev;
}

// Held shared while what is stored and what is counted differ, and alone to count anew. Closing it
// unlocks. Without a lock (a read-only folder) nothing is counted wrong that could be stored.
base::UniqueFd LockCounts(const DiskLayout& layout, int operation) {
  base::UniqueFd fd(open(layout.LockPath().c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0600));
  while (fd && flock(fd.get(), operation) != 0 && errno == EINTR) {
  }
  return fd;
}

absl::Status Lock(int fd, int operation, const std::string& path) {
  while (flock(fd, operation) != 0) {
    if (errno != EINTR) return FileError("locking", path);
  }
  return absl::OkStatus();
}

}  // namespace

DiskBlobStore::DiskBlobStore(DiskLayout layout, Counters* counters, const base::Clock* clock)
    : layout_(std::move(layout)), counters_(counters), clock_(clock) {}

std::string DiskBlobStore::PathOf(const Digest& digest) const {
  return DiskLayout::EntryPath(layout_.BlobRoot(), digest);
}

absl::StatusOr<absl::Cord> DiskBlobStore::Get(const Digest& digest) {
  SINTER_RETURN_IF_ERROR(CheckName(digest));
  const std::string path = PathOf(digest);
  SINTER_ASSIGN_OR_RETURN(const base::UniqueFd fd, OpenBlob(path, digest));
  struct stat info;
  if (fstat(fd.get(), &info) != 0) return FileError("reading the size of", path);
  Touch(fd.get(), clock_->Now());
  if (info.st_size >= kMapFromBytes) {
    SINTER_ASSIGN_OR_RETURN(base::MappedFile file,
                            base::MappedFile::Map(fd.get(), info.st_size, path));
    return std::move(file).ToCord();
  }
  auto bytes = std::make_unique<char[]>(static_cast<size_t>(info.st_size));
  SINTER_RETURN_IF_ERROR(base::ReadExactly(fd.get(), 0, info.st_size, bytes.get(), path));
  const absl::string_view view(bytes.get(), static_cast<size_t>(info.st_size));
  return absl::MakeCordFromExternal(view, [owned = std::move(bytes)](absl::string_view) {});
}

absl::Status DiskBlobStore::Put(const Digest& digest, const absl::Cord& bytes) {
  SINTER_RETURN_IF_ERROR(CheckName(digest));
  if (TouchIfPresent(digest)) return absl::OkStatus();
  SINTER_ASSIGN_OR_RETURN(const LockedTemp temp, LockedTemp::CreateFile(layout_.TempRoot()));
  for (const absl::string_view chunk : bytes.Chunks()) {
    SINTER_RETURN_IF_ERROR(base::WriteAll(temp.fd(), chunk, temp.path()));
  }
  SINTER_RETURN_IF_ERROR(Seal(temp.fd(), clock_->Now(), /*sync=*/true, temp.path()));
  return Install(temp.path(), /*sync=*/true, digest);
}

absl::Status DiskBlobStore::PutFile(const Digest& digest, const std::string& path,
                                    FileSource source) {
  SINTER_RETURN_IF_ERROR(CheckName(digest));
  SINTER_ASSIGN_OR_RETURN(const base::UniqueFd fd, base::OpenFile(path, O_RDONLY));
  const bool take = source != FileSource::kCopy;
  const bool sync = source != FileSource::kTakeUnsynced;
  if (!TouchIfPresent(digest)) {
    if (take) {
      SINTER_RETURN_IF_ERROR(Seal(fd.get(), clock_->Now(), sync, path));
      const absl::Status moved = Install(path, sync, digest);
      if (moved.ok() || absl::IsResourceExhausted(moved)) return moved;
      // Another file system, or a folder that lets nothing go: copy instead.
    }
    SINTER_ASSIGN_OR_RETURN(const LockedTemp temp, LockedTemp::CreateFile(layout_.TempRoot()));
    SINTER_RETURN_IF_ERROR(base::CopyBytes(fd.get(), temp.fd(), temp.path()));
    SINTER_RETURN_IF_ERROR(Seal(temp.fd(), clock_->Now(), sync, temp.path()));
    SINTER_RETURN_IF_ERROR(Install(temp.path(), sync, digest));
  }
  if (take) unlink(path.c_str());
  return absl::OkStatus();
}

absl::Status DiskBlobStore::Install(const std::string& from, bool sync, const Digest& digest) {
  const std::string path = PathOf(digest);
  {
    const base::UniqueFd lock = LockCounts(layout_, LOCK_SH);
    SINTER_ASSIGN_OR_RETURN(const bool is_new, MoveIn(from, path, digest));
    if (!is_new) return absl::OkStatus();
    counters_->Add(Counters::kBlobs);
    counters_->Add(Counters::kBytes, digest.size_bytes);
  }
  if (!sync) return absl::OkStatus();
  return base::SyncDirectory(std::filesystem::path(path).parent_path());
}

absl::StatusOr<bool> DiskBlobStore::MoveIn(const std::string& from, const std::string& path,
                                           const Digest& digest) {
  while (RenameNew(from, path) != 0) {
    if (errno == ENOENT && access(from.c_str(), F_OK) == 0) {
      SINTER_RETURN_IF_ERROR(base::CreateDirectories(std::filesystem::path(path).parent_path()));
      SINTER_RETURN_IF_ERROR(base::SyncDirectory(layout_.BlobRoot()));
      continue;
    }
    if (errno != EEXIST) return FileError("storing", path);
    if (HasSize(path, digest.size_bytes)) {
      unlink(from.c_str());
      return false;
    }
    // What is there is damaged.
    if (unlink(path.c_str()) == 0) {
      CountRemoval(digest);
    } else if (errno != ENOENT) {
      return FileError("replacing", path);
    }
  }
  return true;
}

absl::StatusOr<std::vector<Digest>> DiskBlobStore::FindMissing(absl::Span<const Digest> digests) {
  std::vector<Digest> missing;
  for (const Digest& digest : digests) {
    SINTER_RETURN_IF_ERROR(CheckName(digest));
    if (!TouchIfPresent(digest)) missing.push_back(digest);
  }
  return missing;
}

bool DiskBlobStore::TouchIfPresent(const Digest& digest) {
  const std::string path = PathOf(digest);
  if (!HasSize(path, digest.size_bytes)) return false;
  const timespec times[] = {absl::ToTimespec(clock_->Now()), {0, UTIME_OMIT}};
  return utimensat(AT_FDCWD, path.c_str(), times, 0) == 0 || errno != ENOENT;
}

absl::Status DiskBlobStore::Remove(const Digest& digest) {
  SINTER_RETURN_IF_ERROR(CheckName(digest));
  const std::string path = PathOf(digest);
  const base::UniqueFd lock = LockCounts(layout_, LOCK_SH);
  if (unlink(path.c_str()) == 0) {
    CountRemoval(digest);
  } else if (errno != ENOENT) {
    return FileError("removing", path);
  }
  return absl::OkStatus();
}

absl::StatusOr<BlobFile> DiskBlobStore::Open(const Digest& digest) {
  SINTER_RETURN_IF_ERROR(CheckName(digest));
  BlobFile file;
  file.path = PathOf(digest);
  SINTER_ASSIGN_OR_RETURN(file.fd, OpenBlob(file.path, digest));
  // The shared lock is the pin: RemoveUnlessPinned wants an exclusive one. It may have been first.
  SINTER_RETURN_IF_ERROR(Lock(file.fd.get(), LOCK_SH, file.path));
  if (!StillNames(file.path, file.fd.get())) return NoBlob(digest);
  struct stat info;
  if (fstat(file.fd.get(), &info) != 0) return FileError("reading the size of", file.path);
  file.size_bytes = info.st_size;
  Touch(file.fd.get(), clock_->Now());
  return file;
}

absl::StatusOr<bool> DiskBlobStore::RemoveUnlessPinned(const Digest& digest) {
  SINTER_RETURN_IF_ERROR(CheckName(digest));
  const std::string path = PathOf(digest);
  const absl::StatusOr<base::UniqueFd> fd = OpenBlob(path, digest);
  if (absl::IsNotFound(fd.status())) return false;
  SINTER_RETURN_IF_ERROR(fd.status());
  const base::UniqueFd lock = LockCounts(layout_, LOCK_SH);
  if (flock(fd->get(), LOCK_EX | LOCK_NB) != 0) return false;
  if (!StillNames(path, fd->get()) || unlink(path.c_str()) != 0) return false;
  CountRemoval(digest);
  return true;
}

void DiskBlobStore::CountRemoval(const Digest& digest) {
  counters_->Add(Counters::kBlobs, -1);
  counters_->Add(Counters::kBytes, -digest.size_bytes);
}

absl::Status DiskBlobStore::Quarantine(const Digest& digest) {
  SINTER_RETURN_IF_ERROR(CheckName(digest));
  const std::string path = PathOf(digest);
  SINTER_ASSIGN_OR_RETURN(const std::vector<std::string> kept,
                          base::ListDirectory(layout_.QuarantineRoot()));
  if (kept.size() >= kQuarantineLimit) return Remove(digest);
  const std::string target =
      absl::StrCat(layout_.QuarantineRoot(), "/", std::filesystem::path(path).filename().string());
  {
    const base::UniqueFd lock = LockCounts(layout_, LOCK_SH);
    if (rename(path.c_str(), target.c_str()) == 0) {
      CountRemoval(digest);
      return absl::OkStatus();
    }
  }
  return Remove(digest);
}

absl::StatusOr<std::vector<BlobInventory::Entry>> DiskBlobStore::ListBlobs() {
  std::vector<Entry> entries;
  SINTER_ASSIGN_OR_RETURN(const std::vector<std::string> shards,
                          base::ListDirectory(layout_.BlobRoot()));
  for (const std::string& shard : shards) {
    const std::string folder = absl::StrCat(layout_.BlobRoot(), "/", shard);
    SINTER_ASSIGN_OR_RETURN(const std::vector<std::string> names, base::ListDirectory(folder));
    for (const std::string& name : names) {
      struct stat info;
      absl::StatusOr<Digest> digest = DiskLayout::ParseEntryName(name);
      // Not ours, or gone by now.
      if (!digest.ok() || stat(absl::StrCat(folder, "/", name).c_str(), &info) != 0) continue;
      entries.push_back({*std::move(digest), absl::TimeFromTimespec(info.st_atim)});
    }
  }
  return entries;
}

absl::Status DiskBlobStore::Recount() {
  const base::UniqueFd lock = LockCounts(layout_, LOCK_EX);
  SINTER_ASSIGN_OR_RETURN(const std::vector<Entry> entries, ListBlobs());
  int64_t bytes = 0;
  for (const Entry& entry : entries) bytes += entry.digest.size_bytes;
  counters_->SetStored(static_cast<int64_t>(entries.size()), bytes);
  return absl::OkStatus();
}

}  // namespace sinter::cache
