// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/path_page.h"

#include "widgets/packetpath/observed_words.h"
#include "widgets/packetpath/path_across.h"
#include "widgets/packetpath/path_canvas.h"
#include "widgets/packetpath/path_export.h"
#include "widgets/packetpath/path_words.h"
#include "widgets/packetpath/step_panel.h"
#include "widgets/packetpath/what_if_words.h"
#include "widgets/panels/buttons.h"
#include "widgets/text/escape.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/state.h"

#include <QAction>
#include <QButtonGroup>
#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>

namespace medic::packetpath {

PathPage::PathPage(QWidget* parent)
    : QWidget(parent)
    , m_directions(new QButtonGroup(this))
    , m_request(new QToolButton)
    , m_reply(new QToolButton)
    , m_across(new QToolButton)
    , m_passed(new QToolButton)
    , m_smaller(new QToolButton)
    , m_larger(new QToolButton)
    , m_fit(new QToolButton)
    , m_export(iconButton(QStringLiteral("export"), nullptr))
    , m_whatIf(new QToolButton)
    , m_observe(new QToolButton)
    , m_counted(new QAction(this))
    , m_countNow(new QAction(this))
    , m_listen(new QAction(this))
    , m_seenState(new QLabel)
    , m_seen(new PlainLabel(PlainLabel::Kind::Strong))
    , m_thought(new QWidget)
    , m_thoughtWords(new PlainLabel(PlainLabel::Kind::Strong))
    , m_copyCommands(new QToolButton)
    , m_asItIs(new QToolButton)
    , m_title(new PlainLabel(PlainLabel::Kind::Strong))
    , m_state(new QLabel)
    , m_words(new PlainLabel)
    , m_warnings(new PlainLabel(PlainLabel::Kind::Muted))
    , m_canvas(new PathCanvas)
    , m_panel(new StepPanel)
    , m_split(new QSplitter)
{
    build();
    for (QToolButton* one : {m_request, m_reply}) {
        one->setCheckable(true);
        one->setAutoRaise(true);
        one->setFocusPolicy(Qt::TabFocus);
        m_directions->addButton(one);
    }
    m_request->setChecked(true);
    m_across->setCheckable(true);
    m_across->setChecked(true);
    m_across->hide();
    connect(m_across, &QToolButton::toggled, this, &PathPage::fill);
    m_passed->setCheckable(true);
    m_smaller->setText(QStringLiteral("−"));
    m_larger->setText(QStringLiteral("+"));
    for (QToolButton* one : {m_copyCommands, m_asItIs, m_whatIf, m_observe, m_across, m_passed, m_smaller, m_larger, m_fit}) {
        one->setAutoRaise(true);
        one->setFocusPolicy(Qt::TabFocus);
    }
    m_export->setMenu(new QMenu(this));
    m_export->setPopupMode(QToolButton::InstantPopup);
    connect(m_export->menu(), &QMenu::aboutToShow, this, [this] {
        QMenu* menu = m_export->menu();
        menu->clear();
        connect(menu->addAction(tr("Save as SVG…")), &QAction::triggered, this, [this] { askForFile(QStringLiteral("svg")); });
        connect(menu->addAction(tr("Save as PNG…")), &QAction::triggered, this, [this] { askForFile(QStringLiteral("png")); });
    });
    connect(m_whatIf, &QToolButton::clicked, this, [this] { Q_EMIT changeWanted(std::nullopt); });
    connect(m_panel, &StepPanel::changeWanted, this, [this](const TraceStep& step) { Q_EMIT changeWanted(step); });
    m_observe->setMenu(new QMenu(this));
    m_observe->menu()->addActions({m_counted, m_countNow, m_listen});
    m_observe->setPopupMode(QToolButton::InstantPopup);
    m_counted->setCheckable(true);
    m_counted->setChecked(true);
    connect(m_counted, &QAction::toggled, this, &PathPage::fill);
    connect(m_countNow, &QAction::triggered, this, &PathPage::countWanted);
    connect(m_listen, &QAction::triggered, this, &PathPage::kernelTraceWanted);
    connect(m_directions, &QButtonGroup::buttonClicked, this, &PathPage::fill);
    connect(m_passed, &QToolButton::toggled, this, &PathPage::passedOverChanged);
    connect(m_smaller, &QToolButton::clicked, this, [this] { m_canvas->setZoom(m_canvas->zoom() / 1.2); });
    connect(m_larger, &QToolButton::clicked, this, [this] { m_canvas->setZoom(m_canvas->zoom() * 1.2); });
    connect(m_fit, &QToolButton::clicked, m_canvas, &PathCanvas::fit);
    connect(m_canvas, &PathCanvas::chosenChanged, this, &PathPage::choose);
    connect(m_canvas, &PathCanvas::unfoldWanted, this, [this] {
        m_unfolded = true;
        fill();
    });
    connect(m_panel, &StepPanel::withoutWanted, this, &PathPage::withoutWanted);
    connect(m_asItIs, &QToolButton::clicked, this, &PathPage::asItIsWanted);
    connect(m_copyCommands, &QToolButton::clicked, this, [this] {
        std::string all;
        for (const auto& command : m_answer->commands)
            all += command + '\n';
        QGuiApplication::clipboard()->setText(QString::fromStdString(all));
        Q_EMIT said(tr("Copied; nothing was run."));
    });
    connect(m_panel, &StepPanel::closeWanted, this, &PathPage::stepBack);
    connect(m_panel, &StepPanel::dumpWanted, this, &PathPage::dumpWanted);
    connect(m_panel, &StepPanel::chainWanted, this, &PathPage::chainWanted);
    m_panel->hide();
    setFocusProxy(m_canvas);
    retranslate();
}

void PathPage::build()
{
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(theme::gridStep);
    auto* tools = new QHBoxLayout;
    tools->setSpacing(theme::innerGap);
    tools->addWidget(m_title, 1);
    m_title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    for (QWidget* one : std::initializer_list<QWidget*> {m_across, m_request, m_reply, m_whatIf, m_observe, m_passed, m_smaller, m_larger, m_fit, m_export})
        tools->addWidget(one);
    m_split->addWidget(m_canvas);
    m_split->addWidget(m_panel);
    m_split->setChildrenCollapsible(false);
    m_split->setStretchFactor(0, 1);
    m_split->setStretchFactor(1, 0);
    m_split->setSizes({800, 340});
    m_words->setWordWrap(true);
    m_words->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_words->setObjectName(QStringLiteral("inWords"));
    m_warnings->setWordWrap(true);
    rows->addLayout(tools);
    auto* thought = new QHBoxLayout(m_thought);
    thought->setContentsMargins(0, 0, 0, 0);
    thought->setSpacing(theme::gridStep);
    auto* mark = new QLabel;
    mark->setPixmap(theme::stateIcon(Verdict::Warning).pixmap(QSize(18, 18), devicePixelRatioF()));
    m_thoughtWords->setWordWrap(true);
    thought->addWidget(mark, 0, Qt::AlignTop);
    thought->addWidget(m_thoughtWords, 1);
    thought->addWidget(m_copyCommands, 0, Qt::AlignTop);
    thought->addWidget(m_asItIs, 0, Qt::AlignTop);
    m_thought->hide();
    rows->addWidget(m_thought);
    rows->addWidget(m_split, 1);
    auto* sentence = new QHBoxLayout;
    sentence->setSpacing(theme::gridStep);
    m_state->setAlignment(Qt::AlignTop);
    sentence->addWidget(m_state, 0, Qt::AlignTop);
    sentence->addWidget(m_words, 1);
    rows->addLayout(sentence);
    auto* seen = new QHBoxLayout;
    seen->setSpacing(theme::gridStep);
    m_seen->setWordWrap(true);
    m_seen->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    seen->addWidget(m_seenState, 0, Qt::AlignTop);
    seen->addWidget(m_seen, 1);
    rows->addLayout(seen);
    rows->addWidget(m_warnings);
}

void PathPage::setAnswer(const PathAnswerPtr& answer)
{
    const bool other = !m_answer || !answer || m_answer->text != answer->text;
    m_answer = answer;
    m_audit.reset();
    if (other) {
        m_unfolded = false;
        m_kernel.reset();
        m_request->setChecked(true);
    }
    fill();
}

void PathPage::fill()
{
    if (!m_answer) {
        m_canvas->clear();
        return;
    }
    m_across->setVisible(m_answer->across.has_value());
    const Folding folding = m_unfolded ? Folding::None : Folding::Few;
    PathLayout::Options options;
    options.passedOver = m_passed->isChecked();
    options.node = m_answer->trace.node;
    options.odd = oddSteps(m_answer->query, shown());
    options.whose = [names = m_answer->names](const std::string& address) {
        const auto parsed = IpAddress::parse(address);
        return parsed ? lineSafe(names->whose(*parsed)) : QString();
    };
    if (m_kernel || (isCounted() && m_counted->isChecked()))
        options.observed = [this](const TraceStep& step) { return observedAt(step); };
    m_canvas->setPath(m_reply->isChecked() ? replyTree(shown(), folding) : requestTree(shown(), folding), options);
    updateWords();
}

/// Says loudly that what is shown is not what the node does.
void PathPage::updateThought()
{
    m_thought->setVisible(!m_answer->changed.empty() || m_answer->cannot);
    m_copyCommands->setVisible(!m_answer->commands.empty());
    if (m_answer->cannot) {
        m_thoughtWords->setText(tr("This change cannot be thought through: %1").arg(lineSafe(m_answer->cannot->where + ": " + m_answer->cannot->detail)));
        return;
    }
    QStringList differences;
    for (const auto& one : m_answer->outcomes)
        differences.append(tr("%1: %2 before, %3 now").arg(PathWords::outcome(one.outcome), PathWords::shareOrNone(one.before), PathWords::shareOrNone(one.after)));
    const QStringList lines {tr("Only thought, nothing was changed on the node: %1.").arg(WhatIfWords::changes(m_answer->changed)),
                             differences.isEmpty() ? tr("Nothing is different for this packet.") : differences.join(QStringLiteral(" · ")),
                             m_audit ? WhatIfWords::audit(*m_audit) : tr("All Services are being audited again…")};
    m_thoughtWords->setText(lines.join(u'\n'));
}

bool PathPage::isCounted() const
{
    if (!m_answer || m_answer->mistake)
        return false;
    const auto sampled = [](const LoadedNodePtr& node) { return node && node->deltas; };
    return sampled(m_answer->node) || std::any_of(m_answer->nodes.begin(), m_answer->nodes.end(), [&](const auto& one) { return sampled(one.second); });
}

QString PathPage::observedAt(const TraceStep& step) const
{
    QStringList parts;
    if (m_counted->isChecked())
        if (const LoadedNodePtr node = m_answer->nodeOf(step); node && node->deltas)
            if (const auto packets = node->deltas->of(step, m_answer->query.packet.dst.isV6()))
                parts.append(ObservedWords::counted(*packets, node->deltas->apart()));
    if (m_kernel && m_kernel->first == m_answer->nameOfNode(step) && !m_reply->isChecked() && netfilter::took(m_kernel->second, step))
        parts.append(ObservedWords::taken());
    return parts.join(QStringLiteral(" · "));
}

void PathPage::setAudit(const PathAnswerPtr& answer, const ThoughtAuditPtr& audit)
{
    if (answer != m_answer)
        return;
    m_audit = audit;
    updateThought();
}

void PathPage::setLive(bool live)
{
    m_live = live;
    updateSeen();
}

void PathPage::showCounted(bool counted) { m_counted->setChecked(counted); }

void PathPage::setKernelTrace(const QString& node, const netfilter::KernelTrace& trace)
{
    m_kernel.emplace(node.toStdString(), trace);
    fill();
}

void PathPage::setObserving(const QString& sentence)
{
    m_observing = sentence;
    updateSeen();
}

QString PathPage::seenWords() const { return m_seen->text(); }

/// What was seen, below what was predicted.
void PathPage::updateSeen()
{
    m_counted->setEnabled(isCounted());
    m_countNow->setEnabled(m_live && m_observing.isEmpty());
    m_listen->setEnabled(m_answer && m_observing.isEmpty());
    QString words = m_observing;
    Verdict verdict = Verdict::NotApplicable;
    if (words.isEmpty() && m_kernel && m_answer && m_kernel->first == m_answer->query.node) {
        const auto overlay = netfilter::overlay(m_answer->trace, m_kernel->second);
        words = tr("Observed: %1").arg(ObservedWords::kernel(m_kernel->second, overlay, m_answer->trace));
        verdict = ObservedWords::verdict(m_kernel->second, overlay);
    }
    m_seen->setText(words);
    m_seen->setVisible(!words.isEmpty());
    m_seenState->setPixmap(theme::stateIcon(verdict).pixmap(QSize(18, 18), devicePixelRatioF()));
    m_seenState->setVisible(!words.isEmpty() && verdict != Verdict::NotApplicable);
}

void PathPage::updateWords()
{
    updateSeen();
    if (!m_answer)
        return;
    updateThought();
    m_title->setText(lineSafe(m_answer->query.text()));
    m_title->setToolTip(toolTipSafe(lineSafe(m_answer->query.text())));
    m_words->setText(tr("In words: %1").arg(words()));
    m_state->setPixmap(theme::stateIcon(PathWords::overall(m_answer->query, shown())).pixmap(QSize(18, 18), devicePixelRatioF()));
    m_state->setVisible(!m_reply->isChecked());
    QStringList warnings;
    if (m_answer->query.nodeChosen)
        warnings.append(tr("Nothing tells on which node this packet is; it is followed on %1. Add “on NODE” for another.").arg(lineSafe(m_answer->query.node)));
    for (const auto& warning : shown().warnings)
        warnings.append(PathWords::warning(warning));
    m_warnings->setText(warnings.mid(0, 3).join(u'\n'));
    m_warnings->setToolTip(toolTipSafe(warnings.join(u'\n')));
    m_warnings->setVisible(!warnings.isEmpty());
    m_canvas->setAccessibleName(m_words->text());
}

QString PathPage::words() const
{
    if (!m_answer)
        return {};
    if (isAcross())
        return m_reply->isChecked() ? AcrossWords::replyInWords(*m_answer->across, m_answer->joined) : AcrossWords::inWords(m_answer->query, *m_answer->across, m_answer->joined);
    return m_reply->isChecked() ? PathWords::replyInWords(m_answer->query, m_answer->trace) : PathWords::inWords(m_answer->query, m_answer->trace);
}

bool PathPage::isAcross() const { return m_across->isChecked() && m_answer && m_answer->across; }

const Trace& PathPage::shown() const { return isAcross() ? m_answer->joined : m_answer->trace; }

void PathPage::showAcross(bool across) { m_across->setChecked(across); }

void PathPage::showReply()
{
    m_reply->setChecked(true);
    fill();
}

void PathPage::showRequest()
{
    m_request->setChecked(true);
    fill();
}

bool PathPage::passedOver() const { return m_passed->isChecked(); }

void PathPage::choose(const PathLayout::Spot& spot)
{
    if (const TraceStep* step = m_canvas->stepOf(spot); step && m_answer)
        m_panel->showStep(*step, m_answer->nodeOf(*step), m_answer->query.packet.dst.isV6());
    else if (spot.kind == PathLayout::Spot::Kind::End)
        m_panel->showEnd(m_canvas->tree().parts[static_cast<std::size_t>(spot.part)]);
    else
        m_panel->clear();
    m_panel->setVisible(spot.kind != PathLayout::Spot::Kind::Nothing);
}

bool PathPage::stepBack()
{
    if (!m_panel->isVisible())
        return false;
    m_canvas->choose({});
    m_canvas->setFocus();
    return true;
}

bool PathPage::exportTo(const QString& file) const
{
    return m_answer && exportPath(file, m_canvas->layout(), m_canvas->fonts(), palette(), m_title->text(), m_words->text());
}

void PathPage::askForFile(const QString& suffix)
{
    auto* dialog = new QFileDialog(this, tr("Save the picture"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(suffix);
    dialog->setNameFilter(QStringLiteral("%1 (*.%2)").arg(suffix.toUpper(), suffix));
    dialog->selectFile(QStringLiteral("path.") + suffix);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
        Q_EMIT said(exportTo(file) ? tr("Saved: %1").arg(lineSafe(file)) : tr("%1 cannot be written").arg(lineSafe(file)));
    });
    dialog->open();
}

void PathPage::retranslate()
{
    m_request->setText(tr("Request"));
    m_reply->setText(tr("Reply"));
    m_request->setToolTip(tr("The way of the packet"));
    m_reply->setToolTip(tr("The way of its answer"));
    m_copyCommands->setText(tr("Copy the commands"));
    m_copyCommands->setToolTip(tr("The commands that would make this change on the node; they are not run"));
    m_asItIs->setText(tr("As it is"));
    m_asItIs->setToolTip(tr("Back to the rules as they were collected"));
    m_whatIf->setText(tr("What if…"));
    m_whatIf->setToolTip(tr("The same packet with a rule, a hostPort or a sysctl changed, in thought only"));
    m_observe->setText(tr("Observe"));
    m_observe->setToolTip(tr("What really happens on the node, beside what is predicted"));
    m_counted->setText(tr("What was counted between the two last samples"));
    m_countNow->setText(tr("Count for five seconds"));
    m_listen->setText(tr("The kernel's own trace of this flow…"));
    m_across->setText(tr("Across nodes"));
    m_across->setToolTip(tr("Follow the packet on, through the nodes behind this one"));
    m_passed->setText(tr("Passed-over rules"));
    m_passed->setToolTip(tr("Also show the rules that were looked at and did not fit"));
    m_smaller->setToolTip(tr("Smaller (-)"));
    m_larger->setToolTip(tr("Larger (+)"));
    m_fit->setText(tr("Fit"));
    m_fit->setToolTip(tr("Fit into the window (0)"));
    m_export->setToolTip(tr("Save as a picture"));
    m_panel->retranslate();
    updateWords();
}

} // namespace medic::packetpath
