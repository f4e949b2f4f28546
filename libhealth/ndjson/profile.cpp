#include <ndjson/profile.hpp>

#include <ndjson/values.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace health::ndjson {

namespace {

bool is_less(const ComparableNumber& a, const ComparableNumber& b) {
    // Its 64 bits or more of precision hold each of the types exactly.
    const auto exact = [](const ComparableNumber& number) {
        return std::visit([](auto value) { return static_cast<long double>(value); }, number);
    };
    return exact(a) < exact(b);
}

ProfileValue value_of(const ComparableNumber& number) {
    return std::visit([](auto one) { return ProfileValue(one); }, number);
}

/// Calls `use` once for each value.
template <class Value, class Values, class Use>
void for_each_distinct(const Values& values, const Use& use) {
    std::vector<Value> sorted(values.begin(), values.end());
    if (sorted.size() > 1) {
        std::ranges::sort(sorted);
        const auto rest = std::ranges::unique(sorted);
        sorted.erase(rest.begin(), rest.end());
    }
    for (const Value& value : sorted)
        use(value);
}

template <class Value, class Less>
void add_extent(Extent<Value>& to, const Extent<Value>& from, const Less& less) {
    if (from.min) {
        to.add(*from.min, less);
        to.add(*from.max, less);
    }
}

template <class Value, class Less, class ToValue>
void describe(FieldProfile& out, const Extent<Value>& extent, const DistinctValues<Value>& distinct, const Less& less,
              const ToValue& to_value) {
    out.min = to_value(*extent.min);
    out.max = to_value(*extent.max);
    if (const auto found = distinct.most_common(less))
        out.most_common = {.value = to_value(found->first), .documents = found->second};
    else
        out.unknown = fmt::format("it has more than {} distinct values, or {} MiB of them", max_distinct_values,
                                  max_distinct_bytes >> 20);
}

/// The values at each path.
struct FoundValues {
    explicit FoundValues(std::size_t paths) : documents(paths) {}

    std::vector<FieldValuesTally::Document> documents;
    std::vector<FieldTrie::Path> enclosing{};

    void value(FieldTrie::Path path, const simdjson::dom::element& scalar) {
        FieldValuesTally::Document& document = documents[path];
        using enum simdjson::dom::element_type;
        switch (scalar.type()) {
        case STRING:
            document.texts.push_back(scalar.get_string().value_unsafe());
            return;
        case BOOL:
            document.booleans.insert(scalar.get_bool().value_unsafe());
            return;
        case INT64:
            document.numbers.emplace_back(scalar.get_int64().value_unsafe());
            return;
        case UINT64:
            document.numbers.emplace_back(scalar.get_uint64().value_unsafe());
            return;
        case DOUBLE:
            document.numbers.push_back(narrowed(scalar.get_double().value_unsafe()));
            return;
        default:
            return;
        }
    }
    void below(FieldTrie::Path path) { documents[path].has_object = true; }
    void restart() { documents.assign(documents.size(), {}); }
    static bool wants_values(FieldTrie::Path /*path*/) { return true; }
    [[nodiscard]] bool wants_below(FieldTrie::Path path) const { return !documents[path].has_object; }
};

} // namespace

template <class Value>
void DistinctValues<Value>::add(const Value& value, std::uint64_t documents) {
    if (too_many_)
        return;
    const auto [entry, is_new] = documents_.try_emplace(value, 0);
    entry->second += documents;
    if (!is_new)
        return;
    if constexpr (requires { value.size(); })
        bytes_ += value.size();
    if (documents_.size() > max_distinct_values || bytes_ > max_distinct_bytes)
        give_up();
}

template <class Value>
DistinctValues<Value>& DistinctValues<Value>::operator+=(const DistinctValues& other) {
    if (other.too_many_)
        give_up();
    for (const auto& [value, documents] : other.documents_)
        add(value, documents);
    return *this;
}

template <class Value>
void DistinctValues<Value>::give_up() {
    too_many_ = true;
    documents_ = {};
}

template <class Value>
template <class Less>
std::optional<std::pair<Value, std::uint64_t>> DistinctValues<Value>::most_common(const Less& less) const {
    const auto rarer = [&less](const auto& a, const auto& b) {
        return a.second != b.second ? a.second < b.second : less(b.first, a.first);
    };
    const auto found = std::ranges::max_element(documents_, rarer);
    if (found == documents_.end())
        return std::nullopt;
    return std::pair<Value, std::uint64_t>(*found);
}

void FieldValuesTally::add(const Document& document, std::int64_t ten_years_later) {
    const bool has_value = !document.texts.empty() || !document.numbers.empty() || !document.booleans.empty();
    has_objects_ = has_objects_ || document.has_object;
    documents_ += has_value || document.has_object ? 1 : 0;
    if (!has_value)
        return;
    for (const std::string_view text : document.texts)
        if (!texts_.min || text < *texts_.min || text > *texts_.max)
            texts_.add(std::string(text), std::less());
    for (const ComparableNumber& number : document.numbers)
        numbers_.add(number, is_less);
    for (const bool value : document.booleans)
        booleans_.add(value, std::less());
    add_dates(document, ten_years_later);
    forget_what_is_mixed();
    for_each_distinct<std::string>(document.texts, [this](const auto& text) { distinct_texts_.add(text); });
    for_each_distinct<ComparableNumber>(document.numbers,
                                        [this](const ComparableNumber& number) { distinct_numbers_.add(number); });
    for (const bool value : document.booleans)
        distinct_booleans_.add(value);
}

