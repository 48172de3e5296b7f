// Another program, started without a shell and never left behind.
//
//   SubprocessOptions options;
//   options.argv = {"/usr/bin/qemu-riscv64-static", program};
//   options.standard_output = SubprocessOptions::Stdio::kPipe;
//   SINTER_ASSIGN_OR_RETURN(Subprocess child, Subprocess::Start(std::move(options)));
//   ... read child.standard_output() until end of file ...
//   SINTER_ASSIGN_OR_RETURN(const ProcessExit exit, child.Wait());
#ifndef SINTER_BASE_SUBPROCESS_H_
#define SINTER_BASE_SUBPROCESS_H_

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/unique_fd.h"

namespace sinter::base {

struct SubprocessOptions {
  enum class Stdio { kNull, kInherit, kPipe };

  // The program, which is looked up in $PATH unless it holds a slash, and its arguments.
  std::vector<std::string> argv;
  // "NAME=VALUE" each; without a value the child has this process's environment.
  std::optional<std::vector<std::string>> environment;
  std::string working_directory;  // empty: this process's
  Stdio standard_input = Stdio::kNull;
  Stdio standard_output = Stdio::kInherit;
  Stdio standard_error = Stdio::kInherit;
  // {ours, the child's}: descriptors to hand over; the child's numbers are from 3 to 99. The caller
  // keeps ours. All others are closed in the child.
  std::vector<std::pair<int, int>> descriptors;
  // Leads a process group of its own, so that Kill() reaches its children as well, and a Ctrl-C on
  // the terminal does not reach it.
  bool own_process_group = false;
};

// How a process ended and what it used.
struct ProcessExit {
  int exit_code = 0;           // of a normal exit; 0 if a signal ended it
  int signal = 0;              // that ended it; 0 for a normal exit
  absl::Duration user_time;    // CPU
  absl::Duration system_time;  // CPU
  int64_t peak_rss_bytes = 0;

  bool ok() const { return exit_code == 0 && signal == 0; }

  // OK for exit code 0; else INTERNAL saying e.g. "exited with code 3" or "killed by signal 9".
  absl::Status ToStatus() const;
};

// Owns one child process. The destructor kills it and waits, so no zombie or orphan remains.
// Movable; not thread-safe: who waits on one thread and kills on another uses
// `kill(child.pid(), ...)` under its own lock, or WaitFor() in turns.
class Subprocess {
 public:
  // The child starts with default signal handlers and no blocked signals.
  // ERRORS: NOT_FOUND or PERMISSION_DENIED if the program can't be run, RESOURCE_EXHAUSTED or
  // UNAVAILABLE if the system has no process or descriptor left, INVALID_ARGUMENT.
  static absl::StatusOr<Subprocess> Start(const SubprocessOptions& options);

  ~Subprocess();
  Subprocess(Subprocess&& other) noexcept;
  Subprocess& operator=(Subprocess&& other) noexcept;

  pid_t pid() const { return pid_; }

  // Our ends of the pipes asked for. Reset() the input to let the child see end of file.
  UniqueFd& standard_input() { return standard_input_; }
  UniqueFd& standard_output() { return standard_output_; }
  UniqueFd& standard_error() { return standard_error_; }

  // Waits until the process has ended. Later calls return the same again.
  absl::StatusOr<ProcessExit> Wait();

  // RETURNS: nothing if the process still runs after `timeout` (zero just asks).
  absl::StatusOr<std::optional<ProcessExit>> WaitFor(absl::Duration timeout);

  // Sends `signal` to the process, or to its group if it has its own. Does nothing after its end
  // was seen by Wait.
  void Kill(int signal);

 private:
  Subprocess(pid_t pid, bool own_group) : pid_(pid), own_group_(own_group) {}

  // wait4 with `flags`; remembers the exit.
  absl::StatusOr<std::optional<ProcessExit>> Reap(int flags);

  pid_t pid_ = -1;
  bool own_group_ = false;
  UniqueFd handle_;  // a pidfd: readable when the process has ended
  UniqueFd standard_input_, standard_output_, standard_error_;
  std::optional<ProcessExit> exit_;
};

}  // namespace sinter::base

#endif  // SINTER_BASE_SUBPROCESS_H_
