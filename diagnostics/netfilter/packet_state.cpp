// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/packet_state.h"

#include <cstdlib>

namespace medic::netfilter {

std::string_view hookName(Hook hook)
{
    switch (hook) {
    case Hook::Prerouting: return "PREROUTING";
    case Hook::Input: return "INPUT";
    case Hook::Forward: return "FORWARD";
    case Hook::Output: return "OUTPUT";
    case Hook::Postrouting: return "POSTROUTING";
    }
    return "";
}

bool PacketState::hidesInput(Hook hook, const std::string& kernel) const
{
    if (hook != Hook::Postrouting)
        return false;
    if (bridged) // br_nf_post_routing
        return true;
    char* rest = nullptr;
    const long major = std::strtol(kernel.c_str(), &rest, 10);
    if (major == 0 || *rest != '.')
        return false;
    const long minor = std::strtol(rest + 1, nullptr, 10);
    return major < 5 || (major == 5 && minor < 7);
}

TracePacket PacketState::shown() const
{
    TracePacket result;
    result.src = src.text();
    result.dst = dst.text();
    result.sport = sport;
    result.dport = dport;
    result.protocol = protocolName(protocol);
    result.mark = mark;
    result.in = in;
    result.out = out;
    result.sportRandom = sportRandom;
    return result;
}

} // namespace medic::netfilter
