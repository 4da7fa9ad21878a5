// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/step_panel.h"

#include "widgets/packetpath/path_words.h"
#include "widgets/panels/buttons.h"
#include "widgets/text/escape.h"
#include "widgets/text/numbers.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/state.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLocale>
#include <QVBoxLayout>

namespace medic::packetpath {

namespace {

PlainLabel* paragraph(const QString& text, PlainLabel::Kind kind, QVBoxLayout* layout)
{
    auto* label = new PlainLabel(plainSafe(text), kind);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    layout->addWidget(label);
    return label;
}

void heading(const QString& text, QVBoxLayout* layout)
{
    layout->addSpacing(theme::groupGap);
    layout->addWidget(new PlainLabel(text, PlainLabel::Kind::Strong));
}

QLabel* mark(Verdict verdict, QWidget* on)
{
    auto* label = new QLabel;
    label->setPixmap(theme::stateIcon(verdict).pixmap(QSize(14, 14), on->devicePixelRatioF()));
    label->setAlignment(Qt::AlignTop);
    return label;
}

Verdict verdictOf(Tri answer)
{
    return answer == Tri::Yes ? Verdict::Ok : answer == Tri::No ? Verdict::Failure : Verdict::Unknown;
}

} // namespace

const iptables::Rule* dumpedRule(const netfilter::NodeState& node, const TraceStep& step, bool v6)
{
    if (step.rule <= 0 || (step.backend != "legacy" && step.backend != "nft-compat"))
        return nullptr;
    const auto& save = step.backend == "legacy" ? (v6 ? node.legacy6 : node.legacy4) : (v6 ? node.nft6 : node.nft4);
    const auto* table = save ? save->table(step.table) : nullptr;
    const auto* chain = table ? table->find(step.chain) : nullptr;
    if (!chain || static_cast<std::size_t>(step.rule) > chain->rules.size())
        return nullptr;
    return &chain->rules[static_cast<std::size_t>(step.rule) - 1];
}

StepPanel::StepPanel(QWidget* parent) : QScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setMinimumWidth(280);
}

void StepPanel::showStep(const TraceStep& step, const LoadedNodePtr& node, bool v6)
{
    m_step = step;
    m_end.reset();
    m_node = node;
    m_v6 = v6;
    rebuild();
}

void StepPanel::showEnd(const TreePart& part)
{
    m_step.reset();
    m_end = part;
    rebuild();
}

void StepPanel::clear()
{
    m_step.reset();
    m_end.reset();
    m_node.reset();
    rebuild();
}

void StepPanel::rebuild()
{
    auto* page = new QWidget;
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(theme::groupGap, theme::gridStep, theme::groupGap, theme::pageMargin);
    layout->setSpacing(theme::innerGap);
    setWidget(page); // deletes the page before
    if (m_step)
        fillStep(layout);
    else if (m_end)
        fillEnd(layout);
    layout->addStretch(1);
}

