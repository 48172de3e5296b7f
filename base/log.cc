#include "base/log.h"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <cmath>
#include <cstdio>
#include <mutex>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace sinter::base {
namespace {

class FunctionSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit FunctionSink(std::function<void(absl::string_view)> function)
      : function_(std::move(function)) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    absl::string_view view(line.data(), line.size());
    if (absl::EndsWith(view, "\n")) view.remove_suffix(1);
    function_(view);
  }
  void flush_() override {}

  const std::function<void(absl::string_view)> function_;
};

spdlog::level::level_enum SpdlogLevel(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
    case LogLevel::kOff:
      return spdlog::level::off;
  }
  return spdlog::level::off;
}

// A JSON string. Bytes above 0x7f pass: text is UTF-8 here.
std::string JsonQuote(absl::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += {'\\', c};
    } else if (byte < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", byte);
      quoted += escape;
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

// Bare where that is unambiguous, so that the common line reads well and can be grepped.
std::string TextQuote(absl::string_view text) {
  const bool bare = !text.empty() && text.find_first_of(" \t\r\n\"\\=") == absl::string_view::npos;
  return bare ? std::string(text) : JsonQuote(text);
}

struct Formatter {
  bool json;
  std::string operator()(const std::string& text) const {
    return json ? JsonQuote(text) : TextQuote(text);
  }
  std::string operator()(int64_t number) const { return absl::StrCat(number); }
  std::string operator()(double number) const {
    return json && !std::isfinite(number) ? "null" : absl::StrCat(number);
  }
  std::string operator()(bool truth) const { return truth ? "true" : "false"; }
};

std::string Format(const LogFields& fields, bool json) {
  std::string text;
  for (const LogField& field : fields) {
    const std::string value = std::visit(Formatter{json}, field.value());
    if (json) {
      absl::StrAppend(&text, ",", JsonQuote(field.name()), ":", value);
    } else {
      absl::StrAppend(&text, " ", field.name(), "=", value);
    }
  }
  return text;
}

}  // namespace

absl::StatusOr<LogLevel> ParseLogLevel(absl::string_view name) {
  if (name == "debug") return LogLevel::kDebug;
  if (name == "info") return LogLevel::kInfo;
  if (name == "warning") return LogLevel::kWarning;
  if (name == "error") return LogLevel::kError;
  if (name == "off") return LogLevel::kOff;
  return absl::InvalidArgumentError(absl::StrCat(
      "`", name, "` is not a log level; it must be debug, info, warning, error or off"));
}

Logger::Logger(const LogOptions& options) : json_(options.json) {
  spdlog::sink_ptr sink;
  if (options.sink) {
    sink = std::make_shared<FunctionSink>(options.sink);
  } else {
    sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  }
  logger_ = std::make_shared<spdlog::logger>("sinter", std::move(sink));
  logger_->set_level(SpdlogLevel(options.level));
  constexpr char kText[] = "%Y-%m-%dT%H:%M:%S.%eZ %l %v";
  constexpr char kJson[] = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})";
  logger_->set_formatter(std::make_unique<spdlog::pattern_formatter>(
      json_ ? kJson : kText, spdlog::pattern_time_type::utc));
}

Logger Logger::With(const LogFields& fields) const {
  Logger derived = *this;
  absl::StrAppend(&derived.bound_, Format(fields, json_));
  return derived;
}

void Logger::Debug(absl::string_view event, const LogFields& fields) const {
  Write(LogLevel::kDebug, event, fields);
}
void Logger::Info(absl::string_view event, const LogFields& fields) const {
  Write(LogLevel::kInfo, event, fields);
}
void Logger::Warning(absl::string_view event, const LogFields& fields) const {
  Write(LogLevel::kWarning, event, fields);
}
void Logger::Error(absl::string_view event, const LogFields& fields) const {
  Write(LogLevel::kError, event, fields);
}

void Logger::Write(LogLevel level, absl::string_view event, const LogFields& fields) const {
  const spdlog::level::level_enum spdlog_level = SpdlogLevel(level);
  if (!logger_->should_log(spdlog_level)) return;
  const std::string head =
      json_ ? absl::StrCat("\"event\":", JsonQuote(event)) : std::string(event);
  const std::string line = absl::StrCat(head, bound_, Format(fields, json_));
  logger_->log(spdlog_level, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace sinter::base
