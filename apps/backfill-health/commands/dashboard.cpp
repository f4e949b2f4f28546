#include <commands/dashboard.hpp>

#include <cli/options.hpp>

#include <fmt/format.h>

namespace cli {

Result<health::SavedObjects> read_dashboard(const Arguments& arguments) {
    const auto health_index = read_health_index(arguments);
    if (!health_index)
        return health_index.error();
    return health::parse_saved_objects(health::embedded_dashboard(*health_index), "the built-in dashboard");
}

std::string describe(const health::SavedObjects& objects, std::size_t count) {
    std::string text = fmt::format("{} saved object{}", count, count == 1 ? "" : "s");
    if (!objects.dashboard_id.empty())
        text += fmt::format(" (dashboard \"{}\")", objects.dashboard_title);
    return text;
}

Result<std::shared_ptr<health::Kibana>> open_kibana_beside_elasticsearch(const Arguments& arguments) {
    const auto settings = read_remote(arguments, kibana_beside_elasticsearch);
    if (!settings)
        return settings.error();
    auto kibana = health::Kibana::make(*settings, arguments.text(options::space));
    if (!kibana)
        return kibana.error();
    return std::make_shared<health::Kibana>(*std::move(kibana));
}

} // namespace cli
