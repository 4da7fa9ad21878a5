// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/playbooks/loader.h"

#include <QWidget>

class QLineEdit;
class QScrollArea;
class QVBoxLayout;

namespace medic {

class LineButton;

/// The guides to choose from: first those that fit what was found, then the others; searched in both languages, by
/// words or by a pasted error message. Screen's thread; `library` outlives it.
class PlaybookList final : public QWidget
{
    Q_OBJECT

public:
    explicit PlaybookList(const playbooks::Library& library, QWidget* parent = nullptr);

    void setFindings(const std::vector<Finding>& findings);
    void setUnfinished(const QStringList& playbooks); ///< ids of those begun in this incident and not finished
    void retranslate();
    void takeFocus();
    bool clearWords(); ///< false: there were none
    [[nodiscard]] QLineEdit* search() const { return m_search; }
    [[nodiscard]] const QList<LineButton*>& lines() const { return m_lines; }

Q_SIGNALS:
    void chosen(const QString& playbook);

private:
    void refresh();
    void addHeading(QVBoxLayout* layout, const QString& words);
    void addLine(QVBoxLayout* layout, const playbooks::PlaybookPtr& playbook, const QString& why, bool fits);

    const playbooks::Library& m_library;
    std::vector<playbooks::Library::Fit> m_fits;
    QStringList m_unfinished;
    QLineEdit* m_search;
    QScrollArea* m_scroll;
    QList<LineButton*> m_lines;
};

} // namespace medic
