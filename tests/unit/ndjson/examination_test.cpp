#include "child.hpp"
#include "fake_store.hpp"
#include "findings.hpp"
#include "temporary_folder.hpp"

#include <model/document.hpp>
#include <model/rules/parser.hpp>
#include <ndjson/examination.hpp>
#include <ndjson/store.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <support.hpp>
#include <unistd.h>
#include <vector>

using namespace health;
using health::tests::TemporaryFolder;
using test::says;
namespace fs = std::filesystem;
using Findings = std::vector<Finding>;

namespace {

constexpr std::string_view mail = R"({"category":"bills","dates":[1],"expires_at":1}
{"category":"bills","to":{"name":"a"}}
{"category":"offers"}
)";

/// The population has this category.
Backfill bills(const std::string& index = "mail", const std::string& category = "bills") {
    return {.name = category,
            .index = index,
            .population = {{"category", {category}}},
            .field = "dates",
            .derived = {"expires_at"},
            .field_label = "dates"};
}

Findings examine(const fs::path& folder, const std::vector<Backfill>& backfills) {
    return make_ndjson_store(folder)->examine(backfills, "health", std::chrono::minutes(1)).findings;
}

/// A folder with the mail and a health file in it, which has one snapshot of bills, of this very second.
struct Prepared : TemporaryFolder {
    Prepared() {
        write("mail", mail);
        Snapshot snapshot = test::snapshot(1, 1, 1);
        snapshot.index = "mail";
        snapshot.ts = now_in_seconds();
        write("health", boost::json::serialize(to_document(bills(), snapshot)) + "\n");
    }
    [[nodiscard]] Findings examined(const std::vector<Backfill>& backfills) const { return examine(path(), backfills); }
};

Findings about(const Findings& all, std::string_view check, std::string_view backfill = {}) {
    Findings out;
    std::ranges::copy_if(all, std::back_inserter(out), [&](const Finding& finding) {
        return finding.check == check && finding.backfill == backfill;
    });
    return out;
}

/// The one that there must be.
Finding the(const Findings& all, std::string_view check, std::string_view backfill = {}) {
    const auto out = about(all, check, backfill);
    CAPTURE(check);
    CAPTURE(backfill);
    REQUIRE(out.size() == 1);
    return out.front();
}

std::vector<std::string> checks(const Findings& findings) {
    std::vector<std::string> out;
    for (const Finding& finding : findings)
        out.push_back(finding.check);
    return out;
}

Backfill with_rule(const std::string& rule) {
    Backfill out = bills();
    out.rules = {*parse_rule(rule)};
    return out;
}

/// What somebody without any privilege finds, as lines: root may read and write everything.
std::string found_by_nobody(const fs::path& folder) {
    return test::in_child([&] {
               if (::geteuid() == 0 && ::setuid(65534) != 0)
                   return 1;
               for (const Finding& finding : examine(folder, {bills()}))
                   std::printf("%s %s: %s\n", std::string(to_string(finding.severity)).c_str(), finding.check.c_str(),
                               finding.message.c_str());
               std::fflush(stdout);
               return 0;
           })
        .out;
}

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

} // namespace

TEST_CASE("where all is well, each check says what it has seen") {
    const auto found = Prepared().examined({bills()});
    says(the(found, "folder"), Severity::ok, "can be read and written");
    says(the(found, "index"), Severity::ok, "mail exists");
    says(the(found, "population"), Severity::ok, "3 of 3 documents have category");
    says(the(found, "field"), Severity::ok, "1 of 3 documents have dates");
    says(the(found, "derived"), Severity::ok, "1 of 3 documents have expires_at");
    says(the(found, "measurement"), Severity::ok, "2 bills: 1 without dates, 1 with, 1 of these with expires_at");
    says(the(found, "health-index"), Severity::ok, "can be written to");
    CHECK(the(found, "last-snapshot").severity == Severity::ok);
    CHECK(about(found, "disk").size() == 1);
    CHECK(found.size() == 9);
}

