// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/arguments.h"
#include "app/ctl/command.h"
#include "app/ctl/output.h"
#include "app/ctl/recorded.h"
#include "diagnostics/collect/language.h"
#include "diagnostics/incident/report.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QSaveFile>
#include <QStandardPaths>

namespace medic::ctl {

namespace {

/// The window's program, beside this one or on the PATH, draws the pages: this one knows no fonts.
int renderPdf(const QString& incident, const QString& output)
{
    QString program = QCoreApplication::applicationDirPath() + QStringLiteral("/cluster-medic");
    if (!QFileInfo(program).isExecutable())
        program = QStandardPaths::findExecutable(QStringLiteral("cluster-medic"));
    if (program.isEmpty())
        return fail(Error {ErrorCode::ToolMissing, "cluster-medic", QCoreApplication::translate("ctl", "it renders the PDF; choose html, md or json").toStdString(), 0});
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
    process.setProcessEnvironment(environment);
    QFile::remove(output);
    const QString language = currentLanguage() == Language::Chinese ? QStringLiteral("zh") : QStringLiteral("en");
    process.start(program, {QStringLiteral("--render-report"), QFileInfo(incident).absoluteFilePath(), QStringLiteral("-o"),
                            QFileInfo(output).absoluteFilePath(), QStringLiteral("--lang"), language});
    const bool ended = process.waitForFinished(300000);
    if (!ended)
        process.kill();
    QFile file(output);
    const bool drawn = file.open(QIODevice::ReadOnly) && file.read(5) == "%PDF-";
    if (ended && process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0 && drawn) {
        print(safe(output.toStdString()) + u'\n');
        return NothingWrong;
    }
    const QByteArray said = process.readAllStandardError().trimmed();
    return fail(Error {ErrorCode::CommandFailed, program.toStdString(), said.mid(said.lastIndexOf('\n') + 1).toStdString(), 0});
}

} // namespace

std::vector<OptionSpec> reportOptions()
{
    return {{"--output", "FILE", QT_TRANSLATE_NOOP("ctl", "its ending decides: .pdf, .html, .md or .json"), "-o"}};
}

int runReport(const QStringList& given)
{
    const auto arguments = Arguments::parse(given, reportOptions());
    if (!arguments)
        return UsageError;
    if (arguments->files().size() != 1)
        return usageError(QCoreApplication::translate("ctl", "report needs one FILE.medic"));
    if (!arguments->has("--output"))
        return usageError(QCoreApplication::translate("ctl", "report needs -o OUT.{pdf,html,md,json}"));
    const QString output = arguments->value("--output"), ending = QFileInfo(output).suffix().toLower();
    if (ending != QLatin1String("pdf") && ending != QLatin1String("html") && ending != QLatin1String("md") && ending != QLatin1String("json"))
        return usageError(QCoreApplication::translate("ctl", "%1: the ending must be .pdf, .html, .md or .json").arg(output));
    const auto recorded = openRecorded(arguments->files().first());
    if (!recorded)
        return fail(recorded.error());
    if (ending == QLatin1String("pdf"))
        return renderPdf(arguments->files().first(), output);

    const auto findings = findingsOf(*recorded);
    if (!findings)
        return fail(findings.error());
    const auto report = buildReport(recorded->file, knowledge(), currentLanguage(), {.generated = std::chrono::system_clock::now()}, &*findings);
    if (!report)
        return fail(report.error());
    const std::string text = ending == QLatin1String("html") ? reportHtml(*report)
        : ending == QLatin1String("md")                      ? reportMarkdown(*report)
                                                             : reportJson(*report);
    QSaveFile file(output);
    const bool written = file.open(QIODevice::WriteOnly) && file.write(text.data(), static_cast<qint64>(text.size())) == static_cast<qint64>(text.size())
        && file.commit();
    if (!written)
        return fail(Error {ErrorCode::FileNotWritable, output.toStdString(), file.errorString().toStdString(), 0});
    print(safe(output.toStdString()) + u'\n');
    return NothingWrong;
}

} // namespace medic::ctl
