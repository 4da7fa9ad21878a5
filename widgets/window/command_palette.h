// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/views/view.h"

#include <QFrame>

#include <functional>

class QLineEdit;
class QListWidget;

namespace medic {

/// Ctrl+K: nodes, findings, views, commands and wizards alike, found by a few letters; keyboard only when wanted.
class CommandPalette final : public QFrame
{
    Q_OBJECT

public:
    explicit CommandPalette(QWidget* parent);

    /// Shows itself over the window with what can be reached now.
    void popUp(const QList<PaletteItem>& items, std::function<QList<PaletteItem>(const QString&)> more);
    [[nodiscard]] QLineEdit* field() const { return m_field; }
    [[nodiscard]] QListWidget* list() const { return m_list; }

Q_SIGNALS:
    void chosen(const medic::Place& place);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void search();
    void choose();
    QList<PaletteItem> m_items, m_shown;
    std::function<QList<PaletteItem>(const QString&)> m_more;
    QLineEdit* m_field;
    QListWidget* m_list;
};

} // namespace medic