void StepPanel::fillStep(QVBoxLayout* layout)
{
    const TraceStep& step = *m_step;
    auto* head = new QHBoxLayout;
    head->addWidget(new PlainLabel(PathWords::backend(step.backend), PlainLabel::Kind::Muted), 1);
    auto* close = iconButton(QStringLiteral("close"), widget());
    close->setToolTip(tr("Close the details (Esc)"));
    connect(close, &QToolButton::clicked, this, &StepPanel::closeWanted);
    head->addWidget(close);
    layout->addLayout(head);
    paragraph(PathWords::place(step), PlainLabel::Kind::Strong, layout);
    const QString owner = PathWords::owner(step.owner);
    paragraph(owner.isEmpty() ? tr("Who wrote it is not known.") : tr("Written by: %1").arg(owner), PlainLabel::Kind::Muted, layout);

    heading(tr("What it does"), layout);
    if (step.matched != Tri::No)
        paragraph(PathWords::action(step), PlainLabel::Kind::Monospace, layout);
    if (const QString meaning = PathWords::actionMeaning(step); !meaning.isEmpty())
        paragraph(meaning, PlainLabel::Kind::Body, layout);
    const NatChange nat = natOf(step);
    if (nat.destination)
        paragraph(tr("to") + QStringLiteral("  %1  ⇒  %2").arg(nat.destinationBefore, nat.destinationAfter), PlainLabel::Kind::Monospace, layout);
    if (nat.source)
        paragraph(tr("from") + QStringLiteral("  %1  ⇒  %2").arg(nat.sourceBefore, nat.sourceAfter), PlainLabel::Kind::Monospace, layout);
    if (!step.reason.empty())
        paragraph(PathWords::reason(step.reason), PlainLabel::Kind::Muted, layout);

    if (!step.matches.empty()) {
        heading(tr("Its conditions, one by one"), layout);
        for (const MatchResult& match : step.matches) {
            auto* line = new QHBoxLayout;
            line->setSpacing(6);
            line->addWidget(mark(verdictOf(match.answer), this), 0, Qt::AlignTop);
            auto* words = new QVBoxLayout;
            words->setSpacing(0);
            const QString answer = match.answer == Tri::Yes ? tr("true") : match.answer == Tri::No ? tr("false") : tr("not known");
            paragraph(match.text.empty() ? answer : lineSafe(match.text), PlainLabel::Kind::Monospace, words);
            paragraph(match.reason.empty() ? answer : answer + QStringLiteral(" · ") + PathWords::reason(match.reason), PlainLabel::Kind::Muted, words);
            line->addLayout(words, 1);
            layout->addLayout(line);
        }
    } else if (step.rule > 0 && (step.backend == "legacy" || step.backend == "nft-compat")) {
        heading(tr("Its conditions, one by one"), layout);
        paragraph(tr("None: the rule fits every packet."), PlainLabel::Kind::Muted, layout);
    }

    if (!step.text.empty()) {
        heading(step.line > 0 ? tr("Line %1 of the dump").arg(step.line) : tr("As dumped"), layout);
        paragraph(QString::fromStdString(step.text), PlainLabel::Kind::Monospace, layout);
        if (m_node)
            if (const auto* rule = dumpedRule(m_node->state, step, m_v6); rule && rule->hasCounters)
                paragraph(tr("Counted so far: %1 packets, %2").arg(QLocale().toString(qulonglong(rule->counters.packets)), byteWords(qint64(rule->counters.bytes))),
                          PlainLabel::Kind::Muted, layout);
        auto* buttons = new QVBoxLayout; // below one another: the words are longer in one language than in another
        buttons->setSpacing(0);
        const auto button = [&](const char* icon, const QString& words, auto slot) {
            auto* made = new QToolButton(widget());
            made->setIcon(theme::icon(QLatin1String(icon)));
            made->setAutoRaise(true);
            made->setFocusPolicy(Qt::TabFocus);
            made->setText(words);
            made->setToolTip(words);
            made->setAccessibleName(words);
            made->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
            connect(made, &QToolButton::clicked, this, slot);
            buttons->addWidget(made, 0, Qt::AlignLeft);
        };
        button("copy", tr("Copy"), [this] { QGuiApplication::clipboard()->setText(QString::fromStdString(m_step->text)); });
        if (step.line > 0)
            button("evidence", tr("Show in the output"), [this] { Q_EMIT dumpWanted(*m_step); });
        if (step.rule > 0)
            button("filter", tr("Show the chain"), [this] { Q_EMIT chainWanted(*m_step); });
        if (step.rule > 0 && (step.backend == "legacy" || step.backend == "nft-compat")) {
            button("remove", tr("What if it were not there?"), [this] { Q_EMIT withoutWanted(*m_step); });
            button("edit", tr("What if it were different?"), [this] { Q_EMIT changeWanted(*m_step); });
        }
        layout->addLayout(buttons);
    }
    heading(tr("Where it is"), layout);
    paragraph(PathWords::hook(step.hook) + QStringLiteral(": ") + PathWords::hookMeaning(step.hook), PlainLabel::Kind::Body, layout);
}

void StepPanel::fillEnd(QVBoxLayout* layout)
{
    const TreePart& end = *m_end;
    auto* head = new QHBoxLayout;
    head->addWidget(mark(PathWords::verdict(*end.end), this));
    head->addWidget(new PlainLabel(PathWords::end(end), PlainLabel::Kind::Strong), 1);
    auto* close = iconButton(QStringLiteral("close"), widget());
    close->setToolTip(tr("Close the details (Esc)"));
    connect(close, &QToolButton::clicked, this, &StepPanel::closeWanted);
    head->addWidget(close);
    layout->addLayout(head);
    paragraph(PathWords::endMeaning(end), PlainLabel::Kind::Body, layout);
    if (!end.reason.empty())
        paragraph(PathWords::reason(end.reason), PlainLabel::Kind::Body, layout);
    if (end.folded > 0)
        return;
    heading(tr("The packet at this point"), layout);
    const TracePacket& packet = end.packet;
    paragraph(lineSafe(packet.protocol) + u' ' + endpointText(packet.src, packet.sportRandom ? 0 : packet.sport) + QStringLiteral(" → ")
                  + endpointText(packet.dst, packet.dport), PlainLabel::Kind::Monospace, layout);
    if (packet.sportRandom)
        paragraph(tr("The source port is any free one."), PlainLabel::Kind::Muted, layout);
    if (packet.mark != 0)
        paragraph(tr("Mark 0x%1").arg(packet.mark, 0, 16), PlainLabel::Kind::Body, layout);
    if (!packet.in.empty())
        paragraph(tr("Came in by %1").arg(lineSafe(packet.in)), PlainLabel::Kind::Body, layout);
    if (!packet.out.empty())
        paragraph(tr("Leaves by %1").arg(lineSafe(packet.out)), PlainLabel::Kind::Body, layout);
    paragraph(tr("Share of the connections: %1").arg(PathWords::share(end.probability)), PlainLabel::Kind::Body, layout);
}

} // namespace medic::packetpath
