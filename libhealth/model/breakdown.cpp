#include <model/breakdown.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace health {

namespace {

constexpr std::array<std::pair<std::string_view, Interval>, 7> intervals{{{"minute", Interval::minute},
                                                                          {"hour", Interval::hour},
                                                                          {"day", Interval::day},
                                                                          {"week", Interval::week},
                                                                          {"month", Interval::month},
                                                                          {"quarter", Interval::quarter},
                                                                          {"year", Interval::year}}};

constexpr unsigned months_in_quarter = 3;

} // namespace

Result<Interval> parse_interval(std::string_view text) {
    const auto found = std::ranges::find(intervals, text, [](const auto& pair) { return pair.first; });
    if (found == intervals.end())
        return Error{ErrorKind::usage, fmt::format("\"{}\" is not an interval", text),
                     "use minute, hour, day, week, month, quarter or year"};
    return found->second;
}

std::string_view to_string(Interval interval) {
    return std::ranges::find(intervals, interval, [](const auto& pair) { return pair.second; })->first;
}

Timestamp begin_of(Interval interval, Timestamp time) {
    using namespace std::chrono;
    const sys_days today = floor<days>(time);
    const year_month_day date(today);
    switch (interval) {
    case Interval::minute:
        return floor<minutes>(time);
    case Interval::hour:
        return floor<hours>(time);
    case Interval::day:
        return today;
    case Interval::week:
        return today - (weekday(today) - Monday);
    case Interval::month:
        return sys_days(date.year() / date.month() / 1);
    case Interval::quarter:
        return sys_days(date.year() /
                        month((static_cast<unsigned>(date.month()) - 1) / months_in_quarter * months_in_quarter + 1) /
                        1);
    case Interval::year:
        break;
    }
    return sys_days(date.year() / January / 1);
}

std::string name_of(Interval interval, Timestamp begin) {
    using namespace std::chrono;
    const year_month_day date(floor<days>(begin));
    std::string year = fmt::format("{:04}", static_cast<int>(date.year()));
    const auto month = static_cast<unsigned>(date.month());
    switch (interval) {
    case Interval::year:
        return year;
    case Interval::quarter:
        return fmt::format("{}-Q{}", year, (month - 1) / months_in_quarter + 1);
    case Interval::month:
        return fmt::format("{}-{:02}", year, month);
    case Interval::week:
    case Interval::day:
        return fmt::format("{}-{:02}-{:02}", year, month, static_cast<unsigned>(date.day()));
    case Interval::hour:
    case Interval::minute:
        break;
    }
    std::string time = to_rfc3339(begin);
    time.erase(time.size() - 4, 3); // the seconds
    return time;
}

void sort_groups(std::vector<Group>& groups, const Grouping& grouping) {
    std::ranges::sort(groups, [by_time = grouping.interval.has_value()](const Group& a, const Group& b) {
        const auto key = [by_time](const Group& group) {
            return std::tuple(!group.value.has_value(), by_time ? 0 : -static_cast<std::int64_t>(group.missing),
                              group.value.value_or(""));
        };
        return key(a) < key(b);
    });
}

} // namespace health
