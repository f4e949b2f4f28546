#include <cli/report.hpp>

#include <cli/hints.hpp>

namespace cli {

ExitStatus report(const health::Error& error) {
    complain(health::one_line(error, hint_text));
    return error.kind == health::ErrorKind::usage ? usage : failed;
}

} // namespace cli
