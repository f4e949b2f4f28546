#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

/// Log lines on stderr, in logfmt (https://brandur.org/logfmt) or JSON, without any registered secret.
namespace health::log {

enum class Level { trace, debug, info, warn, error };
enum class Format { logfmt, json };

void configure(Level level, Format format);

struct Field {
    std::string_view key;
    std::string value;
};

void write(Level level, std::string_view message, std::initializer_list<Field> fields = {});

} // namespace health::log
