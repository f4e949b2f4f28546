#include <elasticsearch/doctor/processors.hpp>

#include <base/json.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <vector>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

// Pipelines may call each other, in a circle as well: the engine notices that when a document comes.
constexpr int max_depth = 10;
constexpr int max_calls = 1000;

// Processors that write to `target_field`, else to `field`.
constexpr std::array in_place{
    "append",    "bytes", "convert", "date_index_name", "gsub", "html_strip", "join",      "json",
    "lowercase", "set",   "sort",    "split",           "trim", "uppercase",  "urldecode", "set_security_user"};
// Those that write to `target_field` alone, and where they write without one.
struct TargetDefault {
    std::string_view type;
    std::string_view by_default;
};
constexpr std::array with_target{TargetDefault{"date", "@timestamp"},
                                 TargetDefault{"rename", ""},
                                 TargetDefault{"copy", ""},
                                 TargetDefault{"enrich", ""},
                                 TargetDefault{"geoip", "geoip"},
                                 TargetDefault{"ip_location", "ip_location"},
                                 TargetDefault{"ip2geo", "ip2geo"},
                                 TargetDefault{"user_agent", "user_agent"},
                                 TargetDefault{"uri_parts", "url"},
                                 TargetDefault{"registered_domain", ""},
                                 TargetDefault{"fingerprint", "fingerprint"},
                                 TargetDefault{"community_id", "network.community_id"},
                                 TargetDefault{"network_direction", "network.direction"},
                                 TargetDefault{"attachment", "attachment"},
                                 TargetDefault{"circle", ""},
                                 TargetDefault{"geo_grid", ""}};
// Those that change no field.
constexpr std::array without_effect{"drop", "fail", "reroute", "terminate", "dot_expander"};

