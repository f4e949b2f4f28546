#include <elasticsearch/api/index_path.hpp>

#include <base/encoding.hpp>
#include <base/printable.hpp>
#include <base/text.hpp>
#include <store/remedy.hpp>

#include <fmt/format.h>

namespace health::elasticsearch {

Result<std::string> index_path(const std::string& expression) {
    Error error{ErrorKind::usage, fmt::format("\"{}\" is not an index name", printable(expression, 80)),
                Remedy::check_index_names};
    if (expression.empty() || expression.find('\0') != std::string::npos)
        return error;
    for (const std::string_view segment : split(expression, '/'))
        if (segment == "." || segment == "..")
            return error;
    return percent_encode(expression, ",*");
}

std::vector<std::string_view> included_parts(std::string_view expression) {
    auto out = split(expression, ',');
    std::erase_if(out, [](std::string_view part) { return part.empty() || part.starts_with('-'); });
    return out;
}

} // namespace health::elasticsearch
