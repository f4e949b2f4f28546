#pragma once

#include <store/store.hpp>

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace test {

/// Does what a test wants it to; everything else is refused. Each document, backfill and index is asked for by itself.
class FakeStore : public health::Store {
public:
    using Snapshots = std::vector<health::Result<health::Snapshot>>;

    std::string url = "http://es:9200";
    std::function<health::Result<health::Snapshot>(const health::Backfill&, const health::Deadline&)> on_measure;
    std::function<health::Result<void>(const std::string& index, const health::HealthDocument&)> on_append;
    std::function<health::Result<health::History>(const health::Backfill&)> on_history;
    std::function<health::Result<health::RandomSample>(std::size_t limit, std::uint64_t seed)> on_draw;
    std::function<health::Result<std::vector<std::optional<health::Document>>>(std::span<const health::DocumentKey>)>
        on_fetch;
    std::function<health::Result<void>()> on_reload;
    std::function<health::Result<std::string>()> on_identity;

    [[nodiscard]] std::string cluster() const override { return url; }
    [[nodiscard]] health::Result<void> check_name(const std::string& /*expression*/) const override { return {}; }

    health::Result<std::string> identity(const health::Deadline& /*deadline*/) override {
        return on_identity ? on_identity() : refused();
    }

    health::Result<void> reload() override { return on_reload ? on_reload() : refused(); }

    Snapshots measure(std::span<const health::Backfill> backfills, const health::Deadline& deadline) override {
        Snapshots out;
        for (const health::Backfill& backfill : backfills)
            out.push_back(on_measure ? on_measure(backfill, deadline) : refused());
        return out;
    }

    std::vector<health::Result<void>> append(const std::string& health_index,
                                             std::span<const health::HealthDocument> documents,
                                             const health::Deadline& /*deadline*/) override {
        std::vector<health::Result<void>> out;
        for (const health::HealthDocument& document : documents)
            out.push_back(on_append ? on_append(health_index, document) : refused());
        return out;
    }

    std::vector<health::Result<health::History>> history(const std::string& /*health_index*/,
                                                         std::span<const health::Backfill> backfills,
                                                         const health::Period& /*period*/,
                                                         const health::Deadline& /*deadline*/) override {
        std::vector<health::Result<health::History>> out;
        for (const health::Backfill& backfill : backfills)
            out.push_back(on_history ? on_history(backfill) : refused());
        return out;
    }

    std::vector<health::Result<void>> refresh(std::span<const health::Backfill> backfills,
                                              const health::Deadline& /*deadline*/) override {
        return {backfills.size(), refused()};
    }
    health::Result<health::Breakdown> breakdown(const health::Backfill& /*backfill*/,
                                                const health::Grouping& /*grouping*/,
                                                const health::Deadline& /*deadline*/) override {
        return refused();
    }
    health::Result<std::vector<health::SampleDocument>> samples(const health::Backfill& /*backfill*/,
                                                                const std::optional<health::Rule>& /*broken*/,
                                                                std::size_t /*limit*/,
                                                                const health::Deadline& /*deadline*/) override {
        return refused();
    }
    health::Result<health::Profile> profile(const health::Backfill& /*backfill*/, health::Timestamp /*now*/,
                                            const health::Deadline& /*deadline*/) override {
        return refused();
    }
    health::Result<health::RandomSample> draw(const health::Backfill& /*backfill*/, std::size_t limit,
                                              std::uint64_t seed, const health::Deadline& /*deadline*/) override {
        return on_draw ? on_draw(limit, seed) : refused();
    }
    health::Result<std::vector<std::optional<health::Document>>> fetch(const health::Backfill& /*backfill*/,
                                                                       std::span<const health::DocumentKey> keys,
                                                                       const health::Deadline& /*deadline*/) override {
        return on_fetch ? on_fetch(keys) : refused();
    }
    std::vector<health::Result<std::optional<health::Timestamp>>>
    latest(const std::string& /*health_index*/, std::span<const health::Backfill> backfills,
           const health::Deadline& /*deadline*/) override {
        return {backfills.size(), refused()};
    }
    health::Result<health::Installed> install(const std::string& /*health_index*/,
                                              std::span<const health::FieldMapping> /*mapping*/,
                                              const health::Deadline& /*deadline*/) override {
        return refused();
    }
    health::Result<health::Installed> preview_install(const std::string& /*health_index*/,
                                                      std::span<const health::FieldMapping> /*mapping*/,
                                                      const health::Deadline& /*deadline*/) override {
        return refused();
    }
    health::Examination examine(std::span<const health::Backfill> /*backfills*/, const std::string& /*health_index*/,
                                std::chrono::milliseconds /*timeout*/) override {
        return {};
    }

private:
    static health::Error refused() { return {health::ErrorKind::rejected, "no test has asked for this", ""}; }
};

} // namespace test
