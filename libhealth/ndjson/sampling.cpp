#include <ndjson/sampling.hpp>

#include <base/numbers.hpp>
#include <ndjson/scanner.hpp>
#include <ndjson/settled_file.hpp>
#include <ndjson/tally.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <unordered_map>

namespace health::ndjson {

namespace {

std::string name_of_line(std::size_t number) {
    return fmt::format("line {}", number);
}

DocumentId id_at(const std::filesystem::path& file, const Place& place) {
    return {.index = file.stem().native(), .id = place.id.value_or(name_of_line(place.line_number))};
}

/// Keeps `limit` of all that it is shown, each with the same probability.
class Reservoir {
public:
    Reservoir(std::size_t limit, std::uint64_t seed) : limit_(limit), random_(seed) {}

    void show(const std::filesystem::path& file, const Place& place) {
        const std::uint64_t number = draw_.candidates++;
        std::size_t slot = draw_.keys.size();
        if (slot < limit_)
            draw_.keys.emplace_back();
        else
            slot = std::uniform_int_distribution<std::size_t>(0, number)(random_);
        if (slot < limit_)
            draw_.keys[slot] = {.id = id_at(file, place), .place = fmt::to_string(place.line_number)};
    }

    /// Sorted as they were shown.
    RandomSample finish() && {
        std::ranges::stable_sort(draw_.keys, {}, [](const DocumentKey& key) {
            return std::pair(std::string_view(key.id.index), parse_number<std::uint64_t>(key.place));
        });
        return std::move(draw_);
    }

private:
    std::size_t limit_;
    std::mt19937_64 random_; // NOLINT(*-msc51-cpp): the seed is somebody's choice
    RandomSample draw_{};
};

/// The first of the wanted documents that fit together into some MiB.
class Finder {
public:
    explicit Finder(std::span<const DocumentKey> keys) : limit_(keys.size()), found_in_place_(keys.size()) {
        for (std::size_t i = 0; i < keys.size(); ++i) {
            const auto line = parse_number<std::size_t>(keys[i].place).value_or(0);
            by_line_.emplace(line, i);
            if (keys[i].id.id != name_of_line(line))
                by_id_.emplace(keys[i].id.id, i);
            else
                nameless_.emplace(line, i);
        }
    }

    /// Which of them is here, if any.
    std::optional<std::size_t> number_of(const Place& place) {
        if (!place.id) {
            const auto found = nameless_.find(place.line_number);
            return found == nameless_.end() ? std::nullopt : std::optional(found->second);
        }
        const auto [first, last] = by_id_.equal_range(*place.id);
        std::optional<std::size_t> elsewhere;
        for (auto named = first; named != last; ++named) {
            const auto here = by_line_.find(place.line_number);
            if (here != by_line_.end() && here->second == named->second) {
                found_in_place_[named->second] = true;
                return named->second;
            }
            if (!elsewhere && !found_in_place_[named->second])
                elsewhere = named->second;
        }
        return elsewhere;
    }

    /// The document is not there after all, although one was found before.
    void forget(std::size_t number) {
        if (const auto known = found_.find(number); known != found_.end()) {
            bytes_ -= known->second.source.size();
            found_.erase(known);
        }
    }

    void keep(std::size_t number, Document document) {
        constexpr std::size_t most_bytes = std::size_t{4} << 20U;
        forget(number);
        if (number >= limit_)
            return;
        bytes_ += document.source.size();
        found_.emplace(number, std::move(document));
        while (bytes_ > most_bytes && found_.size() > 1) {
            limit_ = std::prev(found_.end())->first;
            forget(limit_);
        }
    }

    [[nodiscard]] bool wants(std::size_t number) const { return number < limit_; }

    std::vector<std::optional<Document>> finish() && {
        std::vector<std::optional<Document>> out(limit_);
        for (auto& [number, document] : found_)
            out[number] = std::move(document);
        return out;
    }

private:
    std::size_t limit_;
    std::vector<bool> found_in_place_;
    std::unordered_map<std::size_t, std::size_t> by_line_;
    std::unordered_map<std::size_t, std::size_t> nameless_; ///< by their lines
    std::unordered_multimap<std::string, std::size_t> by_id_;
    std::map<std::size_t, Document> found_;
    std::size_t bytes_ = 0;
};

/// Of each document that `find` finds something in: what that is, and where.
template <class Find>
Result<std::vector<SampleDocument>> list(const Files& files, std::size_t limit, const Deadline& deadline,
                                         const Find& find) {
    std::vector<SampleDocument> out;
    for (const auto& [real, shown] : files) {
        const std::size_t found_before = out.size();
        const auto scanned = read_settled(shown, deadline, [&] {
            out.resize(found_before);
            Place place;
            const auto visit = [&](const simdjson::dom::object& line) {
                if (out.size() == limit)
                    return;
                if (auto values = find(line))
                    out.push_back({.document = id_at(shown, place), .values = *std::move(values)});
            };
            return scan(shown, deadline, visit, default_block_size, &place);
        });
        if (!scanned)
            return scanned.error();
    }
    return out;
}

} // namespace

Result<std::vector<SampleDocument>> list_missing(const Files& files, const Backfill& backfill, std::size_t limit,
                                                 const Deadline& deadline) {
    Membership population(backfill);
    return list(files, limit, deadline, [&](const simdjson::dom::object& line) {
        const bool is_missing = population.is_missing(line).value_or(false);
        return is_missing ? std::optional(decltype(SampleDocument::values){}) : std::nullopt;
    });
}

Result<std::vector<SampleDocument>> list_broken(const Files& files, const Backfill& backfill, const Rule& rule,
                                                std::size_t limit, const Deadline& deadline) {
    BrokenRuleFinder finder(backfill, rule, now_in_milliseconds());
    return list(files, limit, deadline, [&](const simdjson::dom::object& line) { return finder.find(line); });
}

Result<RandomSample> draw(const Files& files, const Backfill& backfill, std::size_t limit, std::uint64_t seed,
                          const Deadline& deadline) {
    Membership population(backfill);
    Reservoir reservoir(limit, seed);
    for (const auto& [real, shown] : files) {
        const Reservoir before = reservoir;
        const auto scanned = read_settled(shown, deadline, [&] {
            reservoir = before;
            Place place;
            const auto visit = [&](const simdjson::dom::object& line) {
                if (!population.is_missing(line).value_or(true))
                    reservoir.show(shown, place);
            };
            return scan(shown, deadline, visit, default_block_size, &place);
        });
        if (!scanned)
            return scanned.error();
    }
    return std::move(reservoir).finish();
}

Result<std::vector<std::optional<Document>>> fetch(const std::filesystem::path& file, const Backfill& backfill,
                                                   std::span<const DocumentKey> keys, const Deadline& deadline) {
    Membership population(backfill);
    std::optional<Finder> finder;
    const auto scanned = read_settled(file, deadline, [&] {
        finder.emplace(keys);
        Place place;
        const auto visit = [&](const simdjson::dom::object& line) {
            const auto number = finder->number_of(place);
            if (!number || !finder->wants(*number))
                return;
            finder->forget(*number);
            if (!population.is_missing(line).value_or(true))
                finder->keep(*number, {.id = keys[*number].id, .source = simdjson::to_string(document_in(line))});
        };
        return scan(file, deadline, visit, default_block_size, &place);
    });
    if (!scanned)
        return scanned.error();
    return std::move(*finder).finish();
}

} // namespace health::ndjson
