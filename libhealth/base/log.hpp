#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>

/// Log lines, in logfmt (https://brandur.org/logfmt) or JSON, without any registered secret.
namespace health::log {

enum class Level { trace, debug, info, warn, error };
enum class Format { logfmt, json };

void configure(Level level, Format format);

/// Sends the lines to this function from now on, one at a time, each with its line break; before, they go to stderr.
void set_writer(std::function<void(std::string_view line)> write_line);

struct Field {
    std::string_view key;
    std::string value;
};

void write(Level level, std::string_view message, std::initializer_list<Field> fields = {});

} // namespace health::log
