// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/wizard/evidence_column.h"

#include "diagnostics/collect/language.h"
#include "diagnostics/collect/words.h"
#include "diagnostics/playbooks/loader.h"
#include "widgets/models/findings_model.h"
#include "widgets/panels/buttons.h"
#include "widgets/panels/evidence_excerpt.h"
#include "widgets/panels/line_button.h"
#include "widgets/text/escape.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/state.h"

#include <QVBoxLayout>

#include <algorithm>

namespace medic {

using namespace playbooks;

namespace {

constexpr std::size_t mostFindings = 12;
constexpr std::size_t mostExcerpts = 3;

} // namespace

EvidenceColumn::EvidenceColumn(const Catalogue& catalogue, QWidget* parent) : QScrollArea(parent), m_catalogue(catalogue)
{
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);
}

void EvidenceColumn::display(const WizardDriver& driver, const QString& shown)
{
    const Runner& runner = driver.runner();
    const World world = driver.world();
    const Step* step = shown.isEmpty() ? runner.current() : runner.playbook().find(shown.toStdString());
    std::vector<const Finding*> findings;
    if (step != nullptr)
        findings = runner.relevant(*step, world);
    const bool own = !findings.empty();
    if (!own) { // a question without conditions rests on what brought the engineer here
        for (const Finding& finding : *world.findings)
            for (const std::string& pattern : runner.playbook().findings)
                if (severity(finding.verdict()) > severity(Verdict::Unknown) && idMatches(pattern, finding.id())) {
                    findings.push_back(&finding);
                    break;
                }
        std::stable_sort(findings.begin(), findings.end(), [](const Finding* a, const Finding* b) { return moreUrgent(*a, *b); });
    }
    QString signature = QString::number(static_cast<int>(currentLanguage())) + (own ? u'1' : u'0');
    for (const Finding* finding : findings) {
        signature += QString::fromStdString(finding->key()) + QString::number(static_cast<int>(finding->verdict()));
        for (const Evidence& evidence : finding->evidence())
            signature += QString::number(evidence.observation->id) + u',';
    }
    if (signature == m_signature && widget() != nullptr)
        return;
    m_signature = signature;
    m_shownFindings = static_cast<int>(std::min(findings.size(), mostFindings));

    auto* page = new QWidget;
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(theme::groupGap, theme::groupGap, theme::pageMargin, theme::groupGap);
    layout->setSpacing(theme::innerGap);
    layout->addWidget(new PlainLabel(own ? tr("What this rests on") : tr("What was found"), PlainLabel::Kind::Strong));
    for (std::size_t i = 0; i < findings.size() && i < mostFindings; ++i) {
        const Finding& finding = *findings[i];
        layout->addSpacing(theme::gridStep);
        auto* line = new LineButton(LineButton::Size::Large);
        line->setMark(theme::stateIcon(finding.verdict()));
        line->setWords(QString::fromStdString(m_catalogue.title(finding, currentLanguage())),
                       QStringLiteral("%1 · %2 · %3").arg(words::verdict(finding.verdict()), words::confidence(finding.confidence()), whereText(finding.subject())));
        line->setToolTip(toolTipSafe(QString::fromStdString(m_catalogue.title(finding, currentLanguage()))));
        connect(line, &QAbstractButton::clicked, this, [this, key = QString::fromStdString(finding.key())] { Q_EMIT findingWanted(key); });
        layout->addWidget(line);
        std::size_t excerpts = 0;
        for (const Evidence& evidence : finding.evidence()) {
            if (++excerpts > mostExcerpts)
                break;
            auto* excerpt = new EvidenceExcerpt(evidence);
            connect(excerpt, &EvidenceExcerpt::opened, this, &EvidenceColumn::evidenceWanted);
            layout->addWidget(excerpt);
        }
    }
    if (findings.size() > mostFindings)
        layout->addWidget(new PlainLabel(tr("and %n more", nullptr, static_cast<int>(findings.size() - mostFindings)), PlainLabel::Kind::Muted));
    if (findings.empty()) {
        auto* nothing = new PlainLabel(world.findings->empty() && world.snapshot->empty() ? tr("Nothing was collected yet.")
                                                                                        : tr("None of the findings that this step asks for was made."),
                                       PlainLabel::Kind::Muted);
        nothing->setWordWrap(true);
        layout->addWidget(nothing);
    }
    layout->addStretch(1);
    if (QWidget* before = takeWidget())
        before->deleteLater(); // one of its buttons may be what led here
    setWidget(page);
}

} // namespace medic
