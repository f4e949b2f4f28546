#pragma once

namespace health::web {

/// What would help, as a fact: see base/hint.hpp.
enum class Remedy {
    check_web_config,
};

} // namespace health::web