TEST_CASE("of several backfills each has its own findings, and what concerns all is said once and first") {
    const auto found = Prepared().examined({bills(), bills("mail", "offers"), bills("absent", "parcels")});
    CHECK(about(found, "folder").size() == 1);
    CHECK(about(found, "health-index").size() == 1);
    CHECK(about(found, "disk").size() == 1);
    // Two of the same file.
    says(the(found, "measurement", "bills"), Severity::ok, "2 bills: 1 without dates");
    says(the(found, "measurement", "offers"), Severity::ok, "1 offers: 1 without dates, 0 with");
    says(the(found, "field", "offers"), Severity::warning, "no offers have dates");
    // And one of a file that is not there: it spoils nothing.
    says(the(found, "index", "parcels"), Severity::problem, "there is no file");
    CHECK(about(found, "measurement", "parcels").empty());
    CHECK(about(found, "field", "parcels").empty());
    CHECK(the(found, "last-snapshot", "bills").severity == Severity::ok);
    says(the(found, "last-snapshot", "offers"), Severity::warning, "none yet");
    says(the(found, "last-snapshot", "parcels"), Severity::warning, "none yet");

    const auto of = [](const Finding& finding) { return finding.backfill; };
    CHECK(std::ranges::is_sorted(found, {}, [&](const Finding& finding) {
        const std::vector<std::string> order{"", "bills", "offers", "parcels"};
        return std::ranges::find(order, of(finding)) - order.begin();
    }));
}

TEST_CASE("the numbers of all backfills come from one reading of the files") {
    struct Counting : test::FakeStore {
        std::vector<std::size_t> asked;
        Snapshots measure(std::span<const Backfill> backfills, const Deadline& /*deadline*/) override {
            asked.push_back(backfills.size());
            Snapshots out;
            for (const Backfill& backfill : backfills) {
                out.emplace_back(test::snapshot(1, 2, 1));
                out.back()->derived.resize(backfill.derived.size(), 1);
            }
            return out;
        }
    } store;
    const Prepared folder;
    const std::vector<Backfill> backfills{bills(), with_rule("dates < due"), bills("mail", "offers")};
    int names_read = 0;
    const auto found = ndjson::examine(
        store, folder.path(), folder.file("health"), backfills, "health",
        [&](const Backfill& /*backfill*/, const Deadline& /*deadline*/) -> Result<std::vector<std::string>> {
            ++names_read;
            return std::vector<std::string>{"dates"};
        },
        std::chrono::minutes(1));
    CHECK(store.asked.size() == 1);
    CHECK(names_read == 0); // no name is in doubt
    CHECK(about(found, "disk").size() == 1);
}

TEST_CASE("without a health file, or with something else in its place") {
    const Prepared folder;
    fs::remove(folder.file("health"));
    const auto absent = folder.examined({bills()});
    says(the(absent, "health-index"), Severity::problem, "there is no file");
    CHECK(about(absent, "last-snapshot").empty());
    says(the(absent, "measurement"), Severity::ok, "2 bills");

    fs::create_directory(folder.file("health"));
    says(the(folder.examined({bills()}), "health-index"), Severity::problem, "is not a regular file");
    fs::remove(folder.file("health"));
    fs::create_symlink("nowhere", folder.file("health"));
    says(the(folder.examined({bills()}), "health-index"), Severity::problem, "there is no file");
}

TEST_CASE("a health file that is empty has no snapshot yet, and one that cannot be read was not checked") {
    const Prepared folder;
    folder.write("health", "");
    says(the(folder.examined({bills()}), "last-snapshot"), Severity::warning, "none yet");
    folder.write("health", "{\"ts\":\"2025-10-10T14:22:31Z\",\n");
    const auto broken = folder.examined({bills(), bills("mail", "offers")});
    says(the(broken, "last-snapshot", "bills"), Severity::warning, "not checked");
    says(the(broken, "last-snapshot", "offers"), Severity::warning, "not checked");
}

