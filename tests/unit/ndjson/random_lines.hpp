#pragma once

#include <model/backfill.hpp>

#include <array>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace health::tests {

/// Documents and backfills of few names and values, so that they meet often: with dots in all places, nested, in
/// arrays, doubled, and wrapped as elasticdump does.
class RandomLines {
public:
    explicit RandomLines(unsigned seed) : random_(seed) {}

    std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_); }

    std::string name() {
        constexpr std::array<std::string_view, 16> names{"a",   "b",       "c",         "ab",     "a.b",  "a.b.c",
                                                         "a.c", "b.c",     "a.",        ".a",     "a..b", "",
                                                         ".",   "keyword", "a.keyword", "_source"};
        return std::string(names[below(names.size())]);
    }

    std::string value(std::size_t depth) {
        constexpr std::array<std::string_view, 8> scalars{"null", R"("x")", R"("y")", R"("")",
                                                          "1",    "2",      "true",   "false"};
        switch (depth > 0 ? below(5) : 0) {
        case 1:
        case 2:
            return object(depth - 1);
        case 3: {
            std::string out = "[";
            for (std::size_t count = below(3); count > 0; --count)
                out += (out.size() > 1 ? "," : "") + value(depth - 1);
            return out + "]";
        }
        default:
            return std::string(scalars[below(scalars.size())]);
        }
    }

    std::string object(std::size_t depth) {
        std::string out = "{";
        for (std::size_t count = below(5); count > 0; --count)
            out += (out.size() > 1 ? ",\"" : "\"") + name() + "\":" + value(depth);
        return out + "}";
    }

    /// A document, not blank.
    std::string line() { return object(3); }

    std::string path() {
        const std::string first = name();
        const std::string out = below(3) == 0 ? first + "." + name() : first;
        return out.empty() ? "a" : out;
    }

    Backfill backfill() {
        constexpr std::array<std::string_view, 6> values{"x", "y", "", "1", "2", "true"};
        Backfill out{
            .name = "b", .index = "mail", .population = {}, .field = path(), .derived = {}, .field_label = "f"};
        for (std::size_t terms = below(3); terms > 0; --terms) {
            Term term{.field = path(), .values = {}};
            for (std::size_t count = 1 + below(3); count > 0; --count)
                term.values.emplace_back(values[below(values.size())]);
            out.population.push_back(std::move(term));
        }
        for (std::size_t count = below(3); count > 0; --count)
            out.derived.push_back(path());
        return out;
    }

    std::vector<Backfill> backfills(std::size_t count) {
        std::vector<Backfill> out;
        while (out.size() < count)
            out.push_back(backfill());
        return out;
    }

private:
    std::mt19937 random_;
};

} // namespace health::tests
