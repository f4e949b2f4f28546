#include "child.hpp"
#include "temporary_folder.hpp"

#include <base/files.hpp>
#include <exporter/notify.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace health;

namespace {

/// A service manager that listens at a path, or with a NUL at its beginning at an abstract address.
class Manager {
public:
    explicit Manager(std::string_view path) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        REQUIRE(path.size() < sizeof(address.sun_path));
        std::memcpy(address.sun_path, path.data(), path.size());
        REQUIRE(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), // NOLINT
                       static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size())) == 0);
    }

    /// The next of what it was told; empty when there is nothing.
    [[nodiscard]] std::string told() const {
        std::array<char, 200> buffer{};
        const auto size = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
        return {buffer.data(), static_cast<std::size_t>(size < 0 ? 0 : size)};
    }

private:
    Descriptor socket_;
};

/// Notified where NOTIFY_SOCKET is this; in a child process, as the variable is of the whole process.
int notified_at(const char* socket, std::string_view state) {
    return test::in_child([&] {
               if (socket == nullptr)
                   ::unsetenv("NOTIFY_SOCKET");
               else
                   ::setenv("NOTIFY_SOCKET", socket, 1);
               exporter::notify_service_manager(state);
               return 0;
           })
        .status;
}

} // namespace

TEST_CASE("a service manager is told at its socket") {
    const tests::TemporaryFolder folder;
    const std::string path = (folder.path() / "notify").native();
    const Manager manager(path);
    CHECK(notified_at(path.c_str(), "READY=1") == 0);
    CHECK(notified_at(path.c_str(), "STOPPING=1\nSTATUS=bye") == 0);
    CHECK(manager.told() == "READY=1");
    CHECK(manager.told() == "STOPPING=1\nSTATUS=bye");
    CHECK(manager.told().empty());
}

TEST_CASE("an abstract address begins with an @") {
    const std::string name = "backfill-health-notify-" + std::to_string(::getpid());
    const Manager manager(std::string(1, '\0') + name);
    CHECK(notified_at(("@" + name).c_str(), "READY=1") == 0);
    CHECK(manager.told() == "READY=1");
}

TEST_CASE("where nobody listens, or the address is none, nothing is told and nothing fails") {
    const tests::TemporaryFolder folder;
    const std::string path = (folder.path() / "notify").native();
    const Manager manager(path);
    const std::string relative = path.substr(1);
    const std::string too_long = "/" + std::string(sizeof(sockaddr_un::sun_path), 'x');
    const std::string nobody = (folder.path() / "nobody").native();
    const std::string file = folder.write("file", "").native();
    for (const char* socket : {static_cast<const char*>(nullptr), "", "notify", relative.c_str(), too_long.c_str(),
                               nobody.c_str(), file.c_str(), "@", "vsock:2:1234"})
        CHECK(notified_at(socket, "READY=1") == 0);
    CHECK(manager.told().empty());
    CHECK(folder.read("file").empty());
}
