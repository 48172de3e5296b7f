// The programs as users run them: a daemon on a free port, and commands against it.
//
//   Daemon daemon(root + "/state", kFakeWorker);
//   Outcome outcome = Sinter({"compile", model, "--server=" + daemon.address(), "--json"});
//
// For tests: whatever goes wrong before the thing under test is reached aborts with a message.
#ifndef SINTER_TESTS_E2E_PROGRAMS_H_
#define SINTER_TESTS_E2E_PROGRAMS_H_

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "base/subprocess.h"
#include "nlohmann/json.hpp"

namespace sinter::e2e {

// Workers to choose from.
inline constexpr char kRealWorker[] = "server/worker/sinter-worker";
inline constexpr char kFakeWorker[] = "server/testing/fake_worker";

class Daemon {
 public:
  // Starts a daemon of one worker and waits until it listens.
  Daemon(const std::string& state_dir, const std::string& worker);

  const std::string& address() const { return address_; }

  // The worker processes that it has now.
  std::vector<pid_t> Workers() const;

  // Ends it at once, as a crash of the machine would.
  void Kill9();
  // Asks it to end, and waits. RETURNS: how it ended.
  base::ProcessExit Terminate();

 private:
  std::unique_ptr<base::Subprocess> process_;
  std::string address_;
};

struct Outcome {
  int exit_code = 0;
  std::string out, err;
  std::vector<nlohmann::json> events;  // the lines of `out` that are JSON objects
};

// Runs `sinter` to its end. SINTER_* variables of this process do not reach it.
Outcome Sinter(const std::vector<std::string>& words);

// A `sinter` that still runs.
class RunningSinter {
 public:
  explicit RunningSinter(const std::vector<std::string>& words);

  // Waits for the next line of its output. RETURNS: "" at the end.
  std::string ReadLine();
  // Reads lines until a JSON event of that name. RETURNS: the event; null if the output ends
  // before.
  nlohmann::json AwaitEvent(const std::string& name);
  void Interrupt();
  // Waits for its end. RETURNS: its exit code, 128 + N if signal N ended it.
  int Wait();

 private:
  std::unique_ptr<base::Subprocess> process_;
  std::string unread_;
};

// A fresh folder of the running test, below TEST_TMPDIR.
std::string TestFolder();

void WriteFile(const std::string& path, const std::string& bytes);
std::string ReadFile(const std::string& path);

}  // namespace sinter::e2e

#endif  // SINTER_TESTS_E2E_PROGRAMS_H_
