#pragma once

#include <string_view>

namespace health::exporter {

/// Notifies the service manager, if there is one: sd_notify(3), "Standalone Implementations".
void notify_service_manager(std::string_view state);

} // namespace health::exporter
