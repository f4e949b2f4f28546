#pragma once

#include <model/finding.hpp>

#include <boost/json/object.hpp>

#include <span>

namespace health {

/// {"checks":[{"check","level","message","hint"},...],"ok":n,"warnings":n,"problems":n}. A finding about one of
/// several backfills has its name as "backfill"; `texts` puts the hints into words.
boost::json::object to_json(std::span<const Finding> findings, HintTexts texts);

} // namespace health
