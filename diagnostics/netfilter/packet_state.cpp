// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/packet_state.h"

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
