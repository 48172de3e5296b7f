#include "base/run_command.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/errno_status.h"
#include "base/status_macros.h"

namespace sinter::base {
namespace {

// Moves what is ready from `fd` to `text`; closes it at the end of file.
void ReadSome(UniqueFd& fd, std::string& text) {
  char buffer[16 << 10];
  const ssize_t count = read(fd.get(), buffer, sizeof buffer);
  if (count > 0) text.append(buffer, static_cast<size_t>(count));
  if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN)) fd.Reset();
}

// Moves what fits from `input` to `fd`; closes it when all is written, or nobody reads any more.
void WriteSome(UniqueFd& fd, absl::string_view& input) {
  const ssize_t count = write(fd.get(), input.data(), input.size());
  if (count > 0) input.remove_prefix(static_cast<size_t>(count));
  if (input.empty() || (count < 0 && errno != EINTR && errno != EAGAIN)) fd.Reset();
}

// A write to a pipe that nobody reads must be an error here, not the end of this process.
class BlockSigpipe {
 public:
  BlockSigpipe() {
    sigemptyset(&sigpipe_);
    sigaddset(&sigpipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
  }
  ~BlockSigpipe() {
    if (sigismember(&before_, SIGPIPE)) return;
    const timespec now{};
    while (sigtimedwait(&sigpipe_, nullptr, &now) > 0) {
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t sigpipe_, before_;
};

}  // namespace

absl::StatusOr<CommandResult> RunCommand(SubprocessOptions options, absl::string_view input,
                                         absl::Duration timeout) {
  using Stdio = SubprocessOptions::Stdio;
  options.standard_input = input.empty() ? Stdio::kNull : Stdio::kPipe;
  options.standard_output = options.standard_error = Stdio::kPipe;
  const absl::Time deadline = absl::Now() + timeout;
  const BlockSigpipe block_sigpipe;
  SINTER_ASSIGN_OR_RETURN(Subprocess child, Subprocess::Start(options));
  UniqueFd &in = child.standard_input(), &out = child.standard_output(),
           &err = child.standard_error();
  if (in) fcntl(in.get(), F_SETFL, O_NONBLOCK);

  CommandResult result;
  while (in || out || err) {
    pollfd ends[] = {{in.get(), POLLOUT, 0}, {out.get(), POLLIN, 0}, {err.get(), POLLIN, 0}};
    const absl::Duration left =
        std::clamp(deadline - absl::Now(), absl::ZeroDuration(), absl::Hours(1));
    const int ready = poll(ends, 3, static_cast<int>(absl::ToInt64Milliseconds(left)));
    if (ready < 0 && errno != EINTR) return ErrnoStatus(errno, "waiting for output");
    if (ready > 0 && ends[0].revents != 0) WriteSome(in, input);
    if (ready > 0 && ends[1].revents != 0) ReadSome(out, result.standard_output);
    if (ready > 0 && ends[2].revents != 0) ReadSome(err, result.standard_error);
    if (absl::Now() >= deadline) break;
  }
  SINTER_ASSIGN_OR_RETURN(const std::optional<ProcessExit> exit,
                          child.WaitFor(deadline - absl::Now()));
  if (!exit) {
    return absl::DeadlineExceededError(
        absl::StrCat("`", options.argv[0], "` did not end within ", absl::FormatDuration(timeout)));
  }
  result.exit = *exit;
  return result;
}

}  // namespace sinter::base
