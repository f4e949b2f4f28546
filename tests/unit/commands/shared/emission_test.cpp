#include "cli/command_line.hpp"
#include "fake_store.hpp"
#include "support.hpp"
#include "temporary_folder.hpp"

#include <base/log.hpp>
#include <commands/shared/emission.hpp>
#include <store/remedy.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

using namespace health;
using namespace std::chrono_literals;
using test::Variables;

namespace {

cli::Settings settings(const std::vector<std::string>& words, Variables variables) {
    return test::settings(words, std::move(variables), cli::emission_options());
}

/// Where snapshots wait; "none" without a place.
std::string spool(const std::vector<std::string>& words, Variables variables) {
    auto read = settings(words, std::move(variables));
    const auto emission = read_emission(read);
    REQUIRE(test::error_of(read) == "");
    return emission.spool ? emission.spool->folder().string() : "none";
}

const std::array backfills{test::bills(), test::invoices()};
const std::array<std::optional<Snapshot>, 2> snapshots{test::snapshot(2, 20, 18), test::snapshot(0, 7, 7)};

} // namespace

TEST_CASE("snapshots wait where XDG has the state of programs, or where the operator wants them") {
    CHECK(spool({}, {{"HOME", "/home/me"}}) == "/home/me/.local/state/backfill-health/spool");
    CHECK(spool({}, {{"HOME", "/home/me"}, {"XDG_STATE_HOME", "/state"}}) == "/state/backfill-health/spool");
    CHECK(spool({}, {{"HOME", "/home/me"}, {"XDG_STATE_HOME", "state"}}) ==
          "/home/me/.local/state/backfill-health/spool"); // it must be absolute
    CHECK(spool({"--spool=/var/spool/b"}, {{"HOME", "/home/me"}, {"XDG_STATE_HOME", "/state"}}) == "/var/spool/b");
    CHECK(spool({}, {}) == "none");
}

TEST_CASE("an empty name of a folder or of the health index is wrong usage") {
    auto no_folder = settings({"--spool="}, {});
    read_emission(no_folder);
    CHECK(test::error_of(no_folder) == "--spool: must not be empty");
    auto no_index = settings({"--health-index="}, {});
    read_emission(no_index);
    CHECK(test::error_of(no_index).starts_with("--health-index: "));
    auto usual = settings({}, {});
    CHECK(read_emission(usual).health_index == "backfill_health_v1");
}

TEST_CASE("each snapshot is stored as the document of its backfill, under an id of its own") {
    test::FakeStore store;
    std::set<std::string> ids;
    store.on_append = [&](const std::string& index, const HealthDocument& document) -> Result<void> {
        CHECK(index == "health_v1");
        CHECK(ids.insert(document.id).second);
        return {};
    };
    const cli::Emission emission{.health_index = "health_v1", .spool = std::nullopt};
    const auto stored = emission.emit(store, backfills, snapshots, Deadline::after(20s));
    REQUIRE(stored.size() == 2);
    CHECK(**stored[0] == to_document(backfills[0], *snapshots[0]));
    CHECK(**stored[1] == to_document(backfills[1], *snapshots[1]));
    CHECK(ids.size() == 2);
}

TEST_CASE("where there is no snapshot nothing is stored, and the others keep their places") {
    test::FakeStore store;
    std::size_t written = 0;
    store.on_append = [&](const std::string& /*index*/, const HealthDocument& /*document*/) -> Result<void> {
        ++written;
        return {};
    };
    const cli::Emission emission{.health_index = "health_v1", .spool = std::nullopt};
    const std::array<std::optional<Snapshot>, 2> only_the_second{std::nullopt, snapshots[1]};
    const auto stored = emission.emit(store, backfills, only_the_second, Deadline::after(20s));
    REQUIRE(stored.size() == 2);
    CHECK(*stored[0] == std::nullopt);
    CHECK(**stored[1] == to_document(backfills[1], *snapshots[1]));
    CHECK(written == 1);
}

TEST_CASE("one that is refused does not spoil the other, and is kept for the next time") {
    const health::tests::TemporaryFolder folder;
    log::configure(log::Level::error, log::Format::logfmt);
    test::FakeStore store;
    store.on_append = [](const std::string& /*index*/, const HealthDocument& document) -> Result<void> {
        if (document.content.contains("backfill"))
            return test::error(ErrorKind::unreachable);
        return {};
    };
    const cli::Emission emission{.health_index = "health_v1", .spool = Spool(folder.path())};
    const auto stored = emission.emit(store, backfills, snapshots, Deadline::after(20s));
    REQUIRE(stored.size() == 2);
    CHECK(stored[0].has_value());
    REQUIRE(stored[1].has_error());
    CHECK(stored[1].error().kind == ErrorKind::unreachable);
    CHECK(stored[1].error().hint == Hint(Remedy::snapshot_kept, folder.path().string()));
    const auto waiting = emission.spool->pending(store.cluster(), "health_v1");
    REQUIRE(waiting.size() == 1);
    CHECK(waiting[0].document.content == to_document(backfills[1], *snapshots[1]));
}

TEST_CASE("without a folder a snapshot that cannot be stored is said to be lost") {
    test::FakeStore store; // refuses
    const cli::Emission emission{.health_index = "health_v1", .spool = std::nullopt};
    const auto lost = emission.emit(store, backfills, snapshots, Deadline::after(20s)).front();
    REQUIRE(lost.has_error());
    CHECK(lost.error().hint.remedy<Remedy>() == Remedy::snapshot_lost);
    CHECK(emission.emit(store, std::span<const Backfill>(), {}, Deadline::after(20s)).empty());
}
