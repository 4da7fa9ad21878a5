// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/path_view.h"

#include "diagnostics/collect/session.h"
#include "widgets/panels/empty_state.h"

#include <QStackedWidget>
#include <QVBoxLayout>

namespace medic {

using collect::Session;

PathView::PathView(const ViewContext& context, QWidget* parent)
    : View(context, parent), m_empty(new EmptyState(QStringLiteral("path"))), m_stack(new QStackedWidget)
{
    m_stack->addWidget(m_empty);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);
    connect(&session(), &Session::opened, this, &PathView::refresh);
    connect(&session(), &Session::closed, this, &PathView::refresh);
    connect(m_empty, &EmptyState::pressed, this, [this] { Q_EMIT placeWanted({.view = QStringLiteral("start"), .key = {}, .detail = {}}); });
    retranslate();
}

PathView::~PathView() = default;

void PathView::refresh()
{
    if (!session().isOpen())
        m_empty->setWords(tr("No cluster, no incident"), tr("Connect to a cluster or open a recorded incident; then a packet can be followed through its nodes."),
                          tr("Go to the start page"));
    else
        m_empty->setWords(tr("No rules were collected"), tr("The packet's path needs a node's iptables, nftables, IPVS and routes."));
}

void PathView::retranslate() { refresh(); }

} // namespace medic
