#include "server/daemon_flags.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <thread>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/log.h"

namespace sinter::server {
namespace {

// "90" is seconds; "1m30s" says its units.
std::string CheckDuration(const std::string& text) {
  absl::Duration parsed;
  double seconds = 0;
  if (absl::SimpleAtod(text, &seconds) && seconds >= 0) return "";
  if (absl::ParseDuration(text, &parsed) && parsed >= absl::ZeroDuration()) return "";
  return absl::StrCat("`", text, "` is not a duration: say seconds, or for example 90s or 5m");
}

absl::Duration ToDuration(const std::string& text) {
  double seconds = 0;
  if (absl::SimpleAtod(text, &seconds)) return absl::Seconds(seconds);
  absl::Duration parsed;
  absl::ParseDuration(text, &parsed);
  return parsed;
}

class DaemonFlags {
 public:
  explicit DaemonFlags(ServerOptions& options) : options_(options) {
    options_.listen = "127.0.0.1:8980";
    options_.http = "127.0.0.1:8981";
    options_.workers = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    options_.prewarm = true;
    options_.log.level = base::LogLevel::kInfo;
    AddService();
    AddLimits();
    app_.add_option("--log-level", log_level_, "debug, info, warning, error or off");
    app_.add_flag("--log-json", options_.log.json, "log JSON objects");
    app_.set_config("--config", "", "read flags from this file: lines of flag=value");
  }

  std::optional<int> Parse(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return app_.exit(error) == 0 ? 0 : kExitUsage;
    }
    return Finish();
  }

 private:
  void AddService() {
    app_.add_option("--listen", options_.listen, "where to serve gRPC; port 0 means any");
    app_.add_option("--http", options_.http,
                    "where to serve /healthz, /readyz and /metrics, or `off`");
    app_.add_option("--state-dir", options_.state_dir, "cache, jobs and temporary files")
        ->required();
    app_.add_option("--workers", options_.workers, "compile processes")->check(CLI::Range(1, 1024));
    app_.add_option("--worker", options_.worker_binary, "the worker program");
    app_.add_flag("--share-kernels,!--no-share-kernels", options_.share_kernels,
                  "keep kernels' code for all models to use");
    app_.add_option("--cache", cache_, "where to keep results: local");
    app_.add_option("--executor", executor_, "where to compile: local");
  }

  void AddLimits() {
    const auto size = CLI::AsSizeValue(/*kb_is_1000=*/false);
    const auto positive = CLI::Range(1, 1 << 30);
    app_.add_option("--max-upload-bytes", options_.max_upload_bytes, "of a model and its data")
        ->transform(size);
    app_.add_option("--cache-bytes", options_.cache_bytes, "size of the cache")->transform(size);
    app_.add_option("--worker-memory-bytes", options_.worker_memory_bytes, "of one compile")
        ->transform(size);
    app_.add_option("--queue-limit", options_.queue_limit, "compiles that may wait")
        ->check(CLI::Range(0, 1 << 30));
    app_.add_option("--jobs-per-worker", options_.jobs_per_worker, "then it is replaced")
        ->check(positive);
    AddDuration("--max-compile-time", options_.max_compile_time, "of one compile");
    AddDuration("--stall-timeout", options_.stall_timeout, "without a byte of an upload");
    AddDuration("--drain-timeout", options_.drain_timeout, "for jobs in flight at SIGTERM");
  }

  void AddDuration(const std::string& name, absl::Duration& value, const std::string& help) {
    app_.add_option_function<std::string>(
            name, [&value](const std::string& text) { value = ToDuration(text); }, help)
        ->check(CheckDuration)
        ->default_str(absl::FormatDuration(value));
  }

  std::optional<int> Finish() {
    for (const auto& [flag, value] :
         {std::pair("--cache", cache_), std::pair("--executor", executor_)}) {
      if (value == "local") continue;
      std::fprintf(stderr, "sinterd: %s=%s is not supported: there is only `local`\n", flag,
                   value.c_str());
      return kExitUsage;
    }
    if (options_.http == "off") options_.http.clear();
    const auto level = base::ParseLogLevel(log_level_);
    if (!level.ok()) {
      std::fprintf(stderr, "sinterd: %s\n", std::string(level.status().message()).c_str());
      return kExitUsage;
    }
    options_.log.level = *level;
    return std::nullopt;
  }

  ServerOptions& options_;
  CLI::App app_{"The Sinter compile service", "sinterd"};
  std::string cache_ = "local";
  std::string executor_ = "local";
  std::string log_level_ = "info";
};

}  // namespace

std::optional<int> ParseDaemonFlags(int argc, char** argv, ServerOptions& options) {
  return DaemonFlags(options).Parse(argc, argv);
}

}  // namespace sinter::server
