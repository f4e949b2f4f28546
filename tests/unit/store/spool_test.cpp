#include "fake_store.hpp"
#include "support.hpp"
#include "temporary_folder.hpp"

#include <base/log.hpp>
#include <store/remedy.hpp>
#include <store/spool.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

using namespace health;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

const std::string health_v1 = "backfill_health_v1";

/// Ids begin with the time, so that the spool is in its order.
HealthDocument document(const std::string& id, int missing = 2) {
    return {.id = id, .content = {{"missing", missing}}};
}

SpooledDocument spooled(const std::string& id, const std::string& cluster = "http://es:9200",
                        const std::string& health_index = health_v1) {
    return {.cluster = cluster, .health_index = health_index, .document = document(id)};
}

std::vector<std::string> waiting(const Spool& spool, const std::string& cluster = "http://es:9200",
                                 const std::string& health_index = health_v1) {
    std::vector<std::string> out;
    for (const SpooledDocument& each : spool.pending(cluster, health_index))
        out.push_back(each.document.id);
    return out;
}

std::size_t files_in(const fs::path& folder) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), {}));
}

/// Takes documents, but for those that a test has an error for.
struct Storing {
    Storing() {
        log::configure(log::Level::error, log::Format::logfmt);
        store.on_append = [this](const std::string& /*index*/, const HealthDocument& each) -> Result<void> {
            if (const auto problem = problems.find(each.id); problem != problems.end())
                return problem->second;
            stored.push_back(each.id);
            return {};
        };
    }

    std::vector<Result<void>> store_or_spool(const std::vector<std::string>& ids) {
        std::vector<HealthDocument> documents;
        for (const std::string& id : ids)
            documents.push_back(document(id));
        return health::store_or_spool(store, &spool, health_v1, documents, Deadline::after(20s), test::sentence);
    }

    Result<void> store_or_spool(const char* id) { return store_or_spool(std::vector<std::string>{id}).front(); }

    tests::TemporaryFolder folder;
    Spool spool{folder.path() / "a/b"};
    test::FakeStore store;
    std::map<std::string, Error> problems;
    std::vector<std::string> stored;
};

} // namespace

