#include <cli/store.hpp>

#include <base/text.hpp>
#include <cli/connection.hpp>
#include <cli/options.hpp>
#include <elasticsearch/store.hpp>
#include <ndjson/store.hpp>

#include <algorithm>
#include <thread>

namespace cli {

namespace {

constexpr std::uint64_t max_threads = 1024;

std::size_t read_threads(Settings& settings) {
    if (settings.is_given(options::threads))
        return settings.whole_number(options::threads, 1, max_threads);
    return std::max(std::thread::hardware_concurrency(), 1U); // 0: it is not known
}

constexpr std::string_view folder_scheme = "file:";

std::unique_ptr<health::Store> make_store(Settings& settings) {
    const std::size_t threads = read_threads(settings);
    if (!is_folder(settings)) {
        const auto remote = read_remote(settings, elasticsearch_service);
        return settings.failed() ? nullptr : settings.take(health::make_elasticsearch_store(remote));
    }
    const std::string url = settings.text(options::es_url);
    // As in a list of URLs, blanks and a trailing comma do not count.
    const auto listed = health::split_list(url);
    std::string folder(listed.size() == 1 ? listed.front() : std::string(health::trim(url)));
    folder.erase(0, folder_scheme.size());
    if (folder.starts_with("//"))
        folder.erase(0, 2); // file:///var/lib/dump
    if (folder.empty())
        settings.fail(options::es_url, "file: needs a folder", "write it like file:/var/lib/dump");
    return settings.failed() ? nullptr : health::make_ndjson_store(folder, threads);
}

} // namespace

bool is_folder(const Settings& settings) {
    return health::trim(settings.text(options::es_url)).starts_with(folder_scheme);
}

std::shared_ptr<health::Store> read_store(Settings& settings, const std::vector<std::string>& names) {
    auto store = make_store(settings);
    for (const std::string& name : names)
        if (store)
            settings.check(store->check_name(name));
    return store;
}

std::shared_ptr<health::Store> read_store(Settings& settings, const std::vector<health::Backfill>& backfills,
                                          std::vector<std::string> others) {
    for (const health::Backfill& backfill : backfills)
        others.push_back(backfill.index);
    return read_store(settings, others);
}

std::vector<std::string> clear_text_warnings(Settings& settings) {
    if (is_folder(settings))
        return {};
    return health::clear_text_warnings(read_remote(settings, elasticsearch_service));
}

} // namespace cli
