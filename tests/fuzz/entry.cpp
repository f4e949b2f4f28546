#include "fuzz.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

// libFuzzer calls it by this name.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size); // NOLINT

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) { // NOLINT
    fuzz({reinterpret_cast<const char*>(data), size});                   // NOLINT
    return 0;
}

void test::must(bool holds, std::source_location where) {
    if (holds)
        return;
    std::fprintf(stderr, "%s:%u: this does not hold\n", where.file_name(), where.line());
    std::abort();
}
