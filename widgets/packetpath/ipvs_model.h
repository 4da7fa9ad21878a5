// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/packetpath/path_engine.h"

#include <QAbstractItemModel>
#include <QStringList>

#include <vector>

namespace medic::packetpath {

/// IPVS as a tree: virtual servers, below each its real servers with weights and connections; beside them the ipsets that
/// select the virtual server for other rules. Holds the node; texts are made when painted. Screen's thread.
class IpvsModel final : public QAbstractItemModel
{
    Q_OBJECT

public:
    enum Column { Name, Whose, Method, Weight, Active, Inactive, Selected, ColumnCount };
    using QAbstractItemModel::QAbstractItemModel;

    void setNode(const LoadedNodePtr& node, const NamesPtr& names);
    [[nodiscard]] bool known() const { return m_node && m_node->state.ipvs; }
    void setWords(const QString& words); ///< shows virtual servers that hold them, or one of whose real servers does

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex& child) const override;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& = {}) const override { return ColumnCount; }
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void retranslate();

private:
    struct Shown {
        int server = 0;
        QString whose;
        QStringList sets; ///< names of the ipsets that hold its address and port
        std::vector<int> active, inactive; ///< connections of each real server; -1: not known
    };
    [[nodiscard]] const ipvs::VirtualServer& server(int row) const;
    void select();

    LoadedNodePtr m_node;
    NamesPtr m_names;
    std::vector<Shown> m_all;
    std::vector<int> m_rows; ///< into m_all
    QString m_words;
};

} // namespace medic::packetpath
