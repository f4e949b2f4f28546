#include "answer.hpp"

#include <health/kibana.hpp>
#include <health/store.hpp>

#include <fmt/format.h>

namespace health {

namespace {

using Errors = std::vector<Error>;

/// RFC 7578.
http::Request import_request(const std::string& space_path, const std::string& ndjson) {
    const std::string boundary = "backfill-health-" + make_document_id();
    return {.method = "POST",
            .target = space_path + "/api/saved_objects/_import?overwrite=true",
            .headers = {{"kbn-xsrf", "true"}, {"Content-Type", "multipart/form-data; boundary=" + boundary}},
            .body =
                fmt::format("--{0}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"dashboard.ndjson\"\r\n"
                            "Content-Type: application/ndjson\r\n\r\n{1}\r\n--{0}--\r\n",
                            boundary, ndjson)};
}

} // namespace

boost::system::result<Imported, std::vector<Error>> import_saved_objects(const RemoteSettings& kibana,
                                                                         const std::string& space,
                                                                         const SavedObjects& objects,
                                                                         const Deadline& deadline) {
    const auto service = remote::Service::make(kibana);
    if (!service)
        return Errors{service.error()};
    const bool default_space = space.empty() || space == "default";
    const std::string space_path = default_space ? "" : "/s/" + percent_encode(space);
    const auto answer = (*service)->call(import_request(space_path, objects.ndjson), deadline);
    if (!answer)
        return Errors{
            {answer.error().kind, fmt::format("{}: {}", kibana::action, answer.error().message), answer.error().hint}};
    const auto count = kibana::read_answer(*answer);
    if (!count)
        return count.error();
    Imported out{.count = *count, .dashboard_url = {}};
    if (!objects.dashboard_id.empty())
        out.dashboard_url =
            fmt::format("{}{}/app/dashboards#/view/{}", answer->from, space_path, percent_encode(objects.dashboard_id));
    return out;
}

} // namespace health
