#pragma once

#include <model/finding.hpp>

#include <span>
#include <string>

namespace health {

/// One line of JSON, without the newline:
/// {"checks":[{"check","level","message","hint"},...],"ok":n,"warnings":n,"problems":n}. A finding about one of
/// several backfills has its name as "backfill"; `texts` puts the hints into words.
std::string json_findings(std::span<const Finding> findings, HintTexts texts);

} // namespace health
