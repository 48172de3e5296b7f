#include "server/worker/progress_reporter.h"

#include <string>

namespace sinter::server {
namespace {

// The stages in order, and how much of a usual compile lies before each is over.
struct StageShare {
  absl::string_view name;
  v1::Diagnostic::Stage stage;
  double begin;
  double end;
};

constexpr StageShare kShares[] = {
    {"import", v1::Diagnostic::IMPORT, 0.0, 0.05},
    {"legalize", v1::Diagnostic::LEGALIZE, 0.05, 0.1},
    {"optimize", v1::Diagnostic::OPTIMIZE, 0.1, 0.25},
    {"lower", v1::Diagnostic::LOWER, 0.25, 0.4},
    {"codegen", v1::Diagnostic::CODEGEN, 0.4, 0.95},
    {"link", v1::Diagnostic::CODEGEN, 0.95, 1.0},
};

constexpr double kStep = 0.01;

}  // namespace

void ProgressReporter::Report(absl::string_view stage, double fraction) {
  absl::MutexLock lock(&mutex_);
  for (const StageShare& share : kShares) {
    if (share.name != stage) continue;
    if (stage_ != share.stage) {
      stage_ = share.stage;
      v1::WorkerEvent event;
      event.mutable_stage()->set_stage(share.stage);
      emit_(event);
    }
    const double overall = share.begin + fraction * (share.end - share.begin);
    if (overall < told_ + kStep) return;
    told_ = overall;
    v1::WorkerEvent event;
    event.mutable_progress()->set_fraction(overall);
    event.mutable_progress()->set_message(std::string(stage));
    emit_(event);
    return;
  }
}

}  // namespace sinter::server
