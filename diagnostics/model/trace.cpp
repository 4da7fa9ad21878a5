// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/model/trace.h"

namespace medic {

std::string_view dispositionName(Disposition disposition)
{
    switch (disposition) {
    case Disposition::Delivered: return "delivered";
    case Disposition::Forwarded: return "forwarded";
    case Disposition::Dropped: return "dropped";
    case Disposition::Rejected: return "rejected";
    case Disposition::NoRoute: return "no-route";
    case Disposition::Martian: return "martian";
    case Disposition::Queued: return "queued";
    case Disposition::Undecidable: return "undecidable";
    }
    return "undecidable";
}

std::string_view triName(Tri value)
{
    switch (value) {
    case Tri::No: return "no";
    case Tri::Unknown: return "unknown";
    case Tri::Yes: return "yes";
    }
    return "unknown";
}

} // namespace medic
