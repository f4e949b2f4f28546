#include <exposition/text_format.hpp>

#include <base/numbers.hpp>
#include <base/text.hpp>

#include <initializer_list>

namespace health::exposition {

namespace {

enum class Quotes { plain, escaped };

void append(std::string& out, std::initializer_list<std::string_view> parts) {
    for (const std::string_view part : parts)
        out += part;
}

void append_escaped(std::string& out, std::string_view text, Quotes quotes) {
    const std::string_view special = quotes == Quotes::escaped ? "\\\n\"" : "\\\n";
    for (;;) {
        const auto next = text.find_first_of(special);
        out += text.substr(0, next);
        if (next == std::string_view::npos)
            return;
        append(out, {"\\", text[next] == '\n' ? "n" : text.substr(next, 1)});
        text.remove_prefix(next + 1);
    }
}

std::string_view to_string(Type type) {
    switch (type) {
    case Type::gauge:
        return "gauge";
    case Type::counter:
        return "counter";
    case Type::histogram:
        break;
    }
    return "histogram";
}

/// OpenMetrics names a counter without the suffix that its samples have, the older format with it.
std::string_view metadata_suffix(const Family& family, Format format) {
    return family.type == Type::counter && format == Format::text ? "_total" : "";
}

void append_metadata(std::string& out, const Family& family, Format format) {
    const std::string_view suffix = metadata_suffix(family, format);
    append(out, {"# HELP ", family.name, suffix, " "});
    append_escaped(out, family.help, format == Format::openmetrics ? Quotes::escaped : Quotes::plain);
    append(out, {"\n# TYPE ", family.name, suffix, " ", to_string(family.type), "\n"});
}

void append_labels(std::string& out, std::span<const Label> labels) {
    std::string_view before = "{";
    for (const Label& label : labels) {
        append(out, {before, label.name, "=\""});
        append_escaped(out, label.value, Quotes::escaped);
        out += '"';
        before = ",";
    }
    append(out, {labels.empty() ? "" : "}"});
}

void append_sample(std::string& out, const Family& family, const Sample& sample) {
    append(out, {family.name, sample.suffix});
    append_labels(out, sample.labels);
    append(out, {" ", sample.value, "\n"});
}

} // namespace

std::string_view content_type(Format format) {
    return format == Format::openmetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                         : "text/plain; version=0.0.4; charset=utf-8";
}

std::string serialize(std::span<const Family> families, Format format) {
    std::string out;
    for (const Family& family : families) {
        if (family.samples.empty())
            continue;
        append_metadata(out, family, format);
        for (const Sample& sample : family.samples)
            append_sample(out, family, sample);
    }
    return out;
}

std::string_view end_of_page(Format format) {
    return format == Format::openmetrics ? "# EOF\n" : "";
}

std::optional<double> find_value(std::string_view text, std::string_view metric, std::span<const Label> labels) {
    std::string series(metric);
    append_labels(series, labels);
    series += ' ';
    for (const std::string_view line : split(text, '\n'))
        if (line.starts_with(series))
            return parse_number<double>(line.substr(series.size()));
    return std::nullopt;
}

} // namespace health::exposition
