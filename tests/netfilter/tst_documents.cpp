// SPDX-License-Identifier: GPL-3.0-or-later
// docs/dispositions.md and docs/matches.md say what the program does.
#include "diagnostics/model/trace.h"
#include "diagnostics/parse/iptables_save.h"

#include <QFile>
#include <QRegularExpression>
#include <QTest>

using namespace medic;

namespace {

/// First and second cell of each row of the table that follows a heading.
QMap<QString, QString> tableAfter(const QString& document, const QString& heading)
{
    QMap<QString, QString> rows;
    const qsizetype start = document.indexOf(heading + QLatin1Char('\n'));
    if (start < 0)
        return rows;
    const qsizetype end = document.indexOf(QStringLiteral("\n## "), start + 1);
    const QString part = document.mid(start, end < 0 ? -1 : end - start);
    static const QRegularExpression row(QStringLiteral("^\\| `?([A-Za-z0-9_-]+)`? \\| ([^|]*?) *\\|"), QRegularExpression::MultilineOption);
    for (auto found = row.globalMatch(part); found.hasNext();) {
        const auto match = found.next();
        rows.insert(match.captured(1), match.captured(2));
    }
    return rows;
}

QString documentText(const char* name)
{
    QFile file(QStringLiteral(MEDIC_SOURCE_DIR "/docs/") + QLatin1String(name));
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

void compareTables(const QMap<QString, QString>& documented, const std::vector<iptables::ExtensionStatus>& real, const QString& header)
{
    QMap<QString, QString> program;
    for (const auto& one : real)
        program.insert(QString::fromUtf8(one.name.data(), qsizetype(one.name.size())), QString::fromUtf8(one.status.data(), qsizetype(one.status.size())));
    auto rows = documented;
    rows.remove(header);
    for (auto it = program.cbegin(); it != program.cend(); ++it)
        QVERIFY2(rows.value(it.key()) == it.value(), qPrintable(it.key() + QStringLiteral(" is ") + it.value() + QStringLiteral(", the document says ") + rows.value(it.key())));
    for (auto it = rows.cbegin(); it != rows.cend(); ++it)
        QVERIFY2(program.contains(it.key()), qPrintable(it.key() + QStringLiteral(" is documented and not known")));
}

} // namespace

class TestDocuments : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void dispositions()
    {
        auto rows = tableAfter(documentText("dispositions.md"), QStringLiteral("# Where a packet ends"));
        rows.remove(QStringLiteral("disposition"));
        QSet<QString> names;
        for (int i = 0; i <= static_cast<int>(Disposition::Undecidable); ++i) {
            const auto name = dispositionName(static_cast<Disposition>(i));
            names.insert(QString::fromUtf8(name.data(), qsizetype(name.size())));
        }
        const auto keys = rows.keys();
        QCOMPARE(QSet<QString>(keys.begin(), keys.end()), names);
        for (const QString& condition : rows)
            QVERIFY(condition.size() > 60);
    }

    void matches() { compareTables(tableAfter(documentText("matches.md"), QStringLiteral("## Matches")), iptables::knownMatches(), QStringLiteral("match")); }

    void targets() { compareTables(tableAfter(documentText("matches.md"), QStringLiteral("## Targets")), iptables::knownTargets(), QStringLiteral("target")); }

    /// What nodes were seen to have (Kubernetes, CNI plugins, Docker, firewalld, istio, ufw …) is in one of the tables.
    void inventory()
    {
        QSet<QString> known;
        for (const auto* list : {&iptables::knownMatches(), &iptables::knownTargets()})
            for (const auto& one : *list)
                known.insert(QString::fromUtf8(one.name.data(), qsizetype(one.name.size())));
        const QString met = QStringLiteral(
            "comment tcp udp sctp addrtype conntrack mark statistic recent nfacct physdev set ipvs multiport icmp icmp6 rpfilter socket "
            "pkttype limit hashlimit owner connmark time bpf u32 string quota connlimit hl dscp tos iprange "
            "MARK DNAT MASQUERADE REJECT DROP ACCEPT RETURN CONNMARK NOTRACK CT SNAT NFLOG DSCP TOS TPROXY REDIRECT NETMAP LOG SET "
            "TCPMSS NFQUEUE TRACE CHECKSUM");
        for (const QString& name : met.split(QLatin1Char(' ')))
            QVERIFY2(known.contains(name), qPrintable(name));
    }
};

QTEST_APPLESS_MAIN(TestDocuments)
#include "tst_documents.moc"
