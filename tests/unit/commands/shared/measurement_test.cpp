#include "child.hpp"
#include "fake_store.hpp"
#include "support.hpp"
#include "temporary_folder.hpp"

#include <commands/shared/measurement.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace health;
using namespace std::chrono_literals;
using Failures = std::vector<std::optional<Error>>;

namespace {

const std::vector<Backfill> both{test::bills(), test::invoices()};

test::Ended reported(const std::vector<Backfill>& backfills, const Failures& failures) {
    return test::in_child([&] { return static_cast<int>(cli::report_failures(backfills, failures)); });
}

/// What these results are as measured; the child's output is what is said about them.
test::Ended measured(std::vector<Result<Snapshot>> results, bool refresh = false) {
    auto store = std::make_shared<test::FakeStore>();
    store->on_measure = [results = std::move(results), next = std::size_t{0}](const Backfill& /*backfill*/,
                                                                              const Deadline& /*deadline*/) mutable {
        return results.at(next++);
    };
    const cli::Measurement measurement{
        .backfills = both, .store = store, .timeout = 20s, .refresh = refresh, .textfile = std::nullopt};
    return test::in_child([&] {
        int failed = 0;
        for (const auto& result : cli::measure(measurement))
            failed += result ? 0 : 1;
        return failed;
    });
}

} // namespace

TEST_CASE("a failure is a line with the name of its backfill, where there are several") {
    const auto one = reported({test::bills()}, {test::error(ErrorKind::timeout, "no answer in 10s")});
    CHECK(one.status == cli::failed);
    CHECK(one.err == "backfill-health: no answer in 10s\n");
    const auto second = reported(both, {std::nullopt, test::error(ErrorKind::index_missing, "no such index")});
    CHECK(second.status == cli::failed);
    CHECK(second.err == "backfill-health: invoices: no such index\n");
}

TEST_CASE("equal failures share a line, as an engine that is not there is one failure") {
    const auto ended = reported(both, {test::error(ErrorKind::unreachable, "connection refused"),
                                       test::error(ErrorKind::unreachable, "connection refused")});
    CHECK(ended.status == cli::failed);
    CHECK(ended.err == "backfill-health: connection refused\n");
}

TEST_CASE("without a failure nothing is said, and of several the worst status counts") {
    const auto none = reported(both, {std::nullopt, std::nullopt});
    CHECK(none.status == cli::done);
    CHECK(none.err.empty());
    const auto mixed = reported(both, {test::error(ErrorKind::rejected, "a"), test::error(ErrorKind::usage, "b")});
    CHECK(mixed.status == cli::failed);
    CHECK(mixed.err == "backfill-health: bills: a\nbackfill-health: invoices: b\n");
}

TEST_CASE("numbers that would mislead alone are remarked on, on stderr") {
    const auto empty = measured({test::snapshot(0, 0, 0), test::snapshot(1, 2, 2)});
    CHECK(empty.status == 0);
    CHECK(empty.out.empty());
    CHECK(empty.err == "backfill-health: no document matches category: bills in gmail_emails_v2\n");
    CHECK(measured({test::snapshot(2, 20, 18), test::snapshot(0, 7, 7)}).err.empty());
}

TEST_CASE("where the index could not be refreshed there is no number, as it would be an old one") {
    CHECK(measured({test::snapshot(2, 20, 18), test::snapshot(0, 7, 7)}, true).status == 2);
}

TEST_CASE("a textfile is written where one was asked for, also when some backfill failed") {
    const tests::TemporaryFolder folder;
    cli::Measurement measurement{
        .backfills = both, .store = nullptr, .timeout = 20s, .textfile = (folder.path() / "b.prom").string()};
    const cli::MeasuredSnapshots results{test::snapshot(2, 20, 18), test::error(ErrorKind::timeout)};
    CHECK(cli::write_textfile(measurement, results) == cli::done);
    std::ifstream in(*measurement.textfile);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    CHECK(text.find("bills_missing_dates 2") != std::string::npos);
    CHECK(text.find("invoices_missing") == std::string::npos);
    CHECK(std::filesystem::directory_iterator(folder.path()) != std::filesystem::directory_iterator());

    measurement.textfile = (folder.path() / "absent/b.prom").string();
    const auto ended = test::in_child([&] { return static_cast<int>(cli::write_textfile(measurement, results)); });
    CHECK(ended.status == cli::failed);
    CHECK(ended.err.find("/absent") != std::string::npos);
    measurement.textfile.reset();
    CHECK(cli::write_textfile(measurement, results) == cli::done);
}
