#include "server/worker/compile_handler.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "base/digest.h"
#include "base/mapped_file.h"
#include "base/status_macros.h"
#include "cache/digest_proto.h"
#include "server/errors/error_details.h"
#include "server/worker/certify.h"
#include "server/worker/node_count.h"
#include "server/worker/parallel_for.h"
#include "server/worker/progress_reporter.h"

namespace sinter::server {
namespace {

// What the compiler calls the model: the client's name for it is no part of the artifact.
constexpr char kModelName[] = "model.onnx";

constexpr size_t kQuestionBytes = size_t{8} << 20;

// The files of a request, mapped for as long as this lives.
class MappedInputs {
 public:
  absl::Status Add(std::string name, const v1::WorkerRequest::InputFile& file) {
    SINTER_ASSIGN_OR_RETURN(base::MappedFile mapped, base::MappedFile::Open(file.path()));
    maps_.push_back(std::move(mapped));
    files_.push_back({std::move(name), maps_.back().bytes()});
    return absl::OkStatus();
  }

  // `Request` is WorkerRequest.Compile or WorkerRequest.Check.
  template <typename Request>
  absl::Status AddAll(const Request& request) {
    SINTER_RETURN_IF_ERROR(Add(kModelName, request.model()));
    for (const v1::WorkerRequest::InputFile& data : request.external_data()) {
      SINTER_RETURN_IF_ERROR(Add(data.name(), data));
    }
    return absl::OkStatus();
  }

  const std::vector<api::InputFile>& files() const { return files_; }

  // Nobody reads files() again.
  void Release() { maps_.clear(); }

 private:
  std::vector<base::MappedFile> maps_;
  std::vector<api::InputFile> files_;
};

double NowSeconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void EmitDiagnostics(const std::vector<v1::Diagnostic>& diagnostics,
                     const RequestHandler::Emit& emit) {
  for (const v1::Diagnostic& diagnostic : diagnostics) {
    v1::WorkerEvent event;
    *event.mutable_diagnostic() = diagnostic;
    emit(event);
  }
}

absl::Status WithDiagnostics(absl::Status status, const std::vector<v1::Diagnostic>& diagnostics) {
  for (const v1::Diagnostic& diagnostic : diagnostics) {
    status = WithDiagnostic(std::move(status), diagnostic);
  }
  return status;
}

bool HasErrors(const std::vector<v1::Diagnostic>& diagnostics) {
  for (const v1::Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.severity() == v1::Diagnostic::ERROR) return true;
  }
  return false;
}

ModelBytes AsModelBytes(const std::vector<api::InputFile>& files) {
  ModelBytes bytes;
  bytes.model = files[0].bytes;
  for (size_t i = 1; i < files.size(); ++i) bytes.external_data[files[i].path] = files[i].bytes;
  return bytes;
}

// Where the kernels' objects are, "" for those that nobody has. Asks in messages of moderate size.
absl::StatusOr<std::vector<std::string>> PathsOf(const v1::CompileOptions& options,
                                                 const std::vector<absl::string_view>& texts,
                                                 const RequestHandler::FindKernels& find_kernels) {
  std::vector<std::string> paths;
  for (size_t next = 0; next < texts.size();) {
    v1::WorkerEvent::FindKernels question;
    *question.mutable_options() = options;
    for (size_t bytes = 0; next < texts.size() && bytes < kQuestionBytes; ++next) {
      bytes += texts[next].size();
      question.add_texts(std::string(texts[next]));
    }
    SINTER_ASSIGN_OR_RETURN(const v1::WorkerRequest::KernelsFound found, find_kernels(question));
    for (const v1::WorkerRequest::InputFile& object : found.objects()) {
      paths.push_back(object.path());
    }
  }
  return paths;
}

}  // namespace

