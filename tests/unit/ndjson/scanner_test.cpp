#include "has.hpp"
#include "ndjson/support.hpp"

#include <ndjson/scanner.hpp>

#include <doctest/doctest.h>

#include <string>
#include <sys/stat.h>
#include <vector>

using namespace health;
using namespace health::ndjson;
using namespace health::tests;
using test::has;

namespace {

using Documents = std::vector<std::string>;

class Scanned {
public:
    explicit Scanned(std::string_view text, std::size_t block_size = 1 << 20)
        : path_(folder_.write("mail", text)),
          result_(scan(
              path_, Deadline::after(std::chrono::minutes(1)),
              [this](const simdjson::dom::object& line) { documents_.push_back(simdjson::minify(document_in(line))); },
              block_size)) {}

    Documents documents() const {
        REQUIRE(result_.has_value());
        return documents_;
    }

    /// What is wrong, behind the path and the number of the line.
    std::string wrong(std::size_t line) const {
        const Error error = error_of(result_);
        CHECK(error.kind == ErrorKind::bad_response);
        const std::string where = path_.native() + ":" + std::to_string(line) + ": ";
        CHECK(error.message.substr(0, where.size()) == where);
        return error.message.substr(where.size());
    }

private:
    TemporaryFolder folder_;
    Documents documents_;
    std::filesystem::path path_;
    Result<void> result_;
};

} // namespace

TEST_CASE("each line is a document") {
    CHECK(Scanned("").documents().empty());
    CHECK(Scanned("{\"a\":1}\n{\"a\":2}\n").documents() == Documents{"{\"a\":1}", "{\"a\":2}"});
    CHECK(Scanned("{\"a\":1}\n{\"a\":2}").documents() == Documents{"{\"a\":1}", "{\"a\":2}"});
    CHECK(Scanned("{\"a\":1}\r\n{\"a\":2}\r\n").documents() == Documents{"{\"a\":1}", "{\"a\":2}"});
}

TEST_CASE("blank lines are no documents") {
    CHECK(Scanned("\n \t\r\n\n").documents().empty());
    CHECK(Scanned("\n{}\n  \n{}\n\n").documents() == Documents{"{}", "{}"});
}

TEST_CASE("documents are the same wherever a block ends") {
    std::string text;
    Documents expected;
    for (int i = 0; i < 20; ++i) {
        expected.push_back("{\"n\":" + std::to_string(i) + ",\"s\":\"" +
                           std::string(static_cast<std::size_t>(i * 5), 'x') + "\"}");
        text += expected.back() + (i % 3 == 0 ? "\r\n\n" : "\n");
    }
    for (std::size_t size = 1; size < 300; size += 7) {
        CAPTURE(size);
        CHECK(Scanned(text, size).documents() == expected);
    }
}

TEST_CASE("numbers beyond 64 bits and doubles are part of a document") {
    const Scanned scanned("{\"n\":123456789012345678901234567890}\n{\"n\":1e400}\n{\"n\":1}\n");
    CHECK(scanned.documents().size() == 3);
}

TEST_CASE("a line that is not one JSON object is an error") {
    for (const std::string line : {"hello", "{\"a\":1", "{} {}", "{\"a\":NaN}", "{\"a\":01}", "{\"a\":\"\xff\"}"}) {
        CAPTURE(line);
        CHECK_FALSE(Scanned("{}\n\n" + line + "\n{}\n").wrong(3).empty());
        CHECK_FALSE(Scanned("{}\n\n" + line).wrong(3).empty());
    }
    for (const std::string line : {"[1]", "1", "\"x\"", "null", "123456789012345678901234567890"})
        CHECK(Scanned("{}\n" + line + "\n").wrong(2) == "not a JSON object");
}

TEST_CASE("a byte order mark is called by its name") {
    CHECK(has(Scanned("\xEF\xBB\xBF{}\n").wrong(1), "byte order mark"));
}

TEST_CASE("a document of elasticdump is its _source") {
    CHECK(Scanned("{\"_index\":\"x\",\"_id\":\"1\",\"_source\":{\"a\":1}}\n{\"a\":2}\n").documents() ==
          Documents{"{\"a\":1}", "{\"a\":2}"});
    CHECK(Scanned("{\"_source\":1}\n").documents() == Documents{"{\"_source\":1}"});
}

TEST_CASE("in a bulk file actions and documents take turns") {
    CHECK(Scanned("\n{\"index\":{\"_id\":\"1\"}}\n{\"a\":1}\n\n{\"create\":{}}\n\n{\"index\":{}}\n").documents() ==
          Documents{"{\"a\":1}", "{\"index\":{}}"});
}

TEST_CASE("only a first line with exactly one member that is an action makes a bulk file") {
    for (const std::string line : {R"({"index":"x"})", R"({"index":{},"a":1})", R"({"a":{}})", R"({})"})
        CHECK(Scanned(line + "\n" + R"({"index":{}})" + "\n").documents() == Documents{line, R"({"index":{}})"});
}

TEST_CASE("other actions of a bulk file are errors") {
    CHECK(has(Scanned("{\"delete\":{\"_id\":\"1\"}}\n").wrong(1), "delete"));
    CHECK(has(Scanned("{\"index\":{}}\n{}\n\n{\"update\":{}}\n{}\n").wrong(4), "update"));
    CHECK(has(Scanned("{\"index\":{}}\n{}\n{\"a\":1}\n").wrong(3), "action"));
    CHECK(has(Scanned("{\"index\":{}}\n{}\n{\"index\":1}\n").wrong(3), "action"));
}

TEST_CASE("a bulk file does not end with an action") {
    CHECK(has(Scanned("{\"index\":{}}\n{}\n{\"index\":{}}\n\n").wrong(3), "no document"));
    CHECK(has(Scanned("{\"create\":{}}").wrong(1), "no document"));
}

TEST_CASE("what cannot be read is no empty file") {
    const TemporaryFolder folder;
    const auto failure = [](const std::filesystem::path& path) {
        const Error error = error_of(scan(path, Deadline::after(std::chrono::minutes(1)), [](const auto&) {}));
        CHECK(has(error.message, path.native()));
        return error.kind;
    };
    CHECK(failure(folder.file("absent")) == ErrorKind::index_missing);
    CHECK(failure(folder.path()) == ErrorKind::rejected);
    CHECK(failure(folder.write("file", "") / "below") == ErrorKind::rejected);
    REQUIRE(::mkfifo(folder.file("fifo").c_str(), 0600) == 0);
    CHECK(failure(folder.file("fifo")) == ErrorKind::rejected);
}