template <std::size_t size>
bool is_one_of(const std::array<const char*, size>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

bool is_templated(std::string_view text) {
    return text.find("{{") != std::string_view::npos;
}

/// Whether writing to `written` writes the field: it is the field, an object around it, or a part of it.
bool touches(std::string_view written, std::string_view field) {
    const auto is_in = [](std::string_view inner, std::string_view outer) {
        return inner.size() > outer.size() && inner.starts_with(outer) && inner[outer.size()] == '.';
    };
    return !written.empty() && (written == field || is_in(written, field) || is_in(field, written));
}

std::vector<std::string> texts_in(const json::object& options, std::string_view key) {
    std::vector<std::string> out;
    if (const std::string text = find_text(options, {key}); !text.empty())
        out.push_back(text);
    if (const json::array* values = find_array(options, {key}))
        for (const json::value& value : *values)
            if (value.is_string())
                out.emplace_back(value.get_string());
    return out;
}

/// The processors of a list such as "processors" or "on_failure": {TYPE: OPTIONS} each.
template <class Visit>
void for_each_processor(const json::object& of, std::string_view list, const Visit& visit) {
    const json::array* processors = find_array(of, {list});
    for (const json::value& value : processors == nullptr ? json::array{} : *processors)
        if (const json::object* processor = value.if_object())
            for (const auto& [type, options] : *processor)
                if (const json::object* known = options.if_object())
                    visit(type, *known);
}

class ProcessorJudge {
public:
    ProcessorJudge(const json::object& pipelines, std::string_view field) : pipelines_(pipelines), field_(field) {}

    void pipeline(std::string_view name, bool certain, int depth) {
        const json::object* definition = find_object(pipelines_, {name});
        if (definition == nullptr) {
            effect.missing.emplace(name);
            return;
        }
        if (depth > max_depth || ++calls_ > max_calls) {
            effect.opaque.emplace("pipeline");
            return;
        }
        list(*definition, "processors", certain, depth);
        list(*definition, "on_failure", false, depth);
    }

    Effect effect;

private:
    void list(const json::object& of, std::string_view name, bool certain, int depth) {
        for_each_processor(of, name, [&](std::string_view type, const json::object& options) {
            processor(type, options, certain && !options.contains("if"), depth);
        });
    }

    void sets(bool certain) {
        (certain ? effect.sets : effect.sets_perhaps) = true;
        if (certain)
            effect.removes = effect.removes_perhaps = false; // by an earlier processor
    }

    void removes(bool certain) {
        (certain ? effect.removes : effect.removes_perhaps) = true;
        if (certain)
            effect.sets = effect.sets_perhaps = false;
    }

    void written(std::string_view type, std::string_view target, bool certain) {
        if (is_templated(target))
            effect.opaque.emplace(type);
        else if (touches(target, field_))
            sets(certain);
    }

    /// Whether the field is gone when this one is: it is the field, or an object around it.
    [[nodiscard]] bool takes_along(std::string_view name) const {
        return name == field_ || (field_.starts_with(name) && touches(name, field_));
    }

    void removed(std::string_view type, const json::object& options, bool certain) {
        if (options.contains("keep"))
            effect.opaque.emplace(type); // everything else
        for (const std::string& name : texts_in(options, "field"))
            if (is_templated(name))
                effect.opaque.emplace(type);
            else if (takes_along(name))
                removes(certain);
    }

    void processor(std::string_view type, const json::object& options, bool certain, int depth) {
        const std::string target = find_text(options, {"target_field"});
        const std::string source = find_text(options, {"field"});
        list(options, "on_failure", false, depth);
        // A processor that finds no input, or a value already there, may leave the field alone.
        const bool always = certain && !find_bool(options, {"ignore_missing"}).value_or(false) &&
                            !find_bool(options, {"ignore_failure"}).value_or(false) &&
                            !find_bool(options, {"ignore_empty_value"}).value_or(false) &&
                            find_bool(options, {"override"}).value_or(true);
        if (type == "remove")
            return removed(type, options, certain);
        if (type == "pipeline")
            return call(find_text(options, {"name"}), options, certain, depth);
        if (type == "foreach")
            return each(options, depth);
        if (type == "rename" && takes_along(source))
            removes(certain);
        if (type == "json" && find_bool(options, {"add_to_root"}).value_or(false)) {
            effect.opaque.emplace(type);
            return;
        }
        if (is_one_of(in_place, type))
            return written(type, target.empty() ? source : target, always);
        if (type == "csv") {
            for (const std::string& name : texts_in(options, "target_fields"))
                written(type, name, false); // a row may be short
            return;
        }
        if (const auto* found = std::ranges::find(with_target, type, &TargetDefault::type); found != with_target.end())
            return written(type, target.empty() ? found->by_default : std::string_view(target), always);
        if (type == "kv" && !target.empty())
            return written(type, target, false);
        if (type == "dissect" || type == "grok")
            return parsed(type, options);
        if (!is_one_of(without_effect, type))
            effect.opaque.emplace(type); // a script, or a processor of a plugin
    }

    void call(const std::string& name, const json::object& options, bool certain, int depth) {
        if (name.empty() || is_templated(name))
            effect.opaque.emplace("pipeline");
        else if (find_object(pipelines_, {name}) != nullptr ||
                 !find_bool(options, {"ignore_missing_pipeline"}).value_or(false))
            pipeline(name, certain, depth + 1);
    }

    /// Its elements are _ingest._value to the processor, which may write elsewhere, too.
    void each(const json::object& options, int depth) {
        const json::object* inner = find_object(options, {"processor"});
        if (inner == nullptr)
            return;
        for (const auto& [type, details] : *inner)
            if (const json::object* known = details.if_object())
                processor(type, *known, false, depth + 1);
    }

    /// Names in patterns: %{field} of dissect, %{WORD:field} or (?<field>...) of grok.
    void parsed(std::string_view type, const json::object& options) {
        std::vector<std::string> patterns = texts_in(options, "pattern");
        for (std::string& pattern : texts_in(options, "patterns"))
            patterns.push_back(std::move(pattern));
        if (options.contains("pattern_definitions"))
            effect.opaque.emplace(type);
        const std::string name(field_);
        for (const std::string& pattern : patterns)
            for (const std::string& way : {"{" + name, "{+" + name, ":" + name, "<" + name})
                for (auto at = pattern.find(way); at != std::string::npos; at = pattern.find(way, at + 1)) {
                    const auto end = at + way.size();
                    if (end >= pattern.size() || std::string_view("}:>.-").find(pattern[end]) != std::string_view::npos)
                        sets(false); // only what matches the pattern
                }
    }

    const json::object& pipelines_;
    std::string_view field_;
    int calls_ = 0;
};

void add_called(std::set<std::string>& out, const json::object& of, std::string_view list, int depth) {
    if (depth > max_depth)
        return;
    for_each_processor(of, list, [&](std::string_view type, const json::object& options) {
        if (const std::string name = find_text(options, {"name"}); type == "pipeline" && !name.empty())
            if (!is_templated(name))
                out.insert(name);
        add_called(out, options, "on_failure", depth + 1);
        if (const json::object* inner = type == "foreach" ? find_object(options, {"processor"}) : nullptr)
            add_called(out, json::object{{"processors", json::array{*inner}}}, "processors", depth + 1);
    });
}

} // namespace

Effect effect_of(const json::object& pipelines, std::string_view name, std::string_view field) {
    ProcessorJudge judge(pipelines, field);
    judge.pipeline(name, true, 0);
    return judge.effect;
}

std::set<std::string> called_by(const json::object& pipeline) {
    std::set<std::string> out;
    add_called(out, pipeline, "processors", 0);
    add_called(out, pipeline, "on_failure", 0);
    return out;
}

} // namespace health::elasticsearch
