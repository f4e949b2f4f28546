#include <base/secrets.hpp>

#include <base/base64.hpp>
#include <base/encoding.hpp>
#include <base/json_text.hpp>

#include <algorithm>
#include <cctype>
#include <mutex>
#include <vector>

namespace health {

namespace {

/// Redacting shorter ones would turn ordinary words into asterisks, and they protect nothing.
constexpr std::size_t shortest_secret = 4;

struct Registry {
    std::mutex mutex;
    std::vector<std::string> secrets;
};

Registry& registry() {
    static Registry instance;
    return instance;
}

/// Some servers escape slashes in JSON, too, and base64 has them.
std::string with_escaped_slashes(const std::string& text) {
    std::string out;
    for (const char c : text)
        out.append(c == '/' ? "\\" : "").push_back(c);
    return out;
}

std::string lower_case_percents(std::string text) {
    for (auto at = text.find('%'); at != std::string::npos && at + 2 < text.size(); at = text.find('%', at + 3))
        for (char* digit : {&text[at + 1], &text[at + 2]})
            *digit = static_cast<char>(std::tolower(static_cast<unsigned char>(*digit)));
    return text;
}

std::vector<std::string> forms(const std::string& secret) {
    const std::string in_url = percent_encode(secret);
    const std::string in_base64 = to_base64(secret);
    return {secret,
            json_escaped(secret),
            with_escaped_slashes(json_escaped(secret)),
            escape_html(secret),
            in_url,
            lower_case_percents(in_url),
            in_base64,
            with_escaped_slashes(in_base64),
            percent_encode(in_base64)};
}

} // namespace

void register_secret(const std::string& secret) {
    if (secret.size() < shortest_secret)
        return;
    auto& [mutex, secrets] = registry();
    const std::lock_guard lock(mutex);
    if (std::ranges::find(secrets, secret) != secrets.end())
        return;
    for (std::string& form : forms(secret))
        secrets.push_back(std::move(form));
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
