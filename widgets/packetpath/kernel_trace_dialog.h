// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/netfilter/kernel_trace.h"
#include "diagnostics/transport/profile.h"
#include "widgets/packetpath/path_engine.h"

#include <QDialog>

class QLineEdit;
class QSpinBox;
class QVBoxLayout;

namespace medic {
class PrimaryButton;
}

namespace medic::packetpath {

/// Asks whether the kernel of a live node may be listened to for one flow: what is put in and taken out again, the risk, the
/// whole command. Runs nothing itself. Where nothing may be changed the command can be copied only.
class KernelTraceDialog final : public QDialog
{
    Q_OBJECT

public:
    /// `live`: the node can be reached at all.
    KernelTraceDialog(const PathAnswerPtr& answer, const ClusterProfile& profile, bool live, QWidget* parent = nullptr);

    [[nodiscard]] const netfilter::KernelTracePlan* plan() const { return m_plan ? &*m_plan : nullptr; }
    [[nodiscard]] bool allowed() const; ///< it may be run now: changes are allowed, the name is typed where it has to be
    void setTyped(const QString& name);

Q_SIGNALS:
    void confirmed(const medic::netfilter::KernelTracePlan& plan);

private:
    void rebuild();
    void updateRun();

    PathAnswerPtr m_answer;
    ClusterProfile m_profile;
    bool m_live;
    std::string m_id;
    std::optional<netfilter::KernelTracePlan> m_plan;
    QString m_why; ///< why there is no plan
    QVBoxLayout* m_parts;
    QWidget* m_page = nullptr;
    QSpinBox* m_seconds;
    QLineEdit* m_name = nullptr;
    PrimaryButton* m_run = nullptr;
};

} // namespace medic::packetpath
