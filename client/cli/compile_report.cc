#include "client/cli/compile_report.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/diagnostic_text.h"
#include "client/cli/json_text.h"

namespace sinter::client {
namespace {

class SilentReport final : public CompileReport {
 public:
  void OnQueued(const v1::JobEvent::Queued&) override {}
  void OnStage(v1::Diagnostic::Stage) override {}
  void OnProgress(const v1::JobEvent::Progress&) override {}
  void Finish() override {}
};

class JsonReport final : public CompileReport {
 public:
  explicit JsonReport(std::ostream& out) : out_(out) {}

  void OnQueued(const v1::JobEvent::Queued& queued) override {
    PrintJsonLine(
        out_, {{"event", "queued"}, {"job_id", queued.job_id()}, {"position", queued.position()}});
  }
  void OnStage(v1::Diagnostic::Stage stage) override {
    PrintJsonLine(out_, {{"event", "stage"}, {"stage", StageName(stage)}});
  }
  void OnProgress(const v1::JobEvent::Progress& progress) override {
    PrintJsonLine(out_, {{"event", "progress"},
                         {"fraction", progress.fraction()},
                         {"message", progress.message()}});
  }
  void Finish() override {}

 private:
  std::ostream& out_;
};

// One line that is written over and over.
class ProgressLine final : public CompileReport {
 public:
  explicit ProgressLine(std::ostream& err) : err_(err) {}

  void OnUpload(int64_t sent, int64_t total) override {
    const double fraction = total == 0 ? 1 : static_cast<double>(sent) / static_cast<double>(total);
    Draw(fraction, absl::StrFormat("sending %.1f MB", static_cast<double>(total) * 1e-6));
  }
  void OnQueued(const v1::JobEvent::Queued& queued) override {
    Draw(0, queued.position() == 0 ? "queued, next"
                                   : absl::StrCat("queued, ", queued.position(), " before this"));
  }
  void OnStage(v1::Diagnostic::Stage stage) override {
    stage_ = StageName(stage);
    Draw(fraction_, stage_);
  }
  void OnProgress(const v1::JobEvent::Progress& progress) override {
    fraction_ = progress.fraction();
    const bool says_more = !progress.message().empty() && progress.message() != stage_;
    Draw(fraction_, says_more ? absl::StrCat(stage_, ": ", progress.message()) : stage_);
  }
  void Finish() override { err_ << "\r\033[K" << std::flush; }

 private:
  void Draw(double fraction, const std::string& text) {
    constexpr int kBarWidth = 24;
    constexpr size_t kTextWidth = 44;  // with the bar, less than the 80 columns of a small terminal
    const int filled = static_cast<int>(std::clamp(fraction, 0.0, 1.0) * kBarWidth);
    const std::string line = absl::StrFormat(
        "[%s%s] %3d %% %s", std::string(filled, '#'), std::string(kBarWidth - filled, ' '),
        static_cast<int>(std::clamp(fraction, 0.0, 1.0) * 100), text.substr(0, kTextWidth));
    if (line == drawn_) return;
    drawn_ = line;
    err_ << "\r" << line << "\033[K" << std::flush;
  }

  std::ostream& err_;
  std::string stage_;
  std::string drawn_;
  double fraction_ = 0;
};

// A compile that shared an equal one's work was not answered from the cache either.
const char* CacheWord(v1::CompileResult::Cache cache) {
  return cache == v1::CompileResult::HIT ? "hit" : "miss";
}

void PrintJsonResult(std::ostream& out, const v1::CompileResult& result, const std::string& path,
                     double total_seconds) {
  Json stages = Json::object();
  for (const v1::StageTiming& stage : result.stages()) {
    stages[StageName(stage.stage())] = stage.seconds();
  }
  Json json;
  json["event"] = "result";
  json["artifact"] = DigestText(result.artifact());
  if (!path.empty()) json["path"] = path;
  json["cache"] = CacheWord(result.cache());
  json["joined"] = result.cache() == v1::CompileResult::JOINED;
  json["wall_s"] = result.wall_seconds();
  if (total_seconds >= 0) json["total_s"] = total_seconds;
  json["cpu_s"] = result.cpu_seconds();
  json["peak_rss_bytes"] = result.peak_rss_bytes();
  json["kernels"] = result.manifest().kernels();
  json["kernels_reused"] = result.kernels_reused();
  json["stages"] = stages;
  json["job_id"] = result.job_id();
  json["key"] = DigestText(result.key());
  json["target"] = result.manifest().target().name();
  json["diagnostics"] = DiagnosticsJson(result.diagnostics());
  PrintJsonLine(out, json);
}

}  // namespace

void CompileReport::OnEvent(const v1::CompileEvent& event) {
  if (event.has_queued()) OnQueued(event.queued());
  if (event.has_stage()) OnStage(event.stage().stage());
  if (event.has_progress()) OnProgress(event.progress());
}

void CompileReport::OnJobEvent(const v1::JobEvent& event) {
  if (event.has_queued()) OnQueued(event.queued());
  if (event.has_stage()) OnStage(event.stage().stage());
  if (event.has_progress()) OnProgress(event.progress());
}

std::unique_ptr<CompileReport> MakeCompileReport(Terminal& terminal, bool json) {
  if (json) return std::make_unique<JsonReport>(terminal.out);
  if (terminal.err_is_terminal) return std::make_unique<ProgressLine>(terminal.err);
  return std::make_unique<SilentReport>();
}

void PrintResult(Terminal& terminal, const v1::CompileResult& result, const std::string& path,
                 double total_seconds, bool json) {
  for (const v1::Diagnostic& diagnostic : result.diagnostics()) {
    if (!json) terminal.err << "sinter: " << DiagnosticText(diagnostic) << "\n";
  }
  if (json) {
    PrintJsonResult(terminal.out, result, path, total_seconds);
    return;
  }
  if (path.empty()) {
    terminal.out << "artifact " << DigestText(result.artifact());
  } else {
    terminal.out << path;
  }
  terminal.out << absl::StrFormat(": for %s, cache %s, %d of %d kernels reused, %.3f s",
                                  result.manifest().target().name(), CacheWord(result.cache()),
                                  result.kernels_reused(), result.manifest().kernels(),
                                  total_seconds >= 0 ? total_seconds : result.wall_seconds())
               << std::endl;
}

}  // namespace sinter::client