void FieldValuesTally::add_dates(const Document& document, std::int64_t ten_years_later) {
    all_are_dates_ = all_are_dates_ && document.booleans.empty();
    std::vector<std::int64_t> dates;
    for (const std::string_view text : document.texts) {
        const auto date = all_are_dates_ ? parse_date_milliseconds(text) : std::nullopt;
        all_are_dates_ = date.has_value();
        has_iso_dates_ = has_iso_dates_ || (date && has_form_of_date(text));
        dates.push_back(date.value_or(0));
    }
    for (const ComparableNumber& number : document.numbers) {
        const auto* date = std::get_if<std::int64_t>(&number);
        all_are_dates_ = all_are_dates_ && date != nullptr;
        dates.push_back(date == nullptr ? 0 : date_of(*date));
    }
    if (!all_are_dates_)
        return;
    for (const std::int64_t date : dates)
        dates_.add(date, std::less());
    for_each_distinct<std::int64_t>(dates, [this](std::int64_t date) { distinct_dates_.add(date); });
    const auto is_in_1970 = [](std::int64_t date) { return date >= begin_of_1970 && date < end_of_1970; };
    in_1970_ += std::ranges::any_of(dates, is_in_1970) ? 1 : 0;
    after_ten_years_ += std::ranges::any_of(dates, [&](std::int64_t date) { return date > ten_years_later; }) ? 1 : 0;
}

void FieldValuesTally::forget_what_is_mixed() {
    if (!all_are_dates_)
        distinct_dates_.give_up();
    if (!all_are_dates_ && is_mixed()) {
        distinct_texts_.give_up();
        distinct_numbers_.give_up();
    }
}

FieldValuesTally& FieldValuesTally::operator+=(const FieldValuesTally& other) {
    documents_ += other.documents_;
    has_objects_ = has_objects_ || other.has_objects_;
    add_extent(texts_, other.texts_, std::less());
    add_extent(numbers_, other.numbers_, is_less);
    add_extent(booleans_, other.booleans_, std::less());
    distinct_texts_ += other.distinct_texts_;
    distinct_numbers_ += other.distinct_numbers_;
    distinct_booleans_ += other.distinct_booleans_;
    all_are_dates_ = all_are_dates_ && other.all_are_dates_;
    has_iso_dates_ = has_iso_dates_ || other.has_iso_dates_;
    add_extent(dates_, other.dates_, std::less());
    distinct_dates_ += other.distinct_dates_;
    in_1970_ += other.in_1970_;
    after_ten_years_ += other.after_ten_years_;
    return *this;
}

bool FieldValuesTally::is_mixed() const {
    return (texts_.min ? 1 : 0) + (numbers_.min ? 1 : 0) + (booleans_.min ? 1 : 0) > 1;
}

std::optional<ValueType> FieldValuesTally::type() const {
    if (has_objects_ || (!texts_.min && !numbers_.min && !booleans_.min))
        return std::nullopt;
    if (all_are_dates_ && has_iso_dates_)
        return ValueType::date;
    if (is_mixed())
        return std::nullopt;
    if (numbers_.min)
        return ValueType::number;
    return texts_.min ? ValueType::keyword : ValueType::boolean;
}

FieldProfile FieldValuesTally::finish(const std::string& field) const {
    FieldProfile out{.field = field, .type = type(), .documents = documents_};
    const auto as_it_is = [](const auto& value) { return ProfileValue(value); };
    if (!out.type) {
        if (documents_ > 0)
            out.unknown = has_objects_ ? "it is an object" : "some of its values are text and others are not";
    } else if (out.type == ValueType::date) {
        describe(out, dates_, distinct_dates_, std::less(), date_text);
        out.in_1970 = in_1970_;
        out.after_ten_years = after_ten_years_;
    } else if (out.type == ValueType::number)
        describe(out, numbers_, distinct_numbers_, is_less, value_of);
    else if (out.type == ValueType::keyword)
        describe(out, texts_, distinct_texts_, std::less(), as_it_is);
    else
        describe(out, booleans_, distinct_booleans_, std::less(), as_it_is);
    return out;
}

ProfileTally::ProfileTally(const Backfill& backfill, Timestamp now)
    : population_(backfill), ten_years_later_(ten_years_after(now)), fields_(own_fields(backfill)) {
    for (const std::string& field : fields_)
        paths_.add(field);
    tallies_.resize(paths_.size());
}

void ProfileTally::add(const simdjson::dom::object& line) {
    if (population_.is_missing(line).value_or(true))
        return;
    FoundValues found(paths_.size());
    paths_.walk(line, found);
    for (std::size_t i = 0; i < tallies_.size(); ++i)
        tallies_[i].add(found.documents[i], ten_years_later_);
}

ProfileTally& ProfileTally::operator+=(const ProfileTally& other) {
    for (std::size_t i = 0; i < tallies_.size(); ++i)
        tallies_[i] += other.tallies_[i];
    return *this;
}

Profile ProfileTally::finish() const {
    Profile out;
    for (std::size_t i = 0; i < fields_.size(); ++i)
        out.push_back(tallies_[i].finish(fields_[i]));
    return out;
}

} // namespace health::ndjson
