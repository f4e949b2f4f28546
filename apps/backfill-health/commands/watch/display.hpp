#pragma once

#include <commands/watch/settings.hpp>
#include <commands/watch/state.hpp>
#include <terminal/canvas.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

/// What `watch` shows of its state: on a terminal a view that is drawn again and again, elsewhere a line on stdout for
/// each measurement, and one on stderr when something begins to fail and when it works again.
class WatchDisplay {
public:
    explicit WatchDisplay(const WatchSettings& settings) : settings_(settings), canvas_(settings.paint) {}
    WatchDisplay(const WatchDisplay&) = delete;
    WatchDisplay& operator=(const WatchDisplay&) = delete;
    ~WatchDisplay() { leave(); }

    /// Draws the view anew.
    Result<void> refresh(const std::vector<WatchState>& states);
    /// After a measurement: of each of the states that has new numbers.
    Result<void> add_lines(const std::vector<const WatchState*>& states) const;

    /// `what` is "measuring", for instance. All three say nothing where the view shows it.
    void report_outage(std::string_view what, const Outage& outage) const;
    void report_recovery(std::string_view what, health::Timestamp since, health::Timestamp now) const;
    void report(const std::string& line) const;

    /// The last view stays, and the cursor comes back below it.
    void leave();

private:
    [[nodiscard]] bool is_screen() const { return settings_.output == WatchSettings::Output::screen; }

    const WatchSettings& settings_;
    Canvas canvas_;
};

} // namespace cli
