// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMap>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace medic::ctl {

/// One option of a command.
struct OptionSpec {
    const char* name; ///< "--node"
    const char* value; ///< "NODE": takes one; null: a switch
    const char* help; ///< English, marked with QT_TRANSLATE_NOOP("ctl", …)
    const char* brief = nullptr; ///< "-o"
    bool repeatable = false;
};

/// What a command line says. Values by `--name value` or `--name=value`; "--" ends the options.
class Arguments {
public:
    /// Empty on a mistake: then one line was written to stderr (the caller returns UsageError).
    [[nodiscard]] static std::optional<Arguments> parse(const QStringList& given, const std::vector<OptionSpec>& specs);

    [[nodiscard]] bool has(const char* name) const { return m_values.contains(QLatin1String(name)); }
    [[nodiscard]] QString value(const char* name) const { return m_values.value(QLatin1String(name)).value(0); }
    [[nodiscard]] QStringList values(const char* name) const { return m_values.value(QLatin1String(name)); }
    [[nodiscard]] const QStringList& files() const { return m_files; }

private:
    QMap<QString, QStringList> m_values;
    QStringList m_files;
};

/// The help of a command: "Usage: …", its summary and options, aligned.
[[nodiscard]] QString helpText(const char* command, const char* usage, const char* summary, const std::vector<OptionSpec>& specs);

} // namespace medic::ctl
