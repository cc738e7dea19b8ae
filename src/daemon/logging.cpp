#include "daemon/logging.hpp"

#include "daemon/text.hpp"

#include <fmt/format.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <mutex>
#include <utility>

namespace billow::daemon {
namespace {

class TerminalSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit TerminalSink(Terminal& terminal) : terminal_(terminal) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    terminal_.print({line.data(), line.size()});
  }
  void flush_() override {}

 private:
  Terminal& terminal_;
};

/// The message, made fit to be shown: `%*` in the pattern.
class ShownMessage final : public spdlog::custom_flag_formatter {
 public:
  using Function = std::string (*)(std::string_view);
  explicit ShownMessage(Function show) : show_(show) {}

  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& out) override {
    const std::string text = show_({message.payload.data(), message.payload.size()});
    out.append(text.data(), text.data() + text.size());
  }
  std::unique_ptr<spdlog::custom_flag_formatter> clone() const override {
    return std::make_unique<ShownMessage>(show_);
  }

 private:
  Function show_;
};

}  // namespace

void start_logging(Terminal& terminal, const LogConfig& config) {
  spdlog::set_default_logger(
      std::make_shared<spdlog::logger>("billow", std::make_shared<TerminalSink>(terminal)));
  change_logging(config);
}

void change_logging(const LogConfig& config) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  if (config.format == LogFormat::json) {
    formatter->add_flag<ShownMessage>('*', json_escaped);
    formatter->set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","message":"%*"})");
  } else {
    formatter->add_flag<ShownMessage>('*', printable);
    formatter->set_pattern("%Y-%m-%dT%H:%M:%SZ %-7l %*");
  }
  spdlog::set_formatter(std::move(formatter));
  spdlog::set_level(spdlog::level::from_str(config.level));
}

void stop_logging() { spdlog::set_default_logger(std::make_shared<spdlog::logger>("billow")); }

}  // namespace billow::daemon
