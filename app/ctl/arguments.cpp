// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/arguments.h"

#include "app/ctl/command.h"
#include "app/ctl/output.h"

#include <QCoreApplication>

#include <algorithm>

namespace medic::ctl {

namespace {

QString tr(const char* text) { return QCoreApplication::translate("ctl", text); }

} // namespace

std::optional<Arguments> Arguments::parse(const QStringList& given, const std::vector<OptionSpec>& specs)
{
    Arguments result;
    bool options = true;
    for (qsizetype i = 0; i < given.size(); ++i) {
        const QString& word = given.at(i);
        if (!options || !word.startsWith(u'-') || word == QLatin1String("-")) {
            result.m_files.append(word);
            continue;
        }
        if (word == QLatin1String("--")) {
            options = false;
            continue;
        }
        const qsizetype equals = word.startsWith(QLatin1String("--")) ? word.indexOf(u'=') : -1;
        const QString name = word.left(equals < 0 ? word.size() : equals);
        const auto spec = std::find_if(specs.begin(), specs.end(), [&name](const OptionSpec& one) {
            return name == QLatin1String(one.name) || (one.brief != nullptr && name == QLatin1String(one.brief));
        });
        if (spec == specs.end()) {
            usageError(QCoreApplication::translate("ctl", "unknown option %1").arg(name));
            return std::nullopt;
        }
        QString value;
        if (spec->value == nullptr) {
            if (equals >= 0) {
                usageError(QCoreApplication::translate("ctl", "%1 takes no value").arg(name));
                return std::nullopt;
            }
        } else if (equals >= 0) {
            value = word.mid(equals + 1);
        } else if (i + 1 < given.size()) {
            value = given.at(++i);
        } else {
            usageError(QCoreApplication::translate("ctl", "%1 needs a value: %2").arg(name, QLatin1String(spec->value)));
            return std::nullopt;
        }
        QStringList& values = result.m_values[QLatin1String(spec->name)];
        if (!values.isEmpty() && !spec->repeatable) {
            usageError(QCoreApplication::translate("ctl", "%1 is given twice").arg(name));
            return std::nullopt;
        }
        values.append(value);
    }
    return result;
}

QString helpText(const char* command, const char* usage, const char* summary, const std::vector<OptionSpec>& specs)
{
    QString text = QCoreApplication::translate("ctl", "Usage: medicctl %1 %2").arg(QString::fromUtf8(command), QString::fromUtf8(usage)) + u'\n';
    text += u'\n' + tr(summary) + QStringLiteral("\n\n");
    for (const OptionSpec& spec : specs) {
        QString left = QStringLiteral("  ") + QLatin1String(spec.name);
        if (spec.brief != nullptr)
            left = QStringLiteral("  ") + QLatin1String(spec.brief) + QStringLiteral(", ") + QLatin1String(spec.name);
        if (spec.value != nullptr)
            left += u' ' + QLatin1String(spec.value);
        text += padded(left, 28) + u' ' + tr(spec.help) + u'\n';
    }
    return text;
}

} // namespace medic::ctl
