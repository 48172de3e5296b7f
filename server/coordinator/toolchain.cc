#include "server/coordinator/toolchain.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "base/digest.h"
#include "base/file_util.h"
#include "base/status_macros.h"
#include "server/errors/error_details.h"
#include "server/pool/file_stamp.h"

namespace sinter::server {
namespace {

constexpr char kServerTarget[] = "server";

}  // namespace

Toolchain::Toolchain(WorkerPool& pool, std::string worker_binary, std::string memo_path)
    : pool_(pool), worker_binary_(std::move(worker_binary)), memo_path_(std::move(memo_path)) {}

absl::StatusOr<v1::WorkerEvent::Ready> Toolchain::Describe() {
  absl::MutexLock lock(&mutex_);
  if (ready_.has_value()) return *ready_;
  const std::string fingerprint = Fingerprint();
  const auto memo = base::ReadFile(memo_path_);
  absl::string_view kept = memo.ok() ? absl::string_view(*memo) : "";
  v1::WorkerEvent::Ready ready;
  if (!fingerprint.empty() && absl::ConsumePrefix(&kept, fingerprint) &&
      ready.ParseFromArray(kept.data(), static_cast<int>(kept.size()))) {
    ready_ = std::move(ready);
    return *ready_;
  }
  SINTER_ASSIGN_OR_RETURN(ready, Ask());
  if (!fingerprint.empty()) {
    // Without the memo the next process asks again.
    base::WriteFileAtomically(memo_path_, absl::StrCat(fingerprint, ready.SerializeAsString()))
        .IgnoreError();
  }
  ready_ = std::move(ready);
  return *ready_;
}

absl::StatusOr<v1::Target> Toolchain::FindTarget(const std::string& name) {
  SINTER_ASSIGN_OR_RETURN(const v1::WorkerEvent::Ready ready, Describe());
  if (name == kServerTarget) return ready.host();
  std::vector<std::string> names;
  for (const v1::Target& target : ready.targets()) {
    if (target.name() == name) return target;
    names.push_back(absl::StrCat("`", target.name(), "`"));
  }
  return RequestError(
      absl::StatusCode::kUnimplemented, "unsupported_target",
      absl::StrCat("no target `", name, "`: there are ", absl::StrJoin(names, ", ")),
      "`sinter targets` describes them");
}

absl::StatusOr<v1::WorkerEvent::Ready> Toolchain::Ask() {
  SINTER_ASSIGN_OR_RETURN(v1::WorkerEvent::Ready ready, pool_.Describe());
  SINTER_ASSIGN_OR_RETURN(const base::Digest digest, base::DigestOfFile(worker_binary_));
  ready.mutable_toolchain()->set_worker_digest(digest.sha256_hex);
  std::sort(ready.mutable_targets()->begin(), ready.mutable_targets()->end(),
            [](const auto& a, const auto& b) { return a.name() < b.name(); });
  std::sort(ready.mutable_pipelines()->begin(), ready.mutable_pipelines()->end(),
            [](const auto& a, const auto& b) { return a.name() < b.name(); });
  return ready;
}

std::string Toolchain::Fingerprint() const {
  const std::string stamp = FileStamp(worker_binary_);
  if (stamp.empty()) return "";
  const auto boot = base::ReadFile("/proc/sys/kernel/random/boot_id");
  return absl::StrCat(worker_binary_, " ", stamp, " ", boot.ok() ? *boot : "\n");
}

}  // namespace sinter::server
