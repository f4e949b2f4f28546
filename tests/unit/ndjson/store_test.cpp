#include "has.hpp"
#include "ndjson/support.hpp"

#include <model/names.hpp>
#include <ndjson/store.hpp>
#include <store/remedy.hpp>

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <unistd.h>
#include <vector>

using namespace health;
using namespace health::tests;
using test::has;

namespace {

Backfill bills(const std::string& index, const std::string& category = "bills") {
    return {.name = "bills",
            .index = index,
            .population = {{"category", {category}}},
            .field = "dates",
            .derived = {"expires_at"},
            .field_label = "dates[]"};
}

Deadline soon() {
    return Deadline::after(std::chrono::minutes(1));
}

std::vector<Result<Snapshot>> measure(const std::filesystem::path& folder, const std::vector<Backfill>& backfills) {
    auto results = make_ndjson_store(folder)->measure(backfills, soon());
    REQUIRE(results.size() == backfills.size());
    return results;
}

using Numbers = std::vector<std::uint64_t>;

Numbers numbers(const Result<Snapshot>& result) {
    return values(value_of(result));
}

Error failure(const std::filesystem::path& folder, const std::string& index) {
    return error_of(measure(folder, {bills(index)}).front());
}

const std::string bill = "{\"category\":\"bills\"}\n";
const std::string dated = "{\"category\":\"bills\",\"dates\":[1]}\n";
const std::string expiring = "{\"category\":\"bills\",\"dates\":[1],\"expires_at\":1}\n";
const std::string offer = "{\"category\":\"offers\",\"dates\":[1]}\n";

/// While it lives, root is nobody: root may read everything.
class Nobody {
public:
    Nobody() {
        if (::geteuid() == 0)
            REQUIRE(::seteuid(65534) == 0);
    }
    Nobody(const Nobody&) = delete;
    Nobody& operator=(const Nobody&) = delete;
    ~Nobody() {
        if (::getuid() == 0 && ::seteuid(0) != 0)
            std::abort();
    }
};

} // namespace

TEST_CASE("a snapshot of one file") {
    const TemporaryFolder folder;
    folder.write("mail", bill + dated + expiring + expiring + offer);
    const auto before = now_in_seconds();
    const auto snapshot = measure(folder.path(), {bills("mail")}).front();
    CHECK(numbers(snapshot) == Numbers{1, 3, 2});
    CHECK(snapshot->index == "mail");
    CHECK(snapshot->ts >= before);
    CHECK(snapshot->ts <= now_in_seconds());
}

TEST_CASE("an empty file has no documents") {
    const TemporaryFolder folder;
    folder.write("mail", "");
    CHECK(numbers(measure(folder.path(), {bills("mail")}).front()) == Numbers{0, 0, 0});
}

TEST_CASE("several files make one snapshot, each file once") {
    const TemporaryFolder folder;
    folder.write("mail-1", bill);
    folder.write("mail-2", dated);
    folder.write("other", expiring);
    folder.write(".hidden", bill);
    std::filesystem::create_directory(folder.path() / "mail-3.ndjson");
    std::filesystem::create_symlink("mail-2.ndjson", folder.file("alias"));
    const auto results = measure(folder.path(), {bills("mail-*"), bills("*"), bills("mail-2,alias,mail-2"),
                                                 bills("*,-mail-1"), bills(".h*,mail-1")});
    CHECK(numbers(results[0]) == Numbers{1, 1, 0});
    CHECK(numbers(results[1]) == Numbers{1, 2, 1});
    CHECK(numbers(results[2]) == Numbers{0, 1, 0});
    CHECK(numbers(results[3]) == Numbers{0, 2, 1});
    CHECK(numbers(results[4]) == Numbers{2, 0, 0});
    CHECK(results[0]->index == "mail-*");
}

TEST_CASE("each backfill has its own result") {
    const TemporaryFolder folder;
    folder.write("mail", bill + dated + offer);
    folder.write("broken", bill + "{\n");
    const auto results = measure(folder.path(), {bills("mail"), bills("absent"), bills("mail", "offers"),
                                                 bills("mail,broken"), bills("broken"), bills("../mail")});
    CHECK(numbers(results[0]) == Numbers{1, 1, 0});
    CHECK(error_of(results[1]).kind == ErrorKind::index_missing);
    CHECK(numbers(results[2]) == Numbers{0, 1, 0});
    CHECK(error_of(results[3]).kind == ErrorKind::bad_response);
    CHECK(has(error_of(results[3]).message, folder.file("broken").native() + ":2: "));
    CHECK(error_of(results[4]).kind == ErrorKind::bad_response);
    CHECK(error_of(results[5]).kind == ErrorKind::usage);
}

