#pragma once

#include <base/error.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace health {

/// A wall clock time, in whole seconds.
using Timestamp = std::chrono::sys_seconds;

/// A wall clock time as precise as a date of Elasticsearch.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

/// RFC 3339, UTC with `Z`: `2025-10-10T14:22:31Z`.
std::string to_rfc3339(Timestamp time);

/// The reverse; only the form that to_rfc3339 writes.
Result<Timestamp> parse_rfc3339(std::string_view text);

/// A date as ISO 8601 writes it, in the forms that Elasticsearch knows as strict_date_optional_time: 2025, 2025-10,
/// 2025-10-10, with a time T14, T14:22, T14:22:31 or T14:22:31.123, and Z or an offset like +02:00. None when it is not
/// such a date.
std::optional<Instant> parse_iso_date(std::string_view text);

/// What Elasticsearch takes for a date by default (strict_date_optional_time||epoch_millis): the same, or milliseconds
/// since 1970 until the year 9999.
std::optional<Instant> parse_instant(std::string_view text);

/// The same in whole seconds.
std::optional<Timestamp> parse_date(std::string_view text);

/// The same as parse_instant(), in milliseconds since 1970; of milliseconds also those beyond the year 9999.
std::optional<std::int64_t> parse_date_milliseconds(std::string_view text);

/// Milliseconds since 1970 as RFC 3339 in UTC, with a fraction where there is one. Years beyond 9999 have their sign
/// and as many digits as they need, as in ISO 8601 and in the answers of Elasticsearch: `+57737-03-01T00:00:00Z`.
std::string date_text(std::int64_t milliseconds);

/// RFC 3339 in UTC with all three digits of the milliseconds: `2025-10-10T14:22:31.000Z`.
std::string to_rfc3339(Instant time);

/// None for years beyond 9999: documents have no such dates, and they would overflow the calendar.
std::optional<Timestamp> from_epoch_milliseconds(std::int64_t milliseconds);

Timestamp now_in_seconds();
Instant now_in_milliseconds();

/// In UTC, as strftime(3) formats it; the names of days and months are English.
std::string format_utc(const char* format, Timestamp time);

/// For people, in the machine's time zone ($TZ): `14:22:31` on the same day as `now`, else with the date,
/// `2025-10-09 14:22:31`.
std::string to_local(Timestamp time, Timestamp now);

/// The same in UTC; the text does not name the zone.
std::string to_utc(Timestamp time, Timestamp now);

/// For people: the two largest units, `46s`, `2h 5m`, `3d 4h`.
std::string in_words(std::chrono::seconds time);

/// "46s ago", and "just now" also for what is in the future, as clocks differ and may be set back.
std::string ago(Timestamp time, Timestamp now);

/// `500ms`, `10s`, `15m`, `1h`, `7d`, or several of them largest first (`1h30m`); `0` alone needs no unit.
Result<std::chrono::milliseconds> parse_duration(std::string_view text);

/// `90s` as `1m30s`: what parse_duration reads.
std::string to_string(std::chrono::milliseconds duration);

} // namespace health
