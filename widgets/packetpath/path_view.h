// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/views/view.h"

class QStackedWidget;

namespace medic {

class EmptyState;

/// A packet's way through one node, rule by rule, and the node's rules as a map. Key of a place: a query
/// ("pod web-0 -> svc default/api:80"). Screen's thread; loading and tracing are done by PathEngine's worker.
class PathView final : public View
{
    Q_OBJECT

public:
    explicit PathView(const ViewContext& context, QWidget* parent = nullptr);
    ~PathView() override;

    [[nodiscard]] QString id() const override { return QStringLiteral("path"); }
    [[nodiscard]] QString name() const override { return tr("Path"); }
    [[nodiscard]] QString iconName() const override { return QStringLiteral("path"); }
    void retranslate() override;

private:
    void refresh();

    EmptyState* m_empty;
    QStackedWidget* m_stack;
};

} // namespace medic
