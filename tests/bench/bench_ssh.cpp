// SPDX-License-Identifier: GPL-3.0-or-later
// bench_ssh: our transport alone, as the peers of ssh_peers.sh are run: every host of a hosts file, one command each, at most
// N at once. Prints "ok FAILED BYTES"; the caller measures CPU and wall time of the process.
#include "diagnostics/transport/profile.h"
#include "diagnostics/transport/secrets.h"
#include "diagnostics/transport/ssh_connection.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

using namespace medic;

namespace {

struct Tally {
    std::atomic<std::size_t> next {0}, good {0}, bytes {0};
    std::mutex mutex;
    std::string problem;
};

void work(const std::vector<NodeTarget>& nodes, const SshSettings& settings, const Secrets& secrets, const std::string& command, Tally& tally)
{
    for (std::size_t i = tally.next++; i < nodes.size(); i = tally.next++) {
        auto shell = SshConnection::open(nodes[i], settings, secrets, {});
        auto result = shell ? (*shell)->run({.command = command, .timeLimit = std::chrono::seconds(60)}, {}) : tl::unexpected(shell.error());
        if (result && result->exitStatus == 0) {
            ++tally.good;
            tally.bytes += result->out.size();
            continue;
        }
        const std::scoped_lock lock(tally.mutex);
        tally.problem = result ? "exit status " + std::to_string(result->exitStatus) + ": " + result->err
                               : std::string(errorName(result.error().code)) + ' ' + result.error().where + ' ' + result.error().detail;
    }
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 6) {
        std::fputs("usage: bench_ssh HOSTS KNOWN_HOSTS IDENTITY COMMAND_FILE PARALLEL\n", stderr);
        return 2;
    }
    const auto nodes = readHostsFile(argv[1]);
    if (!nodes) {
        std::fprintf(stderr, "%s: %s\n", nodes.error().where.c_str(), nodes.error().detail.c_str());
        return 2;
    }
    SshSettings settings;
    settings.configFile = "none";
    settings.knownHostsFile = argv[2];
    settings.identities = {argv[3]};
    settings.connectSeconds = 60;
    std::ostringstream command;
    command << std::ifstream(argv[4]).rdbuf();
    const Secrets secrets;
    Tally tally;
    {
        std::vector<std::jthread> workers;
        for (int i = 0; i < std::atoi(argv[5]); ++i)
            workers.emplace_back([&] { work(*nodes, settings, secrets, command.str(), tally); });
    }
    std::printf("%zu %zu %zu\n", tally.good.load(), nodes->size() - tally.good, tally.bytes.load());
    if (!tally.problem.empty())
        std::fprintf(stderr, "%s\n", tally.problem.c_str());
    return tally.good == nodes->size() ? 0 : 1;
}
