// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/incident/incident_file.h"
#include "widgets/packetpath/compare_job.h"

#include <QThreadPool>
#include <QWidget>

#include <atomic>
#include <functional>
#include <map>

class QCheckBox;
class QComboBox;
class QLineEdit;
class QSplitter;
class QStackedWidget;
class QToolButton;
class QTreeView;

namespace medic {
class EmptyState;
class PlainLabel;
}

namespace medic::packetpath {

class ComparedItemsModel;
class ComparedLinesModel;

/// Two nodes, or one at two moments (of this recording or another), side by side: what differs by meaning on the left,
/// the lines of the chosen part on the right. Reading and comparing are a worker's. Screen's thread.
class ComparePage final : public QWidget
{
    Q_OBJECT

public:
    explicit ComparePage(QWidget* parent = nullptr);
    ~ComparePage() override;

    /// What was known at the end of a sweep of the open incident: only its owner may read its file.
    using Reader = std::function<Result<Snapshot>(quint64 sweep)>;
    /// What there is to choose from. Keeps what was chosen where that is still there.
    void setIncident(const Snapshot& now, const QString& file, const std::vector<std::string>& nodes, const std::vector<SweepInfo>& sweeps, const Reader& reader);
    void compare(const CompareSide& left, const CompareSide& right);
    bool stepBack();
    void takeFocus();
    void retranslate();
    [[nodiscard]] ComparedItemsModel* items() const { return m_items; }
    [[nodiscard]] ComparedLinesModel* lines() const { return m_lines; }
    [[nodiscard]] QTreeView* list() const { return m_list; }
    [[nodiscard]] CompareSide side(int which) const; ///< 0: left, 1: right
    [[nodiscard]] const ComparisonPtr& comparison() const { return m_comparison; } ///< that is shown; null: none

Q_SIGNALS:
    void compared();
    void said(const QString& sentence);

private:
    struct Picker {
        QComboBox* node;
        QComboBox* moment;
        QString file; ///< another recording, chosen here
    };
    void build();
    void fillPicker(Picker& picker, const CompareSide& wanted);
    void pick(Picker& picker, int moment);
    void start();
    void show(const ComparisonPtr& comparison);
    void choose();
    void chooseLine();
    void updateHead();
    [[nodiscard]] QString sideName(const CompareSide& side) const;

    Snapshot m_now;
    QString m_file;
    QStringList m_nodes;
    std::vector<SweepInfo> m_sweeps;
    Reader m_reader;
    std::map<quint64, Snapshot> m_moments; ///< that were read
    Picker m_pickers[2];
    QToolButton* m_swap;
    QCheckBox* m_everything;
    QLineEdit* m_words;
    PlainLabel* m_summary;
    ComparedItemsModel* m_items;
    ComparedLinesModel* m_lines;
    QTreeView* m_list;
    QTreeView* m_table;
    PlainLabel* m_texts[2];
    QSplitter* m_split;
    EmptyState* m_empty;
    QStackedWidget* m_stack;
    ComparisonPtr m_comparison;
    QThreadPool m_pool;
    std::atomic<quint64> m_newest {0};
};

} // namespace medic::packetpath
