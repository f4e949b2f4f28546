#include <store/spool.hpp>

#include <base/files.hpp>
#include <base/json.hpp>
#include <base/log.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <fcntl.h>
#include <optional>
#include <unistd.h>
#include <utility>

namespace health {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

constexpr std::string_view extension = ".ndjson";
constexpr mode_t owner_only = 0600;

/// The file is there whole, or not at all.
Result<void> create_whole(const fs::path& path, std::string_view text) {
    // Without a name nobody finds it, and nothing of it is left when we are killed.
    const auto unnamed = open_file(path.parent_path(), O_TMPFILE | O_WRONLY, owner_only);
    if (!unnamed)
        return replace_file(path, text, owner_only);
    if (const auto failure = write_synced(*unnamed, text))
        return file_error("cannot write", path, failure);
    // open(2), O_TMPFILE: how such a file gets its name.
    const std::string self = fmt::format("/proc/self/fd/{}", unnamed->get());
    const int linked = ::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW);
    return linked == 0 ? Result<void>{} : replace_file(path, text, owner_only);
}

std::string to_line(const Shipment& shipment) {
    return json::serialize(json::object{{"url", shipment.cluster},
                                        {"index", shipment.health_index},
                                        {"id", shipment.document.id},
                                        {"document", json::parse(shipment.document.json)}}) +
           "\n";
}

std::optional<Shipment> parse_line(const std::string& line) {
    const auto shipment = parse_object(line);
    const json::object* document = shipment ? find_object(*shipment, {"document"}) : nullptr;
    if (document == nullptr)
        return std::nullopt;
    return Shipment{.cluster = find_text(*shipment, {"url"}),
                    .health_index = find_text(*shipment, {"index"}),
                    .document = {.id = find_text(*shipment, {"id"}), .json = json::serialize(*document)}};
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

Result<void> Spool::keep(const Shipment& shipment) const {
    std::error_code failure;
    fs::create_directories(folder_, failure);
    if (failure)
        return Error{ErrorKind::rejected, fmt::format("cannot create {}: {}", folder_.native(), failure.message()),
                     Remedy::choose_spool};
    if (auto created = create_whole(path_of(shipment.document), to_line(shipment)); !created)
        return created;
    if (const auto unsynced = sync_folder(folder_))
        return file_error("cannot sync", folder_, unsynced);
    return {};
}

std::vector<Shipment> Spool::waiting(const std::string& cluster, const std::string& health_index) const {
    std::vector<Shipment> out;
    for (const fs::path& path : list(folder_)) {
        const auto line = read_file(path);
        auto shipment = line ? parse_line(*line) : std::nullopt;
        // forget() goes by the id: a file of another name would stay for ever, and another one would go.
        if (shipment && shipment->cluster == cluster && shipment->health_index == health_index &&
            path_of(shipment->document) == path)
            out.push_back(*std::move(shipment));
    }
    return out;
}

void Spool::forget(const HealthDocument& document) const {
    std::error_code gone_already;
    fs::remove(path_of(document), gone_already);
}

namespace {

Result<void> ship_at_once(Store& store, const std::string& health_index, const HealthDocument& document,
                          const Deadline& deadline) {
    auto stored = store.append(health_index, {&document, 1}, deadline);
    if (stored || stored.error().kind == ErrorKind::index_missing || store.cluster().empty())
        return stored;
    return with_hint(stored.error(), Remedy::snapshot_lost);
}

/// What this one error says of the others that wait: that the health index takes no more of them now.
bool concerns_all(const Error& error) {
    return error.kind != ErrorKind::rejected;
}

} // namespace

Result<void> ship(Store& store, const Spool* spool, const std::string& health_index, const HealthDocument& document,
                  const Deadline& deadline) {
    if (spool == nullptr || store.cluster().empty())
        return ship_at_once(store, health_index, document, deadline);

    const auto kept = spool->keep({.cluster = store.cluster(), .health_index = health_index, .document = document});
    std::vector<Shipment> shipments = spool->waiting(store.cluster(), health_index);
    if (!kept)
        log::write(log::Level::debug, "no spool", {{"error", kept.error().message}});
    // What cannot be read back from the spool is sent all the same.
    const auto id = [](const Shipment& shipment) { return shipment.document.id; };
    if (std::ranges::find(shipments, document.id, id) == shipments.end())
        shipments.push_back({.cluster = store.cluster(), .health_index = health_index, .document = document});
    std::optional<std::pair<fs::path, Error>> refused;
    for (const Shipment& shipment : shipments) {
        // One at a time, so that a long queue gets shorter even when the deadline comes first.
        const auto stored = store.append(health_index, {&shipment.document, 1}, deadline);
        if (stored) {
            spool->forget(shipment.document);
            log::write(log::Level::debug, "stored", {{"document", shipment.document.json}});
            continue;
        }
        const Error& error = stored.error();
        if (error.kind == ErrorKind::index_missing) {
            spool->forget(document); // nothing is lost that could have been stored: the index comes first
            return error;
        }
        if (shipment.document.id != document.id && !concerns_all(error)) {
            refused.emplace(spool->path_of(shipment.document), error);
            continue;
        }
        return with_hint(error, kept ? Hint(Remedy::snapshot_kept, spool->folder().native())
                                     : Hint(Remedy::snapshot_lost, kept.error().message));
    }
    if (refused)
        log::write(log::Level::warn, "a snapshot in the spool is refused",
                   {{"file", refused->first.native()}, {"error", one_line(refused->second)}});
    return {};
}

} // namespace health
