// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/packetpath/path_engine.h"

#include <QWidget>

class QLineEdit;
class QStackedWidget;
class QTreeView;

namespace medic {
class EmptyState;
}

namespace medic::packetpath {

class IpvsModel;

/// A node's IPVS table as a tree. Screen's thread.
class IpvsPage final : public QWidget
{
    Q_OBJECT

public:
    explicit IpvsPage(QWidget* parent = nullptr);
    void setNode(const LoadedNodePtr& node, const NamesPtr& names);
    bool stepBack();
    void takeFocus();
    void retranslate();
    [[nodiscard]] IpvsModel* model() const { return m_model; }

private:
    void updateEmpty();

    LoadedNodePtr m_node;
    IpvsModel* m_model;
    QTreeView* m_tree;
    QLineEdit* m_words;
    EmptyState* m_empty;
    QStackedWidget* m_stack;
};

} // namespace medic::packetpath
