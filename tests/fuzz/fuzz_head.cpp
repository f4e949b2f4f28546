// Heads of requests, which the server reads piece by piece.
#include "fuzz.hpp"

#include <http/head.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <string>

using namespace health::http;

namespace {

constexpr std::size_t longest = 1024; // every prefix of the input is tried

/// How much of the bytes comes in does not change what becomes of them.
void is_the_same_in_pieces(std::string_view bytes) {
    const auto whole = find_head_end(bytes);
    bool decided = false;
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
        const auto piece = find_head_end(bytes.substr(0, size));
        test::must(!decided || piece.index() == whole.index());
        decided = !std::holds_alternative<std::monostate>(piece);
        test::must(!decided || piece.index() == whole.index());
        if (const auto* end = std::get_if<std::size_t>(&piece))
            test::must(*end <= size && *end == std::get<std::size_t>(whole));
    }
}

std::string written(const Head& head) {
    std::string out = fmt::format("{} {}", head.method, head.path);
    if (!head.query.empty())
        out += fmt::format("?{}", head.query);
    out += head.version_1_1 ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n";
    for (const auto& [name, value] : head.headers)
        out += fmt::format("{}: {}\r\n", name, value);
    return out + "\r\n";
}

void lies_within(std::string_view part, std::string_view bytes) {
    test::must(part.empty() ||
               (part.data() >= bytes.data() && part.data() + part.size() <= bytes.data() + bytes.size()) ||
               part == "/");
    test::must(part.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos);
}

void comes_back(std::string_view bytes) {
    const auto parsed = parse_head(bytes);
    if (const auto* refusal = std::get_if<Refusal>(&parsed)) {
        test::must(refusal->status >= 400 && refusal->status < 500 && !refusal->why.empty());
        return;
    }
    const auto& head = std::get<Head>(parsed);
    test::must(!head.method.empty() && (head.path.starts_with('/') || head.path == "*"));
    test::must(head.path.find('?') == std::string_view::npos);
    test::must(!(head.chunked && head.content_length > 0));
    for (const std::string_view part : {head.method, head.path, head.query})
        lies_within(part, bytes);
    for (const auto& [name, value] : head.headers) {
        lies_within(name, bytes);
        lies_within(value, bytes);
    }

    const std::string again = written(head);
    const auto end = find_head_end(again);
    test::must(std::holds_alternative<std::size_t>(end) && std::get<std::size_t>(end) == again.size());
    const auto reparsed = parse_head(again);
    test::must(std::holds_alternative<Head>(reparsed));
    const auto& other = std::get<Head>(reparsed);
    test::must(other.method == head.method && other.path == head.path && other.query == head.query);
    test::must(other.version_1_1 == head.version_1_1 && other.headers == head.headers);
    test::must(other.content_length == head.content_length && other.chunked == head.chunked);
    test::must(other.keep_alive() == head.keep_alive());
}

} // namespace

void fuzz(std::string_view input) {
    is_the_same_in_pieces(input.substr(0, longest));
    const auto end = find_head_end(input);
    if (const auto* size = std::get_if<std::size_t>(&end))
        comes_back(input.substr(0, *size));
}
