#include <base/log.hpp>

#include <base/files.hpp>
#include <base/printable.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <array>
#include <mutex>
#include <unistd.h>
#include <utility>

namespace health::log {

namespace {

constexpr std::array<std::pair<std::string_view, Level>, 5> levels{{{"trace", Level::trace},
                                                                    {"debug", Level::debug},
                                                                    {"info", Level::info},
                                                                    {"warn", Level::warn},
                                                                    {"error", Level::error}}};

spdlog::level::level_enum to_spdlog(Level level) {
    switch (level) {
    case Level::trace:
        return spdlog::level::trace;
    case Level::debug:
        return spdlog::level::debug;
    case Level::info:
        return spdlog::level::info;
    case Level::warn:
        return spdlog::level::warn;
    case Level::error:
        return spdlog::level::err;
    }
    return spdlog::level::off;
}

/// spdlog's own %l says "warning": lines use the same names as the settings do.
std::string_view name(spdlog::level::level_enum level) {
    for (const auto& [text, candidate] : levels)
        if (to_spdlog(candidate) == level)
            return text;
    return "info";
}

class LevelName : public spdlog::custom_flag_formatter {
public:
    void format(const spdlog::details::log_msg& message, const std::tm& /*time*/, spdlog::memory_buf_t& out) override {
        const auto text = name(message.level);
        out.append(text.data(), text.data() + text.size());
    }
    [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
        return std::make_unique<LevelName>();
    }
};

std::string logfmt_value(std::string_view value) {
    const bool plain = !value.empty() && value.find_first_of(" =\"\\") == std::string_view::npos;
    return plain ? std::string(value) : boost::json::serialize(boost::json::string(value));
}

class Sink : public spdlog::sinks::base_sink<std::mutex> {
public:
    void set_writer(std::function<void(std::string_view)> write_line) {
        const std::lock_guard lock(mutex_);
        write_line_ = std::move(write_line);
    }

private:
    void sink_it_(const spdlog::details::log_msg& message) override {
        spdlog::memory_buf_t line;
        formatter_->format(message, line);
        write_line_({line.data(), line.size()});
    }
    void flush_() override {}

    std::function<void(std::string_view)> write_line_ = [](std::string_view line) {
        [[maybe_unused]] const auto failure = write_all(STDERR_FILENO, line);
    };
};

struct Settings {
    Format format = Format::logfmt;
    std::shared_ptr<Sink> sink = std::make_shared<Sink>();
    std::shared_ptr<spdlog::logger> logger = make_logger(sink);

    static std::shared_ptr<spdlog::logger> make_logger(std::shared_ptr<Sink> sink) {
        auto logger = std::make_shared<spdlog::logger>("", std::move(sink));
        logger->set_level(spdlog::level::warn);
        return logger;
    }
};

Settings& settings() {
    static Settings instance;
    return instance;
}

void set_pattern(spdlog::logger& logger, Format format) {
    auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
    formatter->add_flag<LevelName>('*');
    formatter->set_pattern(format == Format::json ? R"({"ts":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%*",%v})"
                                                  : "ts=%Y-%m-%dT%H:%M:%S.%eZ level=%* %v");
    logger.set_formatter(std::move(formatter));
}

} // namespace

void configure(Level level, Format format) {
    settings().format = format;
    settings().logger->set_level(to_spdlog(level));
    set_pattern(*settings().logger, format);
}

void set_writer(std::function<void(std::string_view line)> write_line) {
    settings().sink->set_writer(std::move(write_line));
}

void write(Level level, std::string_view message, std::initializer_list<Field> fields) {
    auto& [format, sink, logger] = settings();
    if (!logger->should_log(to_spdlog(level)))
        return;
    const auto safe = [](std::string_view text) { return printable(text); };
    std::string line;
    if (format == Format::json) {
        boost::json::object object{{"msg", safe(message)}};
        for (const Field& field : fields)
            object[field.key] = safe(field.value);
        line = boost::json::serialize(object);
        line = line.substr(1, line.size() - 2);
    } else {
        line = fmt::format("msg={}", logfmt_value(safe(message)));
        for (const Field& field : fields)
            line += fmt::format(" {}={}", field.key, logfmt_value(safe(field.value)));
    }
    logger->log(to_spdlog(level), "{}", line);
}

} // namespace health::log
