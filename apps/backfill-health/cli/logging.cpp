#include <cli/logging.hpp>

#include <base/log.hpp>
#include <cli/options.hpp>
#include <terminal/console.hpp>

namespace cli {

void configure_log(Settings& settings) {
    using health::log::Level;
    settings.refuse_both(options::quiet, options::verbose);
    auto level = settings.choice<Level>(options::log_level);
    const auto format = settings.choice<health::log::Format>(options::log_format);
    // The option for just this beats the others.
    if (!settings.has_flag(options::log_level) && settings.has_flag(options::quiet))
        level = Level::warn;
    if (!settings.has_flag(options::log_level) && settings.has_flag(options::verbose))
        level = settings.count(options::verbose) > 1 ? Level::trace : Level::debug;
    if (settings.failed())
        return;
    health::log::configure(level, format);
    health::log::set_writer(print_to_stderr);
}

} // namespace cli
