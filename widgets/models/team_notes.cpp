// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/models/team_notes.h"

#include "diagnostics/model/resources.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSaveFile>
#include <QUrl>

namespace medic {

namespace {

constexpr int formatVersion = 1;
constexpr qint64 largest = 16 * 1024 * 1024;

TeamNote noteFrom(const QJsonObject& object)
{
    TeamNote note {.text = object[QLatin1String("note")].toString(), .links = {}};
    for (const QJsonValue& value : object[QLatin1String("links")].toArray()) {
        const QJsonObject link = value.toObject();
        const TeamLink one {.title = link[QLatin1String("title")].toString(), .url = link[QLatin1String("url")].toString(),
                            .dead = link[QLatin1String("dead")].toBool()};
        if (!one.url.isEmpty() || !one.title.isEmpty())
            note.links.append(one);
    }
    return note;
}

QJsonObject objectOf(const TeamNote& note, QJsonObject before)
{
    QJsonArray links;
    for (const TeamLink& one : note.links) {
        QJsonObject link {{QLatin1String("title"), one.title}, {QLatin1String("url"), one.url}};
        if (one.dead)
            link.insert(QLatin1String("dead"), true);
        links.append(link);
    }
    before.insert(QLatin1String("note"), note.text);
    before.insert(QLatin1String("links"), links);
    return before;
}

} // namespace

TeamNotes::TeamNotes(const QString& file, QObject* parent) : QObject(parent), m_file(file) { read(); }

QString TeamNotes::standardFile() { return QString::fromStdString((userDirectory() / "notes.json").string()); }

void TeamNotes::read()
{
    QFile file(m_file);
    if (!file.exists())
        return;
    const auto bad = [this](ErrorCode code, const QString& detail) {
        m_problem = Error {.code = code, .where = m_file.toStdString(), .detail = detail.toStdString(), .systemError = 0};
    };
    if (!file.open(QIODevice::ReadOnly))
        return bad(ErrorCode::FileNotReadable, file.errorString());
    if (file.size() > largest)
        return bad(ErrorCode::BadSyntax, QStringLiteral("larger than 16 MB"));
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(file.readAll(), &error);
    if (!document.isObject())
        return bad(ErrorCode::BadSyntax, error.error == QJsonParseError::NoError ? QStringLiteral("not a JSON object")
                                                                                : QStringLiteral("%1 (byte %2)").arg(error.errorString()).arg(error.offset));
    m_rest = document.object();
    if (m_rest[QLatin1String("version")].toInt(formatVersion) > formatVersion)
        return bad(ErrorCode::BadSyntax, QStringLiteral("written by a newer version"));
    const QJsonObject findings = m_rest[QLatin1String("findings")].toObject();
    for (auto at = findings.begin(); at != findings.end(); ++at)
        if (const TeamNote note = noteFrom(at.value().toObject()); !note.empty())
            m_notes.insert(at.key(), note);
}

Result<void> TeamNotes::set(const QString& finding, const TeamNote& note)
{
    if (m_problem)
        return tl::unexpected(*m_problem);
    if (m_notes.value(finding) == note)
        return {};
    QJsonObject findings = m_rest[QLatin1String("findings")].toObject();
    if (note.empty())
        findings.remove(finding);
    else
        findings.insert(finding, objectOf(note, findings[finding].toObject()));
    QJsonObject whole = m_rest;
    whole.insert(QLatin1String("version"), formatVersion);
    whole.insert(QLatin1String("findings"), findings);

    if (!QDir().mkpath(QFileInfo(m_file).absolutePath()))
        return failure(ErrorCode::FileNotWritable, QFileInfo(m_file).absolutePath().toStdString());
    QSaveFile file(m_file);
    const QByteArray text = QJsonDocument(whole).toJson(QJsonDocument::Indented);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size() || !file.commit())
        return failure(file.error() == QFileDevice::ResourceError ? ErrorCode::DiskFull : ErrorCode::FileNotWritable, m_file.toStdString(),
                       file.errorString().toStdString());
    m_rest = whole;
    if (note.empty())
        m_notes.remove(finding);
    else
        m_notes.insert(finding, note);
    Q_EMIT changed(finding);
    return {};
}

bool TeamNotes::opens(const TeamLink& link)
{
    const QUrl url(link.url, QUrl::StrictMode);
    return !link.dead && url.isValid() && !url.host().isEmpty() && (url.scheme() == QLatin1String("https") || url.scheme() == QLatin1String("http"));
}

} // namespace medic
