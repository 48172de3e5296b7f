#include "base/subprocess.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/errno_status.h"
#include "base/status_macros.h"

namespace sinter::base {
namespace {

using Stdio = SubprocessOptions::Stdio;

// Copies of what the child gets live above every number the child may ask for, so that installing
// one never overwrites another that is still to be installed.
constexpr int kFirstCopy = 100;

// Collects what the child's descriptors will be.
class DescriptorPlan {
 public:
  explicit DescriptorPlan(posix_spawn_file_actions_t* actions) : actions_(actions) {}

  absl::Status Install(int ours, int childs) {
    UniqueFd copy(fcntl(ours, F_DUPFD_CLOEXEC, kFirstCopy));
    if (!copy) return ErrnoStatus(errno, absl::StrCat("handing over descriptor ", ours));
    posix_spawn_file_actions_adddup2(actions_, copy.get(), childs);
    last_ = std::max(last_, childs);
    copies_.push_back(std::move(copy));
    return absl::OkStatus();
  }

  // REQUIRES: all others are installed.
  void CloseTheRest(const std::vector<std::pair<int, int>>& descriptors) {
    for (int fd = 3; fd <= last_; ++fd) {
      const bool wanted = std::any_of(descriptors.begin(), descriptors.end(),
                                      [fd](const auto& pair) { return pair.second == fd; });
      if (!wanted) posix_spawn_file_actions_addclose(actions_, fd);
    }
    posix_spawn_file_actions_addclosefrom_np(actions_, last_ + 1);
  }

