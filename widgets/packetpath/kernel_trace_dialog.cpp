// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/kernel_trace_dialog.h"

#include "diagnostics/collect/words.h"
#include "widgets/panels/buttons.h"
#include "widgets/text/escape.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"
#include "widgets/wizard/action_card.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QRandomGenerator>
#include <QScrollArea>
#include <QSpinBox>
#include <QVBoxLayout>

namespace medic::packetpath {

namespace {

PlainLabel* paragraph(QVBoxLayout* layout, const QString& text, PlainLabel::Kind kind = PlainLabel::Kind::Body)
{
    auto* label = new PlainLabel(text, kind);
    label->setWordWrap(true);
    layout->addWidget(label);
    return label;
}

} // namespace

KernelTraceDialog::KernelTraceDialog(const PathAnswerPtr& answer, const ClusterProfile& profile, bool live, QWidget* parent)
    : QDialog(parent)
    , m_answer(answer)
    , m_profile(profile)
    , m_live(live)
    , m_id(QString::number(QRandomGenerator::global()->generate(), 36).toStdString())
    , m_seconds(new QSpinBox)
{
    setWindowTitle(tr("The kernel's own trace"));
    resize(720, 640);
    auto* all = new QVBoxLayout(this);
    all->setSpacing(theme::gridStep);
    auto* heading = new PlainLabel(tr("Ask the kernel of %1 about this flow").arg(lineSafe(answer->query.node)), PlainLabel::Kind::Heading);
    heading->setWordWrap(true);
    all->addWidget(heading);
    paragraph(all, lineSafe(answer->query.text()), PlainLabel::Kind::Monospace);

    auto* time = new QHBoxLayout;
    m_seconds->setRange(5, 120);
    m_seconds->setValue(15);
    m_seconds->setSuffix(tr(" s"));
    m_seconds->setAccessibleName(tr("How long to listen"));
    time->addWidget(new PlainLabel(tr("How long to listen"), PlainLabel::Kind::Strong));
    time->addWidget(m_seconds);
    time->addStretch(1);
    all->addLayout(time);

    auto* scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* inside = new QWidget;
    m_parts = new QVBoxLayout(inside);
    m_parts->setContentsMargins(0, 0, theme::gridStep, 0);
    scroll->setWidget(inside);
    all->addWidget(scroll, 1);

    const bool changes = m_live && m_profile.allowChanges;
    if (changes && m_profile.production) {
        auto* row = new QHBoxLayout;
        row->addStretch(1);
        row->addWidget(new PlainLabel(tr("Type %1 to confirm").arg(lineSafe(m_profile.name)), PlainLabel::Kind::Strong));
        m_name = new QLineEdit;
        m_name->setObjectName(QStringLiteral("clusterName"));
        m_name->setAccessibleName(tr("Type %1 to confirm").arg(lineSafe(m_profile.name)));
        connect(m_name, &QLineEdit::textChanged, this, &KernelTraceDialog::updateRun);
        row->addWidget(m_name);
        all->addLayout(row);
    }
    auto* buttons = new QHBoxLayout;
    buttons->addStretch(1);
    auto* cancel = new QPushButton(changes ? tr("Cancel") : tr("Close"));
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    buttons->addWidget(cancel);
    if (changes) {
        m_run = new PrimaryButton(nullptr, PrimaryButton::Kind::Dangerous);
        m_run->setObjectName(QStringLiteral("runTrace"));
        m_run->setText(tr("Listen on %1").arg(lineSafe(answer->query.node)));
        connect(m_run, &QPushButton::clicked, this, [this] {
            if (!allowed())
                return;
            const netfilter::KernelTracePlan plan = *m_plan;
            accept();
            Q_EMIT confirmed(plan);
        });
        buttons->addWidget(m_run);
    }
    all->addLayout(buttons);
    connect(m_seconds, &QSpinBox::valueChanged, this, &KernelTraceDialog::rebuild);
    rebuild();
}

void KernelTraceDialog::rebuild()
{
    netfilter::KernelTraceRequest request;
    request.packet = m_answer->query.packet;
    request.seconds = m_seconds->value();
    request.id = m_id;
    if (auto plan = netfilter::planKernelTrace(request, m_answer->node->state)) {
        m_plan = std::move(*plan);
        m_why.clear();
    } else {
        m_plan.reset();
        m_why = words::sentence(plan.error());
    }
    delete m_page;
    m_page = new QWidget;
    m_parts->addWidget(m_page);
    auto* layout = new QVBoxLayout(m_page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(theme::innerGap);
    const auto head = [&](const QString& words) {
        layout->addSpacing(theme::gridStep);
        layout->addWidget(new PlainLabel(words, PlainLabel::Kind::Strong));
    };
    if (!m_plan) {
        paragraph(layout, m_why);
        updateRun();
        return;
    }
    if (!m_live || !m_profile.allowChanges) {
        auto* line = new QHBoxLayout;
        auto* mark = new QLabel;
        mark->setPixmap(theme::icon(QStringLiteral("lock"), theme::Ink::Muted).pixmap(QSize(16, 16), devicePixelRatioF()));
        line->addWidget(mark, 0, Qt::AlignTop);
        auto* words = new PlainLabel(m_live ? tr("Read-only: nothing is changed from here. Copy the command, or allow changes in the cluster's settings.")
                                            : tr("A recorded incident: nothing can be run. The command is shown to be copied."),
                                     PlainLabel::Kind::Strong);
        words->setWordWrap(true);
        line->addWidget(words, 1);
        layout->addLayout(line);
    }
    head(tr("What it puts in"));
    paragraph(layout, tr("One rule that marks the first packets of this flow, at most five a second, for the kernel to write down which rules they meet. It lets every packet pass unchanged."));
    for (const auto& one : m_plan->puts)
        layout->addWidget(new CommandLine(QString::fromStdString(one)));
    head(tr("The risk"));
    paragraph(layout, tr("Low. Each traced packet costs the node some log lines. Send a request while it listens, or there is nothing to be seen."));
    head(tr("The way back"));
    paragraph(layout, tr("The command takes the rule out when the time is over, on every signal, and a guard in a session of its own takes it out %n second(s) after that, even when the connection or the shell has died. By hand:",
                         nullptr, 5));
    for (const auto& one : m_plan->takesBack)
        layout->addWidget(new CommandLine(QString::fromStdString(one)));
    head(tr("The whole command, as root"));
    layout->addWidget(new CommandLine(QString::fromStdString(m_plan->command)));
    layout->addStretch(1);
    updateRun();
}

bool KernelTraceDialog::allowed() const
{
    return m_plan && m_live && m_profile.allowChanges && (m_name == nullptr || m_name->text() == QString::fromStdString(m_profile.name));
}

void KernelTraceDialog::setTyped(const QString& name)
{
    if (m_name != nullptr)
        m_name->setText(name);
}

void KernelTraceDialog::updateRun()
{
    if (m_run != nullptr)
        m_run->setEnabled(allowed());
}

} // namespace medic::packetpath
