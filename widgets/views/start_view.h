// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/samples.h"
#include "widgets/models/paste_search.h"
#include "widgets/views/view.h"
#include "widgets/window/recent_incidents.h"

#include <QThreadPool>

class QLineEdit;
class QVBoxLayout;

namespace medic {

class LineButton;
class PlainLabel;

/// What to do first, one line each; below, what was open last, the saved clusters and the samples.
class StartView final : public View
{
    Q_OBJECT

public:
    explicit StartView(const ViewContext& context, QWidget* parent = nullptr);
    ~StartView() override; ///< waits for the sample that is being read

    [[nodiscard]] QString id() const override { return QStringLiteral("start"); }
    [[nodiscard]] QString name() const override { return tr("Start"); }
    [[nodiscard]] QString iconName() const override { return QStringLiteral("start"); }
    bool stepBack() override;
    void retranslate() override;
    void knowledgeArrived() override;

    /// Reads recent incidents, profiles and samples again; files only, nothing is contacted.
    void reload();
    [[nodiscard]] QLineEdit* pasteField() const { return m_paste; }

Q_SIGNALS:
    void connectWanted(const QString& profile); ///< empty: choose
    void openWanted(const QString& path); ///< empty: choose

protected:
    void showEvent(QShowEvent* event) override;

private:
    void propose();
    void showProposals(const QString& pasted, const QList<PasteProposal>& proposals);
    void fillLists();

    PasteSearch* m_search;
    PlainLabel* m_title;
    QLineEdit* m_paste;
    QVBoxLayout* m_proposals;
    LineButton* m_connect;
    LineButton* m_open;
    PlainLabel* m_recentTitle;
    PlainLabel* m_clustersTitle;
    PlainLabel* m_samplesTitle;
    QVBoxLayout* m_recent;
    QVBoxLayout* m_clusters;
    QVBoxLayout* m_samples;
    QList<IncidentSummary> m_recentList, m_sampleList;
    bool m_loaded = false, m_samplesRead = false;
    QThreadPool m_reader; ///< the samples are files to open: beside the screen
    QList<std::pair<Text, Text>> m_sampleTitles; ///< of m_sampleList: title and origin
};

} // namespace medic
