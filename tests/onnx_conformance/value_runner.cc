#include "tests/onnx_conformance/value_runner.h"

#include <unistd.h>

#include <cerrno>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/file_util.h"
#include "base/status_macros.h"
#include "tests/onnx_conformance/value_file.h"

namespace sinter::conformance {
namespace {

using ::sinter::base::SubprocessOptions;
using ::sinter::runtime::Value;

absl::Status FromAnswer(const std::string& answer) {
  if (answer == "ok") return absl::OkStatus();
  // SINTER_NOT_SUPPORTED
  if (absl::StartsWith(answer, "status 5 ")) return absl::UnimplementedError(answer);
  if (absl::StartsWith(answer, "status ")) return absl::InvalidArgumentError(answer);
  return absl::InternalError(answer);
}

}  // namespace

absl::Status ValueRunner::Dead() {
  SINTER_ASSIGN_OR_RETURN(const base::ProcessExit exit, process_->Wait());
  process_.reset();
  received_.clear();
  const absl::Status status = exit.ToStatus();
  return absl::InternalError(absl::StrCat("`", argv_[0], "` ended in the middle of a model: ",
                                          status.ok() ? "exit code 0" : status.message()));
}

absl::StatusOr<std::string> ValueRunner::Ask(const std::string& line) {
  if (!process_.has_value()) {
    SubprocessOptions options;
    options.argv = argv_;
    options.standard_input = SubprocessOptions::Stdio::kPipe;
    options.standard_output = SubprocessOptions::Stdio::kPipe;
    SINTER_ASSIGN_OR_RETURN(process_, base::Subprocess::Start(options));
  }
  if (!base::WriteAll(process_->standard_input().get(), line, "its input").ok()) return Dead();
  while (!absl::StrContains(received_, '\n')) {
    char buffer[1024];
    const ssize_t bytes = read(process_->standard_output().get(), buffer, sizeof(buffer));
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes <= 0) return Dead();
    received_.append(buffer, bytes);
  }
  const size_t end = received_.find('\n');
  std::string answer = received_.substr(0, end);
  received_.erase(0, end + 1);
  return answer;
}

absl::StatusOr<std::vector<Value>> ValueRunner::Run(const std::string& library,
                                                    const std::vector<Value>& inputs,
                                                    const std::string& folder) {
  const std::string from = absl::StrCat(folder, "/inputs"), to = absl::StrCat(folder, "/outputs");
  SINTER_RETURN_IF_ERROR(base::WriteFileAtomically(from, ValuesAsBytes(inputs)));
  SINTER_ASSIGN_OR_RETURN(const std::string answer,
                          Ask(absl::StrCat(library, "\t", from, "\t", to, "\n")));
  SINTER_RETURN_IF_ERROR(FromAnswer(answer));
  SINTER_ASSIGN_OR_RETURN(const std::string bytes, base::ReadFile(to));
  return ValuesFromBytes(bytes);
}

}  // namespace sinter::conformance
