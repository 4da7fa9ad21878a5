// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/catalogue.h"
#include "diagnostics/model/finding.h"
#include "widgets/models/team_notes.h"

#include <QScrollArea>

#include <optional>

namespace medic {

/// One finding, told whole: what, where, why it matters, the evidence with its lines, the next step, references.
/// Screen's thread; `catalogue` and `notes` outlive it.
class FindingPanel final : public QScrollArea
{
    Q_OBJECT

public:
    /// `notes` may be null.
    explicit FindingPanel(const Catalogue& catalogue, const TeamNotes* notes = nullptr, QWidget* parent = nullptr);

    void showFinding(const Finding& finding, std::optional<TimePoint> now);
    void clear();
    void setLanguage(Language language);
    [[nodiscard]] const std::optional<Finding>& finding() const { return m_finding; }

Q_SIGNALS:
    void evidenceWanted(const medic::Evidence& evidence);
    void nodeWanted(const QString& node);
    void playbookWanted(const QString& playbook, const QString& findingKey);
    void knowledgeWanted(const QString& findingId);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void rebuild();

    const Catalogue& m_catalogue;
    const TeamNotes* m_notes;
    Language m_language = Language::English;
    std::optional<Finding> m_finding;
    std::optional<TimePoint> m_now;
};

/// The lit lines of one piece of evidence, a few around nothing else; opens the drawer on click, Enter or Space.
class EvidenceExcerpt final : public QWidget
{
    Q_OBJECT

public:
    explicit EvidenceExcerpt(const Evidence& evidence, QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;

Q_SIGNALS:
    void opened(const medic::Evidence& evidence);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Shown {
        int number = 0;
        QString text;
        bool lit = false;
    };
    Evidence m_evidence;
    QString m_head;
    QString m_more;
    QList<Shown> m_shown;
};

} // namespace medic
