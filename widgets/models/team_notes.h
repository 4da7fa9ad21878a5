// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"

#include <QHash>
#include <QJsonObject>
#include <QList>
#include <QObject>
#include <QString>

#include <optional>

namespace medic {

/// A link that the team keeps beside a finding.
struct TeamLink {
    QString title, url;
    bool dead = false; ///< found gone: still shown, marked, not opened
    bool operator==(const TeamLink&) const = default;
};

/// What the team itself knows of a finding, or (finding id empty) of clusters at large.
struct TeamNote {
    QString text;
    QList<TeamLink> links;
    [[nodiscard]] bool empty() const { return text.trimmed().isEmpty() && links.isEmpty(); }
    bool operator==(const TeamNote&) const = default;
};

/// The team's own links and notes, kept as JSON in the user's configuration folder (docs/window.md), to be shared like any
/// file. Read once; written as a whole on each change. What a newer version wrote beside is kept; a file that cannot be
/// read is told and never overwritten. Screen's thread.
class TeamNotes final : public QObject
{
    Q_OBJECT

public:
    /// `file` need not exist.
    explicit TeamNotes(const QString& file, QObject* parent = nullptr);

    [[nodiscard]] static QString standardFile();
    [[nodiscard]] const QString& file() const { return m_file; }
    [[nodiscard]] const std::optional<Error>& problem() const { return m_problem; } ///< why nothing can be changed
    [[nodiscard]] TeamNote note(const QString& finding) const { return m_notes.value(finding); }

    /// Replaces what is kept of a finding; an empty note removes it. On failure nothing has changed.
    [[nodiscard]] Result<void> set(const QString& finding, const TeamNote& note);

    /// Only what a browser opens as a page: http or https.
    [[nodiscard]] static bool opens(const TeamLink& link);

Q_SIGNALS:
    void changed(const QString& finding);

private:
    void read();

    QString m_file;
    std::optional<Error> m_problem;
    QHash<QString, TeamNote> m_notes;
    QJsonObject m_rest; ///< the file as it was read
};

} // namespace medic
