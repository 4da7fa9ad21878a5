// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/catalogue.h"
#include "diagnostics/model/finding.h"
#include "widgets/models/team_notes.h"
#include "widgets/panels/reading_panel.h"

#include <optional>

namespace medic {

/// One finding, told whole: what, where, why it matters, the evidence with its lines, the next step, references.
/// Screen's thread; `catalogue` and `notes` outlive it.
class FindingPanel final : public ReadingPanel
{
    Q_OBJECT

public:
    /// `notes` may be null.
    explicit FindingPanel(const Catalogue& catalogue, const TeamNotes* notes = nullptr, QWidget* parent = nullptr);

    void showFinding(const Finding& finding, std::optional<TimePoint> now);
    void clear();
    void setLanguage(Language language);
    [[nodiscard]] const std::optional<Finding>& finding() const { return m_finding; }

Q_SIGNALS:
    void evidenceWanted(const medic::Evidence& evidence);
    void nodeWanted(const QString& node);
    void playbookWanted(const QString& playbook, const QString& findingKey);
    void knowledgeWanted(const QString& findingId);

protected:
    void build() override;

private:
    const Catalogue& m_catalogue;
    const TeamNotes* m_notes;
    Language m_language = Language::English;
    std::optional<Finding> m_finding;
    std::optional<TimePoint> m_now;
};

} // namespace medic
