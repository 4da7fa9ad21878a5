// SPDX-License-Identifier: GPL-3.0-or-later
// medic_sim_nodes: simulated nodes for hands and scripts. Writes DIR/hosts and DIR/known_hosts, prints "ready PORT" and runs
// until its standard input ends or it is told to go.
#include "tests/fakes/sim_ssh_server.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

using namespace medic::fakes;

namespace {

int usage()
{
    std::fputs("usage: medic_sim_nodes --dir DIR [--nodes N] [--port P] [--latency MS] [--fault NAME=PERCENT]...\n"
               "faults: hang-before-banner hang-after-auth drop drip talk refuse\n"
               "Faulty nodes are spread evenly; DIR/hosts says which by a comment.\n",
               stderr);
    return 2;
}

} // namespace

int main(int argc, char** argv)
{
    SimSshServer::Options options;
    options.nodes = 10;
    std::string folder;
    std::vector<std::pair<SimFault, int>> faults;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string key = argv[i], value = argv[i + 1];
        if (key == "--dir") {
            folder = value;
        } else if (key == "--nodes") {
            options.nodes = std::atoi(value.c_str());
        } else if (key == "--port") {
            options.port = static_cast<std::uint16_t>(std::atoi(value.c_str()));
        } else if (key == "--latency") {
            options.behaviour.latency = std::chrono::milliseconds(std::atoi(value.c_str()));
        } else if (key == "--fault") {
            const auto equals = value.find('=');
            const auto fault = simFaultByName(value.substr(0, equals));
            if (!fault || equals == std::string::npos)
                return usage();
            faults.emplace_back(*fault, std::atoi(value.c_str() + equals + 1));
        } else {
            return usage();
        }
    }
    if (folder.empty() || argc % 2 == 0 || options.nodes < 1 || options.nodes > 60000)
        return usage();
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(SIG_BLOCK, &signals, nullptr); // before the threads are there: they inherit it
    const int signalFd = signalfd(-1, &signals, SFD_CLOEXEC);

    SimSshServer server(options);
    if (!server.running()) {
        std::fprintf(stderr, "medic_sim_nodes: %s\n", server.problem().c_str());
        return 1;
    }
    std::string comments;
    int before = 0;
    for (const auto& [fault, percent] : faults) {
        // Of every hundred nodes the numbers [before, before + percent) have this fault, permuted so that they are apart.
        for (int node = 0; node < server.nodes(); ++node) {
            const int place = node * 37 % 100;
            if (place < before || place >= before + percent)
                continue;
            server.setBehaviour(node, {.fault = fault, .latency = options.behaviour.latency});
            comments += "# " + SimSshServer::name(node) + ' ' + simFaultName(fault) + '\n';
        }
        before += percent;
    }
    std::ofstream(folder + "/hosts") << comments << server.hostsFile();
    std::ofstream(folder + "/known_hosts") << server.knownHostsLine();
    std::printf("ready %u\n", server.port());
    std::fflush(stdout);
    while (true) {
        pollfd fds[] {{signalFd, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
        poll(fds, 2, -1);
        char byte = 0;
        if (fds[0].revents != 0 || (fds[1].revents != 0 && read(STDIN_FILENO, &byte, 1) <= 0))
            return 0;
    }
}
