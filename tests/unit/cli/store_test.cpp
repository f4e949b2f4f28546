#include "cli/command_line.hpp"
#include "support.hpp"
#include "temporary_folder.hpp"

#include <cli/store.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using test::Variables;
using Words = std::vector<std::string>;

namespace {

std::string error(const Words& words, const Words& names = {}) {
    auto settings = test::settings(words, {}, {&cli::options::threads});
    const auto store = read_store(settings, names);
    CHECK((store != nullptr || settings.failed()));
    return test::error_of(settings);
}

/// What is measured in the store at this URL.
health::Result<health::Snapshot> measured(const std::string& url) {
    auto settings = test::settings({}, {{"ES_URL", url}});
    const auto store = read_store(settings, {"gmail_emails_v2"});
    REQUIRE(test::error_of(settings) == "");
    return store->measure(std::array{test::bills()}, health::Deadline::after(20s)).front();
}

bool is_folder(const std::string& url) {
    return cli::is_folder(test::settings({"--es-url", url}));
}

} // namespace

TEST_CASE("a folder is known by its scheme") {
    CHECK(is_folder("file:dump"));
    CHECK(is_folder(" file:///var/lib/dump "));
    CHECK_FALSE(is_folder("http://localhost:9200"));
    CHECK_FALSE(is_folder("profile:dump"));
    CHECK_FALSE(cli::is_folder(test::settings({})));
}

TEST_CASE("a folder's files are measured, however its URL is written") {
    const health::tests::TemporaryFolder folder;
    folder.write("gmail_emails_v2", "{\"category\":\"bills\"}\n{\"category\":\"bills\",\"dates\":[\"2025\"]}\n");
    const std::string path = folder.path().string();
    for (const std::string& url : {"file:" + path, "file://" + path, " file:" + path + " ", "file:" + path + ","}) {
        CAPTURE(url);
        const auto snapshot = measured(url);
        REQUIRE(snapshot.has_value());
        CHECK(snapshot->missing == 1);
        CHECK(snapshot->present == 1);
    }
    CHECK(measured("file:" + path + "/missing").has_error());
}

TEST_CASE("a URL that names no store is wrong usage") {
    for (const std::string url : {"file:", "file://", " file: ,"}) {
        CAPTURE(url);
        CHECK(error({"--es-url", url}) == "--es-url: file: needs a folder; write it like file:/var/lib/dump");
    }
    CHECK(error({"--es-url=localhost:9200"}).starts_with("--es-url: "));
    CHECK(error({"--es-url=https://a", "--ca-cert=/nonexistent"}) != "");
}

TEST_CASE("a name that would lead out of the store is wrong usage") {
    for (const std::string url : {"file:dump", "http://localhost:9200"}) {
        CAPTURE(url);
        CHECK(error({"--es-url", url}, {"gmail_emails_v2", "a-*,b"}) == "");
        CHECK(error({"--es-url", url}, {"good", "../etc/passwd"}) != "");
    }
}

TEST_CASE("the number of threads is a number of threads") {
    for (const char* number : {"0", "-1", "1025", "many"})
        CHECK(error({"--es-url=file:dump", "--threads", number}).starts_with("--threads: "));
    CHECK(error({"--es-url=file:dump", "--threads=4"}) == "");
}

TEST_CASE("credentials in clear text are warned of, but a folder has none") {
    const auto warnings = [](const std::string& url) {
        auto settings = test::settings({"--es-url", url}, {{"ES_API_KEY", "a2V5"}});
        return clear_text_warnings(settings);
    };
    CHECK(warnings("http://es.example:9200") == Words{"credentials go to http://es.example:9200 in clear text"});
    CHECK(warnings("https://es.example:9200").empty());
    CHECK(warnings("file:dump").empty());
}
