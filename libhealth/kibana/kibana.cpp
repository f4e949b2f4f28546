#include <kibana/kibana.hpp>

#include <base/printable.hpp>
#include <base/text.hpp>
#include <base/waiting.hpp>
#include <kibana/answer.hpp>
#include <kibana/remedy.hpp>
#include <kibana/space.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

namespace health {

namespace {

using namespace std::chrono_literals;
using Errors = std::vector<Error>;
using kibana::ImportOutcome;
using kibana::StoredObject;

constexpr auto between_looks = 500ms;
constexpr int unavailable = 503;
constexpr std::string_view data_view = "index-pattern";

/// An existing data view must cover what the one in the file covers: at least its first index.
Result<void> check_data_view(const SavedObject& wanted, const SavedObject& existing, const std::string& from) {
    const std::string_view index = split(wanted.title, ',').front();
    const auto patterns = split(existing.title, ',');
    if (std::ranges::any_of(patterns, [&](std::string_view pattern) { return glob(trim(pattern), index); }))
        return {};
    return Error{ErrorKind::rejected,
                 fmt::format("{} at {}: there is one already, whose data view reads {} instead of {}", kibana::action,
                             from, printable(existing.title, 60), printable(index, 60)),
                 kibana::Remedy::import_dashboard};
}

/// The object in the space that an import of `object` would conflict with.
const StoredObject* find_existing(const SavedObject& object, const std::vector<StoredObject>& all) {
    const auto is_it = [&](const StoredObject& one) {
        return one.object.type == object.type && one.object.id == object.id;
    };
    const auto is_copy = [&](const StoredObject& one) {
        return one.object.type == object.type && one.origin_id == object.id;
    };
    auto found = std::ranges::find_if(all, is_it);
    if (found == all.end())
        found = std::ranges::find_if(all, is_copy);
    return found == all.end() ? nullptr : &*found;
}

/// What an import did to the space.
struct WriteResult {
    std::size_t count = 0;
    std::vector<ImportOutcome> created; ///< or replaced
    std::vector<ImportOutcome> kept;
    std::string from; ///< the URL of the Kibana

