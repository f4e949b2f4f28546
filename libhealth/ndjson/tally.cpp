#include <ndjson/tally.hpp>

#include <base/printable.hpp>
#include <store/remedy.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

namespace health::ndjson {

namespace {

std::vector<Predicates::Id> predicates_of(const std::vector<Term>& population, Predicates& predicates) {
    std::vector<Predicates::Id> out;
    for (const Term& term : population)
        out.push_back(predicates.matches(term));
    std::ranges::sort(out);
    return out;
}

/// The position of the element that has the value; one is added if there is none.
template <class Element, class Class, class Value>
std::size_t find_or_add(std::vector<Element>& elements, const Value& value, Value Class::* member) {
    const auto found = std::ranges::find(elements, value, member);
    if (found != elements.end())
        return static_cast<std::size_t>(found - elements.begin());
    Element added{};
    added.*member = value;
    elements.push_back(std::move(added));
    return elements.size() - 1;
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

/// Why documents that have only the fields `seen` say nothing about a rule or about arrivals; empty when they do. The
/// backfill's own fields come with its first run.
std::string what_is_lacking(const Backfill& backfill, const std::vector<std::string>& seen) {
    const auto own = own_fields(backfill);
    for (const Rule& rule : backfill.rules)
        for (const std::string& field : fields_of(rule))
            if (!contains(seen, field) && !contains(own, field))
                return fmt::format("rule \"{}\": no document has {}", printable(rule.text, 100), printable(field, 60));
    if (backfill.arrivals_since && !contains(seen, *backfill.arrival))
        return fmt::format("no document has the arrival field {}", printable(*backfill.arrival, 60));
    return {};
}

} // namespace

BackfillCounts& BackfillCounts::operator+=(const BackfillCounts& other) {
    missing += other.missing;
    present += other.present;
    derived.resize(std::max(derived.size(), other.derived.size()));
    std::ranges::transform(other.derived, derived, derived.begin(), std::plus());
    broken.resize(std::max(broken.size(), other.broken.size()));
    std::ranges::transform(other.broken, broken, broken.begin(), std::plus());
    seen.insert(seen.end(), other.seen.begin(), other.seen.end());
    arrived += other.arrived;
    arrived_missing += other.arrived_missing;
    return *this;
}

Result<Snapshot> to_snapshot(const Backfill& backfill, const BackfillCounts& counts, Instant at) {
    Snapshot out{.index = backfill.index,
                 .missing = counts.missing,
                 .present = counts.present,
                 .derived = counts.derived,
                 .ts = std::chrono::floor<std::chrono::seconds>(at)};
    for (std::size_t i = 0; i < backfill.rules.size(); ++i)
        out.broken.push_back({.rule = backfill.rules[i].text, .documents = counts.broken.at(i)});
    if (const std::string why = what_is_lacking(backfill, counts.seen); out.population() > 0 && !why.empty())
        return Error{ErrorKind::rejected, fmt::format("cannot measure {}: {}", printable(backfill.index, 80), why),
                     Remedy::check_rule_field};
    for (std::string& field : fields_of(backfill.rules))
        if (!contains(counts.seen, field))
            out.unmapped.push_back(std::move(field));
    if (backfill.arrivals_since)
        out.arrivals = {.since = *backfill.arrivals_since, .total = counts.arrived, .missing = counts.arrived_missing};
    return out;
}

Tally::Tally(std::span<const Backfill> backfills, Instant now)
    : evaluation_([&] {
          const auto predicates = std::make_shared<Predicates>();
          const auto paths = std::make_shared<FieldTrie>();
          const auto rules = std::make_shared<std::vector<RuleCheck>>();
          for (const Backfill& backfill : backfills) {
              slots_.push_back(slots_of(backfill, *predicates));
              add_rules(backfill, *predicates, now, *paths, *rules);
              add_arrivals(backfill, *predicates, *paths, *rules);
          }
          rules_ = rules;
          if (!rules->empty())
              values_.emplace(paths);
          return Evaluation(predicates);
      }()) {}

void Tally::add(const simdjson::dom::object& line) {
    evaluation_.read(line);
    const auto holds = [this](Predicates::Id predicate) { return evaluation_.holds(predicate); };
    for (NamedField& field : named_fields_)
        field.seen = field.seen || holds(field.exists);
    values_are_read_ = false;
    for (Population& population : populations_) {
        if (!std::ranges::all_of(population.terms, holds))
            continue;
        ++population.documents;
        for (FieldWithDerived& field : population.fields) {
            if (!holds(field.exists))
                continue;
            ++field.documents;
            for (Field& derived : field.derived)
                derived.documents += holds(derived.exists) ? 1 : 0;
        }
        if (!population.rules.empty() || !population.late.empty())
            judge(line, population);
    }
}

/// The document is in the population; its values are read once for all of these.
void Tally::judge(const simdjson::dom::object& line, Population& population) {
    if (!std::exchange(values_are_read_, true))
        values_->read(line);
    for (std::size_t i = 0; i < population.rules.size(); ++i)
        population.broken[i] += (*rules_)[population.rules[i]].breaks(*values_) ? 1 : 0;
    for (LateArrivals& late : population.late) {
        if (!(*rules_)[late.check].breaks(*values_))
            continue;
        ++late.documents;
        late.missing += evaluation_.holds(late.has_field) ? 0 : 1;
    }
}

Tally& Tally::operator+=(const Tally& other) {
    for (std::size_t i = 0; i < populations_.size(); ++i) {
        Population& population = populations_[i];
        population.documents += other.populations_[i].documents;
        for (std::size_t j = 0; j < population.fields.size(); ++j) {
            FieldWithDerived& field = population.fields[j];
            const FieldWithDerived& added = other.populations_[i].fields[j];
            field.documents += added.documents;
            for (std::size_t k = 0; k < field.derived.size(); ++k)
                field.derived[k].documents += added.derived[k].documents;
        }
        for (std::size_t j = 0; j < population.broken.size(); ++j)
            population.broken[j] += other.populations_[i].broken[j];
        for (std::size_t j = 0; j < population.late.size(); ++j) {
            population.late[j].documents += other.populations_[i].late[j].documents;
            population.late[j].missing += other.populations_[i].late[j].missing;
        }
    }
    for (std::size_t i = 0; i < named_fields_.size(); ++i)
        named_fields_[i].seen = named_fields_[i].seen || other.named_fields_[i].seen;
    return *this;
}

BackfillCounts Tally::counts(std::size_t backfill) const {
    const Slots& slots = slots_[backfill];
    const Population& population = populations_[slots.population];
    const FieldWithDerived& field = population.fields[slots.field];
    BackfillCounts out{.missing = population.documents - field.documents, .present = field.documents};
    for (const std::size_t derived : slots.derived)
        out.derived.push_back(field.derived[derived].documents);
    for (const std::size_t rule : slots.rules)
        out.broken.push_back(population.broken[rule]);
    if (slots.late) {
        out.arrived = population.late[*slots.late].documents;
        out.arrived_missing = population.late[*slots.late].missing;
    }
    for (const std::size_t named : slots.named_fields)
        if (named_fields_[named].seen)
            out.seen.push_back(named_fields_[named].name);
    return out;
}

void Tally::add_rules(const Backfill& backfill, Predicates& predicates, Instant now, FieldTrie& paths,
                      std::vector<RuleCheck>& rules) {
    Slots& slots = slots_.back();
    Population& population = populations_[slots.population];
    for (const Rule& rule : backfill.rules) {
        slots.rules.push_back(population.rules.size());
        population.rules.push_back(rules.size());
        population.broken.push_back(0);
        rules.emplace_back(rule, now, paths);
    }
    for (const std::string& field : fields_of(backfill.rules))
        add_named_field(field, predicates);
}

void Tally::add_named_field(const std::string& name, Predicates& predicates) {
    const std::size_t known = find_or_add(named_fields_, predicates.exists(name), &NamedField::exists);
    named_fields_[known].name = name;
    slots_.back().named_fields.push_back(known);
}

void Tally::add_arrivals(const Backfill& backfill, Predicates& predicates, FieldTrie& paths,
                         std::vector<RuleCheck>& rules) {
    if (!backfill.arrivals_since)
        return;
    Slots& slots = slots_.back();
    auto& late = populations_[slots.population].late;
    slots.late = late.size();
    late.push_back({.check = rules.size(), .has_field = predicates.exists(backfill.field)});
    rules.push_back(RuleCheck::later_than(*backfill.arrival, Instant(*backfill.arrivals_since), paths));
    add_named_field(*backfill.arrival, predicates);
}

Tally::Slots Tally::slots_of(const Backfill& backfill, Predicates& predicates) {
    Slots out{};
    out.population = find_or_add(populations_, predicates_of(backfill.population, predicates), &Population::terms);
    auto& fields = populations_[out.population].fields;
    out.field = find_or_add(fields, predicates.exists(backfill.field), &FieldWithDerived::exists);
    for (const std::string& derived : backfill.derived)
        out.derived.push_back(find_or_add(fields[out.field].derived, predicates.exists(derived), &Field::exists));
    return out;
}

Membership::Membership(const Backfill& backfill)
    : evaluation_([&] {
          const auto predicates = std::make_shared<Predicates>();
          population_ = predicates_of(backfill.population, *predicates);
          field_ = predicates->exists(backfill.field);
          return Evaluation(predicates);
      }()) {}

std::optional<bool> Membership::is_missing(const simdjson::dom::object& line) {
    evaluation_.read(line);
    if (!std::ranges::all_of(population_, [this](Predicates::Id term) { return evaluation_.holds(term); }))
        return std::nullopt;
    return !evaluation_.holds(field_);
}

BrokenRuleFinder::BrokenRuleFinder(const Backfill& backfill, const Rule& rule, Instant now)
    : fields_(fields_of(rule)), population_(backfill) {
    const auto paths = std::make_shared<FieldTrie>();
    check_.emplace(rule, now, *paths);
    for (const std::string& field : fields_)
        paths_.push_back(paths->add(field));
    values_.emplace(paths);
}

std::optional<decltype(SampleDocument::values)> BrokenRuleFinder::find(const simdjson::dom::object& line) {
    if (!population_.is_missing(line))
        return std::nullopt;
    values_->read(line);
    if (!check_->breaks(*values_))
        return std::nullopt;
    decltype(SampleDocument::values) out;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        boost::json::array& values = out.emplace_back(fields_[i], boost::json::array()).second;
        for (const Value& value : values_->at(paths_[i]))
            values.push_back(value.json());
    }
    return out;
}

} // namespace health::ndjson
