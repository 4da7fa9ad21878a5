// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/packetpath/path_engine.h"

#include <QDialog>

class QComboBox;
class QFormLayout;
class QLineEdit;
class QSpinBox;
class QVBoxLayout;

namespace medic {
class PlainLabel;
class PrimaryButton;
}

namespace medic::packetpath {

/// What would be if …: a list of changes of one node that are only thought. Rules, hostPorts and sysctls. Changes nothing.
class WhatIfDialog final : public QDialog
{
    Q_OBJECT

public:
    enum Kind { Disable, Edit, Insert, Move, AddHostPort, RemoveHostPort, Sysctl, KindCount };

    WhatIfDialog(const LoadedNodePtr& node, WhatIf current, bool v6, QWidget* parent = nullptr);

    void setKind(Kind kind);
    void setPlace(const TraceStep& step); ///< the rule that the change begins with
    /// Adds what the fields say; false: they are not complete, and a sentence says so.
    bool add();
    [[nodiscard]] const WhatIf& whatIf() const { return m_whatIf; }
    [[nodiscard]] QLineEdit* field(const QString& name) const; ///< by object name: "chain", "rule", "pod", "name", "value"
    [[nodiscard]] QString mistake() const;

Q_SIGNALS:
    void wanted(const medic::packetpath::WhatIf& whatIf); ///< empty: as it is

private:
    void showFields();
    void showChanges();
    void fillRule();
    [[nodiscard]] std::string backend() const;
    [[nodiscard]] const iptables::Rule* currentRule() const;

    LoadedNodePtr m_node;
    WhatIf m_whatIf;
    bool m_v6;
    std::string m_backend; ///< of the place that was given; empty: the one with rules
    QComboBox* m_kind;
    QFormLayout* m_form;
    QWidget* m_fields = nullptr;
    QVBoxLayout* m_formPlace;
    QVBoxLayout* m_list;
    PlainLabel* m_mistake;
    PrimaryButton* m_go;
    // What the fields hold, kept from kind to kind:
    QString m_table = QStringLiteral("nat"), m_chain, m_rule, m_protocol = QStringLiteral("tcp"), m_pod, m_name, m_value;
    int m_number = 1, m_to = 1, m_port = 0;
};

} // namespace medic::packetpath
