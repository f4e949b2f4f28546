#pragma once

namespace health::kibana {

/// What would help, as a fact: see base/hint.hpp. The comments give the subject of the hint in brackets.
enum class Remedy {
    kibana_credentials, ///< [where they came from; empty: none were given]
    check_kibana_url,
    check_kibana_url_and_space,
    check_kibana_url_and_log,
    name_kibana,
    wait_for_kibana,
    create_space,
    check_space_and_credentials,
    import_dashboard, ///< which replaces what exists
};

} // namespace health::kibana
