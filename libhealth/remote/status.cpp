#include <remote/status.hpp>

#include <base/printable.hpp>

#include <fmt/format.h>

#include <string_view>

namespace health::remote {

std::string describe_status(const http::Response& response) {
    constexpr std::size_t longest_location = 110;
    // Its query may repeat what was sent, encoded so that secrets are not recognised; credentials likewise.
    std::string_view target = response.header("Location");
    target = target.substr(0, target.find_first_of("?#"));
    const std::string location = target.find('@') == std::string_view::npos ? printable(target, longest_location) : "";
    const bool redirects = response.status / 100 == 3;
    return redirects && !location.empty() ? fmt::format("status {}, to {}", response.status, location)
                                          : fmt::format("status {}", response.status);
}

bool is_busy(std::uint64_t status) {
    return status == 429 || (status >= 502 && status <= 504);
}

bool is_busy(const http::Response& response) {
    return is_busy(static_cast<std::uint64_t>(response.status));
}

bool exceeds_bucket_limit(const http::Response& response) {
    return response.body.find("too_many_buckets_exception") != std::string::npos;
}

} // namespace health::remote
