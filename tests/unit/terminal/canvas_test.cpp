#include <terminal/canvas.hpp>

#include <doctest/doctest.h>

using namespace cli;

TEST_CASE("a drawing goes over the one before, also when the terminal has wrapped it") {
    Canvas canvas{Paint(false)};
    const std::vector<Line> lines{{std::string(70, 'a')}, {"b"}};
    CHECK(canvas.leave().empty());
    CHECK(canvas.draw(lines, {.columns = 80, .rows = 24}).find("A\r") == std::string::npos);
    CHECK(canvas.draw(lines, {.columns = 80, .rows = 24}).starts_with("\x1b[2A\r"));
    CHECK(canvas.draw(lines, {.columns = 40, .rows = 24}).starts_with("\x1b[3A\r"));
    const std::string low = canvas.draw(lines, {.columns = 80, .rows = 2});
    CHECK(low.find('b') == std::string::npos);
    CHECK(canvas.leave() == "\r\x1b[K\x1b[?25h");
}
