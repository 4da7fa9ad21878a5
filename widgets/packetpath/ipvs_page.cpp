// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/ipvs_page.h"

#include "widgets/packetpath/ipvs_model.h"
#include "widgets/panels/empty_state.h"
#include "widgets/panels/tables.h"
#include "widgets/theme/fonts.h"

#include <QLineEdit>
#include <QStackedWidget>
#include <QTreeView>
#include <QVBoxLayout>

namespace medic::packetpath {

IpvsPage::IpvsPage(QWidget* parent)
    : QWidget(parent)
    , m_model(new IpvsModel(this))
    , m_tree(newTree())
    , m_words(new QLineEdit)
    , m_empty(new EmptyState(QStringLiteral("service")))
    , m_stack(new QStackedWidget)
{
    auto* all = new QWidget;
    auto* inner = new QVBoxLayout(all);
    inner->setContentsMargins(0, 0, 0, 0);
    inner->setSpacing(theme::gridStep);
    m_words->setClearButtonEnabled(true);
    m_tree->setModel(m_model);
    m_tree->setSortingEnabled(false);
    m_tree->setUniformRowHeights(true);
    columns(m_tree, {{IpvsModel::Name, 230}, {IpvsModel::Whose, 190}, {IpvsModel::Method, 190}, {IpvsModel::Weight, 70}, {IpvsModel::Active, 70}, {IpvsModel::Inactive, 80}},
            IpvsModel::Selected);
    inner->addWidget(m_words);
    inner->addWidget(m_tree, 1);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(all);
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->addWidget(m_stack);
    connect(m_words, &QLineEdit::textChanged, this, [this](const QString& words) {
        m_model->setWords(words);
        if (m_model->rowCount() < 200)
            m_tree->expandAll();
    });
    retranslate();
}

void IpvsPage::setNode(const LoadedNodePtr& node, const NamesPtr& names)
{
    if (node == m_node)
        return;
    m_node = node;
    m_model->setNode(node, names);
    if (m_model->rowCount() < 200)
        m_tree->expandAll();
    updateEmpty();
}

void IpvsPage::updateEmpty()
{
    if (m_model->known())
        m_empty->setWords(tr("No virtual servers"), tr("IPVS is not in use on this node: kube-proxy works with iptables or nftables here."));
    else
        m_empty->setWords(tr("IPVS was not collected"), tr("Whether this node uses IPVS is not known."));
    m_stack->setCurrentIndex(m_model->known() && (m_model->rowCount() > 0 || !m_words->text().isEmpty()) ? 1 : 0);
}

bool IpvsPage::stepBack()
{
    if (m_words->text().isEmpty())
        return false;
    m_words->clear();
    return true;
}

void IpvsPage::takeFocus() { m_words->setFocus(); }

void IpvsPage::retranslate()
{
    m_words->setPlaceholderText(tr("Filter by address, port, Service or ipset"));
    m_words->setAccessibleName(tr("Filter virtual servers"));
    m_tree->setAccessibleName(tr("Virtual servers"));
    m_model->retranslate();
    if (m_model->rowCount() < 200)
        m_tree->expandAll();
    updateEmpty();
}

} // namespace medic::packetpath
