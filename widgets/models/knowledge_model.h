// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/catalogue.h"
#include "diagnostics/model/finding.h"
#include "widgets/models/table_model.h"
#include "widgets/models/team_notes.h"

#include <QCoreApplication>

namespace medic {

/// One entry of the catalogue as a row. The first row, with an empty id, is for what the team keeps of clusters at large.
struct KnowledgeRow {
    QString id;
    QString title, family; ///< in the language that is shown
    QString words; ///< everything that is searched: both languages, patterns, references, the team's own
    int here = 0; ///< findings of this id in what is open
    Verdict verdict = Verdict::NotApplicable; ///< the most severe of them
    int references = 0, dead = 0;
    bool noted = false; ///< the team has something of its own
    bool operator==(const KnowledgeRow&) const = default;
};

/// `{name}` becomes "‹name›": a title of the catalogue without a finding to fill it.
[[nodiscard]] QString openTitle(const std::string& title);

[[nodiscard]] QList<KnowledgeRow> knowledgeRows(const Catalogue& catalogue, const TeamNotes* notes, const std::vector<Finding>& findings, Language language);

class KnowledgeModel final : public TableModel<KnowledgeRow> {
    Q_DECLARE_TR_FUNCTIONS(medic::KnowledgeModel)

public:
    enum Column { Title, Family, Here, References, Noted, ColumnCount };
    using TableModel::TableModel;

    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
};

} // namespace medic
