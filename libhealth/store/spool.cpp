#include <store/spool.hpp>

#include <base/files.hpp>
#include <base/json.hpp>
#include <base/log.hpp>
#include <store/remedy.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <fcntl.h>
#include <iterator>
#include <map>
#include <optional>
#include <unistd.h>
#include <utility>

namespace health {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

constexpr std::string_view extension = ".ndjson";
constexpr mode_t owner_only = 0600;

/// Creates the whole file, or nothing.
Result<void> create_whole(const fs::path& path, std::string_view text) {
    // An unnamed file cannot be found by others, and disappears when we are killed.
    const auto unnamed = open_file(path.parent_path(), O_TMPFILE | O_WRONLY, owner_only);
    if (!unnamed)
        return replace_file(path, text, owner_only);
    if (const auto failure = write_synced(*unnamed, text))
        return file_error("cannot write", path, failure);
    // How an unnamed file gets a name: open(2), O_TMPFILE.
    const std::string self = fmt::format("/proc/self/fd/{}", unnamed->get());
    const int linked = ::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW);
    return linked == 0 ? Result<void>{} : replace_file(path, text, owner_only);
}

std::string to_line(const SpooledDocument& spooled) {
    return json::serialize(json::object{{"url", spooled.cluster},
                                        {"index", spooled.health_index},
                                        {"id", spooled.document.id},
                                        {"document", spooled.document.content}}) +
           "\n";
}

std::optional<SpooledDocument> parse_line(const std::string& line) {
    const auto spooled = parse_object(line);
    const json::object* document = spooled ? find_object(*spooled, {"document"}) : nullptr;
    if (document == nullptr)
        return std::nullopt;
    return SpooledDocument{.cluster = find_text(*spooled, {"url"}),
                           .health_index = find_text(*spooled, {"index"}),
                           .document = {.id = find_text(*spooled, {"id"}), .content = *document}};
}

/// The files of the folder, oldest first: their names begin with the time.
std::vector<fs::path> list(const fs::path& folder) {
    std::vector<fs::path> out;
    std::error_code failure;
    for (fs::directory_iterator entry(folder, failure); !failure && entry != fs::directory_iterator();
         entry.increment(failure))
        if (entry->path().extension() == extension)
            out.push_back(entry->path());
    std::ranges::sort(out);
    return out;
}

} // namespace

fs::path Spool::path_of(const HealthDocument& document) const {
    return folder_ / (document.id + std::string(extension));
}

Result<void> Spool::keep(const SpooledDocument& spooled) const {
    std::error_code failure;
    fs::create_directories(folder_, failure);
    if (failure)
        return Error{ErrorKind::rejected, fmt::format("cannot create {}: {}", folder_.native(), failure.message()),
                     Remedy::choose_spool};
    if (auto created = create_whole(path_of(spooled.document), to_line(spooled)); !created)
        return created;
    if (const auto unsynced = sync_folder(folder_))
        return file_error("cannot sync", folder_, unsynced);
    return {};
}

std::vector<SpooledDocument> Spool::pending(const std::string& cluster, const std::string& health_index) const {
    std::vector<SpooledDocument> out;
    for (const fs::path& path : list(folder_)) {
        const auto line = read_file(path);
        auto spooled = line ? parse_line(*line) : std::nullopt;
        // remove() goes by the id: a file under another name would stay forever, and a wrong one might be removed.
        if (spooled && spooled->cluster == cluster && spooled->health_index == health_index &&
            path_of(spooled->document) == path)
            out.push_back(*std::move(spooled));
    }
    return out;
}

void Spool::remove(const HealthDocument& document) const {
    std::error_code gone_already;
    fs::remove(path_of(document), gone_already);
}

