#include "core/telemetry/log.hpp"

#include <cmath>
#include <mutex>

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "core/json/json.hpp"

namespace berth {

namespace {

constexpr auto kTextPattern = "%Y-%m-%dT%H:%M:%S.%eZ %-5l %v";
constexpr auto kJsonPattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l",%v})";

class CallbackSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit CallbackSink(std::function<void(std::string_view)> callback)
      : callback_(std::move(callback)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    std::string_view text(line.data(), line.size());
    if (text.ends_with('\n')) text.remove_suffix(1);
    callback_(text);
  }
  void flush_() override {}

 private:
  std::function<void(std::string_view)> callback_;
};

spdlog::level::level_enum toSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::Debug:
      return spdlog::level::debug;
    case LogLevel::Info:
      return spdlog::level::info;
    case LogLevel::Warn:
      return spdlog::level::warn;
    case LogLevel::Error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

/// A JSON string, quotes included; bytes that are no UTF-8 are replaced.
std::string quoted(std::string_view text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool needsQuotes(std::string_view text) {
  const auto plain = [](char c) {
    return static_cast<unsigned char>(c) > ' ' && static_cast<unsigned char>(c) < 0x7f &&
           c != '"' && c != '=' && c != '\\';
  };
  return text.empty() || !std::all_of(text.begin(), text.end(), plain);
}

std::string formatNumber(double value) {
  return std::isfinite(value) ? fmt::format("{:.6g}", value) : std::string("null");
}

std::string formatValue(const LogField::Value& value, LogFormat format) {
  struct Visitor {
    LogFormat format;
    std::string operator()(std::string_view text) const {
      const bool bare = format == LogFormat::Text && !needsQuotes(text);
      return bare ? std::string(text) : quoted(text);
    }
    std::string operator()(const std::string& text) const {
      return (*this)(std::string_view(text));
    }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const { return formatNumber(number); }
  };
  return std::visit(Visitor{format}, value);
}

std::string formatFields(Log::Fields fields, LogFormat format) {
  std::string text;
  for (const auto& field : fields) {
    if (format == LogFormat::JsonLines) {
      text += ',' + quoted(field.name()) + ':';
    } else {
      text += ' ' + std::string(field.name()) + '=';
    }
    text += formatValue(field.value(), format);
  }
  return text;
}

}  // namespace

struct Log::Impl {
  explicit Impl(Options options) : format(options.format), logger("berth", makeSink(options)) {
    const auto pattern = format == LogFormat::JsonLines ? kJsonPattern : kTextPattern;
    logger.set_formatter(
        std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc, "\n"));
    logger.set_level(toSpdlog(options.level));
    logger.flush_on(spdlog::level::debug);
  }

  static spdlog::sink_ptr makeSink(Options& options) {
    if (options.sink) return std::make_shared<CallbackSink>(std::move(options.sink));
    return std::make_shared<spdlog::sinks::stderr_sink_mt>();
  }

  LogFormat format;
  spdlog::logger logger;
};

Result<LogLevel> parseLogLevel(std::string_view text) {
  if (text == "debug") return LogLevel::Debug;
  if (text == "info") return LogLevel::Info;
  if (text == "warn") return LogLevel::Warn;
  if (text == "error") return LogLevel::Error;
  return Error{
      Reason::Invalid, "log level " + std::string(text) + ": not debug, info, warn or error"};
}

Result<LogFormat> parseLogFormat(std::string_view text) {
  if (text == "text") return LogFormat::Text;
  if (text == "json") return LogFormat::JsonLines;
  return Error{Reason::Invalid, "log format " + std::string(text) + ": not text or json"};
}

std::string LogField::describe(const Error& error) {
  return std::string(toString(error.reason)) + ": " + error.message;
}

Log::Log(Options options) : impl_(std::make_shared<Impl>(std::move(options))) {}

Log Log::with(Fields fields) const {
  Log log = *this;
  if (impl_) log.fields_ += formatFields(fields, impl_->format);
  return log;
}

bool Log::enabled(LogLevel level) const {
  return impl_ && impl_->logger.should_log(toSpdlog(level));
}

void Log::debug(LogMessage message, Fields fields) const {
  write(LogLevel::Debug, message, fields);
}
void Log::info(LogMessage message, Fields fields) const { write(LogLevel::Info, message, fields); }
void Log::warn(LogMessage message, Fields fields) const { write(LogLevel::Warn, message, fields); }
void Log::error(LogMessage message, Fields fields) const {
  write(LogLevel::Error, message, fields);
}

void Log::write(LogLevel level, LogMessage message, Fields fields) const {
  if (!enabled(level)) return;
  std::string line;
  if (impl_->format == LogFormat::JsonLines) {
    line = "\"message\":" + quoted(message.text());
  } else {
    line = message.text();
  }
  line += fields_ + formatFields(fields, impl_->format);
  impl_->logger.log(toSpdlog(level), spdlog::string_view_t(line));
}

}  // namespace berth
