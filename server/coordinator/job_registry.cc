#include "server/coordinator/job_registry.h"

#include <unistd.h>

#include <algorithm>
#include <random>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "base/file_util.h"
#include "server/errors/error_details.h"

namespace sinter::server {
namespace {

constexpr char kSuffix[] = ".job.binpb";
// Of one id in 256.
constexpr char kTidyUpSuffix[] = "00";
constexpr int kDefaultPage = 50;
constexpr int kLongestPage = 500;

bool IsFinished(const v1::Job& job) {
  return job.state() == v1::Job::SUCCEEDED || job.state() == v1::Job::FAILED ||
         job.state() == v1::Job::CANCELLED;
}

bool Matches(const v1::Job& job, const v1::ListJobsRequest& request) {
  const auto& states = request.states();
  if (!states.empty() && std::find(states.begin(), states.end(), job.state()) == states.end()) {
    return false;
  }
  return absl::StartsWith(job.model_path(), request.model_prefix()) ||
         absl::StartsWith(job.model().hash(), request.model_prefix());
}

// Ids become file names and page tokens.
bool IsId(const std::string& text) {
  return !text.empty() && text.size() < 64 &&
         text.find_first_not_of("0123456789abcdef-") == std::string::npos;
}

}  // namespace

JobRegistry::JobRegistry(std::string directory, size_t keep)
    : directory_(std::move(directory)), keep_(keep) {}

std::string JobRegistry::NewId() {
  std::random_device random;
  absl::MutexLock lock(&mutex_);
  last_id_ms_ = std::max(last_id_ms_ + 1, absl::ToUnixMillis(absl::Now()));
  return absl::StrFormat("%011x-%08x", last_id_ms_, random());
}

void JobRegistry::Record(const v1::Job& job, bool durable) {
  if (durable && IsFinished(job)) {
    // A job that can't be written (a full disk) is still known until the server ends.
    base::WriteFileAtomically(PathOf(job.id()), job.SerializeAsString()).IgnoreError();
  }
  absl::MutexLock lock(&mutex_);
  // Now and then the directory is read, so that processes that never list it don't fill it either.
  if (durable && absl::EndsWith(job.id(), kTidyUpSuffix)) LoadLocked();
  jobs_[job.id()] = job;
  ForgetOldLocked();
}

absl::StatusOr<v1::Job> JobRegistry::Get(const std::string& id) {
  absl::MutexLock lock(&mutex_);
  LoadLocked();
  if (const auto job = jobs_.find(id); job != jobs_.end()) return job->second;
  return RequestError(absl::StatusCode::kNotFound, "no_such_job",
                      absl::StrCat("no job `", id, "`: it never was, or was forgotten"),
                      "`sinter jobs list` shows those that are known");
}

absl::StatusOr<v1::ListJobsResponse> JobRegistry::List(const v1::ListJobsRequest& request) {
  if (request.page_size() < 0) {
    return RequestError(absl::StatusCode::kInvalidArgument, "invalid_page",
                        absl::StrCat("a page size of ", request.page_size(), ": it is 0 or more"));
  }
  if (!request.page_token().empty() && !IsId(request.page_token())) {
    return RequestError(absl::StatusCode::kInvalidArgument, "invalid_page",
                        "a page token that this server did not make");
  }
  const int page =
      request.page_size() == 0 ? kDefaultPage : std::min(request.page_size(), kLongestPage);
  absl::MutexLock lock(&mutex_);
  LoadLocked();
  auto position =
      request.page_token().empty() ? jobs_.end() : jobs_.lower_bound(request.page_token());
  v1::ListJobsResponse response;
  while (position != jobs_.begin()) {
    --position;
    if (!Matches(position->second, request)) continue;
    if (response.jobs_size() == page) {
      response.set_next_page_token(response.jobs(page - 1).id());
      break;
    }
    *response.add_jobs() = position->second;
  }
  return response;
}

void JobRegistry::LoadLocked() {
  if (loaded_) return;
  loaded_ = true;
  const auto names = base::ListDirectory(directory_);
  if (!names.ok()) return;
  for (const std::string& name : *names) {
    if (!absl::EndsWith(name, kSuffix)) continue;
    const auto bytes = base::ReadFile(absl::StrCat(directory_, "/", name));
    v1::Job job;
    if (bytes.ok() && job.ParseFromString(*bytes) && IsId(job.id())) jobs_.emplace(job.id(), job);
  }
  ForgetOldLocked();
}

void JobRegistry::ForgetOldLocked() {
  for (auto job = jobs_.begin(); jobs_.size() > keep_ && job != jobs_.end();) {
    if (!IsFinished(job->second)) {
      ++job;
      continue;
    }
    unlink(PathOf(job->first).c_str());
    job = jobs_.erase(job);
  }
}

std::string JobRegistry::PathOf(const std::string& id) const {
  return absl::StrCat(directory_, "/", id, kSuffix);
}

}  // namespace sinter::server
