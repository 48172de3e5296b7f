// A worker process that compiles nothing and does what the "model" tells it, line by line:
//
//   log PATH         appends a line to the file at PATH: one line a compile
//   stage NAME       announces a stage, e.g. IMPORT
//   progress F       announces progress
//   wait PATH        goes on when a file exists at PATH
//   hang             never goes on
//   crash            dies by SIGSEGV
//   exit N           ends with exit code N
//   allocate MIB     holds that much memory
//   warn TEXT        emits a warning
//   fail CODE TEXT   fails with the absl::StatusCode of that number, and a Diagnostic
//   connect          fails with what the kernel says to an attempt to open a socket
//   exec             becomes another program, or fails with what the kernel says
//   emit TEXT        adds TEXT to model.so
//   kernel TEXT      adds the object of that kernel to model.so: the one that the daemon has, or
//                    "object of TEXT", which is left for it
//   leave N TEXT     leaves TEXT as the object of kernel N
//
// The artifact depends on the model's text, options and target alone, as a compiler's must.
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/digest.h"
#include "base/status_macros.h"
#include "google/protobuf/util/json_util.h"
#include "server/errors/error_details.h"
#include "server/worker/worker_loop.h"

namespace sinter::server {
namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void WriteFile(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

void WaitFor(const std::string& path) {
  while (access(path.c_str(), F_OK) != 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

void SetDigest(const base::Digest& digest, v1::Digest& message) {
  message.set_hash(digest.sha256_hex);
  message.set_size_bytes(digest.size_bytes);
}

// Like a compiler's crash, even where a sanitizer would step in.
void Crash() {
  signal(SIGSEGV, SIG_DFL);
  raise(SIGSEGV);
}

class FakeCompiler final : public RequestHandler {
 public:
  v1::WorkerEvent::Ready Describe() override {
    v1::WorkerEvent::Ready ready;
    for (const char* name : {"fake-a", "fake-b"}) ready.add_targets()->set_name(name);
    ready.mutable_host()->set_name("host:fake");
    ready.add_pipelines()->set_name("fake");
    ready.mutable_toolchain()->set_sinter_version("fake");
    return ready;
  }

  absl::StatusOr<v1::WorkerEvent::Compiled> Compile(const v1::WorkerRequest::Compile& request,
                                                    const Emit& emit,
                                                    const FindKernels& find_kernels) override {
    const std::string model = ReadFile(request.model().path());
    std::string output;
    kernels_ = {find_kernels, request.scratch_dir(), 0};
    std::istringstream lines(model);
    for (std::string line; std::getline(lines, line);) {
      SINTER_RETURN_IF_ERROR(Obey(line, emit, output));
    }
    for (const auto& data : request.external_data()) {
      absl::StrAppend(&output, data.name(), "=", ReadFile(data.path()), "\n");
    }
    return Package(request, output);
  }

  absl::StatusOr<v1::CheckReport> Check(const v1::WorkerRequest::Check& request,
                                        const Emit& emit) override {
    std::string output;
    std::istringstream lines(ReadFile(request.model().path()));
    v1::CheckReport report;
    report.set_supported(true);
    *report.mutable_target() = request.target();
    for (std::string line; std::getline(lines, line);) {
      report.set_nodes(report.nodes() + 1);
      if (const absl::Status status = Obey(line, emit, output); !status.ok()) {
        report.set_supported(false);
        for (auto& diagnostic : DetailsOf<v1::Diagnostic>(status)) {
          *report.add_diagnostics() = diagnostic;
        }
      }
    }
    return report;
  }

 private:
  absl::Status Obey(const std::string& line, const Emit& emit, std::string& output) {
    std::istringstream words(line);
    std::string verb, rest;
    words >> verb >> std::ws;
    std::getline(words, rest);
    v1::WorkerEvent event;
    if (verb == "log") std::ofstream(rest, std::ios::app) << "compile\n";
    if (verb == "wait") WaitFor(rest);
    if (verb == "hang") WaitFor("/nonexistent/file");
    if (verb == "crash") Crash();
    if (verb == "exit") _exit(std::stoi(rest));
    if (verb == "allocate") Allocate(std::stoll(rest) << 20);
    if (verb == "emit") absl::StrAppend(&output, rest, "\n");
    if (verb == "kernel") return AddKernel(rest, output);
    if (verb == "leave") {
      const size_t end = rest.find(' ');
      WriteFile(kernels_.PathOf(std::stoi(rest.substr(0, end))), rest.substr(end + 1));
    }
    if (verb == "stage") {
      v1::Diagnostic::Stage stage;
      if (!v1::Diagnostic::Stage_Parse(rest, &stage)) return absl::InvalidArgumentError(line);
      event.mutable_stage()->set_stage(stage);
      emit(event);
    }
    if (verb == "progress") {
      event.mutable_progress()->set_fraction(std::stod(rest));
      emit(event);
    }
    if (verb == "warn") {
      event.mutable_diagnostic()->set_severity(v1::Diagnostic::WARNING);
      event.mutable_diagnostic()->set_message(rest);
      emit(event);
    }
    if (verb == "connect" && socket(AF_INET, SOCK_STREAM, 0) < 0) {
      return absl::PermissionDeniedError(strerror(errno));
    }
    if (verb == "exec") {
      execl("/bin/true", "true", nullptr);
      return absl::PermissionDeniedError(strerror(errno));
    }
    if (verb == "fail") {
      std::istringstream failure(rest);
      int code = 0;
      std::string text;
      failure >> code >> std::ws;
      std::getline(failure, text);
      return RequestError(static_cast<absl::StatusCode>(code), "told_to_fail", text);
    }
    return absl::OkStatus();
  }

  absl::Status AddKernel(const std::string& text, std::string& output) {
    const int index = kernels_.asked++;
    std::string object = "object of " + text + "\n";
    v1::WorkerEvent::FindKernels question;
    question.add_texts(text);
    std::string path;
    if (kernels_.find) {
      SINTER_ASSIGN_OR_RETURN(const auto found, kernels_.find(question));
      path = found.objects(0).path();
    }
    if (path.empty()) {
      WriteFile(kernels_.PathOf(index), object);
    } else {
      object = ReadFile(path);
    }
    output += object;
    return absl::OkStatus();
  }

  // Touches every page, so that the memory is resident.
  void Allocate(size_t bytes) {
    held_.resize(bytes);
    memset(held_.data(), 1, held_.size());
  }

  absl::StatusOr<v1::WorkerEvent::Compiled> Package(const v1::WorkerRequest::Compile& request,
                                                    const std::string& output) {
    v1::WorkerEvent::Compiled compiled;
    v1::ArtifactManifest& manifest = *compiled.mutable_manifest();
    manifest.set_format_version(1);
    *manifest.mutable_model() = request.model().digest();
    *manifest.mutable_target() = request.target();
    *manifest.mutable_options() = request.options();
    WriteFile(request.output_dir() + "/model.so", output);
    auto& file = *manifest.add_files();
    file.set_path("model.so");
    SetDigest(base::DigestOf(output), *file.mutable_digest());
    std::string json;
    const auto status = google::protobuf::util::MessageToJsonString(manifest, &json);
    if (!status.ok()) return absl::InternalError(status.ToString());
    WriteFile(request.output_dir() + "/manifest.json", json);
    SetDigest(base::DigestOf(json), *compiled.mutable_manifest_digest());
    return compiled;
  }

  // Of the compile under way.
  struct Kernels {
    FindKernels find;
    std::string scratch_dir;
    int asked = 0;

    std::string PathOf(int index) const {
      return absl::StrCat(scratch_dir, "/kernel-", index, ".o");
    }
  };

  std::string held_;
  Kernels kernels_;
};

}  // namespace
}  // namespace sinter::server

int main(int argc, char** argv) {
  sinter::server::FakeCompiler compiler;
  return sinter::server::RunWorker(argc, argv, compiler);
}
