// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/views/view.h"

#include <QFrame>

class QLineEdit;
class QListWidget;

namespace medic {

/// Those that a few letters find, best first, at most `most`; without letters all in their order. Pure.
[[nodiscard]] QList<PaletteItem> paletteMatches(const QList<PaletteItem>& items, const QString& letters, int most);

/// Ctrl+K: nodes, Pods, Services, findings, views, commands and guides alike, found by a few letters; a pasted error finds its
/// guide. Keyboard only when wanted. Screen's thread.
class CommandPalette final : public QFrame
{
    Q_OBJECT

public:
    explicit CommandPalette(QWidget* parent);

    /// Shows itself over the window with what can be reached now.
    void popUp(const QList<PaletteItem>& items);
    /// Further lines for the text as it stands, put first; ignored when it has changed since.
    void addFor(const QString& text, const QList<PaletteItem>& items);
    [[nodiscard]] QLineEdit* field() const { return m_field; }
    [[nodiscard]] QListWidget* list() const { return m_list; }

Q_SIGNALS:
    void chosen(const medic::Place& place);
    void textChanged(const QString& text); ///< answered by addFor()

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void search();
    void show(const QList<PaletteItem>& items);
    void choose();
    QList<PaletteItem> m_items, m_shown, m_first;
    QLineEdit* m_field;
    QListWidget* m_list;
};

} // namespace medic
