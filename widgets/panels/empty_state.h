// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace medic {

/// What a view shows instead of its content: what is missing, why, and the button that helps.
class EmptyState final : public QWidget
{
    Q_OBJECT

public:
    explicit EmptyState(const QString& iconName, QWidget* parent = nullptr);

    /// `button` empty: none.
    void setWords(const QString& title, const QString& sentence, const QString& button = {});
    void setIconName(const QString& iconName);

Q_SIGNALS:
    void pressed();

protected:
    void changeEvent(QEvent* event) override;

private:
    void paintIconLabel();
    QString m_iconName;
    QLabel* m_icon;
    QLabel* m_title;
    QLabel* m_sentence;
    QPushButton* m_button;
};


} // namespace medic
