#include <ndjson/scanner.hpp>

#include <ndjson/block_reader.hpp>
#include <ndjson/field_trie.hpp>
#include <ndjson/file.hpp>
#include <ndjson/line_parser.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <future>
#include <map>
#include <mutex>
#include <string_view>
#include <sys/stat.h>

namespace health::ndjson {

namespace dom = simdjson::dom;

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool is_blank(std::string_view line) {
    return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

/// Takes the first line off the text, without its newline.
std::string_view take_line(std::string_view& text) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    return line;
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

std::optional<std::string> id_in(const dom::object& object) {
    std::string_view id;
    return object["_id"].get(id) == simdjson::SUCCESS ? std::optional(std::string(id)) : std::nullopt;
}

/// What is wrong with a line, and what to try.
struct Fault {
    std::string message;
    std::string_view hint = "a document is one JSON object on one line";
};

/// A block, and what is needed to scan it on its own.
struct Piece {
    Block block{};
    bool bulk = false;
    bool starts_with_document = false; ///< in a bulk file: its action is in an earlier block
    std::size_t lines_before = 0;      ///< valid when all earlier pieces are finished
    std::size_t lines = 0;             ///< that have been scanned
};

/// Hands out a file piece by piece, to one thread or several.
class Pieces {
public:
    Pieces(BlockReader blocks, const std::filesystem::path& path, const Deadline& deadline)
        : blocks_(std::move(blocks)), path_(path), deadline_(deadline) {}

    /// False when there is none, or after a failure, as only the first one is reported. Pieces that were handed out
    /// before are still scanned to their ends, as an earlier line may be wrong, too.
    bool next(Piece& piece) {
        const std::lock_guard lock(mutex_);
        if (ended_)
            return false;
        const auto read = blocks_.next(piece.block, deadline_);
        ended_ = !read || *read != BlockReader::Next::read;
        if (!read)
            keep({.block = blocks_read_, .line = 0, .error = read.error()});
        else if (*read == BlockReader::Next::line_too_long)
            keep(failure(piece.block.number, 1,
                         {.message = fmt::format("the line is longer than {} MiB", BlockReader::longest_line >> 20)}));
        if (ended_)
            return false;
        ++blocks_read_;
        detect_format(piece.block.lines);
        piece.bulk = bulk_.value_or(false);
        piece.starts_with_document = document_is_next_;
        piece.lines_before = lines_;
        piece.lines = 0;
        if (piece.bulk)
            track_alternation(piece.block.lines);
        return true;
    }

    void finish(const Piece& piece) {
        const std::lock_guard lock(mutex_);
        finished_.emplace(piece.block.number, piece.lines);
        while (!finished_.empty() && finished_.begin()->first == finished_blocks_) {
            lines_ += finished_.begin()->second;
            ++finished_blocks_;
            finished_.erase(finished_.begin());
        }
    }

    void fail(const Piece& piece, Fault fault) {
        const std::lock_guard lock(mutex_);
        ended_ = true;
        keep(failure(piece.block.number, piece.lines, std::move(fault)));
    }

    /// To be called when all threads have ended.
    Result<void> result() const {
        if (!failure_ && bulk_.value_or(false) && document_is_next_)
            return at_line(bulk_line_, failure(0, 0, {.message = "no document follows the action"}).error);
        if (!failure_)
            return {};
        return failure_->line > 0 ? at_line(lines_ + failure_->line, failure_->error) : failure_->error;
    }

private:
    struct Failure {
        std::size_t block;
        std::size_t line; ///< in the block, from 1; 0: the failure does not concern a line
        Error error;
    };

    static Failure failure(std::size_t block, std::size_t line, Fault fault) {
        return {.block = block,
                .line = line,
                .error = {ErrorKind::bad_response, std::move(fault.message), std::string(fault.hint)}};
    }

    [[nodiscard]] Error at_line(std::size_t line, Error error) const {
        error.message = fmt::format("{}:{}: {}", path_.native(), line, error.message);
        return error;
    }

    void keep(Failure failure) {
        if (!failure_ || failure.block < failure_->block)
            failure_ = std::move(failure);
    }

    /// The first line that is not blank decides whether it is a bulk file.
    void detect_format(std::string_view lines) {
        while (!bulk_ && !lines.empty()) {
            const std::string_view line = take_line(lines);
            if (is_blank(line))
                continue;
            LineParser parser;
            dom::object object;
            bulk_ = parser.parse(line).get(object) == simdjson::SUCCESS && bulk_action(object).has_value();
        }
    }

    /// Only all the lines before it tell whether the next block begins with an action or a document.
    void track_alternation(std::string_view lines) {
        while (!lines.empty()) {
            ++bulk_lines_read_;
            if (is_blank(take_line(lines)))
                continue;
            document_is_next_ = !document_is_next_;
            bulk_line_ = bulk_lines_read_;
        }
    }

    std::mutex mutex_;
    BlockReader blocks_;
    const std::filesystem::path& path_;
    const Deadline& deadline_;
    std::size_t blocks_read_ = 0;
    bool ended_ = false;
    std::optional<Failure> failure_;              ///< the one in the earliest block
    std::size_t finished_blocks_ = 0;             ///< how many blocks from the beginning are finished without a gap
    std::size_t lines_ = 0;                       ///< how many lines these have
    std::map<std::size_t, std::size_t> finished_; ///< later blocks that are finished: their numbers of lines
    std::optional<bool> bulk_;                    ///< none as long as all lines were blank
    bool document_is_next_ = false;               ///< in a bulk file, after the lines read so far
    std::size_t bulk_lines_read_ = 0;
    std::size_t bulk_line_ = 0; ///< the latest that is not blank
};

class Worker {
public:
    Worker(Pieces& pieces, const Visit& visit, Place* place) : pieces_(pieces), visit_(visit), place_(place) {}

    void run() {
        Piece piece;
        while (pieces_.next(piece)) {
            if (auto fault = scan(piece))
                pieces_.fail(piece, *std::move(fault));
            else
                pieces_.finish(piece);
        }
    }

private:
    std::optional<Fault> scan(Piece& piece) {
        bool document_is_next = piece.starts_with_document || !piece.bulk;
        for (std::string_view rest = piece.block.lines; !rest.empty();) {
            const std::string_view line = take_line(rest);
            ++piece.lines;
            if (is_blank(line))
                continue;
            dom::element value;
            if (const auto failure = parser_.parse(line).get(value))
                return parse_fault(line, failure);
            dom::object object;
            if (value.get(object) != simdjson::SUCCESS)
                return Fault{.message = "not a JSON object"};
            if (!document_is_next) {
                if (auto fault = check_action(object))
                    return fault;
                document_is_next = true;
                continue;
            }
            document_is_next = !piece.bulk;
            if (place_ != nullptr) {
                place_->line_number = piece.lines_before + piece.lines;
                if (!piece.bulk)
                    place_->id = id_in(object);
            }
            visit_(object);
        }
        return std::nullopt;
    }

    static Fault parse_fault(std::string_view line, simdjson::error_code failure) {
        if (line.starts_with(byte_order_mark))
            return {.message = "it starts with a byte order mark", .hint = "save the file as UTF-8 without one"};
        return {.message = simdjson::error_message(failure)};
    }

    std::optional<Fault> check_action(const dom::object& line) {
        const auto action = bulk_action(line);
        if (!action)
            return Fault{.message = "a bulk file needs an action here",
                         .hint = "a bulk file alternates actions and documents"};
        if (*action != "index" && *action != "create")
            return Fault{.message = fmt::format("the bulk action {} is not supported", *action),
                         .hint = "use index or create: each document must be complete"};
        if (place_ != nullptr)
            place_->id = id_in(dom::object((*line.begin()).value));
        return std::nullopt;
    }

    Pieces& pieces_;
    const Visit& visit_;
    Place* place_;
    LineParser parser_;
};

} // namespace

dom::object document_in(const dom::object& line) {
    dom::object document;
    return line[wrapped_document].get(document) == simdjson::SUCCESS ? document : line;
}

Result<void> scan(const std::filesystem::path& path, const Deadline& deadline, const Visit& visit,
                  std::size_t block_size, Place* place) {
    auto file = open_regular_file(path, O_RDONLY, "cannot read");
    if (!file)
        return file.error();
    Pieces pieces(BlockReader(std::move(*file), path, block_size), path, deadline);
    Worker(pieces, visit, place).run();
    return pieces.result();
}

Result<void> scan_in_parallel(const std::filesystem::path& path, const Deadline& deadline,
                              std::span<const Visit> visitors, std::size_t block_size) {
    auto file = open_regular_file(path, O_RDONLY, "cannot read");
    if (!file)
        return file.error();
    struct stat status{};
    if (::fstat(file->get(), &status) != 0)
        return access_error("cannot read", path);
    const std::size_t blocks = static_cast<std::size_t>(status.st_size) / block_size + 1;
    Pieces pieces(BlockReader(std::move(*file), path, block_size), path, deadline);
    const auto work = [&pieces](const Visit& visit) { Worker(pieces, visit, nullptr).run(); };
    std::vector<std::future<void>> others;
    try {
        for (const Visit& visit : visitors.subspan(1, std::min(visitors.size(), blocks) - 1))
            others.push_back(std::async(std::launch::async, work, std::cref(visit)));
    } catch (const std::system_error&) {
        // The system allows no more threads: those that exist do all the work.
    }
    work(visitors.front());
    for (std::future<void>& other : others)
        other.get();
    return pieces.result();
}

} // namespace health::ndjson
