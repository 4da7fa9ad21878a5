// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/catalogue.h"
#include "widgets/models/team_notes.h"
#include "widgets/panels/reading_panel.h"

class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QVBoxLayout;

namespace medic {

class PlainLabel;

/// One entry of the catalogue, told whole, with its references and, below, the team's own links and notes, which are
/// written down here. Screen's thread; `catalogue` and `notes` (may be null) outlive it.
class KnowledgePanel final : public ReadingPanel
{
    Q_OBJECT

public:
    KnowledgePanel(const Catalogue& catalogue, TeamNotes* notes, QWidget* parent = nullptr);
    ~KnowledgePanel() override;

    /// `id` empty: what the team keeps of clusters at large. `here`: findings of it in what is open.
    void showEntry(const QString& id, int here);
    void setLanguage(Language language);
    [[nodiscard]] const QString& id() const { return m_id; }
    void keepNote(); ///< writes down what was typed and not yet kept

    [[nodiscard]] QPlainTextEdit* noteEdit() const { return m_note; }
    [[nodiscard]] QLineEdit* titleEdit() const { return m_linkTitle; }
    [[nodiscard]] QLineEdit* urlEdit() const { return m_linkUrl; }
    [[nodiscard]] QPushButton* addButton() const { return m_addLink; }

Q_SIGNALS:
    void playbookWanted(const QString& playbook);
    void findingsWanted(const QString& id);
    void said(const QString& sentence);

protected:
    void build() override;
    void beforeRebuild() override { keepNote(); }

private:
    void addTeam(QVBoxLayout* layout);
    void addLink();
    void keep(const TeamNote& note);

    const Catalogue& m_catalogue;
    TeamNotes* m_notes;
    Language m_language = Language::English;
    QString m_id, m_noteOf; ///< m_noteOf: whose note stands in the field
    int m_here = 0;
    QPlainTextEdit* m_note = nullptr;
    QLineEdit* m_linkTitle = nullptr;
    QLineEdit* m_linkUrl = nullptr;
    QPushButton* m_addLink = nullptr;
};

} // namespace medic
