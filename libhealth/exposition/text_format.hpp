#pragma once

#include <exposition/family.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace health::exposition {

enum class Format {
    text,        ///< https://prometheus.io/docs/instrumenting/exposition_formats/, version 0.0.4
    openmetrics, ///< https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md
};

std::string_view content_type(Format format);

/// The families in their order; one without samples is left out. The same bytes in every locale. Texts of several calls
/// make one page, in front of end_of_page().
std::string serialize(std::span<const Family> families, Format format);

std::string_view end_of_page(Format format);

/// The value of a series in such a text, whose labels are written in this order; none when it is not there.
std::optional<double> find_value(std::string_view text, std::string_view metric, std::span<const Label> labels = {});

} // namespace health::exposition
