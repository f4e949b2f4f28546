#include <cli/configuration/yaml.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace cli::yaml;

namespace {

Problem problem(const std::string& text) {
    try {
        parse(text);
    } catch (const Problem& found) {
        return found;
    }
    return {.line = 0, .message = "none"};
}

/// What is wrong, after the number of its line.
std::string wrong(const std::string& text) {
    const Problem found = problem(text);
    return std::to_string(found.line) + ": " + found.message;
}

std::string json(const std::string& text) {
    return to_json(parse(text));
}

Node::Kind kind(const std::string& scalar) {
    return parse("a: " + scalar).members.at(0).value.kind;
}

} // namespace

TEST_CASE("plain scalars have the types of the core schema") {
    for (const std::string text : {"", "null_", "no", "NO", "on", "yes", "2025-10-10", "1.2.3", "0x", "0o8", ".", "e5",
                                   "1e", "+-1", "0b1", "1_000", "12:30"}) {
        CAPTURE(text);
        CHECK(kind(text) == (text.empty() ? Node::Kind::null : Node::Kind::text));
    }
    for (const std::string text :
         {"0", "-1", "+1", "007", ".5", "5.", "1e3", "-1.5E-7", "0x1F", "0o17", ".inf", "-.INF", ".NaN"}) {
        CAPTURE(text);
        CHECK(kind(text) == Node::Kind::number);
    }
    for (const std::string text : {"true", "True", "TRUE", "false", "False", "FALSE"}) {
        CAPTURE(text);
        CHECK(kind(text) == Node::Kind::boolean);
    }
    for (const std::string text : {"null", "Null", "NULL", "~"}) {
        CAPTURE(text);
        CHECK(kind(text) == Node::Kind::null);
    }
    for (const std::string text : {"'true'", "\"5\"", "!!str 5", "! 5"}) {
        CAPTURE(text);
        CHECK(kind(text) == Node::Kind::text);
    }
}

TEST_CASE("nodes know their lines, and members keep their order") {
    const Node root = parse("# a comment\nb: 1\n\na:\n  - x\n  - {y: 2,\n     z: 3}\n");
    REQUIRE(root.kind == Node::Kind::mapping);
    CHECK(root.line == 2);
    REQUIRE(root.members.size() == 2);
    CHECK(root.members[0].key == "b");
    CHECK(root.members[0].line == 2);
    CHECK(root.members[1].key == "a");
    CHECK(root.members[1].line == 4);
    const Node& list = root.members[1].value;
    REQUIRE(list.items.size() == 2);
    CHECK(list.items[0].line == 5);
    CHECK(list.items[1].members.at(1).line == 7);
    CHECK_FALSE(list.is_scalar());
    CHECK(list.items[0].is_scalar());
}

TEST_CASE("a scalar is kept as it was written") {
    CHECK(parse("a: +1.50").members[0].value.scalar == "+1.50");
    CHECK(parse("a: 'it''s'").members[0].value.scalar == "it's");
    CHECK(parse("a: \"x\\ty\"").members[0].value.scalar == "x\ty");
    for (const std::string end : {"", "\n", "\n# a comment", "\n...\n"}) {
        CAPTURE(end);
        CHECK(parse("a: x y" + end).members[0].value.scalar == "x y");
        CHECK(parse("a: |-\n  one\n  two" + end).members[0].value.scalar == "one\ntwo");
    }
    CHECK(parse("a: |\n  one\n  two\n").members[0].value.scalar == "one\ntwo\n");
    CHECK(parse("a: |+\n  one\n\n").members[0].value.scalar == "one\n\n");
}

TEST_CASE("no document at all is empty, and not wrong") {
    for (const std::string text : {"", "\n", "# nothing\n", "---\n", "---\n...\n", "~"}) {
        CAPTURE(text);
        CHECK(parse(text).kind == Node::Kind::null);
    }
}

TEST_CASE("as JSON") {
    CHECK(json("{a: [1, -2.50, +3, 007, .5, 6., 1e3], b: {c: NO, d: true, e: null, f: 'a\"b'}}") ==
          R"({"a":[1,-2.50,3,7,0.5,6.0,1e3],"b":{"c":"NO","d":true,"e":null,"f":"a\"b"}})");
    CHECK(json("[]") == "[]");
    CHECK(json("{}") == "{}");
    CHECK(json("5: x") == R"({"5":"x"})");
    CHECK(json("-.5e-3") == "-0.5e-3");
    CHECK(json("123456789012345678901234567890") == "123456789012345678901234567890");
}

