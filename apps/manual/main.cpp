#include <commands/commands.hpp>
#include <manual/completions.hpp>
#include <manual/manual_page.hpp>
#include <manual/settings_page.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>

namespace {

void write(const std::filesystem::path& path, const std::string& text) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream file(path, std::ios::binary);
    file.exceptions(std::ios::failbit | std::ios::badbit);
    file << text << std::flush;
}

void write_all(const std::filesystem::path& folder, const manual::Edition& edition) {
    const auto commands = cli::all_commands();
    write(folder / "man1/backfill-health.1", manual::program_page(commands, edition));
    for (const cli::Command& command : commands)
        write(folder / fmt::format("man1/backfill-health-{}.1", command.name),
              manual::command_page(command, commands, edition));
    write(folder / "settings.md", manual::settings_page(commands));
    write(folder / "backfill-health.bash", manual::bash_completion(commands));
    write(folder / "_backfill-health", manual::zsh_completion(commands));
    write(folder / "backfill-health.fish", manual::fish_completion(commands));
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        fmt::print(stderr, "usage: {} FOLDER VERSION DATE\n", argv[0]);
        return 2;
    }
    try {
        write_all(argv[1], {.version = argv[2], .date = argv[3]});
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}: {}\n", argv[0], error.what());
        return 1;
    }
}
