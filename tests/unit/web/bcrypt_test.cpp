#include <web/bcrypt.hpp>

#include <doctest/doctest.h>

using namespace health;

namespace {

// Of "U*U", as John the Ripper's and libxcrypt's test vectors have it.
const std::string hash = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

} // namespace

TEST_CASE("what a bcrypt hash looks like") {
    CHECK(web::is_bcrypt_hash(hash));
    for (const std::string& bad :
         {std::string(), hash.substr(1), hash + "x", "$2$" + hash.substr(4) + "x", "$2c" + hash.substr(3),
          "$2a$03" + hash.substr(6), "$2a$32" + hash.substr(6), "$2a$xx" + hash.substr(6), hash.substr(0, 59) + "*"})
        CHECK_FALSE(web::is_bcrypt_hash(bad));
}

TEST_CASE("a password and its hash") {
    CHECK(web::matches_bcrypt("U*U", hash));
    CHECK_FALSE(web::matches_bcrypt("U*V", hash));
    CHECK_FALSE(web::matches_bcrypt("", hash));
    CHECK_FALSE(web::matches_bcrypt(std::string("U*U\0x", 5), hash));
    CHECK_FALSE(web::matches_bcrypt("U*U", "no hash"));
}
