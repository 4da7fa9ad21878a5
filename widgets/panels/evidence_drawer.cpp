// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/evidence_drawer.h"

#include "diagnostics/collect/words.h"
#include "widgets/panels/buttons.h"
#include "widgets/panels/empty_state.h"
#include "widgets/panels/output_view.h"
#include "widgets/text/escape.h"
#include "widgets/text/numbers.h"
#include "widgets/text/probe_names.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

namespace medic {

EvidenceDrawer::EvidenceDrawer(QWidget* parent)
    : QWidget(parent)
    , m_title(new PlainLabel(PlainLabel::Kind::Strong))
    , m_close(iconButton(QStringLiteral("close"), this))
    , m_command(new PlainLabel(PlainLabel::Kind::Monospace))
    , m_facts(new PlainLabel(PlainLabel::Kind::Muted))
    , m_showCommand(new QToolButton)
    , m_copyCommand(new QToolButton)
    , m_copyOutput(new QToolButton)
    , m_previous(iconButton(QStringLiteral("back"), this))
    , m_next(iconButton(QStringLiteral("chevron-down"), this))
    , m_litCount(new PlainLabel(PlainLabel::Kind::Muted))
    , m_find(new QLineEdit)
    , m_streams(new QTabBar)
    , m_view(new OutputView)
    , m_empty(new EmptyState(QStringLiteral("evidence")))
    , m_stack(new QStackedWidget)
{
    auto* page = new QWidget;
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(theme::groupGap, theme::gridStep, theme::gridStep, 0);
    layout->setSpacing(theme::innerGap);

    auto* top = new QHBoxLayout;
    top->addWidget(m_title, 1);
    top->addWidget(m_close);
    m_command->setWordWrap(true);
    m_command->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_command->setMaximumHeight(m_command->fontMetrics().height() * 6);
    m_facts->setWordWrap(true);
    for (QToolButton* button : {m_showCommand, m_copyCommand, m_copyOutput}) {
        button->setIcon(theme::icon(QStringLiteral("copy")));
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setAutoRaise(true);
        button->setFocusPolicy(Qt::TabFocus);
    }
    // What was asked has a name; how it was asked is for whoever wants to do it by hand.
    m_command->hide();
    m_showCommand->setCheckable(true);
    m_showCommand->setIcon(theme::icon(QStringLiteral("chevron-right")));
    auto* copies = new QHBoxLayout;
    copies->setSpacing(0);
    copies->addWidget(m_showCommand);
    copies->addWidget(m_copyCommand);
    copies->addWidget(m_copyOutput);
    copies->addStretch(1);

    m_streams->setDrawBase(false);
    m_streams->setExpanding(false);
    m_streams->addTab(QString());
    m_streams->addTab(QString());
    auto* tools = new QHBoxLayout;
    tools->addWidget(m_streams);
    tools->addStretch(1);
    m_previous->setArrowType(Qt::NoArrow);
    m_previous->setIcon(theme::icon(QStringLiteral("chevron-up")));
    tools->addWidget(m_litCount);
    tools->addWidget(m_previous);
    tools->addWidget(m_next);
    m_find->addAction(theme::icon(QStringLiteral("search"), theme::Ink::Muted), QLineEdit::LeadingPosition);
    m_find->setClearButtonEnabled(true);
    m_find->setMaximumWidth(160);
    tools->addWidget(m_find);

    layout->addLayout(top);
    layout->addWidget(m_facts);
    layout->addLayout(copies);
    layout->addWidget(m_command);
    layout->addLayout(tools);
    layout->addWidget(m_view, 1);

    m_stack->addWidget(m_empty);
    m_stack->addWidget(page);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(m_stack);
    setMinimumWidth(340);
    setFocusPolicy(Qt::ClickFocus);

    connect(m_close, &QToolButton::clicked, this, &EvidenceDrawer::closeWanted);
    connect(m_streams, &QTabBar::currentChanged, this, &EvidenceDrawer::showStream);
    connect(m_showCommand, &QToolButton::toggled, this, [this](bool shown) {
        m_command->setVisible(shown);
        m_showCommand->setIcon(theme::icon(shown ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right")));
    });
    connect(m_copyCommand, &QToolButton::clicked, this, [this] {
        if (m_observation)
            QApplication::clipboard()->setText(QString::fromStdString(m_observation->command));
    });
    connect(m_copyOutput, &QToolButton::clicked, this, [this] {
        if (m_observation)
            QApplication::clipboard()->setText(QString::fromStdString(m_streams->currentIndex() == 1 ? m_observation->err : m_observation->out));
    });
    connect(m_next, &QToolButton::clicked, this, [this] { m_view->showLit(1); });
    connect(m_previous, &QToolButton::clicked, this, [this] { m_view->showLit(-1); });
    connect(m_find, &QLineEdit::returnPressed, this, [this] {
        findNext(QApplication::keyboardModifiers().testFlag(Qt::ShiftModifier) ? -1 : 1);
    });
    retranslate();
}

void EvidenceDrawer::showEvidence(const Evidence& evidence)
{
    m_observation = evidence.observation;
    m_lines = evidence.lines;
    m_inErr = evidence.inErr;
    fill();
    if (m_observation) {
        const bool err = m_inErr || (m_observation->out.empty() && !m_observation->err.empty());
        if (m_streams->currentIndex() == int(err))
            showStream(int(err));
        else
            m_streams->setCurrentIndex(int(err));
    }
}

void EvidenceDrawer::clear()
{
    m_observation.reset();
    m_lines.clear();
    m_view->setOutput({}, {});
    fill();
}

void EvidenceDrawer::fill()
{
    m_stack->setCurrentIndex(m_observation ? 1 : 0);
    if (!m_observation)
        return;
    const Observation& one = *m_observation;
    const QString node = one.node.empty() ? tr("cluster") : one.node == "@local" ? tr("this machine") : lineSafe(one.node);
    m_title->setText(QStringLiteral("%1 · %2").arg(probeName(one.probe), node));
    m_command->setText(plainSafe(QString::fromStdString(one.command)));
    QStringList facts {exactTime(one.start), durationWords(one.duration)};
    if (one.state == ProbeState::Complete)
        facts << tr("exit status %1").arg(one.exitStatus);
    else
        facts << words::probeState(one.state);
    facts << byteWords(qint64(one.out.size()));
    if (one.truncated)
        facts << tr("cut short at the output limit");
    m_facts->setText(facts.join(QStringLiteral(" · ")));
    m_streams->setTabVisible(1, !one.err.empty());
    m_streams->setVisible(!one.err.empty());
    const bool several = m_lines.size() > 1;
    m_litCount->setVisible(!m_lines.empty());
    m_litCount->setText(tr("%n line(s) lit", nullptr, int(m_lines.size())));
    m_next->setVisible(several);
    m_previous->setVisible(several);
}

void EvidenceDrawer::showStream(int index)
{
    if (!m_observation)
        return;
    const bool lit = (index == 1) == m_inErr;
    m_view->setOutput(index == 1 ? m_observation->err : m_observation->out, lit ? m_lines : std::vector<int>());
}

void EvidenceDrawer::findNext(int direction)
{
    if (m_observation)
        m_view->find(m_find->text(), direction);
}

void EvidenceDrawer::takeFocus()
{
    if (m_observation)
        m_view->setFocus(Qt::ShortcutFocusReason);
    else
        setFocus(Qt::ShortcutFocusReason); // so that Esc closes it
}

void EvidenceDrawer::focusFind()
{
    m_find->setFocus(Qt::ShortcutFocusReason);
    m_find->selectAll();
}

void EvidenceDrawer::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_F3)
        return findNext(event->modifiers().testFlag(Qt::ShiftModifier) ? -1 : 1);
    QWidget::keyPressEvent(event);
}

void EvidenceDrawer::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

void EvidenceDrawer::retranslate()
{
    m_empty->setWords(tr("Evidence"), tr("Everything that is claimed here rests on what a command printed. Choose a line of "
                                         "evidence, a component or an observation, and its raw output appears here."));
    m_close->setToolTip(tr("Close the evidence (F9)"));
    m_close->setAccessibleName(tr("Close the evidence (F9)"));
    m_showCommand->setText(tr("Command"));
    m_showCommand->setToolTip(tr("Show the exact command"));
    m_copyCommand->setText(tr("Copy command"));
    m_copyOutput->setText(tr("Copy output"));
    m_next->setToolTip(tr("Next lit line (N)"));
    m_next->setAccessibleName(m_next->toolTip());
    m_previous->setToolTip(tr("Previous lit line (Shift+N)"));
    m_previous->setAccessibleName(m_previous->toolTip());
    m_find->setPlaceholderText(tr("Find in output"));
    m_find->setAccessibleName(m_find->placeholderText());
    m_streams->setTabText(0, tr("Output"));
    m_streams->setTabText(1, tr("Errors"));
    fill();
}

} // namespace medic
