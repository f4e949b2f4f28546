#pragma once

#include <base/error.hpp>
#include <base/time.hpp>
#include <model/backfill.hpp>
#include <model/history.hpp>
#include <model/snapshot.hpp>

#include <chrono>
#include <string>
#include <utility>

namespace test {

inline health::Backfill bills() {
    return {.name = "bills",
            .index = "gmail_emails_v2",
            .population = {{.field = "category", .values = {"bills"}}},
            .field = "dates",
            .derived = {"expires_at"},
            .field_label = "dates[]",
            .shape = health::DocumentShape::flat};
}

inline health::Backfill invoices() {
    return {.name = "invoices",
            .index = "orders",
            .population = {{.field = "type", .values = {"invoice"}}, {.field = "open", .values = {"true"}}},
            .field = "due_date",
            .derived = {"overdue"},
            .field_label = "due_date",
            .shape = health::DocumentShape::nested};
}

/// Of the hints that are one; the words for the others are the program's.
inline std::string sentence(const health::Hint& hint) {
    return hint.sentence();
}

inline health::Timestamp at(const std::string& text) {
    return *health::parse_rfc3339(text);
}

inline health::Snapshot snapshot(std::uint64_t missing, std::uint64_t present, std::uint64_t derived) {
    return {.index = "gmail_emails_v2",
            .missing = missing,
            .present = present,
            .derived = {derived},
            .ts = at("2025-10-10T14:22:31Z")};
}

inline health::Error error(health::ErrorKind kind, const std::string& message = "no answer") {
    return {kind, message, ""};
}

/// Of the hour that begins then, with one snapshot half an hour later.
inline health::HistoryPoint point(health::Timestamp begin, std::uint64_t missing = 0) {
    health::Snapshot last = snapshot(missing, 1, 1);
    last.ts = begin + std::chrono::minutes(30);
    return {.begin = begin, .snapshots = 1, .last = std::move(last)};
}

/// By the hour.
inline health::Period hourly(const std::string& from, const std::string& to) {
    return {.from = at(from), .to = at(to), .every = std::chrono::hours(1)};
}

} // namespace test
