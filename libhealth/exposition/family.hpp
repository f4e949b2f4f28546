#pragma once

#include <string>
#include <vector>

namespace health::exposition {

/// The data model that both text formats share: https://prometheus.io/docs/concepts/data_model/
enum class Type { gauge, counter, histogram };

struct Label {
    std::string name;
    std::string value; ///< any UTF-8
};

struct Sample {
    std::string suffix{}; ///< after the name of the family: "_total" of a counter, "_bucket" of a histogram
    std::vector<Label> labels{};
    std::string value; ///< its digits, the same in both formats
};

/// All series of one name: they share one HELP and one TYPE, however many they are.
struct Family {
    std::string name; ///< without the suffixes of its samples
    std::string help;
    Type type = Type::gauge;
    std::vector<Sample> samples{};
};

} // namespace health::exposition
