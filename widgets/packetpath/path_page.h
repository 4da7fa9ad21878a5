// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/packetpath/path_engine.h"
#include "widgets/packetpath/path_layout.h"

#include <QWidget>

class QButtonGroup;
class QLabel;
class QSplitter;
class QToolButton;

namespace medic {
class PlainLabel;
}

namespace medic::packetpath {

class PathCanvas;
class StepPanel;

/// The picture of one answered query with its sentence, its details and its tools. Screen's thread.
class PathPage final : public QWidget
{
    Q_OBJECT

public:
    explicit PathPage(QWidget* parent = nullptr);

    void setAnswer(const PathAnswerPtr& answer);
    [[nodiscard]] const PathAnswerPtr& answer() const { return m_answer; }
    [[nodiscard]] PathCanvas* canvas() const { return m_canvas; }
    [[nodiscard]] StepPanel* panel() const { return m_panel; }
    [[nodiscard]] QString words() const; ///< the sentence "in words"
    void showReply(); ///< the answer's way
    void showRequest();
    [[nodiscard]] bool passedOver() const;
    /// Esc: closes the details; false: they were not open.
    bool stepBack();
    bool exportTo(const QString& file) const; ///< .svg or .png; false: not written
    void retranslate();

Q_SIGNALS:
    void dumpWanted(const TraceStep& step);
    void chainWanted(const TraceStep& step);
    void withoutWanted(const TraceStep& step); ///< what if this rule were not there
    void asItIsWanted(); ///< no changes any more
    void passedOverChanged(); ///< the query is to be asked again
    void said(const QString& sentence);

private:
    void build();
    void fill();
    void updateWords();
    void updateThought();
    void choose(const PathLayout::Spot& spot);
    void askForFile(const QString& suffix);

    PathAnswerPtr m_answer;
    bool m_unfolded = false;
    QButtonGroup* m_directions;
    QToolButton* m_request;
    QToolButton* m_reply;
    QToolButton* m_passed;
    QToolButton* m_smaller;
    QToolButton* m_larger;
    QToolButton* m_fit;
    QToolButton* m_export;
    QWidget* m_thought; ///< the line that says what is only thought
    PlainLabel* m_thoughtWords;
    QToolButton* m_copyCommands;
    QToolButton* m_asItIs;
    PlainLabel* m_title;
    QLabel* m_state;
    PlainLabel* m_words;
    PlainLabel* m_warnings;
    PathCanvas* m_canvas;
    StepPanel* m_panel;
    QSplitter* m_split;
};

} // namespace medic::packetpath
