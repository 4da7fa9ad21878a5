// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/netfilter/kernel_trace.h"
#include "widgets/packetpath/path_engine.h"
#include "widgets/packetpath/path_layout.h"

#include <QWidget>

#include <optional>
#include <utility>

class QAction;
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
    void showAcross(bool across); ///< through the further nodes, where there are such (as it begins), or this one only
    [[nodiscard]] const Trace& shown() const; ///< of the node, or across all
    [[nodiscard]] bool passedOver() const;
    /// Esc: closes the details; false: they were not open.
    bool stepBack();
    bool exportTo(const QString& file) const; ///< .svg or .png; false: not written
    void retranslate();

    void setAudit(const PathAnswerPtr& answer, const ThoughtAuditPtr& audit); ///< of the answer with a change that is shown

    // Observed beside predicted:
    void setLive(bool live); ///< the node can be looked at now
    void showCounted(bool counted); ///< what was counted between two samples, beside each rule; where there are two
    void setKernelTrace(const QString& node, const netfilter::KernelTrace& trace); ///< until another query
    void setObserving(const QString& sentence); ///< what is going on; empty: nothing
    [[nodiscard]] QString seenWords() const; ///< the line about what was observed

Q_SIGNALS:
    void countWanted(); ///< take two samples
    void kernelTraceWanted();
    void dumpWanted(const TraceStep& step);
    void chainWanted(const TraceStep& step);
    void withoutWanted(const TraceStep& step); ///< what if this rule were not there
    void changeWanted(const std::optional<medic::TraceStep>& step); ///< what if something were different; this rule, or anything
    void asItIsWanted(); ///< no changes any more
    void passedOverChanged(); ///< the query is to be asked again
    void said(const QString& sentence);

private:
    void build();
    void fill();
    void updateWords();
    void updateThought();
    [[nodiscard]] bool isAcross() const; ///< several nodes are shown
    void updateSeen();
    [[nodiscard]] QString observedAt(const TraceStep& step) const;
    [[nodiscard]] bool isCounted() const; ///< a node of the path was sampled twice
    void choose(const PathLayout::Spot& spot);
    void askForFile(const QString& suffix);

    PathAnswerPtr m_answer;
    ThoughtAuditPtr m_audit;
    bool m_unfolded = false;
    QButtonGroup* m_directions;
    QToolButton* m_request;
    QToolButton* m_reply;
    QToolButton* m_across;
    QToolButton* m_passed;
    QToolButton* m_smaller;
    QToolButton* m_larger;
    QToolButton* m_fit;
    QToolButton* m_export;
    QToolButton* m_whatIf;
    QToolButton* m_observe;
    QAction* m_counted;
    QAction* m_countNow;
    QAction* m_listen;
    QLabel* m_seenState;
    PlainLabel* m_seen;
    QString m_observing;
    std::optional<std::pair<std::string, netfilter::KernelTrace>> m_kernel; ///< by node
    bool m_live = false;
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
