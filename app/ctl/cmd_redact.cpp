// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/arguments.h"
#include "app/ctl/command.h"
#include "app/ctl/connection.h"
#include "app/ctl/output.h"
#include "diagnostics/incident/redaction.h"

#include <QCoreApplication>

namespace medic::ctl {

namespace {

} // namespace

std::vector<OptionSpec> redactOptions()
{
    return {
        {"--output", "SHARE.medic", QT_TRANSLATE_NOOP("ctl", "the copy to be written; must not exist yet"), "-o"},
        {"--key", "FILE", QT_TRANSLATE_NOOP("ctl", "key file: used if it exists, else made (default: SHARE.medic.key); keep it to yourself")},
        {"--name", "NAME", QT_TRANSLATE_NOOP("ctl", "a further host name to replace (repeatable)"), nullptr, true},
        {"--user", "NAME", QT_TRANSLATE_NOOP("ctl", "a further user name to replace (repeatable)"), nullptr, true},
        {"--keep", "NAME", QT_TRANSLATE_NOOP("ctl", "a host name that may stay, as node-1 (repeatable)"), nullptr, true},
    };
}

int runRedact(const QStringList& given)
{
    const auto arguments = Arguments::parse(given, redactOptions());
    if (!arguments)
        return UsageError;
    if (arguments->files().size() != 1)
        return usageError(QCoreApplication::translate("ctl", "redact needs one FILE.medic"));
    if (!arguments->has("--output"))
        return usageError(QCoreApplication::translate("ctl", "redact needs -o SHARE.medic"));
    const auto incident = IncidentFile::open(arguments->files().first().toStdString(), IncidentFile::Mode::ReadOnly);
    if (!incident)
        return fail(incident.error());
    const auto result = redactIncident(*incident, arguments->value("--output").toStdString(),
                                       {.keyFile = arguments->value("--key").toStdString(),
                                        .names = stringsOf(arguments->values("--name")),
                                        .users = stringsOf(arguments->values("--user")),
                                        .keep = stringsOf(arguments->values("--keep"))});
    if (!result)
        return fail(result.error());
    print(QCoreApplication::translate("ctl", "%1: %2 observations, %3 names and addresses replaced").arg(safe(result->share.string()))
              .arg(result->observations).arg(result->replaced) + u'\n');
    print(QCoreApplication::translate("ctl", "%1 tells which stand-in is whose: do not share it").arg(safe(result->keyFile.string())) + u'\n');
    return NothingWrong;
}

} // namespace medic::ctl