 private:
  posix_spawn_file_actions_t* const actions_;
  std::vector<UniqueFd> copies_;
  int last_ = 2;
};

// Sets up the child's descriptor `number`; `parent_end` gets our end of a pipe.
absl::Status PlanStdio(Stdio kind, int number, DescriptorPlan& plan, UniqueFd& parent_end) {
  if (kind == Stdio::kInherit) return plan.Install(number, number);
  if (kind == Stdio::kNull) {
    const UniqueFd null(open("/dev/null", O_RDWR | O_CLOEXEC));
    if (!null) return ErrnoStatus(errno, "opening `/dev/null`");
    return plan.Install(null.get(), number);
  }
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return ErrnoStatus(errno, "making a pipe");
  UniqueFd read_end(ends[0]), write_end(ends[1]);
  const bool child_reads = number == STDIN_FILENO;
  parent_end = std::move(child_reads ? write_end : read_end);
  return plan.Install((child_reads ? read_end : write_end).get(), number);
}

std::vector<char*> Pointers(const std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  pointers.reserve(strings.size() + 1);
  for (const std::string& string : strings) pointers.push_back(const_cast<char*>(string.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

void SetAttributes(const SubprocessOptions& options, posix_spawnattr_t* attributes) {
  int16_t flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(attributes, &none);
  posix_spawnattr_setsigdefault(attributes, &all);
  if (options.own_process_group) {
    flags |= POSIX_SPAWN_SETPGROUP;
    posix_spawnattr_setpgroup(attributes, 0);
  }
  posix_spawnattr_setflags(attributes, flags);
}

absl::Status CheckOptions(const SubprocessOptions& options) {
  if (options.argv.empty()) return absl::InvalidArgumentError("no program was named");
  for (const auto& [ours, childs] : options.descriptors) {
    if (childs < 3 || childs >= kFirstCopy) {
      return absl::InvalidArgumentError(absl::StrCat("the child's descriptor ", childs,
                                                     " is out of range; it must be from 3 to 99"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ProcessExit::ToStatus() const {
  if (signal != 0) return absl::InternalError(absl::StrCat("killed by signal ", signal));
  if (exit_code != 0) return absl::InternalError(absl::StrCat("exited with code ", exit_code));
  return absl::OkStatus();
}

absl::StatusOr<Subprocess> Subprocess::Start(const SubprocessOptions& options) {
  SINTER_RETURN_IF_ERROR(CheckOptions(options));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  const absl::Cleanup destroy = [&] {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  };

  Subprocess child(-1, options.own_process_group);
  DescriptorPlan plan(&actions);
  SINTER_RETURN_IF_ERROR(PlanStdio(options.standard_input, 0, plan, child.standard_input_));
  SINTER_RETURN_IF_ERROR(PlanStdio(options.standard_output, 1, plan, child.standard_output_));
  SINTER_RETURN_IF_ERROR(PlanStdio(options.standard_error, 2, plan, child.standard_error_));
  for (const auto& [ours, childs] : options.descriptors) {
    SINTER_RETURN_IF_ERROR(plan.Install(ours, childs));
  }
  plan.CloseTheRest(options.descriptors);
  if (!options.working_directory.empty()) {
    posix_spawn_file_actions_addchdir_np(&actions, options.working_directory.c_str());
  }
  SetAttributes(options, &attributes);

  const std::vector<char*> argv = Pointers(options.argv);
  const std::vector<char*> environment =
      options.environment ? Pointers(*options.environment) : std::vector<char*>();
  const int error = posix_spawnp(&child.pid_, argv[0], &actions, &attributes, argv.data(),
                                 options.environment ? environment.data() : environ);
  if (error != 0) {
    child.pid_ = -1;
    return ErrnoStatus(error, absl::StrCat("starting `", options.argv[0], "`"));
  }
  // glibc 2.36 declares pidfd_open without C linkage.
  child.handle_ = UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, child.pid_, 0)));
  return child;
}

Subprocess::~Subprocess() {
  if (pid_ < 0 || exit_) return;
  Kill(SIGKILL);
  Wait().status().IgnoreError();
}

Subprocess::Subprocess(Subprocess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      own_group_(other.own_group_),
      handle_(std::move(other.handle_)),
      standard_input_(std::move(other.standard_input_)),
      standard_output_(std::move(other.standard_output_)),
      standard_error_(std::move(other.standard_error_)),
      exit_(other.exit_) {}

Subprocess& Subprocess::operator=(Subprocess&& other) noexcept {
  // What this owned goes to `other`, whose destructor ends it.
  std::swap(pid_, other.pid_);
  std::swap(own_group_, other.own_group_);
  std::swap(handle_, other.handle_);
  std::swap(standard_input_, other.standard_input_);
  std::swap(standard_output_, other.standard_output_);
  std::swap(standard_error_, other.standard_error_);
  std::swap(exit_, other.exit_);
  return *this;
}

absl::StatusOr<ProcessExit> Subprocess::Wait() {
  SINTER_ASSIGN_OR_RETURN(const std::optional<ProcessExit> exit, Reap(0));
  return *exit;
}

absl::StatusOr<std::optional<ProcessExit>> Subprocess::WaitFor(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  while (true) {
    SINTER_ASSIGN_OR_RETURN(const std::optional<ProcessExit> exit, Reap(WNOHANG));
    const absl::Duration left = deadline - absl::Now();
    if (exit || left <= absl::ZeroDuration()) return exit;
    // Kernels without pidfd (before 5.3) are asked again every 10 ms.
    constexpr absl::Duration kInterval = absl::Milliseconds(10), kLongest = absl::Hours(1);
    const absl::Duration nap = std::min(left, handle_ ? kLongest : kInterval);
    pollfd ended{handle_.get(), POLLIN, 0};
    poll(&ended, 1, static_cast<int>(absl::ToInt64Milliseconds(nap)) + 1);
  }
}

void Subprocess::Kill(int signal) {
  if (pid_ > 0 && !exit_) kill(own_group_ ? -pid_ : pid_, signal);
}

absl::StatusOr<std::optional<ProcessExit>> Subprocess::Reap(int flags) {
  if (exit_) return exit_;
  int status = 0;
  rusage usage{};
  pid_t waited = -1;
  do {
    waited = wait4(pid_, &status, flags, &usage);
  } while (waited < 0 && errno == EINTR);
  if (waited < 0) return ErrnoStatus(errno, absl::StrCat("waiting for process ", pid_));
  if (waited == 0) return std::nullopt;
  ProcessExit exit;
  exit.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  exit.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  exit.user_time = absl::DurationFromTimeval(usage.ru_utime);
  exit.system_time = absl::DurationFromTimeval(usage.ru_stime);
  exit.peak_rss_bytes = int64_t{usage.ru_maxrss} * 1024;
  exit_ = exit;
  return exit_;
}

}  // namespace sinter::base
