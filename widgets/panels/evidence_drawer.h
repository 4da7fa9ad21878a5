// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/finding.h"

#include <QWidget>

#include <optional>

class QLabel;
class QLineEdit;
class QToolButton;
class QStackedWidget;
class QTabBar;

namespace medic {

class ElidedLabel;
class EmptyState;
class OutputView;
class PlainLabel;

/// The raw truth behind what is shown (F9): command, node, time, exit status, output with the lines that matter lit.
/// Never reworded, never translated. Screen's thread.
class EvidenceDrawer final : public QWidget
{
    Q_OBJECT

public:
    explicit EvidenceDrawer(QWidget* parent = nullptr);

    void showEvidence(const Evidence& evidence);
    void clear();
    [[nodiscard]] const ObservationPtr& observation() const { return m_observation; }
    [[nodiscard]] OutputView* view() const { return m_view; }
    void takeFocus();
    void focusFind();

Q_SIGNALS:
    void closeWanted();

protected:
    void changeEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void fill();
    void showStream(int index);
    void retranslate();
    void findNext(int direction);

    ObservationPtr m_observation;
    std::vector<int> m_lines;
    bool m_inErr = false;

    PlainLabel* m_title;
    QToolButton* m_close;
    PlainLabel* m_command;
    PlainLabel* m_facts;
    QToolButton* m_showCommand;
    QToolButton* m_copyCommand;
    QToolButton* m_copyOutput;
    QToolButton* m_previous;
    QToolButton* m_next;
    PlainLabel* m_litCount;
    QLineEdit* m_find;
    QTabBar* m_streams;
    OutputView* m_view;
    EmptyState* m_empty;
    QStackedWidget* m_stack;
};

} // namespace medic
