// sinter run ARTIFACT: loads a compiled model, runs it, writes its outputs and says how long it
// took.
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/types/optional.h"
#include "base/file_util.h"
#include "base/status_macros.h"
#include "client/cli/command.h"
#include "client/cli/crash_guard.h"
#include "client/cli/json_text.h"
#include "client/cli/run_inputs.h"
#include "client/cli/run_outputs.h"
#include "client/lib/fault.h"
#include "client/profile/output.h"
#include "client/profile/roofline.h"
#include "client/profile/summary.h"
#include "client/profile/trace.h"
#include "runtime/kernel_profile.h"
#include "runtime/latency.h"
#include "runtime/loaded_model.h"
#include "runtime/thread_pool.h"
#include "runtime/value.h"
#include "runtime/value_session.h"

namespace sinter::client {
namespace {

// What a run gave, besides the files.
struct RunReport {
  struct Output {
    std::string name, file;
    std::string type;  // declared, as ONNX writes it
    std::string text;  // what came, "float32[2,3]" or "a sequence of 4"
    Json details;      // of what came: dtype and shape of a tensor, length of a sequence or map
  };
  std::string model;
  int threads = 1;
  int64_t arena_bytes = 0;
  runtime::LatencySummary latency;
  std::vector<Output> outputs;
  absl::optional<ProfileSummary> profile;
};

// What came out, beside its declared type. `dtype` and `shape` are null for what is no tensor.
Json Details(const runtime::Value& value) {
  Json details = {{"dtype", Json()}, {"shape", Json()}};
  switch (value.kind()) {
    case runtime::Value::Kind::kNone:
      break;
    case runtime::Value::Kind::kTensor:
    case runtime::Value::Kind::kStrings:
      details["dtype"] = runtime::DtypeName(value.dtype());
      details["shape"] = std::vector<int64_t>(value.dims().begin(), value.dims().end());
      break;
    case runtime::Value::Kind::kSequence:
      details["length"] = value.items().size();
      break;
    case runtime::Value::Kind::kMap:
      details["length"] = value.keys().dims()[0];
      break;
  }
  return details;
}

class RunCommand final : public Command {
 public:
  Syntax& Declare(Syntax& root) override;
  absl::Status Run(Terminal& terminal) override;
  bool wants_json() const override { return json_; }

 private:
  absl::Status CheckFlags() const;
  // All that touches the artifact.
  absl::Status RunArtifact(Terminal& terminal) const;
  bool wants_profile() const { return profile_ || !trace_.empty() || !peaks_.empty(); }
  // Nothing if nobody asks for them.
  absl::StatusOr<absl::optional<Peaks>> FindPeaks(int threads) const;
  // Says what was profiled, and writes the trace.
  absl::Status Report(const runtime::KernelProfile& profile, const absl::optional<Peaks>& peaks,
                      RunReport& report) const;
  absl::StatusOr<std::vector<int64_t>> Time(runtime::ValueSession& session) const;
  absl::Status WriteOutputs(const runtime::ValueSession& session,
                            const std::vector<size_t>& selected, RunReport& report) const;
  void PrintJson(std::ostream& out, const RunReport& report) const;
  void PrintText(std::ostream& out, const RunReport& report) const;

