// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/fakes/lab.h"

#include <QFileInfo>
#include <QMap>

namespace medic::fakes {

/// One run of a guide on the lab: what came of its steps, its verdicts, and the incident file that it wrote.
struct GuideRun {
    Medicctl ctl;
    QString file;

    /// "verified", an answer, an outcome …, of the step's last visit; empty: not visited.
    [[nodiscard]] QString result(const char* step) const { return visit(step)[QLatin1String("result")].toString(); }
    [[nodiscard]] QJsonObject visit(const char* step) const
    {
        QJsonObject last;
        for (const QJsonValue& one : ctl.json()[QLatin1String("visits")].toArray())
            if (one[QLatin1String("step")].toString() == QLatin1String(step))
                last = one.toObject();
        return last;
    }
    /// Everything that the step's commands printed, with the commands.
    [[nodiscard]] QString output(const char* step) const
    {
        QString all;
        for (const QJsonValue& one : visit(step)[QLatin1String("outputs")].toArray())
            all += one.toString() + u'\n';
        return all;
    }
    /// "failure confirmed thousandth: text" of the verdicts of a step that were given.
    [[nodiscard]] QStringList verdicts(const char* step) const
    {
        QStringList result;
        for (const QJsonValue& one : ctl.json()[QLatin1String("verdicts")].toArray())
            if (one[QLatin1String("step")].toString() == QLatin1String(step) && !one[QLatin1String("undecided")].toBool())
                result << one[QLatin1String("verdict")].toString() + u' ' + one[QLatin1String("confidence")].toString() + u' ' + one[QLatin1String("id")].toString() + QStringLiteral(": ")
                        + one[QLatin1String("text")].toString();
        return result;
    }
    [[nodiscard]] bool gave(const char* step, const char* verdict) const
    {
        for (const QString& one : verdicts(step))
            if (one.startsWith(QLatin1String(verdict)))
                return true;
        return false;
    }
    /// The whole run in a few lines, for a test's message.
    [[nodiscard]] QByteArray story() const
    {
        QByteArray text = ctl.err + "exit status " + QByteArray::number(ctl.status) + '\n';
        for (const QJsonValue& one : ctl.json()[QLatin1String("visits")].toArray())
            text += one[QLatin1String("step")].toString().toUtf8() + ": " + one[QLatin1String("status")].toString().toUtf8() + ' ' + one[QLatin1String("result")].toString().toUtf8() + " ("
                + one[QLatin1String("because")].toString().toUtf8() + ")\n";
        for (const QJsonValue& one : ctl.json()[QLatin1String("verdicts")].toArray())
            text += (one[QLatin1String("undecided")].toBool() ? "undecided " : "") + one[QLatin1String("verdict")].toString().toUtf8() + ' ' + one[QLatin1String("id")].toString().toUtf8() + ": "
                + one[QLatin1String("text")].toString().toUtf8() + '\n';
        return text;
    }
};

/// A notebook's case from symptom to verified fix on a lab that is up: `medicctl check` live, the guide with its actions
/// confirmed, the check again, the reports.
class LabCase final {
public:
    explicit LabCase(Lab& lab) : m_lab(lab) { }

    /// `medicctl check`, live.
    [[nodiscard]] Medicctl check(const QStringList& more = {}) const
    {
        return Medicctl(QStringList {QStringLiteral("check"), QStringLiteral("--format"), QStringLiteral("json")} + m_lab.connection() + more);
    }
    /// "failure ID" and "warning ID" of it, sorted, once each; `family`: only ids that begin so.
    [[nodiscard]] static QStringList problems(const Medicctl& check, const QString& family = {})
    {
        QStringList result;
        for (const QString& one : check.findings()) {
            const QString verdict = one.section(u' ', 0, 0), id = one.section(u' ', 1, 1);
            if ((verdict == QLatin1String("failure") || verdict == QLatin1String("warning")) && id.startsWith(family))
                result << verdict + u' ' + id;
        }
        result.removeDuplicates();
        if (check.status < 0 || check.status == 2)
            result << QStringLiteral("exit status %1: %2").arg(check.status).arg(QString::fromUtf8(check.err));
        return result;
    }

    /// The guide on the live lab; `confirmed`: its actions that may run, "step" or "step=typed".
    [[nodiscard]] GuideRun run(const char* playbook, const QMap<QString, QString>& answers, const QStringList& confirmed, const QStringList& more = {})
    {
        const QString number = QString::number(++m_count);
        QFile file(m_folder.filePath(QStringLiteral("answers%1.yaml").arg(number)));
        if (file.open(QIODevice::WriteOnly))
            for (auto one = answers.begin(); one != answers.end(); ++one)
                file.write((one.key() + QStringLiteral(": ") + one.value() + u'\n').toUtf8());
        file.close();
        const QString incident = m_folder.filePath(QStringLiteral("run%1.medic").arg(number));
        QStringList words {QStringLiteral("playbook"), QStringLiteral("run"), QString::fromLatin1(playbook), QStringLiteral("--format"), QStringLiteral("json"),
                           QStringLiteral("--answers"), file.fileName(), QStringLiteral("-o"), incident};
        for (const QString& one : confirmed)
            words << QStringLiteral("--confirm") << one;
        return {Medicctl(words + m_lab.connection() + more, 400), incident}; // a busy machine takes its time for each sweep
    }

    static bool drawsPdf() { return QFileInfo(QStringLiteral(MEDIC_BIN_DIR "/cluster-medic")).isExecutable() && !QStandardPaths::findExecutable(QStringLiteral("pdftotext")).isEmpty(); }
    /// The incident's report as PDF, back as text with each run of blanks one blank; empty: no PDF came.
    [[nodiscard]] QString report(const QString& incident, const char* language)
    {
        const QString pdf = m_folder.filePath(QStringLiteral("report%1-%2.pdf").arg(QString::number(++m_count), QString::fromLatin1(language)));
        const Medicctl made({QStringLiteral("report"), incident, QStringLiteral("-o"), pdf, QStringLiteral("--lang"), QString::fromLatin1(language)});
        if (made.status != 0)
            return {};
        QProcess process;
        process.start(QStringLiteral("pdftotext"), {QStringLiteral("-layout"), pdf, QStringLiteral("-")});
        return process.waitForFinished(60000) ? QString::fromUtf8(process.readAllStandardOutput()).simplified() : QString();
    }

private:
    Lab& m_lab;
    QTemporaryDir m_folder;
    int m_count = 0;
};

} // namespace medic::fakes