    /// The id in the space of an object of the file.
    [[nodiscard]] std::string id_in_space(std::string_view type, const std::string& id) const {
        for (const auto* outcomes : {&created, &kept})
            for (const ImportOutcome& one : *outcomes)
                if (one.object.type == type && one.object.id == id && !one.destination_id.empty())
                    return one.destination_id;
        return id;
    }
};

Errors errors_of(const kibana::Report& report, bool with_conflicts) {
    Errors out = report.refusals;
    if (with_conflicts)
        std::ranges::transform(report.conflicts, std::back_inserter(out), kibana::conflict_error);
    return out;
}

/// On any conflict Kibana creates nothing, but counts as if it had: the other objects then need a second request.
boost::system::result<WriteResult, Errors> write(kibana::Space& space, const SavedObjects& objects, ImportMode mode,
                                                 const Deadline& deadline) {
    auto first = space.import(objects.ndjson, mode, deadline);
    if (!first)
        return Errors{first.error()};
    auto& [report, from] = *first;
    if (!report.refusals.empty())
        return errors_of(report, mode != ImportMode::complete);
    WriteResult out{.count = report.count, .created = report.accepted, .kept = {}, .from = from};
    if (report.conflicts.empty())
        return out;
    if (mode != ImportMode::overwrite)
        out.kept = report.conflicts;
    if (mode != ImportMode::overwrite && report.accepted.empty()) {
        out.count = 0;
        return out;
    }
    const auto second = space.resolve(objects.ndjson, mode, report, deadline);
    if (!second)
        return Errors{second.error()};
    if (Errors errors = errors_of(second->report, true); !errors.empty())
        return errors;
    out.count = second->report.count;
    out.created = second->report.accepted;
    return out;
}

/// Data views that were kept must cover what those of the file cover.
Result<void> check_kept(kibana::Space& space, const SavedObjects& objects, const WriteResult& written,
                        const Deadline& deadline) {
    for (const SavedObject& wanted : objects.objects) {
        const bool kept = std::ranges::any_of(written.kept, [&](const ImportOutcome& one) {
            return one.object.type == wanted.type && one.object.id == wanted.id;
        });
        if (!kept || wanted.type != data_view)
            continue;
        const auto stored = space.object(wanted.type, written.id_in_space(wanted.type, wanted.id), deadline);
        if (!stored)
            return stored.error();
        if (const auto checked = check_data_view(wanted, stored->object, written.from); !checked)
            return checked;
    }
    return {};
}

} // namespace

Kibana::Kibana(std::unique_ptr<kibana::Space> space) : space_(std::move(space)) {}
Kibana::Kibana(Kibana&&) noexcept = default;
Kibana& Kibana::operator=(Kibana&&) noexcept = default;
Kibana::~Kibana() = default;

Result<Kibana> Kibana::make(const RemoteSettings& settings, const std::string& space) {
    auto made = kibana::Space::make(settings, space);
    if (!made)
        return made.error();
    return Kibana(std::make_unique<kibana::Space>(*std::move(made)));
}

std::string Kibana::shown() const {
    return space_->shown();
}

Result<void> Kibana::wait_until_ready(const Deadline& deadline) {
    std::optional<Error> not_ready;
    for (;;) {
        const auto answer = space_->status_once(deadline);
        const bool out_of_time = !answer && deadline.passed() && not_ready;
        if (!answer && answer.error().kind == ErrorKind::unreachable)
            not_ready = with_context(kibana::action, answer.error());
        else if (answer && answer->response.status == unavailable)
            not_ready = kibana::refusal(*answer);
        else if (!out_of_time) // a look that the deadline cuts short says less than the one before it
            return answer ? Result<void>{} : with_context(kibana::action, answer.error());
        if (out_of_time || deadline.remaining() <= between_looks)
            return *not_ready;
        wait_for(deadline.stop, between_looks);
    }
}

Finding Kibana::examine(bool expected, const Deadline& deadline) {
    const auto answer = space_->status_once(deadline);
    if (!answer) {
        const bool absent = answer.error().kind == ErrorKind::unreachable;
        return {.check = "kibana",
                .severity = expected || !absent ? Severity::problem : Severity::warning,
                .message = answer.error().message,
                .hint = expected ? answer.error().hint : Hint(kibana::Remedy::name_kibana)};
    }
    Finding found = kibana::check_status(*answer);
    if (found.severity != Severity::ok || space_->id().empty())
        return found;
    const auto space = space_->ask(deadline);
    return space ? kibana::check_space(std::move(found), *space, space_->id())
                 : not_checked("kibana", space.error().message, space.error().hint);
}

Result<Preview> Kibana::preview(const SavedObjects& objects, ImportMode mode, const Deadline& deadline) {
    auto version = space_->version(deadline);
    if (!version)
        return version.error();
    if (const auto space = space_->check(deadline); !space)
        return space.error();
    Preview out{.version = *std::move(version), .existing = {}};
    if (mode == ImportMode::new_copies)
        return out;
    std::set<std::string> types;
    for (const SavedObject& object : objects.objects)
        types.insert(object.type);
    const auto all = space_->objects(types, deadline);
    if (!all)
        return all.error();
    for (const SavedObject& object : objects.objects) {
        const StoredObject* existing = find_existing(object, *all);
        if (existing == nullptr)
            continue;
        if (mode == ImportMode::complete && object.type == data_view)
            if (const auto checked = check_data_view(object, existing->object, shown()); !checked)
                return checked.error();
        out.existing.push_back(object);
    }
    return out;
}

boost::system::result<Imported, Errors> Kibana::import(const SavedObjects& objects, ImportMode mode,
                                                       const Deadline& deadline) {
    if (const auto space = space_->check(deadline); !space)
        return Errors{space.error()};
    const auto written = write(*space_, objects, mode, deadline);
    if (!written)
        return written.error();
    if (mode == ImportMode::complete)
        if (const auto checked = check_kept(*space_, objects, *written, deadline); !checked)
            return Errors{checked.error()};
    Imported out{.count = written->count, .kept = {}};
    std::ranges::transform(written->kept, std::back_inserter(out.kept), &ImportOutcome::object);
    for (const SavedObject& dashboard : objects.dashboards()) {
        const std::string id = written->id_in_space(dashboard.type, dashboard.id);
        if (const auto found = space_->object(dashboard.type, id, deadline); !found)
            return Errors{found.error()};
        out.dashboard_urls.push_back(space_->dashboard_url(written->from, id));
    }
    return out;
}

} // namespace health