TEST_CASE("a number that JSON cannot have is named with its line") {
    const auto in_json = [](const std::string& text) {
        try {
            return to_json(parse(text));
        } catch (const Problem& found) {
            return std::to_string(found.line) + ": " + found.message;
        }
    };
    CHECK(in_json("a: 1\nb: 0x1F\n") == "2: 0x1F is not a decimal number");
    CHECK(in_json("a: 1\nb:\n  - .inf\n") == "3: .inf is not a decimal number");
    CHECK(in_json("\n\n1e400") == "3: 1e400 is too large for a number");
}

TEST_CASE("a key stands once in a mapping, at whatever depth") {
    CHECK(wrong("a: 1\nb: 2\na: 3\n") == "3: a is given twice");
    CHECK(problem("a: 1\nb: 2\na: 3\n").hint == "the first one is on line 1");
    CHECK(wrong("a:\n- b: {c: 1}\n- b: {c: 1,\n  d: 2, c: 3}\n") == "4: c is given twice");
    CHECK(wrong("a: 1\n'a': 2\n") == "2: a is given twice");
    CHECK(wrong("- {a: 1}\n- {a: 1}\n") == "0: none");
}

TEST_CASE("what a few lines could blow up, or what says a type, is refused where it stands") {
    CHECK(wrong("a: 1\nb: &x 1\n") == "2: anchors are not supported");
    CHECK(wrong("a:\n  &x\n  b: 1\n").ends_with("anchors are not supported"));
    CHECK(wrong("a: 1\nb: *x\n").starts_with("2: "));
    CHECK(wrong("\na: !!int '5'\n") == "2: tags are not supported");
    CHECK(wrong("\n\n!!map {}\n") == "3: tags are not supported");
    CHECK(wrong("a: !secret x\n") == "1: tags are not supported");
}

TEST_CASE("a key is text") {
    CHECK(wrong("a: 1\n? [b]\n: 2\n") == "2: a key must be text");
    CHECK(wrong("a: 1\n? {b: 1}\n: 2\n") == "2: a key must be text");
    CHECK(wrong("~: 2\n") == "1: a key must be text");
}

TEST_CASE("what is not YAML is refused in its line") {
    CHECK(wrong("a: 1\n\tb: 2\n").starts_with("2: not valid YAML: "));
    CHECK(wrong("a: [1\nb: 2\n").find("not valid YAML: ") != std::string::npos);
    CHECK(wrong("a: 1\nb: {c: 2\n").find("not valid YAML: ") != std::string::npos);
    for (const std::string quote : {"'", "\""}) {
        for (const std::string end : {"", "\n"}) // not in a line that the file does not have
            CHECK(wrong("a: 1\nb: " + quote + "x" + end).starts_with("2: not valid YAML: "));
        for (const std::string end : {"\n\n", "\nc: 3", "\nc: 3\n"})
            CHECK(wrong("a: 1\nb: " + quote + "x" + end).starts_with("3: not valid YAML: "));
    }
    CHECK(wrong("a: " + std::string(2000, '[')).starts_with("1: not valid YAML: "));
    CHECK(wrong("a: b: c\n").starts_with("1: not valid YAML: "));
}

TEST_CASE("what would be read in part is refused as a whole") {
    CHECK(wrong("a: 1\n---\nb: 2\n") == "3: a second document begins");
    CHECK(wrong(std::string("a: 1\nb: 2\0\nc: 3\n", 16)) == "2: the file contains a NUL byte");
    CHECK(wrong("a: \xFF\n") == "1: the file is not UTF-8");
    CHECK(wrong("a: \xC3\n") == "1: the file is not UTF-8");
}

TEST_CASE("kinds have names for people") {
    CHECK(to_string(Node::Kind::null) == "empty");
    CHECK(to_string(Node::Kind::boolean) == "true or false");
    CHECK(to_string(Node::Kind::number) == "a number");
    CHECK(to_string(Node::Kind::text) == "text");
    CHECK(to_string(Node::Kind::list) == "a list");
    CHECK(to_string(Node::Kind::mapping) == "a mapping");
}
