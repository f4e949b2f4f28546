#pragma once

#include <base/hint.hpp>

#include <boost/system/result.hpp>

#include <string>
#include <string_view>

namespace health {

/// Why an operation failed.
enum class ErrorKind {
    usage,         ///< wrong options, configuration or files named by them
    unreachable,   ///< no connection, name or TLS handshake, or cut off before an answer
    timeout,       ///< our own deadline passed
    unauthorized,  ///< 401 or 403, or a file that may not be read
    index_missing, ///< the index does not exist, or its pattern matches nothing
    partial,       ///< the engine itself says that something is missing from its answer
    rejected,      ///< any other refusal of the engine or of the file system
    bad_response,  ///< an answer or a file that is not what it should be
};

/// An expected failure: made where it happens, turned into an exit status or an HTTP status once, at the edge.
struct Error {
    ErrorKind kind;
    std::string message; ///< what failed, and where; never with credentials
    Hint hint;           ///< what to try; may be none

    bool operator==(const Error&) const = default;
};

template <class T>
using Result = boost::system::result<T, Error>;

/// The same error, preceded by what could not be done because of it: "action: message".
Error with_context(std::string_view action, Error error);

Error with_hint(Error error, Hint hint);

/// "message; hint" on one line of at most `limit` bytes, without control characters. `texts` puts the hint into words.
std::string one_line(const Error& error, HintTexts texts, std::size_t limit = 270);

/// The name of the kind, as in the `reason` label.
std::string_view to_string(ErrorKind kind);

} // namespace health
