// How `sinter compile` shows what happens: a progress line on a terminal, or a JSON object a line.
#ifndef SINTER_CLIENT_CLI_COMPILE_REPORT_H_
#define SINTER_CLIENT_CLI_COMPILE_REPORT_H_

#include <memory>
#include <string>

#include "client/cli/command.h"
#include "client/lib/compile_client.h"
#include "proto/sinter/v1/job.pb.h"

namespace sinter::client {

// Shows events as they come. One thread.
class CompileReport : public CompileObserver {
 public:
  // The three events that a compile and a watched job have in common.
  virtual void OnQueued(const v1::JobEvent::Queued& queued) = 0;
  virtual void OnStage(v1::Diagnostic::Stage stage) = 0;
  virtual void OnProgress(const v1::JobEvent::Progress& progress) = 0;
  // Clears what is only there for the moment. Results and errors may be printed then.
  virtual void Finish() = 0;

  void OnEvent(const v1::CompileEvent& event) final;
  void OnJobEvent(const v1::JobEvent& event);
};

// JSON if `json`; else a progress line, if the terminal is one; else nothing.
std::unique_ptr<CompileReport> MakeCompileReport(Terminal& terminal, bool json);

// The last word on a compile that worked. `path` is where the artifact was put, "" if nowhere.
// `total_seconds` is as seen from here, or negative.
void PrintResult(Terminal& terminal, const v1::CompileResult& result, const std::string& path,
                 double total_seconds, bool json);

}  // namespace sinter::client

#endif  // SINTER_CLIENT_CLI_COMPILE_REPORT_H_
