#include "server/pool/worker_process.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace sinter::server {
namespace {

constexpr int kChannelFd = 3;
constexpr absl::Duration kReapPoll = absl::Milliseconds(5);

// A worker's environment holds what it needs to start, and nothing of the daemon's: results must
// not depend on it.
std::vector<std::string> Environment(const std::string& temp_dir) {
  std::vector<std::string> kept = {absl::StrCat("TMPDIR=", temp_dir), "LC_ALL=C"};
  for (char** variable = environ; *variable != nullptr; ++variable) {
    for (const char* name : {"PATH=", "LD_LIBRARY_PATH=", "ASAN_OPTIONS=", "TSAN_OPTIONS=",
                             "UBSAN_OPTIONS=", "RUNFILES_DIR="}) {
      if (absl::StartsWith(*variable, name)) kept.push_back(*variable);
    }
  }
  return kept;
}

std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& s : strings) pointers.push_back(s.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Runs between fork and exec: only async-signal-safe calls.
[[noreturn]] void BecomeWorker(pid_t daemon, int socket, const char* temp_dir, char** arguments,
                               char** environment) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The daemon may have died before the line above.
  if (getppid() != daemon) _exit(1);
  // A Ctrl-C at a terminal is for the daemon, which then drains.
  setpgid(0, 0);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
  signal(SIGINT, SIG_DFL);
  // A crash is reported by the daemon; the image of a compiler's memory would fill the disk.
  const rlimit no_core = {0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  const int nothing = open("/dev/null", O_RDONLY);
  dup2(nothing, STDIN_FILENO);
  // Standard output belongs to the daemon's own lines.
  dup2(STDERR_FILENO, STDOUT_FILENO);
  if (socket == kChannelFd) {
    fcntl(socket, F_SETFD, 0);
  } else {
    dup2(socket, kChannelFd);
  }
  syscall(SYS_close_range, kChannelFd + 1, ~0U, 0);
  if (chdir(temp_dir) != 0) _exit(126);
  execve(arguments[0], arguments, environment);
  _exit(127);
}

std::string DescribeEnd(int status) {
  if (WIFSIGNALED(status)) {
    return absl::StrCat("killed by signal ", WTERMSIG(status), " (", strsignal(WTERMSIG(status)),
                        ")");
  }
  return absl::StrCat("ended with exit code ", WEXITSTATUS(status));
}

}  // namespace

absl::StatusOr<std::unique_ptr<WorkerProcess>> WorkerProcess::Start(const std::string& binary,
                                                                    const std::string& temp_dir,
                                                                    absl::Time ready_by) {
  int sockets[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0) {
    return absl::UnavailableError(absl::StrCat("socketpair: ", strerror(errno)));
  }
  std::vector<std::string> arguments = {binary, absl::StrCat("--channel-fd=", kChannelFd)};
  std::vector<std::string> environment = Environment(temp_dir);
  std::vector<char*> argument_pointers = Pointers(arguments);
  std::vector<char*> environment_pointers = Pointers(environment);
  const pid_t daemon = getpid();
  const pid_t pid = fork();
  if (pid == 0) {
    BecomeWorker(daemon, sockets[1], temp_dir.c_str(), argument_pointers.data(),
                 environment_pointers.data());
  }
  const int fork_error = errno;
  close(sockets[1]);
  if (pid < 0) {
    close(sockets[0]);
    return absl::UnavailableError(absl::StrCat("fork: ", strerror(fork_error)));
  }
  std::unique_ptr<WorkerProcess> worker(new WorkerProcess(pid, sockets[0]));
  v1::WorkerEvent event;
  const absl::Status received = worker->channel_.Receive(event, ready_by);
  if (!received.ok() || !event.has_ready()) {
    const std::string end = worker->Stop(absl::Milliseconds(100));
    return absl::UnavailableError(absl::StrCat(
        "starting worker `", binary, "`: it was not ready: ", received.message(), "; ", end));
  }
  worker->ready_ = std::move(*event.mutable_ready());
  // If memory gets short, a worker is the one to go.
  std::ofstream(absl::StrCat("/proc/", pid, "/oom_score_adj")) << "1000";
  return worker;
}

WorkerProcess::~WorkerProcess() {
  if (!reaped_) Stop(absl::ZeroDuration());
}

bool WorkerProcess::HasEnded() { return Reap(absl::InfinitePast()); }

int64_t WorkerProcess::AnonymousBytes() const {
  std::ifstream status(absl::StrCat("/proc/", pid_, "/status"));
  int64_t total = 0;
  for (std::string word; status >> word;) {
    int64_t kib = 0;
    if ((word == "RssAnon:" || word == "RssShmem:") && status >> kib) total += kib * 1024;
  }
  return total;
}

std::string WorkerProcess::Stop(absl::Duration grace) {
  if (!reaped_ && grace > absl::ZeroDuration()) {
    kill(pid_, SIGTERM);
    Reap(absl::Now() + grace);
  }
  if (!reaped_) {
    kill(-pid_, SIGKILL);
    kill(pid_, SIGKILL);
    Reap(absl::InfiniteFuture());
  }
  return DescribeEnd(wait_status_);
}

bool WorkerProcess::Reap(absl::Time deadline) {
  while (!reaped_) {
    const bool forever = deadline == absl::InfiniteFuture();
    const pid_t ended = waitpid(pid_, &wait_status_, forever ? 0 : WNOHANG);
    if (ended == pid_ || (ended < 0 && errno == ECHILD)) {
      reaped_ = true;
    } else if (ended == 0) {
      if (absl::Now() >= deadline) return false;
      absl::SleepFor(kReapPoll);
    }
  }
  return true;
}

}  // namespace sinter::server
