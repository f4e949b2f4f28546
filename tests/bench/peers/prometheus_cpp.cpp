// prometheus-cpp's exposer with the series of a JSON file, as fast as its web server can be: argument 1 is its number
// of threads.
#include <boost/json.hpp>

#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <vector>

namespace json = boost::json;

namespace {

std::string text(const json::object& object, std::string_view key) {
    return json::value_to<std::string>(object.at(key));
}

prometheus::Labels labels_of(const json::object& series) {
    prometheus::Labels out;
    for (const auto& [name, value] : series.at("labels").as_object())
        out.emplace(name, value.as_string());
    return out;
}

void add(prometheus::Registry& registry, const json::object& family) {
    const std::string name = text(family, "name");
    const std::string help = text(family, "help");
    const std::string type = text(family, "type");
    const json::array& all = family.at("series").as_array();
    if (type == "gauge") {
        auto& gauges = prometheus::BuildGauge().Name(name).Help(help).Register(registry);
        for (const json::value& series : all)
            gauges.Add(labels_of(series.as_object())).Set(series.at("value").to_number<double>());
    } else if (type == "counter") {
        auto& counters = prometheus::BuildCounter().Name(name).Help(help).Register(registry);
        for (const json::value& series : all)
            counters.Add(labels_of(series.as_object())).Increment(series.at("value").to_number<double>());
    } else if (type == "histogram") {
        auto& histograms = prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
        const auto bounds = json::value_to<std::vector<double>>(family.at("bounds"));
        for (const json::value& series : all) {
            auto& histogram = histograms.Add(labels_of(series.as_object()), bounds);
            for (const json::value& observed : series.at("observations").as_array())
                histogram.Observe(observed.to_number<double>());
        }
    } else {
        throw std::runtime_error(name + " is a " + type);
    }
}

} // namespace

int main(int, char** arguments) {
    std::ifstream file(arguments[2]);
    const std::string content{std::istreambuf_iterator<char>(file), {}};
    const auto registry = std::make_shared<prometheus::Registry>();
    const json::value families = json::parse(content);
    for (const json::value& family : families.as_array())
        add(*registry, family.as_object());
    // Its web server keeps connections only when told to, and then has a thread for each. It sends head and body one by
    // one: without the last option, each answer would wait for a delayed acknowledgement.
    const std::vector<std::string> settings{"listening_ports",       "127.0.0.1:0", "num_threads", arguments[1],
                                            "enable_keep_alive",     "yes",         "tcp_nodelay", "1",
                                            "keep_alive_timeout_ms", "60000"};
    prometheus::Exposer exposer(settings);
    exposer.RegisterCollectable(registry);
    std::cerr << "listening on 127.0.0.1:" << exposer.GetListeningPorts().front() << '\n';
    pause();
}
