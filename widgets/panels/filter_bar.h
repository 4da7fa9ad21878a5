// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/verdict.h"

#include <QMap>
#include <QSet>
#include <QWidget>

class QLineEdit;
class QToolButton;

namespace medic {

/// One line above a table: words to filter by, and one button per verdict with its count.
class FilterBar final : public QWidget
{
    Q_OBJECT

public:
    explicit FilterBar(const QList<Verdict>& verdicts, QWidget* parent = nullptr);

    void setCounts(const QMap<Verdict, int>& counts);
    void setShown(const QSet<Verdict>& shown); ///< empty: all
    [[nodiscard]] QSet<Verdict> shown() const;
    void setText(const QString& text);
    [[nodiscard]] QString text() const;
    void setPlaceholder(const QString& words);
    void takeFocus();
    /// Esc: clears the words; false when there were none.
    bool clearWords();
    void retranslate();

Q_SIGNALS:
    void textChanged(const QString& text);
    void shownChanged(const QSet<Verdict>& shown);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void writeButtons();
    bool m_worded = false; ///< there is room for the verdicts' words
    QLineEdit* m_words;
    QMap<Verdict, QToolButton*> m_buttons;
    QMap<Verdict, int> m_counts;
};

} // namespace medic
