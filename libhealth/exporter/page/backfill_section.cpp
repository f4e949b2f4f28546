#include <exporter/page/backfill_section.hpp>

#include <base/encoding.hpp>
#include <base/numbers.hpp>
#include <base/printable.hpp>
#include <exporter/page/chart.hpp>
#include <exporter/page/wording.hpp>
#include <model/names.hpp>
#include <report/outlook.hpp>

#include <fmt/format.h>

#include <variant>

namespace health::exporter {

namespace {

std::string verdict_line(const Snapshot& snapshot, Timestamp now) {
    const Verdict result = verdict(snapshot);
    return fmt::format("<p class=\"verdict\">Verdict <strong class=\"{}\">{}</strong> "
                       "<span class=\"soft\">as of {}</span></p>\n",
                       result == Verdict::ok ? "good" : "check", to_string(result), time_element(snapshot.ts, now));
}

/// Missing and present add up to the whole, so one is rounded up and the other down.
std::string tile(const Number& number, std::uint64_t population) {
    const auto rounding = number.name.quantity == Quantity::missing ? Rounding::up : Rounding::down;
    const std::string of_all =
        population == 0 ? ""
                        : fmt::format(" <dd class=\"share\">{} of {}</dd>",
                                      percent(share(number.value, population), rounding), grouped(population));
    return fmt::format("<div><dt>{}</dt> <dd>{}</dd>{}</div>\n", escape_html(number.name.short_label),
                       grouped(number.value), of_all);
}

std::string bar(std::string_view name, std::string_view field, std::uint64_t part, std::uint64_t whole) {
    const std::string what =
        escape_html(fmt::format("{}: {} of {} have {}", name, grouped(part), grouped(whole), field));
    if (whole == 0)
        return fmt::format("<div><p>{} <strong>n/a</strong></p></div>\n", what);
    return fmt::format("<div><p>{} <strong>{}</strong></p>\n"
                       "<progress max=\"{}\" value=\"{}\" aria-label=\"{}\"></progress></div>\n",
                       what, percent(share(part, whole), Rounding::down), whole, part, what);
}

/// Each rule, and how many documents break it.
std::string rules(const Snapshot& snapshot) {
    if (snapshot.broken.empty())
        return {};
    std::string out = "<dl class=\"facts rules\">\n";
    for (const auto& [rule, documents] : snapshot.broken)
        out += fmt::format("<div><dt>{}</dt><dd class=\"{}\">{} {} it</dd></div>\n", escape_html(printable(rule)),
                           documents == 0 ? "good" : "check", documents == 0 ? "no" : grouped(documents),
                           documents <= 1 ? "document breaks" : "documents break");
    return out + "</dl>\n";
}

/// The rate and the time left, or why it is unknown; empty when the backfill is done or measuring fails.
std::string pace(const BackfillView& view, Timestamp now) {
    if (view.failure || view.snapshot->missing == 0)
        return {};
    const std::string change = view.change ? fmt::format("Missing is {}. ", describe_change(*view.change)) : "";
    if (const auto* estimate = std::get_if<Progress::Estimate>(&view.outlook)) {
        const Timestamp done = now + rounded_up(estimate->expected);
        return fmt::format("<p class=\"pace\">{}<strong>About {}</strong>, done at {}</p>\n", change,
                           describe_left(*estimate), time_element(done, now));
    }
    const std::string why = describe_reason(std::get<Progress::NoEstimate>(view.outlook), view.backfill);
    const std::string text =
        why.empty() ? "Too early to estimate the time left" : fmt::format("{}Time left is unknown: {}", change, why);
    return fmt::format("<p class=\"pace\">{}</p>\n", escape_html(text));
}

std::string numbers_of(const Backfill& backfill, const Snapshot& snapshot, Timestamp now) {
    std::string out = verdict_line(snapshot, now) + "<dl class=\"numbers\">\n";
    const std::vector<Number> all = numbers(backfill, snapshot);
    for (const Number& number : all)
        out += tile(number, snapshot.population());
    out += "</dl>\n";
    if (snapshot.population() == 0)
        return out + fmt::format("<p class=\"note\">Nothing to count: {}. Is it the right index?</p>\n",
                                 escape_html(describe_no_match(backfill)));
    out += "<div class=\"bars\">\n" + bar("Filled", backfill.field_label, snapshot.present, snapshot.population());
    for (const auto& [name, count] : all)
        if (name.quantity == Quantity::derived)
            out += bar("Coverage", name.field, count, snapshot.present);
    out += "</div>\n" + rules(snapshot);
    if (const std::string note = remark(backfill, snapshot); !note.empty())
        out += fmt::format("<p class=\"note\">{}</p>\n", escape_html("Note: " + note));
    return out;
}

} // namespace

std::string render_freshness(const BackfillView& backfill, Timestamp now) {
    const auto& measured = backfill.last_success;
    if (!backfill.failure) {
        if (!measured)
            return "<p class=\"status\">Not measured yet.</p>\n";
        return fmt::format("<p class=\"status good\">Measured {} <span class=\"soft\">({})</span></p>\n",
                           ago(*measured, now), time_element(*measured, now));
    }
    const Failure& failure = *backfill.failure;
    const std::string numbers =
        backfill.snapshot ? fmt::format("The numbers below are the last good ones, measured {}.", ago(*measured, now))
        : measured ? fmt::format("The last good numbers, measured {}, are too old to be shown.", ago(*measured, now))
                   : "There are no numbers to show yet.";
    return fmt::format("<p class=\"status bad\"><strong>Measuring has been failing</strong> since {} "
                       "<span class=\"soft\">({})</span>: {}.<br>{}</p>\n",
                       time_element(failure.since, now), ago(failure.since, now), escape_html(failure.text), numbers);
}

std::string render_section(const BackfillView& view, Freshness freshness, Timestamp now) {
    const Backfill& backfill = view.backfill;
    std::string out = fmt::format("<section{}>\n<h2>{} in {}</h2>\n", view.failure ? R"( class="old")" : "",
                                  escape_html(capitalized_name(backfill)), escape_html(backfill.index));
    if (freshness == Freshness::by_itself)
        out += render_freshness(view, now);
    if (view.snapshot)
        out += numbers_of(backfill, *view.snapshot, now) + pace(view, now);
    else if (freshness == Freshness::said_by_the_page)
        out += "<p class=\"note\">No numbers.</p>\n";
    return out + render_chart(view.history, backfill.field_label) + "</section>\n";
}

} // namespace health::exporter
