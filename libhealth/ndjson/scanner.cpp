#include <ndjson/scanner.hpp>

#include <ndjson/file.hpp>
#include <ndjson/line_parser.hpp>
#include <ndjson/line_reader.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <optional>
#include <string_view>

namespace health::ndjson {

namespace dom = simdjson::dom;

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool is_blank(std::string_view line) {
    return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

/// The name of the action, if the line is one of a bulk request.
std::optional<std::string_view> bulk_action(const dom::object& line) {
    constexpr std::array<std::string_view, 4> actions{"index", "create", "update", "delete"};
    if (line.size() != 1)
        return std::nullopt;
    const auto [key, value] = *line.begin();
    if (!value.is_object() || std::ranges::find(actions, key) == actions.end())
        return std::nullopt;
    return key;
}

dom::element document_of(const dom::element& line) {
    dom::element source;
    return line["_source"].get(source) == simdjson::SUCCESS && source.is_object() ? source : line;
}

std::optional<std::string> id_in(const dom::element& object) {
    std::string_view id;
    return object["_id"].get(id) == simdjson::SUCCESS ? std::optional(std::string(id)) : std::nullopt;
}

class Scan {
public:
    Scan(LineReader lines, const std::filesystem::path& path, const Deadline& deadline, Place* place)
        : lines_(std::move(lines)), path_(path), deadline_(deadline), place_(place) {}

    Result<void> run(const std::function<void(dom::element)>& visit) {
        bool bulk = false;
        for (bool first = true;; first = false) {
            auto line = next_object();
            if (!line)
                return line.error();
            if (!*line)
                return {};
            if (first)
                bulk = bulk_action(dom::object(**line)).has_value();
            if (place_ != nullptr)
                place_->id = id_in(bulk ? (*dom::object(**line).begin()).value : **line);
            if (bulk) {
                if (const auto understood = check_action(**line); !understood)
                    return understood;
                line = next_object();
                if (!line)
                    return line.error();
                if (!*line)
                    return bad_line("no document follows the action");
            }
            if (place_ != nullptr)
                place_->line_number = line_number_;
            visit(document_of(**line));
        }
    }

private:
    /// The next line that is not blank; none at the end of the file.
    Result<std::optional<dom::element>> next_object() {
        for (;;) {
            const auto line = lines_.next(deadline_);
            if (!line)
                return line.error();
            if (!*line)
                return std::nullopt;
            if (is_blank(**line))
                continue;
            line_number_ = lines_.line_number();
            dom::element value;
            if (const auto failure = parser_.parse(**line).get(value))
                return (*line)->starts_with(byte_order_mark)
                           ? bad_line("it starts with a byte order mark", "save the file as UTF-8 without one")
                           : bad_line(simdjson::error_message(failure));
            if (!value.is_object())
                return bad_line("not a JSON object");
            return value;
        }
    }

    Result<void> check_action(const dom::element& line) const {
        const auto action = bulk_action(dom::object(line));
        if (!action)
            return bad_line("a bulk file needs an action here", "a bulk file alternates actions and documents");
        if (*action != "index" && *action != "create")
            return bad_line(fmt::format("the bulk action {} is not understood", *action),
                            "only index and create are: the documents must be whole");
        return {};
    }

    Error bad_line(std::string_view wrong, std::string_view hint = "a document is one JSON object on one line") const {
        return {ErrorKind::bad_response, fmt::format("{}:{}: {}", path_.native(), line_number_, wrong),
                std::string(hint)};
    }

    LineReader lines_;
    LineParser parser_;
    std::size_t line_number_ = 0; ///< of the latest line that is not blank
    const std::filesystem::path& path_;
    const Deadline& deadline_;
    Place* place_;
};

} // namespace

Result<void> scan(const std::filesystem::path& path, const Deadline& deadline,
                  const std::function<void(dom::element document)>& visit, std::size_t buffer_size, Place* place) {
    auto file = open_regular_file(path, O_RDONLY, "cannot read");
    if (!file)
        return file.error();
    return Scan(LineReader(std::move(*file), path, buffer_size), path, deadline, place).run(visit);
}

} // namespace health::ndjson
