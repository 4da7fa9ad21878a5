// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/packetpath/path_engine.h"
#include "widgets/packetpath/path_tree.h"

#include <QScrollArea>

#include <optional>

class QVBoxLayout;

namespace medic::packetpath {

/// One rule, told whole: what it does, its conditions one by one, its line in the dump, its owner, its counters; or the
/// end of a way. Screen's thread.
class StepPanel final : public QScrollArea
{
    Q_OBJECT

public:
    explicit StepPanel(QWidget* parent = nullptr);

    void showStep(const TraceStep& step, const LoadedNodePtr& node, bool v6);
    void showEnd(const TreePart& part);
    void clear();
    void retranslate() { rebuild(); }

Q_SIGNALS:
    void dumpWanted(const TraceStep& step); ///< its line, in the raw output
    void chainWanted(const TraceStep& step); ///< its chain, in the chain view
    void withoutWanted(const TraceStep& step); ///< what if this rule were not there
    void changeWanted(const TraceStep& step); ///< what if it were different
    void closeWanted();

private:
    void rebuild();
    void fillStep(QVBoxLayout* layout);
    void fillEnd(QVBoxLayout* layout);

    std::optional<TraceStep> m_step;
    std::optional<TreePart> m_end;
    LoadedNodePtr m_node;
    bool m_v6 = false;
};

/// The rule of an iptables dump that a step names; null: it is not one of those.
[[nodiscard]] const iptables::Rule* dumpedRule(const netfilter::NodeState& node, const TraceStep& step, bool v6);

} // namespace medic::packetpath
