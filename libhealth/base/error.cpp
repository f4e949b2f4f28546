#include <base/error.hpp>

#include <base/printable.hpp>

#include <fmt/format.h>

namespace health {

Error with_context(std::string_view action, Error error) {
    error.message = fmt::format("{}: {}", action, error.message);
    return error;
}

Error with_hint(Error error, Hint hint) {
    error.hint = std::move(hint);
    return error;
}

std::string one_line(const Error& error, HintTexts texts, std::size_t limit) {
    const std::string hint = printable(texts(error.hint), limit / 2);
    if (hint.empty())
        return printable(error.message, limit);
    // The hint is ours and short; what an engine says may be long, so it is the message that is cut.
    constexpr std::string_view separator = "; ";
    std::string message = printable(error.message, limit - separator.size() - hint.size());
    // Engines end some of their sentences with a semicolon.
    message.erase(message.find_last_not_of(" ;") + 1);
    return message.append(separator).append(hint);
}

std::string_view to_string(ErrorKind kind) {
    switch (kind) {
    case ErrorKind::usage:
        return "usage";
    case ErrorKind::unreachable:
        return "unreachable";
    case ErrorKind::timeout:
        return "timeout";
    case ErrorKind::unauthorized:
        return "unauthorized";
    case ErrorKind::index_missing:
        return "index_missing";
    case ErrorKind::partial:
        return "partial";
    case ErrorKind::rejected:
        return "rejected";
    case ErrorKind::bad_response:
        return "bad_response";
    }
    return "unknown";
}

} // namespace health
