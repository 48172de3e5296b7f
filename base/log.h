// Structured logs on stderr: one line an event, with fields that a machine can read.
//
//   base::Logger log(base::LogOptions{});
//   const base::Logger job_log = log.With({{"job", id}});
//   job_log.Info("compiled", {{"cache", "miss"}, {"wall_s", 1.25}});
//
//   2026-01-02T03:04:05.678Z info compiled job=7f3a cache=miss wall_s=1.25
//   {"time":"2026-01-02T03:04:05.678Z","level":"info","event":"compiled","job":"7f3a",...}
//
// There is no global logger: main makes one and passes it on.
#ifndef SINTER_BASE_LOG_H_
#define SINTER_BASE_LOG_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace spdlog {
class logger;
}

namespace sinter::base {

enum class LogLevel { kDebug, kInfo, kWarning, kError, kOff };

// "debug", "info", "warning", "error" or "off". ERRORS: INVALID_ARGUMENT.
absl::StatusOr<LogLevel> ParseLogLevel(absl::string_view name);

struct LogOptions {
  LogLevel level = LogLevel::kInfo;
  bool json = false;
  // Where lines go (without their line feed) instead of stderr; for tests.
  std::function<void(absl::string_view line)> sink;
};

// A name and a string, integer, floating-point number or bool.
class LogField {
 public:
  using Value = std::variant<std::string, int64_t, double, bool>;

  template <typename T>
  LogField(absl::string_view name, const T& value) : name_(name), value_(Convert(value)) {}

  const std::string& name() const { return name_; }
  const Value& value() const { return value_; }

 private:
  template <typename T>
  static Value Convert(const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      return value;
    } else if constexpr (std::is_integral_v<T>) {
      return static_cast<int64_t>(value);
    } else if constexpr (std::is_floating_point_v<T>) {
      return static_cast<double>(value);
    } else {
      return std::string(absl::string_view(value));
    }
  }

  std::string name_;
  Value value_;
};

using LogFields = std::vector<LogField>;

// Thread-safe; copies share one output. A line is written whole before the call returns.
class Logger {
 public:
  explicit Logger(const LogOptions& options);

  // A logger that adds `fields` to every line.
  Logger With(const LogFields& fields) const;

  void Debug(absl::string_view event, const LogFields& fields = {}) const;
  void Info(absl::string_view event, const LogFields& fields = {}) const;
  void Warning(absl::string_view event, const LogFields& fields = {}) const;
  void Error(absl::string_view event, const LogFields& fields = {}) const;

 private:
  void Write(LogLevel level, absl::string_view event, const LogFields& fields) const;

  std::shared_ptr<spdlog::logger> logger_;
  bool json_;
  std::string bound_;  // the fields of With(), formatted
};

}  // namespace sinter::base

#endif  // SINTER_BASE_LOG_H_
