file(READ ${INPUT} hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" escaped "${hex}")
string(REGEX REPLACE "(................................................................)" "\\1\"\n    \"" escaped "${escaped}")
string(LENGTH "${hex}" digits)
math(EXPR size "${digits} / 2")
file(WRITE ${OUTPUT} "#include <string_view>
namespace health::embedded {
extern const std::string_view ${SYMBOL};
const std::string_view ${SYMBOL}{
    \"${escaped}\", ${size}};
}
")
