#include <health/store.hpp>

#include <fmt/format.h>

#include <random>

namespace health {

std::string make_document_id() {
    std::random_device random;
    return fmt::format("{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
}

} // namespace health
