#include <web/bcrypt.hpp>

#include <base/text.hpp>

#include <openssl/crypto.h>

#include <algorithm>
#include <crypt.h>
#include <memory>

namespace health::web {

namespace {

constexpr std::size_t hash_size = 60;
constexpr std::size_t prefix_size = 7; // $2y$10$
constexpr std::size_t digest_size = 31;

bool is_base64(char c) {
    return is_letter_or_digit(c) || c == '.' || c == '/';
}

} // namespace

bool is_bcrypt_hash(std::string_view text) {
    if (text.size() != hash_size || !text.starts_with("$2") ||
        std::string_view("abxy").find(text[2]) == std::string_view::npos || text[3] != '$' || !is_digit(text[4]) ||
        !is_digit(text[5]) || text[6] != '$')
        return false;
    const int cost = 10 * (text[4] - '0') + (text[5] - '0');
    return cost >= 4 && cost <= 31 && std::ranges::all_of(text.substr(prefix_size), is_base64);
}

bool matches_bcrypt(const std::string& password, const std::string& hash) {
    // crypt(3) ends a password at its first zero byte. One with a zero byte is checked all the same, to take equally
    // long.
    const bool whole = password.find('\0') == std::string::npos;
    const auto wipe = [](crypt_data* data) {
        OPENSSL_cleanse(data, sizeof *data);
        delete data;
    };
    const std::unique_ptr<crypt_data, decltype(wipe)> data(new crypt_data{}, wipe);
    const char* actual = crypt_r(password.c_str(), hash.c_str(), data.get());
    // The salt before the digest has unused bits, which not every program writes as 0.
    return actual != nullptr && std::string_view(actual).size() == hash_size && hash.size() == hash_size &&
           CRYPTO_memcmp(actual + hash_size - digest_size, hash.data() + hash_size - digest_size, digest_size) == 0 &&
           whole;
}

} // namespace health::web
