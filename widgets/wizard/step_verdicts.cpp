// SPDX-License-Identifier: GPL-3.0-or-later
// The verdicts of StepPage: what holds, what could not be decided, and the packet's path that they rest on.
#include "diagnostics/collect/language.h"
#include "diagnostics/collect/words.h"
#include "diagnostics/model/value_words.h"
#include "diagnostics/playbooks/packet.h"
#include "widgets/packetpath/path_canvas.h"
#include "widgets/packetpath/path_words.h"
#include "widgets/panels/buttons.h"
#include "widgets/text/escape.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/state.h"
#include "widgets/wizard/step_page.h"
#include "widgets/wizard/wizard_words.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <set>

namespace medic {

using namespace playbooks;

void StepPage::addVerdict(const VerdictGiven& given, bool canReject)
{
    auto* line = new QHBoxLayout;
    line->setSpacing(theme::gridStep);
    auto* mark = new QLabel;
    const Verdict state = given.undecided ? Verdict::Unknown : given.verdict;
    mark->setPixmap(theme::stateIcon(state).pixmap(QSize(20, 20), devicePixelRatioF()));
    line->addWidget(mark, 0, Qt::AlignTop);
    auto* column = new QVBoxLayout;
    column->setSpacing(theme::innerGap);
    auto* text = new PlainLabel(wizard::words(given.text), PlainLabel::Kind::Strong);
    text->setWordWrap(true);
    text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    QStringList facts {given.undecided ? tr("could not be decided") : words::verdict(given.verdict)};
    if (!given.undecided)
        facts << words::confidence(given.confidence);
    if (given.rejected) {
        QFont font = text->font();
        font.setStrikeOut(true);
        text->setFont(font);
        facts << tr("rejected by the engineer");
    }
    column->addWidget(text);
    column->addWidget(new PlainLabel(facts.join(QStringLiteral(" · ")), PlainLabel::Kind::Muted));
    if (const KnowledgeEntry* entry = given.undecided ? nullptr : m_catalogue.find(given.finding); entry != nullptr && !given.rejected) {
        for (const Text* one : {&entry->meaning, &entry->next}) {
            auto* more = new PlainLabel(plainSafe(QString::fromStdString(fill(*one, given.parameters, currentLanguage()))), PlainLabel::Kind::Body);
            more->setWordWrap(true);
            more->setTextInteractionFlags(Qt::TextSelectableByMouse);
            column->addWidget(more);
        }
    }
    line->addLayout(column, 1);
    if (canReject && !given.undecided) {
        auto* reject = new QPushButton(given.rejected ? tr("It holds after all") : tr("This is wrong"));
        reject->setObjectName(QStringLiteral("reject-") + QString::fromStdString(given.id));
        reject->setFlat(true);
        connect(reject, &QPushButton::clicked, this, [this, id = given.id] { send(Overruled {{}, {}, id, {}}); });
        line->addWidget(reject, 0, Qt::AlignTop);
    }
    m_body->addLayout(line);
    m_body->addSpacing(theme::gridStep);
}

/// The verdicts of one step, the gravest first; what could not be decided follows, a line each.
int StepPage::addVerdicts(const std::string& step)
{
    std::vector<const VerdictGiven*> given, open;
    for (const VerdictGiven& one : m_driver->runner().verdicts())
        if (one.step == step)
            (one.undecided ? open : given).push_back(&one);
    std::stable_sort(given.begin(), given.end(), [](const VerdictGiven* a, const VerdictGiven* b) {
        const auto rank = [](const VerdictGiven* v) { return (v->rejected ? 0 : 100) + severity(v->verdict) * 10 + static_cast<int>(v->confidence); };
        return rank(a) > rank(b);
    });
    for (const VerdictGiven* one : given)
        addVerdict(*one, true);
    if (!open.empty())
        addOpen(step, open, given.empty());
    return static_cast<int>(given.size() + open.size());
}

/// What could not be decided in one line, that unfolds to what it is and to what was missing.
void StepPage::addOpen(const std::string& id, const std::vector<const VerdictGiven*>& open, bool alone)
{
    if (alone)
        paragraph(tr("None of the causes that this guide knows is proven."), int(PlainLabel::Kind::Strong));
    auto* toggle = new QToolButton;
    toggle->setObjectName(QStringLiteral("openVerdicts-") + QString::fromStdString(id));
    toggle->setText(tr("%1 could not be decided: something was not collected").arg(open.size()));
    toggle->setIcon(theme::stateIcon(Verdict::Unknown));
    toggle->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    toggle->setAutoRaise(true);
    toggle->setCheckable(true);
    m_body->addWidget(toggle, 0, Qt::AlignLeft);
    auto* more = new QWidget;
    auto* lines = new QVBoxLayout(more);
    lines->setContentsMargins(28, 0, 0, 0);
    lines->setSpacing(theme::innerGap);
    const auto add = [&](const QString& words, PlainLabel::Kind kind) {
        auto* label = new PlainLabel(words, kind);
        label->setWordWrap(true);
        lines->addWidget(label);
    };
    for (const VerdictGiven* one : open)
        add(wizard::words(one->text), PlainLabel::Kind::Body);
    // What was missing, by the suites that this run has asked for.
    std::set<std::string> suites;
    for (const Visit& visit : m_driver->runner().visits())
        if (const Step* step = m_driver->runner().playbook().find(visit.step))
            suites.insert(step->suites.begin(), step->suites.end());
    QStringList missing;
    for (const Finding& finding : m_driver->host().findings())
        if (finding.verdict() == Verdict::Unknown && suites.contains(finding.suite()) && missing.size() < 6)
            missing << lineSafe(m_catalogue.title(finding, currentLanguage()));
    if (!missing.isEmpty()) {
        lines->addSpacing(theme::innerGap);
        for (const QString& one : missing)
            add(one, PlainLabel::Kind::Muted);
    }
    more->hide();
    m_body->addWidget(more);
    connect(toggle, &QToolButton::toggled, more, &QWidget::setVisible);
}

void StepPage::buildVerdicts(const Step& step)
{
    if (!step.text.empty())
        paragraph(filled(step, step.text), int(PlainLabel::Kind::Body));
    if (addVerdicts(step.id) == 0)
        paragraph(tr("None of the causes that this guide knows holds."), int(PlainLabel::Kind::Strong));
    for (const Visit& visit : m_driver->runner().visits())
        if (!visit.packet.empty())
            (void)addPath(visit.step);
    addTables(step);
    setPrimary(tr("Continue"), [this] { send(Acknowledged {}); });
}

/// The packet that a trace step has followed, as a picture with its sentence; false: there is none.
bool StepPage::addPath(const std::string& id)
{
    const Visit* const visit = m_driver->runner().lastVisit(id);
    const Step* const step = m_driver->runner().playbook().find(id);
    const Trace* const trace = m_driver->followed(id);
    if (visit == nullptr || step == nullptr || trace == nullptr || visit->packet.size() != 4)
        return false;
    const auto query = packetQuery(visit->packet[0], visit->packet[1], visit->packet[2], visit->packet[3]);
    if (!query)
        return false;
    m_body->addSpacing(theme::innerGap);
    paragraph(filled(*step, step->title), int(PlainLabel::Kind::Strong));
    auto* canvas = new packetpath::PathCanvas;
    canvas->setObjectName(QStringLiteral("packetPath"));
    canvas->setFrameShape(QFrame::NoFrame);
    canvas->setMinimumHeight(300);
    packetpath::PathLayout::Options options;
    options.node = trace->node;
    canvas->setPath(packetpath::requestTree(*trace), options);
    const QString words = packetpath::PathWords::inWords(*query, *trace);
    canvas->setAccessibleName(words);
    m_body->addWidget(canvas, 1);
    paragraph(words, int(PlainLabel::Kind::Body));
    return true;
}

} // namespace medic
