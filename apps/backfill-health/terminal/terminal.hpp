#pragma once

#include <string>
#include <string_view>

/// When there is colour on stdout and stderr, and the bytes for it.
namespace cli {

enum class ColorWhen { on_a_terminal, always, never };

/// ECMA-48, 8.3.117 (Select Graphic Rendition): the eight colours, which every palette knows.
enum class Style { good, warning, bad, strong, faint };

class Paint {
public:
    explicit Paint(bool on = false) : on_(on) {}
    Paint(ColorWhen when, int descriptor);

    [[nodiscard]] std::string operator()(Style style, std::string_view text) const;

private:
    bool on_;
};

} // namespace cli
