#pragma once

#include <base/error.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace cli {

enum ExitStatus : int { done = 0, check = 1, usage = 2, failed = 3, interrupted = 130 };

/// From now on print() prints nothing: with --quiet only errors are shown.
void set_quiet();
bool is_quiet();

/// Writes all of the text to stdout at once. A result that cannot be delivered is a failure.
health::Result<void> print(std::string_view text);

/// The same for what is wrong: also when quiet.
health::Result<void> print_always(std::string_view text);

/// Whether it is a pipe or a socket that nobody reads any more.
bool reader_has_left(int descriptor);

/// One line on stderr, under 300 characters, without secrets.
void complain(std::string_view text);

/// Writes all of the text to stderr at once. When that fails, there is nowhere left to report it.
void print_to_stderr(std::string_view text);

/// Shows on stderr, which must be a terminal, how long the command has been running: after the first second, until
/// anything else is written there.
class ElapsedLine {
public:
    explicit ElapsedLine(std::string what);
    ElapsedLine(const ElapsedLine&) = delete;
    ElapsedLine& operator=(const ElapsedLine&) = delete;
    ~ElapsedLine();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace cli
