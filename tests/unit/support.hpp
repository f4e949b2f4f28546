#pragma once

#include <model/backfill.hpp>
#include <model/snapshot.hpp>

#include <string>

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

} // namespace test
