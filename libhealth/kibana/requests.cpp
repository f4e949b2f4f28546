#include <kibana/requests.hpp>

#include <base/encoding.hpp>
#include <base/unique_id.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace health::kibana {

namespace json = boost::json;

namespace {

/// Even of dashboards that refer to many objects, a page stays well below the largest answer that we read.
constexpr std::size_t page_size = 500;

std::string_view query(ImportMode mode) {
    switch (mode) {
    case ImportMode::overwrite:
        return "?overwrite=true";
    case ImportMode::new_copies:
        return "?createNewCopies=true";
    case ImportMode::keep:
    case ImportMode::complete:
        break;
    }
    return "";
}

/// RFC 7578. `more` are parts before the file.
http::Request form(std::string target, std::string_view ndjson, std::string_view boundary, std::string_view more = {}) {
    return {
        .method = "POST",
        .target = std::move(target),
        .headers = {{"kbn-xsrf", "true"}, {"Content-Type", fmt::format("multipart/form-data; boundary={}", boundary)}},
        .body = fmt::format("{}--{}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"dashboard.ndjson\"\r\n"
                            "Content-Type: application/ndjson\r\n\r\n{}\r\n--{}--\r\n",
                            more, boundary, ndjson, boundary)};
}

std::string make_boundary() {
    return "backfill-health-" + make_unique_id();
}

json::array references_elsewhere(std::span<const ImportOutcome> kept) {
    json::array out;
    for (const ImportOutcome& one : kept)
        if (!one.destination_id.empty())
            out.push_back({{"type", one.object.type}, {"from", one.object.id}, {"to", one.destination_id}});
    return out;
}

json::object retry(const ImportOutcome& outcome, bool overwrite, const json::array& references) {
    json::object out{{"type", outcome.object.type}, {"id", outcome.object.id}, {"overwrite", overwrite}};
    if (!outcome.destination_id.empty())
        out["destinationId"] = outcome.destination_id;
    if (outcome.new_copy)
        out["createNewCopy"] = true;
    if (!references.empty())
        out["replaceReferences"] = references;
    return out;
}

} // namespace

http::Request import_request(const std::string& space_path, const std::string& ndjson, ImportMode mode) {
    return form(fmt::format("{}/api/saved_objects/_import{}", space_path, query(mode)), ndjson, make_boundary());
}

http::Request resolve_request(const std::string& space_path, const std::string& ndjson,
                              std::span<const ImportOutcome> create, std::span<const ImportOutcome> overwrite,
                              std::span<const ImportOutcome> kept) {
    const json::array references = references_elsewhere(kept);
    json::array retries;
    for (const ImportOutcome& one : create)
        retries.push_back(retry(one, false, references));
    for (const ImportOutcome& one : overwrite)
        retries.push_back(retry(one, true, references));
    const std::string boundary = make_boundary();
    return form(space_path + "/api/saved_objects/_resolve_import_errors", ndjson, boundary,
                fmt::format("--{}\r\nContent-Disposition: form-data; name=\"retries\"\r\n\r\n{}\r\n", boundary,
                            json::serialize(retries)));
}

std::string object_target(const std::string& space_path, const std::string& type, const std::string& id) {
    return fmt::format("{}/api/saved_objects/{}/{}", space_path, percent_encode(type), percent_encode(id));
}

std::string find_target(const std::string& space_path, const std::set<std::string>& types, std::size_t page) {
    std::string out = fmt::format("{}/api/saved_objects/_find?fields=title&sort_field=updated_at&per_page={}&page={}",
                                  space_path, page_size, page);
    for (const std::string& type : types)
        out += "&type=" + percent_encode(type);
    return out;
}

} // namespace health::kibana