namespace {

std::vector<Result<void>> store_without_spool(Store& store, const std::string& health_index,
                                              std::span<const HealthDocument> documents, const Deadline& deadline) {
    auto results = store.append(health_index, documents, deadline);
    for (Result<void>& stored : results)
        if (!stored && stored.error().kind != ErrorKind::index_missing && !store.cluster().empty())
            stored = with_hint(stored.error(), Remedy::snapshot_lost);
    return results;
}

/// A long queue is sent in batches, so that it gets shorter even when the deadline comes first.
constexpr std::size_t batch_size = 500;

/// Whether the error says that the health index accepts no documents at all for now.
bool affects_all(const Error& error) {
    return error.kind != ErrorKind::rejected;
}

/// A result for each document that was tried.
std::vector<Result<void>> send(Store& store, const Spool& spool, const std::string& health_index,
                               std::span<const SpooledDocument> spooled, const Deadline& deadline) {
    std::vector<Result<void>> out;
    while (out.size() < spooled.size()) {
        const auto batch = spooled.subspan(out.size(), std::min(batch_size, spooled.size() - out.size()));
        std::vector<HealthDocument> documents;
        std::ranges::transform(batch, std::back_inserter(documents), &SpooledDocument::document);
        const auto results = store.append(health_index, documents, deadline);
        for (std::size_t i = 0; i < batch.size(); ++i) {
            out.push_back(results[i]);
            if (!results[i])
                continue;
            spool.remove(documents[i]);
            log::write(log::Level::debug, "stored", {{"document", json::serialize(documents[i].content)}});
        }
        if (std::ranges::all_of(results, [](const auto& stored) { return !stored && affects_all(stored.error()); }))
            break;
    }
    return out;
}

void log_delivered(const Spool& spool, std::size_t count) {
    if (count > 0)
        log::write(log::Level::info, "stored snapshots from the spool",
                   {{"count", fmt::to_string(count)}, {"spool", spool.folder().native()}});
}

/// In one line, however many there are.
void log_refused(const Spool& spool, std::span<const SpooledDocument> spooled, std::span<const Result<void>> sent,
                 HintTexts texts) {
    const auto refused = [](const Result<void>& stored) { return !stored && !affects_all(stored.error()); };
    const auto first = std::ranges::find_if(sent, refused);
    if (first == sent.end())
        return;
    log::write(log::Level::warn, "a snapshot from the spool was refused",
               {{"file", spool.path_of(spooled[static_cast<std::size_t>(first - sent.begin())].document).native()},
                {"error", one_line(first->error(), texts)}});
}

} // namespace

std::vector<Result<void>> store_or_spool(Store& store, const Spool* spool, const std::string& health_index,
                                         std::span<const HealthDocument> documents, const Deadline& deadline,
                                         HintTexts texts) {
    if (spool == nullptr || store.cluster().empty())
        return store_without_spool(store, health_index, documents, deadline);

    const auto to_spooled = [&](const HealthDocument& document) {
        return SpooledDocument{.cluster = store.cluster(), .health_index = health_index, .document = document};
    };
    std::vector<Result<void>> kept;
    for (const HealthDocument& document : documents) {
        kept.push_back(spool->keep(to_spooled(document)));
        if (!kept.back())
            log::write(log::Level::debug, "cannot spool a snapshot", {{"error", kept.back().error().message}});
    }
    std::vector<SpooledDocument> spooled = spool->pending(store.cluster(), health_index);
    std::map<std::string_view, std::size_t> own; // by id: the position among those in the spool
    for (const HealthDocument& document : documents) {
        const auto id = [](const SpooledDocument& each) -> const std::string& { return each.document.id; };
        const auto found = std::ranges::find(spooled, document.id, id);
        own[document.id] = static_cast<std::size_t>(found - spooled.begin());
        // What cannot be read back from the spool is sent all the same.
        if (found == spooled.end())
            spooled.push_back(to_spooled(document));
    }
    const auto sent = send(store, *spool, health_index, spooled, deadline);

    std::vector<Result<void>> out;
    for (std::size_t i = 0; i < documents.size(); ++i) {
        const auto& stored = sent[std::min(own[documents[i].id], sent.size() - 1)];
        out.push_back(stored);
        if (stored)
            continue;
        if (stored.error().kind == ErrorKind::index_missing)
            spool->remove(documents[i]); // it could not have been stored anyway: the index must be created first
        else
            out.back() = with_hint(stored.error(), kept[i] ? Hint(Remedy::snapshot_kept, spool->folder().native())
                                                           : Hint(Remedy::snapshot_lost, kept[i].error().message));
    }
    const auto is_stored = [](const Result<void>& stored) { return stored.has_value(); };
    if (std::ranges::all_of(out, is_stored)) { // otherwise the failure is reported, in one line
        log_delivered(*spool, static_cast<std::size_t>(std::ranges::count_if(sent, is_stored)) - documents.size());
        log_refused(*spool, spooled, sent, texts);
    }
    return out;
}

} // namespace health
