// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/parse/iptables_rule_reader.h"
#include "diagnostics/parse/iptables_save.h"

/// Options of one match each: false when the option is not one of its own, or its value cannot be read; the whole match
/// is then kept as text. Those of header fields (iptables_match_fields.cpp); the rest stands with the dispatcher.
namespace medic::iptables::matchoption {

bool set(PortsMatch& match, std::string_view option, RuleReader::Cursor& cursor, IpFamily family);
bool set(IcmpMatch& match, std::string_view option, RuleReader::Cursor& cursor, IpFamily family);
bool set(MultiportMatch& match, std::string_view option, RuleReader::Cursor& cursor, IpFamily family);
bool set(MarkMatch& match, std::string_view option, RuleReader::Cursor& cursor, IpFamily family);
bool set(IpRangeMatch& match, std::string_view option, RuleReader::Cursor& cursor, IpFamily family);
bool set(DscpMatch& match, std::string_view option, RuleReader::Cursor& cursor, IpFamily family);
bool set(PkttypeMatch& match, std::string_view option, RuleReader::Cursor& cursor, IpFamily family);

} // namespace medic::iptables::matchoption