TEST_CASE("what is missing is named") {
    const TemporaryFolder folder;
    const Error no_file = failure(folder.path(), "absent");
    CHECK(no_file.kind == ErrorKind::index_missing);
    CHECK(has(no_file.message, "absent"));
    CHECK(has(no_file.message, folder.file("absent").native()));
    CHECK(no_file.hint == Remedy::check_index_and_folder);

    const Error no_match = failure(folder.path(), "absent*");
    CHECK(no_match.kind == ErrorKind::index_missing);
    CHECK(has(no_match.message, "absent*"));

    for (const std::string index : {"mail", "*"}) {
        const Error no_folder = failure(folder.path() / "nowhere", index);
        CHECK(no_folder.kind == ErrorKind::index_missing);
        CHECK(has(no_folder.message, (folder.path() / "nowhere").native()));
    }
}

TEST_CASE("a dangling link is a missing index, not an empty one") {
    const TemporaryFolder folder;
    folder.write("mail-1", bill);
    std::filesystem::create_symlink("absent.ndjson", folder.file("mail-2"));
    CHECK(failure(folder.path(), "mail-2").kind == ErrorKind::index_missing);
    CHECK(failure(folder.path(), "mail-*").kind == ErrorKind::index_missing);
}

TEST_CASE("a file or a folder that may not be read is unauthorized") {
    const TemporaryFolder folder;
    folder.write("mail", bill);
    std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
    std::filesystem::permissions(folder.file("mail"), std::filesystem::perms::none);
    {
        const Nobody nobody;
        CHECK(failure(folder.path(), "mail").kind == ErrorKind::unauthorized);
        CHECK(failure(folder.path(), "*").kind == ErrorKind::unauthorized);
    }
    std::filesystem::permissions(folder.path(), std::filesystem::perms::none);
    {
        const Nobody nobody;
        CHECK(failure(folder.path(), "mail").kind == ErrorKind::unauthorized);
        CHECK(failure(folder.path(), "*").kind == ErrorKind::unauthorized);
        const auto store = make_ndjson_store(folder.path());
        CHECK(error_of(store->install("health", {}, soon())).kind == ErrorKind::unauthorized);
        CHECK(error_of(store->append("health", std::array{HealthDocument{"id", {}}}, soon()).front()).kind ==
              ErrorKind::unauthorized);
    }
    std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
}

TEST_CASE("a measurement ends with its deadline") {
    const TemporaryFolder folder;
    const auto path = folder.write("mail", bill);
    std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
    const auto results =
        make_ndjson_store(folder.path())->measure(std::array{bills("mail")}, Deadline::after(std::chrono::seconds(0)));
    CHECK(error_of(results.front()).kind == ErrorKind::timeout);
}

TEST_CASE("the health index is created once") {
    const TemporaryFolder folder;
    const auto store = make_ndjson_store(folder.path());
    CHECK(value_of(store->install("health", {}, soon())) == Installed{.created = true});
    CHECK(folder.read("health").empty());
    CHECK(std::filesystem::exists(folder.file("health")));
    folder.write("health", "{}\n");
    CHECK(value_of(store->install("health", {}, soon())) == Installed{});
    CHECK(folder.read("health") == "{}\n");
}

TEST_CASE("a health index that cannot be created") {
    const TemporaryFolder folder;
    const Error missing = error_of(make_ndjson_store(folder.path() / "nowhere")->install("health", {}, soon()));
    CHECK(missing.kind == ErrorKind::index_missing);
    CHECK(has(missing.message, "nowhere"));
    CHECK_FALSE(std::filesystem::exists(folder.path() / "nowhere"));

    std::filesystem::create_directory(folder.file("health"));
    CHECK(error_of(make_ndjson_store(folder.path())->install("health", {}, soon())).kind == ErrorKind::rejected);
}

TEST_CASE("documents of the health index are lines, and can be measured") {
    const TemporaryFolder folder;
    const auto store = make_ndjson_store(folder.path());
    const std::array documents{HealthDocument{"id-1", {{"category", "bills"}}},
                               HealthDocument{"id-2", {{"category", "bills"}, {"dates", 1}}}};
    const auto stored = store->append("health", documents, soon());
    CHECK(stored.size() == 2);
    CHECK(std::ranges::all_of(stored, [](const auto& result) { return result.has_value(); }));
    CHECK(folder.read("health") == "{\"category\":\"bills\"}\n{\"category\":\"bills\",\"dates\":1}\n");
    const std::array backfills{bills("health")};
    CHECK(store->refresh(backfills, soon()).front().has_value());
    CHECK(numbers(store->measure(backfills, soon()).front()) == Numbers{1, 1, 0});
    CHECK(store->append("nothing", {}, soon()).empty());
    CHECK_FALSE(std::filesystem::exists(folder.file("nothing")));
}

TEST_CASE("a health index has the name of one file of the folder") {
    const TemporaryFolder folder;
    const auto store = make_ndjson_store(folder.path());
    const std::array documents{HealthDocument{"id", {}}};
    for (const std::string name : {"", ".", "..", "../health", "a/b"}) {
        CAPTURE(name);
        CHECK(error_of(store->append(name, documents, soon()).front()).kind == ErrorKind::usage);
        CHECK(error_of(store->install(name, {}, soon())).kind == ErrorKind::usage);
    }
    CHECK(error_of(store->append("health*", documents, soon()).front()).kind == ErrorKind::rejected);
    CHECK(std::filesystem::is_empty(folder.path()));
}