  std::string artifact_;
  std::vector<std::string> inputs_;
  std::vector<std::string> outputs_;
  std::string output_dir_ = ".";
  std::string output_format_ = "npy";
  int repeat_ = 1;
  int warmup_ = 0;
  int threads_ = 0;
  std::string trace_;
  std::string peaks_;
  bool profile_ = false;
  bool json_ = false;
};

Syntax& RunCommand::Declare(Syntax& root) {
  Syntax& syntax = root.Subcommand("run", "run a compiled model on this machine");
  syntax.Argument("ARTIFACT", &artifact_, "a compiled library, or an artifact's folder");
  syntax.Option("--input", "NAME=VALUE", &inputs_,
                "FILE.npy, FILE.pb, or random:SEED (random:SEED:2x3 to choose free dimensions)");
  syntax.Option("--output", "NAME", &outputs_, "write only this output; may be repeated");
  syntax.Option("--output-dir", "DIR", &output_dir_, "where NAME.npy is written; else here");
  syntax.Choice("--output-format", {"npy", "pb"}, &output_format_, "how outputs are written");
  syntax.Option("--repeat", "N", &repeat_, "how often to run and time it; else once");
  syntax.Option("--warmup", "N", &warmup_, "how often to run it before that; else never");
  syntax.Option("--threads", "N", &threads_, "threads to run on; else one a physical core");
  syntax.Switch("--profile", &profile_, "say what each kernel takes: time, FLOP/s, bytes/s");
  syntax.Option("--peaks", "measure|FILE", &peaks_,
                "also as part of what this machine can: FILE is what sinter-bench-peaks printed");
  syntax.Option("--trace", "FILE", &trace_,
                "write a timeline of kernels and threads, for ui.perfetto.dev or chrome://tracing");
  syntax.Switch("--json", &json_, "print a JSON object");
  return syntax;
}

absl::Status RunCommand::CheckFlags() const {
  if (repeat_ < 1) return UsageError("`--repeat` is less than 1");
  if (warmup_ < 0) return UsageError("`--warmup` is negative");
  if (threads_ < 0) return UsageError("`--threads` is negative");
  return absl::OkStatus();
}

absl::Status RunCommand::Run(Terminal& terminal) {
  SINTER_RETURN_IF_ERROR(CheckFlags());
  terminal.out.flush();
  terminal.err.flush();
  return RunGuarded([&] {
    const absl::Status status = RunArtifact(terminal);
    terminal.out.flush();
    return status;
  });
}

absl::Status RunCommand::RunArtifact(Terminal& terminal) const {
  auto model = runtime::LoadedModel::Open(artifact_);
  if (absl::IsNotFound(model.status())) return AsUsageError(model.status());
  SINTER_RETURN_IF_ERROR(model.status());
  SINTER_ASSIGN_OR_RETURN(const std::vector<size_t> selected, SelectOutputs(**model, outputs_));
  if (output_format_ != "pb") SINTER_RETURN_IF_ERROR(CheckNpyCanHold(**model, selected));
  SINTER_ASSIGN_OR_RETURN(const std::vector<runtime::Value> inputs, ReadInputs(**model, inputs_));

  const int threads = threads_ == 0 ? runtime::ThreadPool::PhysicalCores() : threads_;
  SINTER_ASSIGN_OR_RETURN(const absl::optional<Peaks> peaks, FindPeaks(threads));
  runtime::ThreadPool pool(threads);
  runtime::ValueSession session(*model, &pool);
  SINTER_RETURN_IF_ERROR(session.Bind(inputs));
  for (int i = 0; i < warmup_; ++i) SINTER_RETURN_IF_ERROR(session.Execute());

  RunReport report;
  runtime::KernelProfile profile(**model, /*keep_events=*/!trace_.empty());
  if (wants_profile()) session.set_profile(&profile);
  SINTER_ASSIGN_OR_RETURN(std::vector<int64_t> times, Time(session));
  report.model = (*model)->name();
  report.threads = pool.num_threads();
  report.arena_bytes = session.working_bytes();
  report.latency = runtime::SummarizeLatency(std::move(times));
  if (wants_profile()) SINTER_RETURN_IF_ERROR(Report(profile, peaks, report));
  SINTER_RETURN_IF_ERROR(WriteOutputs(session, selected, report));
  json_ ? PrintJson(terminal.out, report) : PrintText(terminal.out, report);
  return absl::OkStatus();
}

absl::StatusOr<absl::optional<Peaks>> RunCommand::FindPeaks(int threads) const {
  if (peaks_.empty()) return absl::nullopt;
  if (peaks_ == "measure") {
    SINTER_ASSIGN_OR_RETURN(Peaks measured, MeasurePeaks(threads));
    return measured;
  }
  auto read = ReadPeaks(peaks_, threads);
  SINTER_RETURN_IF_ERROR(AsUsageError(read.status()));
  return *std::move(read);
}

absl::Status RunCommand::Report(const runtime::KernelProfile& profile,
                                const absl::optional<Peaks>& peaks, RunReport& report) const {
  report.profile = Summarize(profile, peaks.has_value() ? &*peaks : nullptr);
  if (trace_.empty()) return absl::OkStatus();
  return base::WriteFileAtomically(trace_, TraceJson(report.model, profile).dump());
}

absl::StatusOr<std::vector<int64_t>> RunCommand::Time(runtime::ValueSession& session) const {
  std::vector<int64_t> nanoseconds;
  nanoseconds.reserve(static_cast<size_t>(repeat_));
  for (int i = 0; i < repeat_; ++i) {
    const auto start = std::chrono::steady_clock::now();
    SINTER_RETURN_IF_ERROR(session.Execute());
    const auto end = std::chrono::steady_clock::now();
    nanoseconds.push_back(
        std::chrono::duration_cast<std::chrono::nanoseconds>(end - start).count());
  }
  return nanoseconds;
}

absl::Status RunCommand::WriteOutputs(const runtime::ValueSession& session,
                                      const std::vector<size_t>& selected,
                                      RunReport& report) const {
  SINTER_ASSIGN_OR_RETURN(const std::vector<runtime::Value> outputs, session.Outputs());
  for (const size_t index : selected) {
    const runtime::Value& value = outputs[index];
    const runtime::ValueInfo& info = session.model().outputs()[index];
    SINTER_ASSIGN_OR_RETURN(std::string file,
                            WriteOutput(output_dir_, info, value, output_format_ == "pb"));
    report.outputs.push_back(
        {info.name, std::move(file), info.type.Text(), value.Text(), Details(value)});
  }
  return absl::OkStatus();
}

void RunCommand::PrintJson(std::ostream& out, const RunReport& report) const {
  Json json;
  json["model"] = report.model;
  json["threads"] = report.threads;
  json["warmup"] = warmup_;
  json["repeat"] = repeat_;
  json["arena_bytes"] = report.arena_bytes;
  json["latency_us"] = {{"min", report.latency.min},
                        {"p50", report.latency.p50},
                        {"p90", report.latency.p90},
                        {"p99", report.latency.p99},
                        {"mean", report.latency.mean}};
  json["outputs"] = Json::array();
  for (const RunReport::Output& output : report.outputs) {
    Json row = output.details;
    row["name"] = output.name;
    row["file"] = output.file;
    row["type"] = output.type;
    json["outputs"].push_back(std::move(row));
  }
  if (report.profile.has_value()) json["profile"] = ProfileJson(*report.profile);
  PrintJsonLine(out, json);
}

void RunCommand::PrintText(std::ostream& out, const RunReport& report) const {
  for (const RunReport::Output& output : report.outputs) {
    out << output.name << ": " << output.text << " -> " << output.file << "\n";
  }
  out << absl::StrFormat(
      "%d run%s on %d thread%s: min %.1f us, p50 %.1f us, p90 %.1f us, p99 %.1f us, mean %.1f us\n",
      repeat_, repeat_ == 1 ? "" : "s", report.threads, report.threads == 1 ? "" : "s",
      report.latency.min, report.latency.p50, report.latency.p90, report.latency.p99,
      report.latency.mean);
  if (report.profile.has_value()) PrintProfile(out << "\n", *report.profile);
}

}  // namespace

std::unique_ptr<Command> MakeRunCommand() { return std::make_unique<RunCommand>(); }

}  // namespace sinter::client
