// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/catalogue.h"
#include "diagnostics/model/finding.h"
#include "widgets/models/table_model.h"

#include <QAbstractItemModel>

#include <memory>
#include <vector>

namespace medic {

/// Findings grouped by what they say: a top row is one finding, or "… on 3 nodes", which unfolds to the three.
/// Stable: an update becomes insertions, removals and changes of rows. Screen's thread.
class FindingsModel final : public QAbstractItemModel
{
    Q_OBJECT

public:
    enum Column { State, Title, Where, Sure, Since, ColumnCount };

    /// `catalogue` outlives the model.
    explicit FindingsModel(const Catalogue& catalogue, QObject* parent = nullptr);
    ~FindingsModel() override;

    void update(const std::vector<Finding>& findings, std::optional<TimePoint> now);
    void setLanguage(Language language);

    /// The finding of a row; a group's most urgent one; null for an index that is not ours.
    [[nodiscard]] const Finding* finding(const QModelIndex& index) const;
    [[nodiscard]] int groupSize(const QModelIndex& index) const; ///< findings below; 1 for a single one
    [[nodiscard]] QModelIndex indexOf(const std::string& key) const;

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex& child) const override;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    struct Group;
    [[nodiscard]] const Group* groupOf(const QModelIndex& index) const; ///< of a top row
    [[nodiscard]] QString title(const QModelIndex& index) const;
    void number(); ///< each group knows its row
    void updateChildren(int row, std::vector<Finding> fresh);

    const Catalogue& m_catalogue;
    Language m_language = Language::English;
    std::optional<TimePoint> m_now;
    std::vector<std::unique_ptr<Group>> m_groups;
};

/// One sentence for several findings of the same id: what is equal stays, numbers become a range ("91–97"), nodes are
/// counted ("3 nodes"). Plain text, may be hostile.
[[nodiscard]] QString groupTitle(const KnowledgeEntry* entry, const std::vector<Finding>& findings, Language language);

/// Where a finding is, for people: "node-1", "default/web-0 · node-1", "kubelet · node-1".
[[nodiscard]] QString whereText(const Subject& subject);
[[nodiscard]] QString subjectIcon(SubjectKind kind);

} // namespace medic
