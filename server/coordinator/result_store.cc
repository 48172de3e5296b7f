#include "server/coordinator/result_store.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/file_util.h"
#include "base/status_macros.h"
#include "cache/digest_proto.h"

namespace sinter::server {
namespace {

constexpr char kManifest[] = "manifest.json";
constexpr size_t kHeldFiles = 64;
constexpr int64_t kHeldBytes = int64_t{1} << 30;

// Every file of the artifact, manifest.json among them, sorted by path.
std::vector<v1::ArtifactManifest::File> AllFiles(const v1::CompileResult& result) {
  std::vector<v1::ArtifactManifest::File> files(result.manifest().files().begin(),
                                                result.manifest().files().end());
  v1::ArtifactManifest::File& manifest = files.emplace_back();
  manifest.set_path(kManifest);
  *manifest.mutable_digest() = result.artifact();
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.path() < b.path(); });
  return files;
}

v1::CachedResult ToCached(const v1::CompileResult& result) {
  v1::CachedResult cached;
  *cached.mutable_artifact() = result.artifact();
  for (const v1::ArtifactManifest::File& file : AllFiles(result)) {
    v1::CachedResult::File& entry = *cached.add_files();
    entry.set_path(file.path());
    *entry.mutable_digest() = file.digest();
    entry.set_executable(file.executable());
  }
  v1::CompileResult summary = result;
  summary.clear_job_id();
  summary.clear_cache();
  summary.clear_wall_seconds();
  cached.set_summary(summary.SerializeAsString());
  return cached;
}

v1::Diagnostic NotCached(const absl::Status& why) {
  v1::Diagnostic warning;
  warning.set_severity(v1::Diagnostic::WARNING);
  warning.set_stage(v1::Diagnostic::REQUEST);
  warning.set_kind("not_cached");
  warning.set_message(absl::StrCat("the result could not be cached: ", why.message()));
  warning.set_hint("make room on the server's disk, or raise the cache's bound");
  return warning;
}

}  // namespace

ResultStore::ResultStore(cache::ResultCache& results, cache::FileBlobStore& blobs)
    : results_(results), blobs_(blobs) {}

std::optional<v1::CompileResult> ResultStore::Lookup(const base::Digest& key) {
  const auto found = results_.Lookup(key);
  v1::CompileResult result;
  if (!found.ok() || !result.ParseFromString(found->result.summary())) return std::nullopt;
  result.set_cache(v1::CompileResult::HIT);
  return result;
}

absl::Status ResultStore::Keep(const base::Digest& key, const std::string& output_dir,
                               bool remember, v1::CompileResult& result) {
  const v1::CachedResult cached = ToCached(result);
  if (!remember) return HoldFiles(cached, output_dir);
  auto stored = results_.Store(key, cached, output_dir);
  if (!stored.ok()) {
    return absl::InternalError(
        absl::StrCat("the worker's artifact is not what it says: ", stored.status().message()));
  }
  if (stored->cached.ok()) return absl::OkStatus();
  for (int i = 0; i < stored->open.result.files_size(); ++i) {
    SINTER_ASSIGN_OR_RETURN(const base::Digest digest,
                            cache::FromProto(stored->open.result.files(i).digest()));
    Hold(digest, std::move(stored->open.files[i].fd));
  }
  *result.add_diagnostics() = NotCached(stored->cached);
  return absl::OkStatus();
}

absl::Status ResultStore::HoldFiles(const v1::CachedResult& cached, const std::string& output_dir) {
  for (const v1::CachedResult::File& file : cached.files()) {
    const std::string path = absl::StrCat(output_dir, "/", file.path());
    SINTER_ASSIGN_OR_RETURN(base::UniqueFd fd, base::OpenFile(path, O_RDONLY | O_NOFOLLOW));
    SINTER_ASSIGN_OR_RETURN(const base::Digest digest, base::DigestOfFile(path));
    if (cache::ToProto(digest).SerializeAsString() != file.digest().SerializeAsString()) {
      return absl::InternalError(
          absl::StrCat("the worker's artifact is not what it says: `", file.path(), "`"));
    }
    Hold(digest, std::move(fd));
  }
  return absl::OkStatus();
}

absl::StatusOr<cache::BlobFile> ResultStore::Open(const base::Digest& digest) {
  {
    absl::MutexLock lock(&mutex_);
    for (const Held& held : held_) {
      if (held.digest != digest) continue;
      cache::BlobFile file;
      file.fd = base::UniqueFd(fcntl(held.fd.get(), F_DUPFD_CLOEXEC, 0));
      file.size_bytes = digest.size_bytes;
      if (!file.fd) return absl::UnavailableError(absl::StrCat("dup: ", strerror(errno)));
      return file;
    }
  }
  return blobs_.Open(digest);
}

void ResultStore::Hold(const base::Digest& digest, base::UniqueFd fd) {
  absl::MutexLock lock(&mutex_);
  held_.push_back({digest, std::move(fd)});
  int64_t bytes = 0;
  for (const Held& held : held_) bytes += held.digest.size_bytes;
  while (held_.size() > kHeldFiles || (bytes > kHeldBytes && held_.front().digest != digest)) {
    bytes -= held_.front().digest.size_bytes;
    held_.pop_front();
  }
}

}  // namespace sinter::server
