// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/transport/ssh_config.h"
#include "diagnostics/transport/ssh_config_text.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace medic::sshtext {

/// A keyword's first value, as the files give it: tokens not yet expanded.
struct ConfigValue {
    std::vector<std::string> arguments;
    std::string where; ///< file:line
};

/// Reads ssh_config(5) files once, top to bottom, and keeps the first value of each keyword for one host.
///
/// Follows Host, Match (host, originalhost, user, localuser, all) and Include; what it cannot follow becomes a
/// warning, never a guess. One thread; the query must outlive it. Failures name file and line.
class ConfigReader final {
public:
    explicit ConfigReader(const SshConfigQuery& query);

    /// Reads the query's file, or the user's and then the system's.
    Result<void> read();

    [[nodiscard]] const ConfigValue* find(const std::string& keyword) const;
    [[nodiscard]] const std::vector<ConfigValue>& identities() const { return m_identities; }
    [[nodiscard]] const std::filesystem::path& home() const { return m_home; }
    [[nodiscard]] const std::string& localUser() const { return m_localUser; }
    /// The host name so far (HostName with %h, else the alias), in lower case.
    [[nodiscard]] std::string currentHost() const;
    /// The user so far: asked for, configured, or the one who runs this.
    [[nodiscard]] std::string currentUser() const;
    [[nodiscard]] std::vector<std::string> takeWarnings() { return std::move(m_warnings); }

private:
    Result<void> readFile(const std::filesystem::path& file, bool mustExist, bool userFile, int depth, bool& active);
    Result<void> readLine(const Line& line, const std::string& where, bool userFile, int depth, bool& active);
    Result<void> include(const Line& line, const std::string& where, bool userFile, int depth, bool active);
    Result<bool> matches(const Line& line, const std::string& where);
    void keep(const std::string& key, std::vector<std::string> arguments, const std::string& where);
    void warn(const std::string& where, const std::string& what);

    const SshConfigQuery& m_query;
    std::filesystem::path m_home;
    std::string m_localUser;
    std::map<std::string, ConfigValue> m_values;
    std::vector<ConfigValue> m_identities;
    std::vector<std::string> m_warnings;
};

} // namespace medic::sshtext
