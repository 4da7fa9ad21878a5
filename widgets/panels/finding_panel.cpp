// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/finding_panel.h"

#include "diagnostics/collect/words.h"
#include "diagnostics/model/value_words.h"
#include "widgets/models/findings_model.h"
#include "widgets/panels/buttons.h"
#include "widgets/panels/evidence_excerpt.h"
#include "widgets/panels/reference_line.h"
#include "widgets/text/escape.h"
#include "widgets/text/numbers.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/state.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>

namespace medic {

FindingPanel::FindingPanel(const Catalogue& catalogue, const TeamNotes* notes, QWidget* parent) : ReadingPanel(parent), m_catalogue(catalogue), m_notes(notes)
{
    if (notes)
        connect(notes, &TeamNotes::changed, this, [this](const QString& id) {
            if (m_finding && m_finding->id() == id.toStdString())
                rebuild();
        });
}

namespace {

bool looksTheSame(const Finding& a, const Finding& b)
{
    return a.key() == b.key() && a.verdict() == b.verdict() && a.confidence() == b.confidence() && a.parameters() == b.parameters() && a.since() == b.since()
        && std::equal(a.evidence().begin(), a.evidence().end(), b.evidence().begin(), b.evidence().end(), [](const Evidence& x, const Evidence& y) {
               return x.observation == y.observation && x.lines == y.lines && x.inErr == y.inErr;
           });
}

} // namespace

void FindingPanel::showFinding(const Finding& finding, std::optional<TimePoint> now)
{
    // While a sweep runs the same comes many times: what is being read keeps its place.
    const bool same = m_finding && looksTheSame(*m_finding, finding);
    m_finding = finding;
    m_now = now;
    if (!same)
        rebuild();
}

void FindingPanel::clear()
{
    m_finding.reset();
    rebuild();
}

void FindingPanel::setLanguage(Language language)
{
    m_language = language;
    rebuild();
}

void FindingPanel::build()
{
    auto* const layout = page();
    if (!m_finding)
        return;
    const Finding& finding = *m_finding;
    const KnowledgeEntry* entry = m_catalogue.find(finding.id());
    const auto text = [&](const Text& words) { return QString::fromStdString(fill(words, finding.parameters(), m_language)); };

    auto* verdictLine = new QHBoxLayout;
    verdictLine->setSpacing(6);
    auto* mark = new QLabel;
    mark->setPixmap(theme::stateIcon(finding.verdict()).pixmap(QSize(16, 16), devicePixelRatioF()));
    verdictLine->addWidget(mark);
    QStringList facts {words::verdict(finding.verdict()), words::confidence(finding.confidence())};
    if (finding.since())
        facts << tr("since %1").arg(sinceWords(*finding.since(), m_now));
    auto* factsLabel = new PlainLabel(facts.join(QStringLiteral(" · ")), PlainLabel::Kind::Muted);
    if (finding.since())
        factsLabel->setToolTip(toolTipSafe(exactTime(*finding.since())));
    verdictLine->addWidget(factsLabel, 1);
    layout->addLayout(verdictLine);
    paragraph(QString::fromStdString(m_catalogue.title(finding, m_language)), PlainLabel::Kind::Heading);

    auto* where = new QHBoxLayout;
    where->setSpacing(6);
    auto* subject = new QLabel;
    subject->setPixmap(theme::icon(subjectIcon(finding.subject().kind), theme::Ink::Muted).pixmap(QSize(16, 16), devicePixelRatioF()));
    where->addWidget(subject);
    const std::string node = !finding.subject().node.empty() ? finding.subject().node
        : finding.subject().kind == SubjectKind::Node        ? finding.subject().name
                                                             : std::string();
    auto* place = new ElidedLabel;
    place->setText(whereText(finding.subject()));
    where->addWidget(place, 1);
    if (!node.empty()) {
        auto* go = new QToolButton;
        go->setAutoRaise(true);
        go->setText(tr("Open the node"));
        go->setFocusPolicy(Qt::TabFocus);
        connect(go, &QToolButton::clicked, this, [this, node] { Q_EMIT nodeWanted(QString::fromStdString(node)); });
        where->addWidget(go);
    }
    layout->addLayout(where);

    if (entry && !entry->meaning.empty()) {
        heading(tr("What it means"));
        paragraph(text(entry->meaning));
    }
    if (entry && !entry->why.empty()) {
        heading(tr("Why it matters"));
        paragraph(text(entry->why));
    }
    heading(tr("How we know"));
    for (const Evidence& evidence : finding.evidence()) {
        auto* excerpt = new EvidenceExcerpt(evidence);
        connect(excerpt, &EvidenceExcerpt::opened, this, &FindingPanel::evidenceWanted);
        layout->addWidget(excerpt);
    }
    if (entry && (!entry->next.empty() || !entry->playbook.empty())) {
        heading(tr("What to do next"));
        if (!entry->next.empty())
            paragraph(text(entry->next));
        if (!entry->playbook.empty()) {
            connect(nextAction(tr("Start the guide"), QStringLiteral("guide")), &QPushButton::clicked, this,
                    [this, id = QString::fromStdString(entry->playbook), key = QString::fromStdString(finding.key())] { Q_EMIT playbookWanted(id, key); });
        }
    }
    const QString id = QString::fromStdString(finding.id());
    if (const TeamNote note = m_notes ? m_notes->note(id) : TeamNote(); !note.empty()) {
        heading(tr("Ours: links and notes of the team"));
        for (const TeamLink& link : note.links)
            layout->addWidget(medic::referenceLine(link));
        if (!note.text.trimmed().isEmpty())
            paragraph(note.text);
    }
    if (entry)
        references(entry->references, tr("References"));
    if (entry) {
        auto* more = new QToolButton;
        more->setAutoRaise(true);
        more->setFocusPolicy(Qt::TabFocus);
        more->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        more->setIcon(theme::icon(QStringLiteral("knowledge")));
        more->setText(tr("Add a link or a note"));
        connect(more, &QToolButton::clicked, this, [this, id] { Q_EMIT knowledgeWanted(id); });
        layout->addSpacing(theme::groupGap);
        layout->addWidget(more, 0, Qt::AlignLeft);
    }
    layout->addStretch(1);
}

} // namespace medic