TEST_CASE("the spool keeps a document whole, for its owner alone, until it is forgotten") {
    const tests::TemporaryFolder folder;
    const Spool spool(folder.path() / "made/when/needed");
    REQUIRE(spool.keep(spooled("1")).has_value());
    const auto kept = spool.pending("http://es:9200", health_v1);
    REQUIRE(kept.size() == 1);
    CHECK(kept[0].cluster == "http://es:9200");
    CHECK(kept[0].health_index == health_v1);
    CHECK(kept[0].document.id == "1");
    CHECK(kept[0].document.content == boost::json::object{{"missing", 2}});
    CHECK(fs::status(spool.path_of(document("1"))).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
    spool.remove(document("1"));
    CHECK(files_in(spool.folder()) == 0);
    spool.remove(document("1"));
}

TEST_CASE("the oldest one in the spool comes first, and none of another place") {
    const tests::TemporaryFolder folder;
    const Spool spool(folder.path());
    CHECK(waiting(spool).empty());
    for (const char* id : {"20", "10", "30"})
        REQUIRE(spool.keep(spooled(id)).has_value());
    REQUIRE(spool.keep(spooled("11", "http://other:9200")).has_value());
    REQUIRE(spool.keep(spooled("12", "http://es:9200", "other_v1")).has_value());
    CHECK(waiting(spool) == std::vector<std::string>{"10", "20", "30"});
    CHECK(waiting(spool, "http://other:9200") == std::vector<std::string>{"11"});
    CHECK(waiting(spool, "http://es:9200", "other_v1") == std::vector<std::string>{"12"});
    CHECK(waiting(Spool(folder.path() / "absent")).empty());
}

TEST_CASE("what the spool has not written is left alone") {
    const tests::TemporaryFolder folder;
    const Spool spool(folder.path());
    REQUIRE(spool.keep(spooled("1")).has_value());
    const std::string line = folder.read("1");
    for (const std::string& content : {std::string(), std::string("{"), std::string("[]\n"), line.substr(0, 20),
                                       std::string(R"({"url":1,"index":"a","id":"2","document":{}})"),
                                       std::string(R"({"url":"a","index":"a","id":"2","document":[]})")}) {
        CAPTURE(content);
        folder.write("2", content);
        CHECK(waiting(spool) == std::vector<std::string>{"1"});
    }
    folder.write("3", line); // of another id: forgetting it would remove the other file
    CHECK(waiting(spool) == std::vector<std::string>{"1"});
    CHECK(files_in(folder.path()) == 3);
}

TEST_CASE("a folder that cannot be made is an error that names it") {
    const tests::TemporaryFolder folder;
    folder.write("file", "mine\n");
    const auto kept = Spool(folder.file("file") / "spool").keep(spooled("1"));
    REQUIRE(kept.has_error());
    CHECK(kept.error().message.find(folder.file("file").native()) != std::string::npos);
    CHECK(folder.read("file") == "mine\n");
}

TEST_CASE("a document is in the spool while it is sent, and not behind that") {
    Storing storing;
    std::vector<std::string> meanwhile;
    storing.store.on_append = [&](const std::string& to, const HealthDocument& each) -> Result<void> {
        CHECK(to == health_v1);
        CHECK(each.id == "1");
        meanwhile = waiting(storing.spool);
        return {};
    };
    CHECK(storing.store_or_spool("1").has_value());
    CHECK(meanwhile == std::vector<std::string>{"1"});
    CHECK(waiting(storing.spool).empty());
}

TEST_CASE("what waits is sent first, in the order of its time") {
    Storing storing;
    for (const char* id : {"2", "1"})
        REQUIRE(storing.spool.keep(spooled(id)).has_value());
    CHECK(storing.store_or_spool("3").has_value());
    CHECK(storing.stored == std::vector<std::string>{"1", "2", "3"});
    CHECK(waiting(storing.spool).empty());
}

TEST_CASE("what cannot be sent now stays") {
    Storing storing;
    for (const char* id : {"1", "2"})
        REQUIRE(storing.spool.keep(spooled(id)).has_value());
    for (const char* id : {"2", "3"})
        storing.problems[id] = {ErrorKind::unreachable, "cut off", ""};
    const auto result = storing.store_or_spool("3");
    REQUIRE(result.has_error());
    CHECK(result.error().kind == ErrorKind::unreachable);
    CHECK(result.error().hint == Hint(Remedy::snapshot_kept, storing.spool.folder().native()));
    CHECK(storing.stored == std::vector<std::string>{"1"});
    CHECK(waiting(storing.spool) == std::vector<std::string>{"2", "3"});
}

TEST_CASE("one that is refused for itself does not stop the others, and waits on") {
    Storing storing;
    for (const char* id : {"1", "2"})
        REQUIRE(storing.spool.keep(spooled(id)).has_value());
    storing.problems["1"] = {ErrorKind::rejected, "a field that does not fit", ""};
    CHECK(storing.store_or_spool("3").has_value());
    CHECK(storing.stored == std::vector<std::string>{"2", "3"});
    CHECK(waiting(storing.spool) == std::vector<std::string>{"1"});
}

TEST_CASE("each document of several has its own result, and only those that failed are kept") {
    Storing storing;
    storing.problems["2"] = {ErrorKind::rejected, "a field that does not fit", ""};
    const auto results = storing.store_or_spool({"1", "2", "3"});
    REQUIRE(results.size() == 3);
    CHECK(results[0].has_value());
    CHECK(results[1].error().message == "a field that does not fit");
    CHECK(results[2].has_value());
    CHECK(storing.stored == std::vector<std::string>{"1", "3"});
    CHECK(waiting(storing.spool) == std::vector<std::string>{"2"});
}

TEST_CASE("a long queue gets shorter batch by batch, until the health index takes no more") {
    Storing storing;
    REQUIRE(storing.spool.keep(spooled("1000")).has_value());
    std::ifstream first(storing.spool.path_of(document("1000")));
    const std::string line{std::istreambuf_iterator<char>(first), {}};
    for (int i = 1001; i < 2000; ++i) {
        const std::string id = std::to_string(i);
        std::ofstream(storing.spool.path_of(document(id))) << std::string(line).replace(line.find("1000"), 4, id);
        if (i >= 1300)
            storing.problems[id] = {ErrorKind::timeout, "no answer in time", ""};
    }
    const auto result = storing.store_or_spool("3000");
    REQUIRE(result.has_error());
    CHECK(result.error().kind == ErrorKind::timeout);
    CHECK(storing.stored.size() == 300);
    CHECK(waiting(storing.spool).size() == 701);

    storing.problems.clear();
    CHECK(storing.store_or_spool("3001").has_value());
    CHECK(waiting(storing.spool).empty());
}

TEST_CASE("the own document that is refused is a failure, and kept") {
    Storing storing;
    storing.problems["1"] = {ErrorKind::rejected, "read only", ""};
    const auto result = storing.store_or_spool("1");
    REQUIRE(result.has_error());
    CHECK(result.error().message == "read only");
    CHECK(waiting(storing.spool) == std::vector<std::string>{"1"});
}

TEST_CASE("for a health index that is not there nothing new is kept") {
    Storing storing;
    REQUIRE(storing.spool.keep(spooled("1")).has_value());
    for (const char* id : {"1", "2"})
        storing.problems[id] = {ErrorKind::index_missing, "no such index", "create it"};
    const auto result = storing.store_or_spool("2");
    REQUIRE(result.has_error());
    CHECK(result.error().hint == "create it");
    CHECK(waiting(storing.spool) == std::vector<std::string>{"1"});
}

TEST_CASE("a store in which a second write would double a document has no spool") {
    Storing storing;
    storing.store.url.clear();
    CHECK(storing.store_or_spool("1").has_value());
    CHECK(storing.stored == std::vector<std::string>{"1"});
    storing.problems["2"] = {ErrorKind::rejected, "the disk is full", "make room"};
    CHECK(storing.store_or_spool("2").error().hint == "make room");
    CHECK_FALSE(fs::exists(storing.spool.folder()));
}

TEST_CASE("without a spool that can be used a document is stored or lost") {
    Storing storing;
    storing.folder.write("file", "mine\n");
    const Spool unusable(storing.folder.file("file"));
    storing.problems["2"] = {ErrorKind::timeout, "no answer", ""};
    for (const Spool* spool : {&unusable, static_cast<const Spool*>(nullptr)}) {
        const auto store_or_spool = [&](const std::string& id) {
            const HealthDocument own = document(id);
            return health::store_or_spool(storing.store, spool, health_v1, {&own, 1}, Deadline::after(20s),
                                          test::sentence)
                .front();
        };
        CHECK(store_or_spool("1").has_value());
        CHECK(storing.stored.back() == "1");
        const auto lost = store_or_spool("2");
        REQUIRE(lost.has_error());
        CHECK(lost.error().hint.remedy<Remedy>() == Remedy::snapshot_lost);
    }
    CHECK(storing.stored.size() == 2);
}
