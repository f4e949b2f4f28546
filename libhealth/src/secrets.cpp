#include <health/secrets.hpp>

#include <algorithm>
#include <mutex>
#include <vector>

namespace health {

namespace {

/// Shorter ones would turn ordinary words into asterisks, and are no secrets.
constexpr std::size_t shortest_secret = 4;

struct Registry {
    std::mutex mutex;
    std::vector<std::string> secrets;
};

Registry& registry() {
    static Registry instance;
    return instance;
}

} // namespace

void register_secret(std::string secret) {
    if (secret.size() < shortest_secret)
        return;
    auto& [mutex, secrets] = registry();
    const std::lock_guard lock(mutex);
    if (std::ranges::find(secrets, secret) != secrets.end())
        return;
    secrets.push_back(std::move(secret));
    // A longer secret may contain a shorter one.
    std::ranges::sort(secrets, std::ranges::greater{}, &std::string::size);
}

std::string redact(std::string_view text) {
    std::string out(text);
    auto& [mutex, secrets] = registry();
    const std::lock_guard lock(mutex);
    for (const std::string& secret : secrets)
        for (auto at = out.find(secret); at != std::string::npos; at = out.find(secret, at + 3))
            out.replace(at, secret.size(), "***");
    return out;
}

} // namespace health
