#include "benchmarks/adapters/sinter/adapter.h"

#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/digest.h"
#include "base/file_util.h"
#include "base/mapped_file.h"
#include "base/status_macros.h"
#include "benchmarks/adapters/sinter/sampling.h"
#include "benchmarks/adapters/sinter/sinter_program.h"
#include "client/cli/run_inputs.h"
#include "client/cli/run_outputs.h"
#include "client/lib/fault.h"

namespace sinter::benchmarks {
namespace {

const char* KindOf(const absl::Status& status) {
  if (absl::IsUnimplemented(status)) return "unsupported";
  return absl::IsNotFound(status) ? "missing" : "failed";
}

// What this process has used since it began.
struct Usage {
  double cpu_seconds = 0;
  int64_t peak_rss_bytes = 0;
};

Usage OwnUsage() {
  rusage used = {};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return {seconds(used.ru_utime) + seconds(used.ru_stime), int64_t{used.ru_maxrss} * 1024};
}

std::string LibraryPath(const std::string& work_dir, const std::string& model) {
  const std::filesystem::path folder(work_dir);
  return (folder / std::filesystem::path(model).filename()).string() + ".so";
}

absl::StatusOr<SinterProgram> FindProgram(const Json& request) {
  return SinterProgram::Find(request.value("options", Json::object()).value("sinter", ""));
}

// The reply to "load"; `before` is what this process had used then.
Json LoadReply(const CompiledLibrary& compiled, absl::Duration wall, const Usage& before,
               int64_t artifact_bytes) {
  const Usage now = OwnUsage();
  const absl::Duration child = compiled.usage.user_time + compiled.usage.system_time;
  Json reply;
  reply["load_s"] = absl::ToDoubleSeconds(wall);
  reply["cpu_s"] = now.cpu_seconds - before.cpu_seconds + absl::ToDoubleSeconds(child);
  reply["peak_rss_bytes"] = std::max(now.peak_rss_bytes, compiled.usage.peak_rss_bytes);
  reply["artifact_bytes"] = artifact_bytes;
  reply["details"] = {{"artifact", compiled.artifact}, {"stages", compiled.stages}};
  return reply;
}

}  // namespace

Json Adapter::Handle(const Json& request) {
  const absl::StatusOr<Json> reply = Dispatch(request);
  if (reply.ok()) return *reply;
  return {{"error",
           {{"kind", KindOf(reply.status())}, {"message", std::string(reply.status().message())}}}};
}

absl::StatusOr<Json> Adapter::Dispatch(const Json& request) {
  if (!request.is_object()) return absl::InvalidArgumentError("the request is no JSON object");
  // Fields that are missing or of another type end here.
  try {
    const std::string op = request.at("op").get<std::string>();
    if (op == "hello") return Hello(request);
    if (op == "load") return Load(request);
    if (op == "outputs") return Outputs(request);
    if (op == "time") return Time(request);
    if (op != "quit") {
      return absl::InvalidArgumentError(
          absl::StrCat("there is no op `", op, "`; there are hello, load, outputs, time and quit"));
    }
    done_ = true;
    return Json::object();
  } catch (const Json::exception& error) {
    return absl::InvalidArgumentError(absl::StrCat("the request is malformed: ", error.what()));
  }
}

absl::StatusOr<Json> Adapter::Hello(const Json& request) const {
  SINTER_ASSIGN_OR_RETURN(const SinterProgram sinter, FindProgram(request));
  SINTER_ASSIGN_OR_RETURN(const std::string version, sinter.Version());
  SINTER_ASSIGN_OR_RETURN(const base::MappedFile file, base::MappedFile::Open(sinter.path()));
  Json reply = {{"engine", "sinter"}, {"version", version}};
  reply["details"] = {{"program", sinter.path()},
                      {"sha256", base::DigestOf(file.bytes()).sha256_hex}};
  return reply;
}

absl::StatusOr<Json> Adapter::Load(const Json& request) {
  const std::string model = request.at("model").get<std::string>();
  const Json options = request.value("options", Json::object());
  slowdown_ = options.value("slowdown", 1.0);
  session_ = nullptr;

  const Usage before = OwnUsage();
  const absl::Duration begin = clock_.Elapsed();
  CompiledLibrary compiled;
  compiled.path = model;
  if (!absl::EndsWith(model, ".so")) {
    const std::string work_dir = request.at("work_dir").get<std::string>();
    SINTER_RETURN_IF_ERROR(base::CreateDirectories(work_dir));
    SINTER_ASSIGN_OR_RETURN(const SinterProgram sinter, FindProgram(request));
    SINTER_ASSIGN_OR_RETURN(
        compiled, sinter.Compile(model, LibraryPath(work_dir, model),
                                 options.value("compile_flags", std::vector<std::string>())));
  }
  auto opened = runtime::LoadedModel::Open(compiled.path);
  if (absl::IsNotFound(opened.status())) return client::AsUsageError(opened.status());
  SINTER_ASSIGN_OR_RETURN(model_, std::move(opened));
  const absl::Duration wall = clock_.Elapsed() - begin;
  SINTER_ASSIGN_OR_RETURN(const int64_t artifact_bytes, base::FileSize(compiled.path));
  Json reply = LoadReply(compiled, wall, before, artifact_bytes);
  reply["artifact"] = compiled.path;
  SINTER_RETURN_IF_ERROR(Bind(request));
  return reply;
}

absl::Status Adapter::Bind(const Json& request) {
  std::vector<std::string> files;
  for (const Json& input : request.at("inputs")) {
    files.push_back(absl::StrCat(input.at("name").get<std::string>(), "=",
                                 input.at("file").get<std::string>()));
  }
  SINTER_ASSIGN_OR_RETURN(inputs_, client::ReadInputs(*model_, files));
  pool_ = std::make_unique<runtime::ThreadPool>(request.at("threads").get<int>());
  auto session = std::make_unique<runtime::ValueSession>(model_, pool_.get());
  SINTER_RETURN_IF_ERROR(session->Bind(inputs_));
  session_ = std::move(session);
  return absl::OkStatus();
}

absl::StatusOr<Json> Adapter::Outputs(const Json& request) {
  if (session_ == nullptr) return absl::FailedPreconditionError("no model is loaded");
  const std::string folder = request.at("dir").get<std::string>();
  SINTER_RETURN_IF_ERROR(session_->Execute());
  SINTER_ASSIGN_OR_RETURN(const std::vector<runtime::Value> values, session_->Outputs());
  Json outputs = Json::array();
  for (size_t i = 0; i < values.size(); ++i) {
    const runtime::ValueInfo& info = model_->outputs()[i];
    Json output = {{"name", info.name}};
    if (info.type.is_numeric_tensor()) {
      SINTER_ASSIGN_OR_RETURN(output["file"], client::WriteOutput(folder, info, values[i], false));
    } else {
      output["file"] = nullptr;
      output["why"] = absl::StrCat("it is ", info.type.Text(), ", which no .npy file can hold");
    }
    outputs.push_back(std::move(output));
  }
  return Json{{"outputs", std::move(outputs)}};
}

absl::StatusOr<Json> Adapter::Time(const Json& request) {
  if (session_ == nullptr) return absl::FailedPreconditionError("no model is loaded");
  SamplingOptions options;
  options.min_time = absl::Seconds(request.value("min_s", 0.2));
  options.max_samples = std::max(request.value("max_samples", int64_t{1000}), int64_t{1});
  options.warmup = request.value("warmup", int64_t{2});
  options.slowdown = slowdown_;
  SINTER_ASSIGN_OR_RETURN(const Samples samples,
                          SampleCalls([this] { return session_->Execute(); }, options, clock_));
  return Json{{"samples_ns", samples.nanoseconds}, {"inner", samples.inner}};
}

}  // namespace sinter::benchmarks
