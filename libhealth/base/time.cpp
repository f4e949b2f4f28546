#include <base/time.hpp>

#include <base/numbers.hpp>
#include <base/text.hpp>

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <ctime>

namespace health {

namespace {

struct Unit {
    std::string_view name;
    std::chrono::milliseconds length;
};

constexpr std::array units{
    Unit{"d", std::chrono::hours(24)},  Unit{"h", std::chrono::hours(1)},         Unit{"m", std::chrono::minutes(1)},
    Unit{"s", std::chrono::seconds(1)}, Unit{"ms", std::chrono::milliseconds(1)},
};

/// Nobody waits longer, and larger durations would overflow the clock's nanoseconds.
constexpr std::chrono::milliseconds longest_duration = std::chrono::hours(24 * 365 * 100);

Error not_a_duration(std::string_view text) {
    return {ErrorKind::usage, fmt::format("\"{}\" is not a duration", text), "write it like 500ms, 10s, 15m or 1h30m"};
}

constexpr int first_year_of_tm = 1900;

// system_clock::to_time_t counts nanoseconds, which overflow for times in other centuries.
std::tm utc(std::time_t seconds) {
    std::tm out{};
    ::gmtime_r(&seconds, &out);
    return out;
}

std::tm utc(Timestamp time) {
    return utc(std::time_t{time.time_since_epoch().count()});
}

std::string formatted(const char* format, const std::tm& time) {
    std::array<char, 64> out{};
    return {out.data(), std::strftime(out.data(), out.size(), format, &time)};
}

} // namespace

std::string to_rfc3339(Timestamp time) {
    const std::tm parts = utc(time);
    return fmt::format("{:04}-{}", parts.tm_year + first_year_of_tm, formatted("%m-%dT%H:%M:%SZ", parts));
}

std::string format_utc(const char* format, Timestamp time) {
    return formatted(format, utc(time));
}

std::string to_rfc3339(Instant time) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    std::string out = to_rfc3339(seconds);
    out.pop_back();
    return out + fmt::format(".{:03}Z", (time - seconds).count());
}

namespace {

/// Takes numbers and separators off the front of a text, and knows whether all went well.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    int number(std::size_t digits) {
        int value = 0;
        for (std::size_t i = 0; i < digits; ++i)
            value = value * 10 + digit();
        return value;
    }
    bool skip(char c) {
        const bool there = rest_.starts_with(c);
        rest_.remove_prefix(there ? 1 : 0);
        return there;
    }
    /// Of the digits of a fraction the first three; at least one has to be there.
    std::chrono::milliseconds fraction() {
        int value = digit();
        int digits = 1;
        for (; good_ && !rest_.empty() && is_digit(rest_.front()); ++digits)
            if (const int next = digit(); digits < 3)
                value = value * 10 + next;
        for (; digits < 3; ++digits)
            value *= 10;
        return std::chrono::milliseconds(value);
    }
    [[nodiscard]] bool at_end() const { return good_ && rest_.empty(); }

private:
    int digit() {
        good_ = good_ && !rest_.empty() && is_digit(rest_.front());
        if (!good_)
            return 0;
        const int value = rest_.front() - '0';
        rest_.remove_prefix(1);
        return value;
    }

    std::string_view rest_;
    bool good_ = true;
};

} // namespace

std::optional<Timestamp> from_epoch_milliseconds(std::int64_t milliseconds) {
    constexpr std::int64_t end_of_9999 = 253402300800000;
    if (milliseconds >= end_of_9999 || milliseconds < -end_of_9999)
        return std::nullopt;
    return std::chrono::floor<std::chrono::seconds>(
        std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(milliseconds)));
}

std::optional<Instant> parse_iso_date(std::string_view text) {
    using namespace std::chrono;
    Reader reader(text);
    const year y(reader.number(4));
    unsigned m = 1;
    unsigned d = 1;
    hours hour{0};
    minutes minute{0};
    seconds second{0};
    milliseconds fraction{0};
    minutes offset{0};
    if (reader.skip('-')) {
        m = static_cast<unsigned>(reader.number(2));
        if (reader.skip('-')) {
            d = static_cast<unsigned>(reader.number(2));
            if (reader.skip('T') && !reader.at_end()) {
                hour = hours(reader.number(2));
                if (reader.skip(':')) {
                    minute = minutes(reader.number(2));
                    if (reader.skip(':')) {
                        second = seconds(reader.number(2));
                        if (reader.skip('.') || reader.skip(','))
                            fraction = reader.fraction();
                    }
                }
                const bool east = reader.skip('+');
                if (east || reader.skip('-')) {
                    offset = hours(reader.number(2));
                    if (reader.skip(':') || !reader.at_end())
                        offset += minutes(reader.number(2));
                    offset = east ? offset : -offset;
                } else {
                    reader.skip('Z');
                }
            }
        }
    }
    const year_month_day date = y / month(m) / day(d);
    if (!reader.at_end() || !date.ok() || hour >= 24h || minute >= 60min || second >= 60s || abs(offset) > 18h)
        return std::nullopt;
    return sys_days(date) + hour + minute + second + fraction - offset;
}

