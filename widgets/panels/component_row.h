// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/models/node_facts.h"

#include <QWidget>

class QHBoxLayout;

namespace medic {

/// kubelet · runtime · kube-proxy · CNI · DNS · time, each with its state; a click leads to the evidence.
class ComponentRow final : public QWidget
{
    Q_OBJECT

public:
    explicit ComponentRow(QWidget* parent = nullptr);
    void setComponents(const QList<ComponentFact>& components);

Q_SIGNALS:
    void evidenceWanted(const medic::Evidence& evidence);

protected:
    void changeEvent(QEvent* event) override;

private:
    QHBoxLayout* m_layout;
    QList<ComponentFact> m_shown;
};

[[nodiscard]] QString componentName(ComponentFact::Kind kind);

} // namespace medic