v1::WorkerEvent::Ready CompileHandler::Describe() {
  v1::WorkerEvent::Ready ready;
  for (v1::Target& target : api::Compiler::Targets()) *ready.add_targets() = std::move(target);
  *ready.mutable_host() = api::Compiler::HostTarget();
  for (const api::PipelineInfo& info : api::Compiler::Pipelines()) {
    v1::Pipeline* pipeline = ready.add_pipelines();
    pipeline->set_name(info.name);
    pipeline->set_description(info.description);
    pipeline->set_digest(info.digest);
  }
  const v1::ArtifactManifest::Toolchain toolchain = api::Compiler::ToolchainIdentity();
  ready.mutable_toolchain()->set_sinter_version(toolchain.sinter());
  ready.mutable_toolchain()->set_llvm_version(toolchain.llvm());
  ready.mutable_toolchain()->set_onnx_version(toolchain.onnx());
  ready.mutable_toolchain()->set_pipeline_digest(toolchain.pipeline_digest());
  return ready;
}

absl::StatusOr<v1::WorkerEvent::Compiled> CompileHandler::Compile(
    const v1::WorkerRequest::Compile& request, const Emit& emit, const FindKernels& find_kernels) {
  MappedInputs inputs;
  SINTER_RETURN_IF_ERROR(inputs.AddAll(request));
  api::CompileRequest compile;
  compile.files = inputs.files();
  SINTER_ASSIGN_OR_RETURN(compile.target, api::Compiler::ResolveTarget(request.target()));
  compile.options = request.options();
  SINTER_RETURN_IF_ERROR(
      CheckCertifiable(compile.options, compile.target, api::Compiler::HostTarget()));
  compile.output_dir = request.output_dir();
  compile.scratch_dir = request.scratch_dir();
  ProgressReporter progress(emit);
  api::CompileEnvironment environment;
  environment.parallel_for = ParallelFor;
  environment.on_progress = [&progress](absl::string_view stage, double fraction) {
    progress.Report(stage, fraction);
  };
  environment.now = NowSeconds;
  if (!compile.options.has_certify()) {
    environment.files_consumed = [&inputs] { inputs.Release(); };
  }
  if (find_kernels) {
    environment.find_kernels = [&find_kernels](const v1::CompileOptions& options,
                                               const std::vector<absl::string_view>& texts) {
      return PathsOf(options, texts, find_kernels);
    };
  }
  environment.compiler_digest = request.toolchain().worker_digest();
  std::vector<v1::Diagnostic> diagnostics;
  auto result = compiler_.Compile(compile, environment, diagnostics);
  if (!result.ok()) return WithDiagnostics(result.status(), diagnostics);
  EmitDiagnostics(diagnostics, emit);
  if (compile.options.has_certify()) {
    SINTER_RETURN_IF_ERROR(Certify(compile.options, AsModelBytes(compile.files), compile.output_dir,
                                   result->manifest));
  }
  v1::WorkerEvent::Compiled compiled;
  *compiled.mutable_manifest() = std::move(result->manifest);
  SINTER_ASSIGN_OR_RETURN(const base::Digest manifest,
                          base::DigestOfFile(request.output_dir() + "/manifest.json"));
  *compiled.mutable_manifest_digest() = cache::ToProto(manifest);
  return compiled;
}

absl::StatusOr<v1::CheckReport> CompileHandler::Check(const v1::WorkerRequest::Check& request,
                                                      const Emit& emit) {
  MappedInputs inputs;
  SINTER_RETURN_IF_ERROR(inputs.AddAll(request));
  api::CompileRequest check;
  check.files = inputs.files();
  SINTER_ASSIGN_OR_RETURN(check.target, api::Compiler::ResolveTarget(request.target()));
  check.options = request.options();
  SINTER_ASSIGN_OR_RETURN(const api::CheckResult result, compiler_.Check(check));
  v1::CheckReport report;
  report.set_supported(!HasErrors(result.diagnostics));
  for (const v1::Diagnostic& diagnostic : result.diagnostics)
    *report.add_diagnostics() = diagnostic;
  report.set_nodes(CountNodes(inputs.files()[0].bytes));
  *report.mutable_target() = check.target;
  return report;
}

}  // namespace sinter::server
