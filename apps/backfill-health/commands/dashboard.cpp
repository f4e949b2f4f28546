#include <commands/dashboard.hpp>

#include <cli/backfill.hpp>
#include <cli/connection.hpp>
#include <cli/options.hpp>

#include <fmt/format.h>

namespace cli {

health::SavedObjects read_dashboard(Settings& settings) {
    const std::string dashboard = health::embedded_dashboard(read_health_index(settings));
    return settings.take(health::parse_saved_objects(dashboard, "the built-in dashboard"));
}

std::string describe(const health::SavedObjects& objects, std::size_t count) {
    std::string text = fmt::format("{} saved objects", count);
    if (!objects.dashboard_id.empty())
        text += fmt::format(" (dashboard \"{}\")", objects.dashboard_title);
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
