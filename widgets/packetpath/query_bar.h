// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/packetpath/path_engine.h"

#include <QWidget>

class QCompleter;
class QLineEdit;
class QMenu;
class QStringListModel;
class QToolButton;

namespace medic {
class PlainLabel;
class PrimaryButton;
}

namespace medic::packetpath {

/// The line in which an engineer types a packet, with completion, recent queries, the node to follow it on and a sentence
/// about what is not understood. Screen's thread.
class QueryBar final : public QWidget
{
    Q_OBJECT

public:
    explicit QueryBar(QWidget* parent = nullptr);

    void setNames(const NamesPtr& names);
    void setText(const QString& text);
    [[nodiscard]] QString text() const;
    void showMistake(const QString& sentence);
    void showNode(const QString& node); ///< where the path shown is followed
    void remember(const QString& query); ///< a query that was understood
    [[nodiscard]] QStringList recent() const { return m_recent; }
    void takeFocus();
    void retranslate();

Q_SIGNALS:
    void asked(const QString& text);
    void nodeWanted(const QString& node); ///< chosen from the list; with a query in the line, asked() follows

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void complete();
    void ask();
    void fillRecent();
    void fillNodes();
    void askOn(const QString& node);

    QLineEdit* m_edit;
    PrimaryButton* m_go;
    QToolButton* m_history;
    QToolButton* m_node;
    QMenu* m_recentMenu;
    QMenu* m_nodeMenu;
    PlainLabel* m_mistake;
    QCompleter* m_completer;
    QStringListModel* m_words;
    NamesPtr m_names;
    QStringList m_recent;
};

/// The query for another node: its "on NODE" replaced, or appended.
[[nodiscard]] QString queryOn(const QString& query, const QString& node);

} // namespace medic::packetpath
