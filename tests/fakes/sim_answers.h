// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/fakes/sim_ssh_server.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>

namespace medic::fakes {

/// What the sweep's script would send, without running it: two hundred shells would be this machine's load, not ours.
inline std::optional<SimAnswer> framed(const std::string& node, const std::string& command, const std::string& input)
{
    if (command.find("/bin/sh") == std::string::npos)
        return std::nullopt;
    const auto word = [&input](const std::string& name) {
        const std::size_t at = input.rfind(name + "="); // the script's variables before it have the same names
        const std::size_t from = at + name.size() + 1;
        return at == std::string::npos ? std::string() : input.substr(from, input.find_first_of(" \n", from) - from);
    };
    const std::string token = input.substr(2, 32);
    const int probes = std::atoi(word("left").c_str());
    SimAnswer answer;
    answer.out = "\n@MEDIC " + token + " H 1 0 1000\n";
    for (int probe = 0; probe < probes; ++probe) {
        const std::string index = std::to_string(probe);
        // "pN() {\nL=8 B=65536 R=0": a node keeps to the limit. Where it is high there is a long list of rules.
        const std::size_t chooser = input.find("\np" + index + "() {\nL="), limit = chooser == std::string::npos ? chooser : input.find(" B=", chooser);
        const std::size_t most = limit == std::string::npos ? 0 : std::strtoull(input.c_str() + limit + 3, nullptr, 10);
        const std::size_t size = most >= 32u * 1024 * 1024 ? 200'000 : std::min<std::size_t>(most, 2000);
        std::string out;
        for (int i = 0; out.size() + 120 < size; ++i)
            out += node + " probe " + index + " line " + std::to_string(i) + " -A KUBE-SERVICES -d 10.96.0.1/32 -j ACCEPT\n";
        answer.out += "@MEDIC " + token + " F " + index + " 0 ran 0 1000 1 r " + std::to_string(out.size()) + " 0\n" + out + "\n@MEDIC " + token + " E " + index + "\n";
    }
    answer.out += "@MEDIC " + token + " Z\n";
    return answer;
}

} // namespace medic::fakes
