#include <commands/shared/dashboard.hpp>

#include <base/text.hpp>
#include <cli/backfill.hpp>
#include <cli/connection.hpp>
#include <cli/options.hpp>
#include <kibana/dashboards.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace cli {

health::SavedObjects read_dashboard(Settings& settings) {
    Settings copy = settings; // errors in the backfills must not prevent the import
    const auto backfills = read_backfills(copy);
    return health::embedded_dashboards(read_health_index(settings), backfills);
}

std::string describe(const health::SavedObjects& objects, std::size_t count,
                     std::span<const health::SavedObject> excluded) {
    std::string text = health::count_of(count, "saved object");
    std::vector<std::string> titles;
    for (const health::SavedObject& dashboard : objects.dashboards())
        if (std::ranges::find(excluded, dashboard) == excluded.end())
            titles.push_back(fmt::format("\"{}\"", dashboard.title));
    if (!titles.empty())
        text += fmt::format(" (dashboard{} {})", titles.size() == 1 ? "" : "s", health::join(titles, " and "));
    return text;
}

std::shared_ptr<health::Kibana> read_kibana_beside_elasticsearch(Settings& settings) {
    const auto remote = read_remote(settings, kibana_beside_elasticsearch);
    if (settings.failed())
        return nullptr;
    auto kibana = health::Kibana::make(remote, settings.text(options::space));
    if (kibana)
        return std::make_shared<health::Kibana>(*std::move(kibana));
    settings.fail(kibana.error());
    return nullptr;
}

} // namespace cli
