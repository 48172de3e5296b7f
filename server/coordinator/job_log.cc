#include "server/coordinator/job_log.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace sinter::server {
namespace {

double SecondsBetween(int64_t from_ms, int64_t to_ms) {
  return from_ms == 0 ? 0 : 1e-3 * static_cast<double>(to_ms - from_ms);
}

base::LogFields CommonFields(const v1::Job& job) {
  return {{"job", job.id()},
          {"model", job.model_path()},
          {"model_digest", job.model().hash()},
          {"target", job.target().name()},
          {"wall_s", SecondsBetween(job.created_unix_ms(), job.finished_unix_ms())}};
}

void AddResult(const v1::CompileResult& result, base::LogFields& fields) {
  fields.emplace_back("cache",
                      absl::AsciiStrToLower(v1::CompileResult::Cache_Name(result.cache())));
  fields.emplace_back("artifact", result.artifact().hash());
  if (result.cache() == v1::CompileResult::HIT) return;
  fields.emplace_back("cpu_s", result.cpu_seconds());
  fields.emplace_back("peak_rss_bytes", result.peak_rss_bytes());
  fields.emplace_back("kernels", result.manifest().kernels());
  fields.emplace_back("kernels_reused", result.kernels_reused());
  for (const v1::StageTiming& timing : result.stages()) {
    const std::string stage = absl::AsciiStrToLower(v1::Diagnostic::Stage_Name(timing.stage()));
    fields.emplace_back(absl::StrCat(stage, "_s"), timing.seconds());
  }
}

}  // namespace

void LogJobEnd(const base::Logger& log, const v1::Job& job) {
  base::LogFields fields = CommonFields(job);
  if (job.state() == v1::Job::SUCCEEDED) {
    AddResult(job.result(), fields);
    log.Info("job succeeded", fields);
    return;
  }
  fields.emplace_back("code", job.error().code());
  fields.emplace_back("error", job.error().message());
  if (job.state() == v1::Job::CANCELLED) {
    log.Info("job cancelled", fields);
  } else {
    log.Warning("job failed", fields);
  }
}

}  // namespace sinter::server
