#pragma once

#include <base/error.hpp>
#include <elasticsearch/rules/mapped_field.hpp>
#include <model/rules/rule.hpp>

#include <boost/json/value.hpp>

#include <string>

namespace health::elasticsearch {

/// The documents that break the rule: ranges and terms where it compares with values, and a Painless script on doc
/// values where it compares two fields. `own` are the fields of the backfill, which no index may have yet; any other
/// field that is mapped nowhere, and values that do not fit a mapping, are `rejected`, because nothing could ever break
/// such a rule; the error does not name the rule. `now` replaces the engine's instant where a number is compared with
/// it.
Result<boost::json::value> broken_query(const Rule& rule, const MappedFields& fields,
                                        const std::vector<std::string>& own, Instant now);

/// A script that is true for a document that breaks the rule. Its fields are the parameters `left` and `right`.
/// https://www.elastic.co/guide/en/elasticsearch/painless/8.19/painless-filter-context.html
std::string broken_script(const FieldCondition& condition, MappedField::Kind left, MappedField::Kind right);

} // namespace health::elasticsearch
