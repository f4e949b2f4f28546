#pragma once

namespace health::web {

/// What would help, as a fact: see base/hint.hpp.
enum class Remedy {
    check_web_config,
    remove_key,  ///< it is not known
    list_values, ///< the value is not one of those that are supported
};

} // namespace health::web
