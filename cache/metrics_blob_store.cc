#include "cache/metrics_blob_store.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace sinter::cache {

using base::Digest;

MetricsBlobStore::MetricsBlobStore(std::unique_ptr<FileBlobStore> inner,
                                   base::MetricRegistry* metrics)
    : inner_(std::move(inner)),
      reads_(Register(*metrics, "read")),
      writes_(Register(*metrics, "write")) {}

MetricsBlobStore::Direction MetricsBlobStore::Register(base::MetricRegistry& metrics,
                                                       const std::string& verb) {
  const auto counter = [&](const char* result) -> base::Counter& {
    return metrics.AddCounter(absl::StrCat("sinter_blob_", verb, "s_total"),
                              absl::StrCat("Blobs asked to be ", verb, "."), {{"result", result}});
  };
  return {counter("ok"), counter("not_found"), counter("full"), counter("error"),
          metrics.AddCounter(absl::StrCat("sinter_blob_", verb, "_bytes_total"),
                             absl::StrCat("Bytes of blobs ", verb, "."))};
}

void MetricsBlobStore::Direction::Count(const absl::Status& status, const Digest& digest) {
  if (status.ok()) {
    ok.Add();
    bytes.Add(digest.size_bytes);
  } else if (absl::IsNotFound(status)) {
    not_found.Add();
  } else if (absl::IsResourceExhausted(status)) {
    full.Add();
  } else {
    error.Add();
  }
}

absl::StatusOr<absl::Cord> MetricsBlobStore::Get(const Digest& digest) {
  absl::StatusOr<absl::Cord> bytes = inner_->Get(digest);
  reads_.Count(bytes.status(), digest);
  return bytes;
}

absl::StatusOr<BlobFile> MetricsBlobStore::Open(const Digest& digest) {
  absl::StatusOr<BlobFile> file = inner_->Open(digest);
  reads_.Count(file.status(), digest);
  return file;
}

absl::Status MetricsBlobStore::Put(const Digest& digest, const absl::Cord& bytes) {
  const absl::Status status = inner_->Put(digest, bytes);
  writes_.Count(status, digest);
  return status;
}

absl::Status MetricsBlobStore::PutFile(const Digest& digest, const std::string& path,
                                       FileSource source) {
  const absl::Status status = inner_->PutFile(digest, path, source);
  writes_.Count(status, digest);
  return status;
}

absl::StatusOr<std::vector<Digest>> MetricsBlobStore::FindMissing(
    absl::Span<const Digest> digests) {
  return inner_->FindMissing(digests);
}

absl::Status MetricsBlobStore::Remove(const Digest& digest) { return inner_->Remove(digest); }

}  // namespace sinter::cache
