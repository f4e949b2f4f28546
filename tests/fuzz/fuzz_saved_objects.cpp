// Files of saved objects that an operator names.
#include "properties.hpp"

#include <base/text.hpp>
#include <kibana/saved_objects.hpp>

#include <string>

void fuzz(std::string_view input) {
    const auto parsed = health::parse_saved_objects(std::string(input), "file");
    if (!parsed) {
        test::must(parsed.error().kind == health::ErrorKind::usage);
        test::must_be_tellable(parsed.error());
        return;
    }
    test::must(parsed->ndjson == input);
    test::must(!parsed->objects.empty() && parsed->objects.size() <= health::split(input, '\n').size());
    test::must(parsed->dashboards().empty() || input.find("dashboard") != std::string_view::npos ||
               input.find('\\') != std::string_view::npos);

    // A file behind another one is one file.
    const auto twice = health::parse_saved_objects(parsed->ndjson + "\n" + parsed->ndjson, "file");
    test::must(twice.has_value() && twice->objects.size() == 2 * parsed->objects.size());
    test::must(twice->dashboards().size() == 2 * parsed->dashboards().size());
}
