// sinter jobs list|get|watch|cancel: what the service is doing and did.
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "client/cli/command.h"
#include "client/cli/compile_report.h"
#include "client/cli/diagnostic_text.h"
#include "client/cli/json_text.h"
#include "client/cli/service_flags.h"
#include "client/lib/fault.h"
#include "client/lib/job_client.h"

namespace sinter::client {
namespace {

std::string StateName(v1::Job::State state) {
  return absl::AsciiStrToLower(v1::Job::State_Name(state));
}

Json JobJson(const v1::Job& job) {
  Json json;
  json["id"] = job.id();
  json["state"] = StateName(job.state());
  json["stage"] = StageName(job.stage());
  json["progress"] = job.progress();
  json["model"] = job.model_path();
  json["model_digest"] = DigestText(job.model());
  json["target"] = job.target().name();
  json["key"] = DigestText(job.key());
  json["created_unix_ms"] = job.created_unix_ms();
  json["started_unix_ms"] = job.started_unix_ms();
  json["finished_unix_ms"] = job.finished_unix_ms();
  if (job.has_result()) json["artifact"] = DigestText(job.result().artifact());
  if (job.has_error()) json["error"] = ErrorJson(FromRpcStatus(job.error()));
  return json;
}

void PrintRow(std::ostream& out, const v1::Job& job) {
  const absl::Time created = absl::FromUnixMillis(job.created_unix_ms());
  out << absl::StrFormat("%-24s %-9s %3.0f %% %-20s %-16s %s\n", job.id(), StateName(job.state()),
                         job.progress() * 100,
                         absl::FormatTime("%Y-%m-%d %H:%M:%S", created, absl::LocalTimeZone()),
                         job.target().name(), job.model_path());
}

// A job that the service does not know was named on the command line.
template <typename Result>
absl::Status Status(const absl::StatusOr<Result>& result) {
  return absl::IsNotFound(result.status()) ? AsUsageError(result.status()) : result.status();
}

class JobsCommand final : public Command {
 public:
  Syntax& Declare(Syntax& root) override;
  absl::Status Run(Terminal& terminal) override;
  bool wants_json() const override { return json_; }

 private:
  Syntax& DeclareOne(Syntax& jobs, const std::string& name, const std::string& description,
                     bool takes_id);
  absl::Status List(Terminal& terminal, JobClient& client) const;
  absl::Status Watch(Terminal& terminal, JobClient& client) const;
  absl::Status Show(Terminal& terminal, const absl::StatusOr<v1::Job>& job) const;

  Syntax* list_ = nullptr;
  Syntax* get_ = nullptr;
  Syntax* watch_ = nullptr;
  Syntax* cancel_ = nullptr;
  ServiceFlags service_flags_;
  std::string id_;
  std::vector<std::string> states_;
  std::string model_prefix_;
  int limit_ = 50;
  bool json_ = false;
};

Syntax& JobsCommand::DeclareOne(Syntax& jobs, const std::string& name,
                                const std::string& description, bool takes_id) {
  Syntax& syntax = jobs.Subcommand(name, description);
  if (takes_id) syntax.Argument("ID", &id_, "the job, as `sinter jobs list` names it");
  syntax.Switch("--json", &json_, "JSON instead of text");
  service_flags_.Declare(syntax);
  return syntax;
}

Syntax& JobsCommand::Declare(Syntax& root) {
  Syntax& jobs = root.Subcommand("jobs", "look after the service's jobs");
  jobs.RequireSubcommand();
  list_ = &DeclareOne(jobs, "list", "list jobs, newest first", false);
  list_->Option("--state", "STATE", &states_,
                "only queued, running, succeeded, failed or cancelled ones; may be repeated");
  list_->Option("--model", "PREFIX", &model_prefix_, "only models whose name or digest starts so");
  list_->Option("--limit", "N", &limit_, "how many at most; else 50");
  get_ = &DeclareOne(jobs, "get", "show one job", true);
  watch_ = &DeclareOne(jobs, "watch", "follow a job to its end", true);
  cancel_ = &DeclareOne(jobs, "cancel", "stop a job for all who wait for it", true);
  return jobs;
}

absl::Status JobsCommand::Run(Terminal& terminal) {
  SINTER_ASSIGN_OR_RETURN(const Service service, service_flags_.Open());
  JobClient client(service.channel);
  if (list_->chosen()) return List(terminal, client);
  if (watch_->chosen()) return Watch(terminal, client);
  return Show(terminal, cancel_->chosen() ? client.Cancel(id_) : client.Get(id_));
}

absl::Status JobsCommand::List(Terminal& terminal, JobClient& client) const {
  if (limit_ < 1) return UsageError("`--limit` is less than 1");
  v1::ListJobsRequest filter;
  filter.set_model_prefix(model_prefix_);
  for (const std::string& name : states_) {
    v1::Job::State state;
    if (!v1::Job::State_Parse(absl::AsciiStrToUpper(name), &state)) {
      return UsageError(
          absl::StrCat("`--state=", name,
                       "` is none of `queued`, `running`, `succeeded`, `failed`, `cancelled`"));
    }
    filter.add_states(state);
  }
  SINTER_ASSIGN_OR_RETURN(const std::vector<v1::Job> jobs, client.List(filter, limit_));
  if (!json_) {
    for (const v1::Job& job : jobs) PrintRow(terminal.out, job);
    return absl::OkStatus();
  }
  Json list = Json::array();
  for (const v1::Job& job : jobs) list.push_back(JobJson(job));
  PrintJsonLine(terminal.out, {{"jobs", list}});
  return absl::OkStatus();
}

absl::Status JobsCommand::Show(Terminal& terminal, const absl::StatusOr<v1::Job>& job) const {
  SINTER_RETURN_IF_ERROR(Status(job));
  if (json_) {
    PrintJsonLine(terminal.out, JobJson(*job));
    return absl::OkStatus();
  }
  PrintRow(terminal.out, *job);
  if (job->has_result()) {
    terminal.out << "artifact " << DigestText(job->result().artifact()) << "\n";
  }
  if (job->has_error()) PrintError(terminal.out, FromRpcStatus(job->error()));
  return absl::OkStatus();
}

absl::Status JobsCommand::Watch(Terminal& terminal, JobClient& client) const {
  SINTER_RETURN_IF_ERROR(Status(client.Get(id_)));
  const std::unique_ptr<CompileReport> report = MakeCompileReport(terminal, json_);
  v1::CompileResult result;
  const absl::Status status = client.Watch(id_, [&](const v1::JobEvent& event) {
    if (event.has_result()) result = event.result();
    report->OnJobEvent(event);
  });
  report->Finish();
  SINTER_RETURN_IF_ERROR(status);
  PrintResult(terminal, result, "", -1, json_);
  return absl::OkStatus();
}

}  // namespace

std::unique_ptr<Command> MakeJobsCommand() { return std::make_unique<JobsCommand>(); }

}  // namespace sinter::client
