// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/catalogue.h"
#include "widgets/wizard/wizard_driver.h"

#include <QScrollArea>

namespace medic {

/// The right of the wizard: the findings that the shown step rests on, with the lines that say so. An excerpt opens the
/// evidence drawer. Screen's thread; `catalogue` outlives it.
class EvidenceColumn final : public QScrollArea
{
    Q_OBJECT

public:
    explicit EvidenceColumn(const Catalogue& catalogue, QWidget* parent = nullptr);

    void display(const WizardDriver& driver, const QString& shown);
    [[nodiscard]] int shownFindings() const { return m_shownFindings; }

Q_SIGNALS:
    void evidenceWanted(const medic::Evidence& evidence);
    void findingWanted(const QString& key);

private:
    const Catalogue& m_catalogue;
    int m_shownFindings = 0;
    QString m_signature;
};

} // namespace medic
