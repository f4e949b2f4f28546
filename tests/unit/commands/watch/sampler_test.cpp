#include "fake_store.hpp"
#include "queue.hpp"
#include "support.hpp"

#include <base/log.hpp>
#include <commands/watch/sampler.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace cli;
using health::ErrorKind;
using health::Snapshot;
using namespace std::chrono_literals;

namespace {

const Snapshot half = test::snapshot(5, 5, 5);
const Snapshot whole = test::snapshot(0, 10, 10);

/// The measurements are those that were given, one for each backfill in turn, and after them refusals.
struct Watching {
    explicit Watching(const std::vector<Result<Snapshot>>& results) {
        health::log::configure(health::log::Level::error, health::log::Format::logfmt);
        for (const auto& result : results)
            left.push(result);
        store->on_measure = [this](const health::Backfill& /*backfill*/, const health::Deadline& /*deadline*/) {
            ++measured;
            return left.empty() ? Result<Snapshot>(test::error(ErrorKind::rejected, "no more")) : *left.pop();
        };
        store->on_append = [this](const std::string& index, const health::HealthDocument& document) -> Result<void> {
            appended.push_back(index + " " + std::to_string(document.content.at("missing").to_number<std::uint64_t>()));
            return refusal ? Result<void>(*refusal) : Result<void>();
        };
        settings.backfills = {test::bills()};
        settings.store = store;
        settings.timeout = 20s;
        settings.emission.health_index = "health";
    }

    /// The first samples, so many.
    std::vector<WatchSample> samples(std::size_t count) {
        const Events events;
        Sampler sampler(settings, events);
        std::vector<WatchSample> out;
        const auto deadline = std::chrono::steady_clock::now() + test::patience;
        while (out.size() < count && std::chrono::steady_clock::now() < deadline) {
            for (WatchSample& sample : sampler.take())
                out.push_back(std::move(sample));
            if (out.size() < count)
                static_cast<void>(events.wait(100ms));
        }
        REQUIRE(out.size() >= count);
        return out;
    }

    std::shared_ptr<test::FakeStore> store = std::make_shared<test::FakeStore>();
    test::Queue<Result<Snapshot>> left;
    std::optional<health::Error> refusal;
    std::size_t measured = 0;
    std::vector<std::string> appended;
    WatchSettings settings;
};

} // namespace

TEST_CASE("samples come in the order in which they were measured, failures among them") {
    Watching watching({half, test::error(ErrorKind::timeout), whole});
    const auto samples = watching.samples(3);
    CHECK(*samples[0].snapshots.at(0) == half);
    CHECK(samples[1].snapshots.at(0).error().kind == ErrorKind::timeout);
    CHECK(*samples[2].snapshots.at(0) == whole);
    CHECK(samples[0].at <= samples[1].at);
    CHECK(samples[1].at <= samples[2].at);
    CHECK_FALSE(samples[0].stored.at(0));
    CHECK(watching.appended.empty());
}

TEST_CASE("a sample is done when nothing is missing in any of its backfills") {
    const auto done = [](std::vector<Result<Snapshot>> snapshots) {
        return WatchSample{.at = {}, .snapshots = std::move(snapshots), .stored = {}}.is_done();
    };
    CHECK(done({whole, whole}));
    CHECK_FALSE(done({whole, half}));
    CHECK_FALSE(done({whole, test::error(ErrorKind::timeout)}));
    CHECK_FALSE(done({test::snapshot(0, 0, 0)}));
}

TEST_CASE("until it is done, and no longer: the first sample is stored, and the last one") {
    Watching watching({half, half, test::error(ErrorKind::timeout), whole});
    watching.settings.until_done = true;
    watching.settings.emit_every = 1h;
    const auto samples = watching.samples(4);
    CHECK(watching.measured == 4);
    CHECK(watching.appended == std::vector<std::string>{"health 5", "health 0"});
    CHECK(samples[0].stored.at(0)->has_value());
    CHECK_FALSE(samples[1].stored.at(0));
    CHECK_FALSE(samples[2].stored.at(0));
    CHECK(samples[3].stored.at(0)->has_value());
}

TEST_CASE("of several backfills those are stored that were measured, each result at its place") {
    Watching watching({test::error(ErrorKind::timeout), half, test::error(ErrorKind::timeout),
                       test::error(ErrorKind::timeout), whole, half});
    watching.settings.backfills = {test::bills(), test::invoices()};
    watching.settings.emit_every = 0ms;
    auto samples = watching.samples(3);
    CHECK_FALSE(samples[0].stored.at(0));
    CHECK(samples[0].stored.at(1)->has_value());
    CHECK_FALSE(samples[1].stored.at(0));
    CHECK_FALSE(samples[1].stored.at(1));
    CHECK(samples[2].stored.at(0)->has_value());
    CHECK(samples[2].stored.at(1)->has_value());
    CHECK(watching.appended == std::vector<std::string>{"health 5", "health 0", "health 5"});
}

TEST_CASE("a snapshot that cannot be stored is told with its sample, and is tried again when it is due") {
    Watching watching({half, half});
    watching.refusal = test::error(ErrorKind::rejected, "the index is read-only");
    watching.settings.emit_every = 0ms;
    const auto samples = watching.samples(2);
    for (const std::size_t i : {0U, 1U}) {
        REQUIRE(samples[i].stored.at(0));
        CHECK(samples[i].stored.at(0)->error().message == "the index is read-only");
    }
}

TEST_CASE("a measurement that is under way ends with the watch, and so does the pause before the next") {
    const auto begun = std::chrono::steady_clock::now();
    test::Queue<bool> asked;
    Watching silent({});
    silent.store->on_measure = [&](const health::Backfill& /*backfill*/, const health::Deadline& deadline) {
        asked.push(true);
        test::Queue<Result<Snapshot>> nothing;
        return nothing.pop(deadline.stop).value_or(test::error(ErrorKind::timeout, "interrupted"));
    };
    {
        const Events events;
        const Sampler sampler(silent.settings, events);
        CHECK(asked.pop());
    }
    Watching pausing({half});
    pausing.settings.interval = 1h;
    CHECK(pausing.samples(1).size() == 1);
    CHECK(pausing.measured == 1);
    CHECK(std::chrono::steady_clock::now() - begun < test::patience);
}