TEST_CASE("what may not be read or written") {
    const Prepared folder;
    fs::permissions(folder.path(), fs::perms(0755));
    for (const std::string name : {"mail", "health"})
        fs::permissions(folder.file(name), fs::perms(0644));
    const bool is_root = ::geteuid() == 0; // or the files are one's own
    if (!is_root)
        for (const fs::path& each : {folder.file("health"), folder.path()})
            fs::permissions(each, fs::perms::owner_write, fs::perm_options::remove);
    const std::string all = found_by_nobody(folder.path());
    CHECK(contains(all, "warning folder: " + folder.path().native() + " cannot be written to: Permission denied\n"));
    CHECK(contains(all, "ok measurement: 2 bills"));
    CHECK(contains(all, "problem health-index: " + folder.file("health").native() + " cannot be written to"));
    CHECK_FALSE(contains(all, "last-snapshot"));

    fs::permissions(folder.file("mail"), fs::perms::none);
    const std::string no_mail = found_by_nobody(folder.path());
    CHECK(contains(no_mail, "problem measurement: "));
    CHECK(contains(no_mail, folder.file("mail").native()));
    CHECK_FALSE(contains(no_mail, " field: "));

    fs::permissions(folder.path(), fs::perms::none);
    CHECK(found_by_nobody(folder.path()) ==
          "problem folder: " + folder.path().native() + " cannot be read: Permission denied\n");
    fs::permissions(folder.path(), fs::perms::owner_all);
}

TEST_CASE("without a folder nothing else is looked at") {
    const Prepared folder;
    const auto absent = examine(folder.path() / "nowhere", {bills(), bills("mail", "offers")});
    REQUIRE(absent.size() == 1);
    says(absent.front(), Severity::problem, "No such file or directory");
    const auto file = examine(folder.file("mail"), {bills()});
    REQUIRE(file.size() == 1);
    says(file.front(), Severity::problem, "it is not a folder");
}

TEST_CASE("a file that cannot be read to its end is one problem, and not one for each field") {
    const Prepared folder;
    folder.write("mail", std::string(mail) + "{\"category\":\n");
    const auto found = folder.examined({bills()});
    says(the(found, "measurement"), Severity::problem, "mail.ndjson:4: ");
    CHECK(checks(found) ==
          std::vector<std::string>{"folder", "index", "measurement", "health-index", "last-snapshot", "disk"});
}

TEST_CASE("names that nothing has: of the population a mistake, of the field perhaps only early") {
    const Prepared folder;
    Backfill misspelt = bills();
    misspelt.population = {{"categry", {"bills"}}};
    const auto found = folder.examined({misspelt});
    says(the(found, "population"), Severity::problem, "no document has categry");
    says(the(found, "measurement"), Severity::problem, "no document matches");

    Backfill early = bills();
    early.field = "amounts";
    early.derived = {"total"};
    const auto before = folder.examined({early});
    says(the(before, "field"), Severity::warning, "no document has amounts");
    says(the(before, "derived"), Severity::warning, "no document has total");

    folder.write("mail", "");
    const auto empty = folder.examined({bills()});
    says(the(empty, "population"), Severity::problem, "no document has category");
    says(the(empty, "measurement"), Severity::problem, "no document matches");
}

TEST_CASE("a field that only documents outside of the population have") {
    const Prepared folder;
    folder.write("mail", R"({"category":"bills"}
{"category":"offers","dates":[1],"expires_at":1}
)");
    says(the(folder.examined({bills()}), "field"), Severity::warning, "no bills have dates");
    folder.write("mail", R"({"category":"bills","dates":[1]}
{"category":"offers","expires_at":1}
)");
    says(the(folder.examined({bills()}), "derived"), Severity::warning, "no bills with dates have expires_at");
}

TEST_CASE("a rule about a field that nothing has is a problem, unless it is the backfill's own") {
    const Prepared folder;
    says(the(folder.examined({with_rule("dates > 0")}), "rule"), Severity::ok, "can be judged");
    says(the(folder.examined({with_rule("to.nam == \"a\"")}), "rule"), Severity::problem, "did you mean to.name?");
    says(the(folder.examined({with_rule("nothing_alike > dates")}), "rule"), Severity::problem,
         "no field has a similar name");
    Backfill early = with_rule("amounts > 0");
    early.field = "amounts";
    says(the(folder.examined({early}), "rule"), Severity::warning, "no document has amounts");
    // Of two that nothing has, the one that may be misspelt is named.
    Backfill both = with_rule("amounts > categry");
    both.field = "amounts";
    says(the(folder.examined({both}), "rule"), Severity::problem, "did you mean category?");
}