Result<Timestamp> parse_rfc3339(std::string_view text) {
    constexpr std::string_view form = "0000-00-00T00:00:00Z";
    bool has_form = text.size() == form.size();
    for (std::size_t i = 0; has_form && i < form.size(); ++i)
        has_form = form[i] == '0' || form[i] == text[i];
    const auto time = has_form ? parse_iso_date(text) : std::nullopt;
    if (!time)
        return Error{ErrorKind::usage, fmt::format("\"{}\" is not a time like 2025-10-10T14:22:31Z", text), ""};
    return std::chrono::floor<std::chrono::seconds>(*time);
}

std::optional<Instant> parse_instant(std::string_view text) {
    if (const auto date = parse_iso_date(text))
        return date;
    const auto number = parse_number<std::int64_t>(text);
    if (!number || !from_epoch_milliseconds(*number))
        return std::nullopt;
    return Instant(std::chrono::milliseconds(*number));
}

std::optional<Timestamp> parse_date(std::string_view text) {
    const auto instant = parse_instant(text);
    if (!instant)
        return std::nullopt;
    return std::chrono::floor<std::chrono::seconds>(*instant);
}

std::optional<std::int64_t> parse_date_milliseconds(std::string_view text) {
    if (const auto time = parse_iso_date(text))
        return time->time_since_epoch().count();
    return parse_number<std::int64_t>(text);
}

std::string date_text(std::int64_t milliseconds) {
    // chrono's floor() would overflow for the least of them.
    constexpr std::int64_t per_second = 1000;
    const std::int64_t rest = (milliseconds % per_second + per_second) % per_second;
    const std::int64_t seconds = milliseconds / per_second - (milliseconds % per_second < 0 ? 1 : 0);
    const std::tm parts = utc(std::time_t{seconds});
    const int year = parts.tm_year + first_year_of_tm;
    const std::string fraction = fmt::format(".{:03}", rest);
    return fmt::format("{}{:04}-{}{}Z",
                       year < 0      ? "-"
                       : year > 9999 ? "+"
                                     : "",
                       std::abs(year), formatted("%m-%dT%H:%M:%S", parts), fraction == ".000" ? "" : fraction);
}

namespace {

/// Of two times in one zone.
std::string without_date_of_today(const std::tm& time, const std::tm& now) {
    const bool same_day = time.tm_year == now.tm_year && time.tm_yday == now.tm_yday;
    return same_day ? formatted("%H:%M:%S", time) : formatted("%Y-%m-%d %H:%M:%S", time);
}

} // namespace

std::string to_local(Timestamp time, Timestamp now) {
    const auto local = [](Timestamp t) {
        const std::time_t seconds = t.time_since_epoch().count();
        std::tm out{};
        localtime_r(&seconds, &out);
        return out;
    };
    return without_date_of_today(local(time), local(now));
}

std::string to_utc(Timestamp time, Timestamp now) {
    return without_date_of_today(utc(time), utc(now));
}

std::string in_words(std::chrono::seconds time) {
    std::string out;
    int parts = 0;
    for (const Unit& unit : units) {
        const auto length = std::chrono::duration_cast<std::chrono::seconds>(unit.length);
        if (length.count() == 0 || parts == 2)
            break;
        const auto number = time / length;
        if (number > 0)
            out += fmt::format("{}{}{}", out.empty() ? "" : " ", number, unit.name);
        // Only the next smaller unit may follow: 1d 0h 5m is shown as 1d.
        if (number > 0 || parts > 0)
            ++parts;
        time -= number * length;
    }
    return out.empty() ? "0s" : out;
}

std::string ago(Timestamp time, Timestamp now) {
    return now - time < std::chrono::seconds(1) ? "just now" : in_words(now - time) + " ago";
}

Instant now_in_milliseconds() {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

Timestamp now_in_seconds() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
    if (text == "0")
        return std::chrono::milliseconds(0);
    std::chrono::milliseconds total{0};
    std::string_view rest = text;
    auto smaller_units = units.begin();
    while (!rest.empty()) {
        const auto number = take_number<std::int64_t>(rest);
        if (!number || text.starts_with('-'))
            return not_a_duration(text);
        const std::string_view name = rest.substr(0, rest.find_first_of("0123456789"));
        const auto unit = std::find_if(smaller_units, units.end(), [&](const Unit& u) { return u.name == name; });
        if (unit == units.end() || *number > longest_duration / unit->length)
            return not_a_duration(text);
        total += *number * unit->length;
        rest.remove_prefix(name.size());
        smaller_units = std::next(unit);
    }
    if (text.empty() || total > longest_duration)
        return not_a_duration(text);
    return total;
}

std::string to_string(std::chrono::milliseconds duration) {
    std::string out;
    for (const Unit& unit : units) {
        if (const auto number = duration / unit.length; number > 0) {
            out += fmt::format("{}{}", number, unit.name);
            duration -= number * unit.length;
        }
    }
    return out.empty() ? "0" : out;
}

} // namespace health
