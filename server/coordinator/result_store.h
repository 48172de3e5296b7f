// Finished compiles: what the cache remembers of them, and the files of their artifacts.
#ifndef SINTER_SERVER_COORDINATOR_RESULT_STORE_H_
#define SINTER_SERVER_COORDINATOR_RESULT_STORE_H_

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "base/digest.h"
#include "base/unique_fd.h"
#include "cache/file_blob_store.h"
#include "cache/result_cache.h"
#include "proto/sinter/v1/job.pb.h"

namespace sinter::server {

// Thread-safe. A cache without room does not fail a compile: the files of the last few artifacts
// that could not be stored, or were not to be, are held open for those who asked for them.
class ResultStore {
 public:
  // Both outlive this.
  ResultStore(cache::ResultCache& results, cache::FileBlobStore& blobs);

  // The result remembered for `key`, if all files of its artifact are here and intact.
  std::optional<v1::CompileResult> Lookup(const base::Digest& key);

  // Takes the artifact's files over from `output_dir`, and if `remember`, into the cache. What
  // could not be stored is said by a warning in `result.diagnostics`. ERRORS: INTERNAL: the files
  // are not those that the manifest names.
  absl::Status Keep(const base::Digest& key, const std::string& output_dir, bool remember,
                    v1::CompileResult& result);

  // Opens a blob of the cache, or a file that is held open. ERRORS: as BlobStore::Get.
  absl::StatusOr<cache::BlobFile> Open(const base::Digest& digest);

 private:
  struct Held {
    base::Digest digest;
    base::UniqueFd fd;
  };

  absl::Status HoldFiles(const v1::CachedResult& cached, const std::string& output_dir);
  // Lets go of older files, so that neither their number nor their bytes grow without bound.
  void Hold(const base::Digest& digest, base::UniqueFd fd);

  cache::ResultCache& results_;
  cache::FileBlobStore& blobs_;
  absl::Mutex mutex_;
  std::deque<Held> held_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sinter::server

#endif  // SINTER_SERVER_COORDINATOR_RESULT_STORE_H_
