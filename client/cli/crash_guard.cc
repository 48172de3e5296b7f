#include "client/cli/crash_guard.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/lib/fault.h"

namespace sinter::client {
namespace {

// What the child says at its end: one byte of status code, one whether it is a usage error, then
// the message.
std::string Encode(const absl::Status& status) {
  return absl::StrCat(std::string(1, static_cast<char>(status.code())),
                      std::string(1, IsUsageError(status) ? 1 : 0), status.message());
}

absl::Status Decode(const std::string& bytes) {
  if (bytes.size() < 2)
    return absl::InternalError("the process that ran the artifact said nothing");
  const absl::Status status(static_cast<absl::StatusCode>(bytes[0]), bytes.substr(2));
  return bytes[1] != 0 ? AsUsageError(status) : status;
}

[[noreturn]] void BeChild(int fd, pid_t parent, const std::function<absl::Status()>& body) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  const std::string bytes = Encode(body());
  for (size_t sent = 0; sent < bytes.size();) {
    const ssize_t written = write(fd, bytes.data() + sent, bytes.size() - sent);
    if (written < 0 && errno != EINTR) break;
    if (written > 0) sent += static_cast<size_t>(written);
  }
  // Nothing of the parent's is torn down twice.
  _exit(0);
}

std::string ReadAll(int fd) {
  std::string bytes;
  char buffer[4096];
  while (true) {
    const ssize_t count = read(fd, buffer, sizeof(buffer));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return bytes;
    bytes.append(buffer, static_cast<size_t>(count));
  }
}

absl::Status StatusOfSignal(int signal) {
  if (signal == SIGKILL) {
    return absl::ResourceExhaustedError(
        "the process that ran the artifact was killed; the machine may lack memory");
  }
  return absl::InternalError(absl::StrCat("the artifact died of signal ", signal, " (",
                                          strsignal(signal), ")",
                                          signal == SIGILL ? "; was it made for another CPU" : ""));
}

}  // namespace

absl::Status RunGuarded(const std::function<absl::Status()>& body) {
  int ends[2];
  if (pipe(ends) != 0) return absl::ErrnoToStatus(errno, "no pipe to run the artifact with");
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) return absl::ErrnoToStatus(errno, "no process to run the artifact in");
  if (child == 0) {
    close(ends[0]);
    BeChild(ends[1], parent, body);
  }
  close(ends[1]);
  const std::string said = ReadAll(ends[0]);
  close(ends[0]);
  int state = 0;
  while (waitpid(child, &state, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(state)) return StatusOfSignal(WTERMSIG(state));
  return Decode(said);
}

}  // namespace sinter::client
