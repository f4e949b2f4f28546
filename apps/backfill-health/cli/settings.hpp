#pragma once

#include <cli/arguments.hpp>
#include <cli/configuration/configuration.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cli {

/// The value of an environment variable.
using Environment = std::function<std::optional<std::string>(const std::string&)>;

/// Where a value comes from. A flag overrides a variable, which overrides the configuration file, then the default.
struct Source {
    enum class Kind { flag, variable, file, fallback };

    Kind kind = Kind::fallback;
    std::string name{}; ///< "--timeout", "ES_TIMEOUT" or "FILE:LINE", for messages; empty for a default

    bool operator==(const Source&) const = default;
};

struct Setting {
    std::string value;
    Source source;
};

/// Reads the settings of a command. Every reading returns a value, also when something is wrong: the first error is
/// kept, and asked for once, when everything has been read. After an error nothing outside is read any more.
/// Boost.Program_options parses the flags. Variables and the file are read by hand because it does not keep the source
/// of a value, which our messages name, and treats an empty variable as set.
class Settings {
public:
    Settings(Arguments arguments, Environment environment)
        : arguments_(std::move(arguments)), environment_(std::move(environment)) {}

    /// The configuration file; none when there is none.
    void use(std::shared_ptr<const Configuration> configuration) { configuration_ = std::move(configuration); }
    [[nodiscard]] const Configuration* configuration() const { return configuration_.get(); }

    /// The value in force, as it was written.
    [[nodiscard]] Setting setting(const Option& option) const;
    [[nodiscard]] std::optional<Setting> from_flag(const Option& option) const;
    [[nodiscard]] std::optional<Setting> from_variable(std::string_view name) const;
    [[nodiscard]] std::optional<Setting> from_file(const Option& option) const;

    [[nodiscard]] bool has_flag(const Option& option) const { return arguments_.has(option); }
    [[nodiscard]] bool is_given(const Option& option) const; ///< by flag, variable or file
    [[nodiscard]] std::size_t count(const Option& option) const { return arguments_.values(option).size(); }

    /// An environment variable that is not one of our settings; an empty one counts as not set.
    [[nodiscard]] std::optional<std::string> variable(std::string_view name) const;
    /// The words after the command.
    [[nodiscard]] std::vector<std::string> words() const;

    [[nodiscard]] std::string text(const Option& option) const { return setting(option).value; }
    [[nodiscard]] std::optional<std::string> optional_text(const Option& option) const;
    std::string required_text(const Option& option);      ///< not empty, and UTF-8
    std::string name(const Option& option);               ///< likewise, and fit for a line of a report
    std::vector<std::string> names(const Option& option); ///< of an option that may be repeated: likewise
    [[nodiscard]] std::vector<std::string> list(const Option& option) const; ///< see health::split_list()
    std::chrono::milliseconds duration(const Option& option, std::chrono::milliseconds least = {});
    std::uint64_t whole_number(const Option& option, std::uint64_t least, std::uint64_t most);
    double number(const Option& option, double least, double most, health::Hint hint);
    /// One of the option's choices. The enumerators must be in the same order as the choices.
    template <class Enumeration>
    Enumeration choice(const Option& option) {
        return static_cast<Enumeration>(choice_index(option));
    }
    /// Fails when both of two contradicting switches are given.
    void refuse_both(const Option& one, const Option& other);
    /// The content of a file, or of what else the path leads to. A pipe, which can be read only once, has the same
    /// content each time.
    std::string content(const std::string& path, std::string_view what);

    /// The value; on failure the error is kept, and the value is empty.
    template <class T>
    T take(Result<T> result) {
        if (result)
            return *std::move(result);
        fail(result.error());
        return T{};
    }
    void check(const Result<void>& result);

    /// "NAME: MESSAGE", where NAME is what the value of the option comes from: "--timeout", "ES_TIMEOUT" or
    /// "FILE:LINE: timeout".
    void fail(const Option& option, std::string_view message, health::Hint hint = {});
    void fail(std::string message, health::Hint hint = {});
    void fail(Error error);
    [[nodiscard]] bool failed() const { return error_.has_value(); }
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

private:
    std::size_t choice_index(const Option& option);
    void check_text(const Option& option, std::string_view value);
    void check_name(const Option& option, std::string_view value);

    Arguments arguments_;
    Environment environment_;
    std::shared_ptr<const Configuration> configuration_;
    std::optional<Error> error_;
    std::shared_ptr<std::map<std::string, std::string>> read_pipes_ =
        std::make_shared<std::map<std::string, std::string>>();
};

} // namespace cli
