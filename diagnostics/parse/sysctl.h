// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace medic {

/// What `sysctl -a` printed: name → value. '/' in names ("net.ipv4.conf.eth0/100.rp_filter") is kept as printed.
class Sysctls {
public:
    /// Lines without '=' are skipped.
    [[nodiscard]] static Sysctls parse(std::string_view text);
    [[nodiscard]] std::optional<std::string_view> text(std::string_view name) const;
    [[nodiscard]] std::optional<long> number(std::string_view name) const;
    /// net.ipv4.conf.DEVICE.NAME or net.ipv6.conf.DEVICE.NAME; a dot in the device is printed as '/'.
    [[nodiscard]] std::optional<long> ofDevice(bool v6, std::string_view device, std::string_view name) const;
    [[nodiscard]] bool empty() const { return m_values.empty(); }
    [[nodiscard]] const std::map<std::string, std::string, std::less<>>& all() const { return m_values; }

private:
    std::map<std::string, std::string, std::less<>> m_values;
};

} // namespace medic
