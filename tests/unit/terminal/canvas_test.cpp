#include "terminal/screen.hpp"

#include <terminal/canvas.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace cli;

namespace {

using Text = std::vector<std::string>;

/// A terminal after a shell has started the program there.
struct Drawn {
    explicit Drawn(bool coloured = false, std::size_t columns = 80, std::size_t rows = 24)
        : size{.columns = columns, .rows = rows}, canvas(Paint(coloured)), screen(columns, rows) {
        screen.feed("$ watch\r\n");
    }

    void draw(const std::vector<Line>& lines) { screen.feed(canvas.draw(lines, size)); }
    void resize(std::size_t columns, std::size_t rows) {
        size = {.columns = columns, .rows = rows};
        screen.resize(columns, rows);
    }

    Size size;
    Canvas canvas;
    test::Screen screen;
};

const std::string wide(70, 'a');

} // namespace

TEST_CASE("a drawing goes over the one before, and what was on the screen stays") {
    Drawn drawn;
    drawn.draw({{"20 of 100"}, {"80 missing"}});
    CHECK(drawn.screen.text() == Text{"$ watch", "20 of 100", "80 missing"});
    drawn.draw({{"100 of 100"}, {"0 missing"}});
    CHECK(drawn.screen.text() == Text{"$ watch", "100 of 100", "0 missing"});
    CHECK_FALSE(drawn.screen.shows_cursor());
}

TEST_CASE("nothing is left of a drawing that had more or longer lines") {
    Drawn drawn;
    drawn.draw({{wide}, {"two"}, {"three"}});
    drawn.draw({{"one"}});
    CHECK(drawn.screen.text() == Text{"$ watch", "one"});
    drawn.draw({{"one"}, {"two"}});
    CHECK(drawn.screen.text() == Text{"$ watch", "one", "two"});
    drawn.draw({});
    CHECK(drawn.screen.text() == Text{"$ watch"});
}

TEST_CASE("a drawing goes over the one before, also when the terminal has wrapped it") {
    Drawn drawn;
    drawn.draw({{wide}, {"b"}});
    drawn.resize(40, 24);
    drawn.draw({{"narrow"}, {"b"}});
    CHECK(drawn.screen.text() == Text{"$ watch", "narrow", "b"});
    drawn.resize(80, 24);
    drawn.draw({{wide}, {"b"}});
    CHECK(drawn.screen.text() == Text{"$ watch", wide, "b"});
}

TEST_CASE("of more lines than rows the first are drawn, and nothing moves off the screen") {
    Drawn drawn(false, 80, 4);
    for (int i = 0; i < 5; ++i) {
        drawn.draw({{"one"}, {"two"}, {"three"}, {"four"}, {"five"}});
        CHECK(drawn.screen.text() == Text{"$ watch", "one", "two", "three"});
        CHECK(drawn.screen.scrolled() == 1); // for the last of them
    }
    drawn.resize(80, 2);
    drawn.draw({{"one"}, {"two"}});
    CHECK(drawn.screen.text().back() == "one");
}

TEST_CASE("at the end the last drawing stays, with the cursor below it") {
    Drawn drawn;
    drawn.draw({{"20 of 100"}});
    drawn.screen.feed("^C");
    drawn.screen.feed(drawn.canvas.leave());
    CHECK(drawn.screen.text() == Text{"$ watch", "20 of 100"});
    CHECK(drawn.screen.shows_cursor());
    CHECK(drawn.screen.row() == 2);
    CHECK(drawn.screen.column() == 0);
    // After a stop it goes on below that.
    drawn.screen.feed("$ fg\r\n");
    drawn.draw({{"90 of 100"}});
    CHECK(drawn.screen.text() == Text{"$ watch", "20 of 100", "$ fg", "90 of 100"});
    CHECK_FALSE(drawn.screen.shows_cursor());
}

TEST_CASE("who leaves without a drawing writes nothing") {
    Drawn drawn;
    CHECK(drawn.canvas.leave().empty());
    drawn.draw({{"20 of 100"}});
    drawn.screen.feed(drawn.canvas.leave());
    CHECK(drawn.canvas.leave().empty());
}

TEST_CASE("a style takes no room") {
    Drawn drawn(true);
    for (int i = 0; i < 3; ++i) {
        drawn.draw({{.text = wide, .style = Style::strong}, {.text = "80 missing", .style = Style::bad}});
        CHECK(drawn.screen.text() == Text{"$ watch", wide, "80 missing"});
    }
    drawn.resize(40, 24);
    drawn.draw({{.text = "80 missing", .style = Style::bad}});
    CHECK(drawn.screen.text() == Text{"$ watch", "80 missing"});
}
