// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/wizard/action_card.h"

#include "diagnostics/collect/language.h"
#include "diagnostics/model/value_words.h"
#include "widgets/panels/buttons.h"
#include "widgets/text/escape.h"
#include "widgets/theme/colours.h"
#include "widgets/theme/fonts.h"
#include "widgets/wizard/wizard_words.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPainter>
#include <QVBoxLayout>

namespace medic {

using namespace playbooks;

namespace {

PlainLabel* paragraph(QVBoxLayout* layout, const QString& text, PlainLabel::Kind kind = PlainLabel::Kind::Body)
{
    auto* label = new PlainLabel(text, kind);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    layout->addWidget(label);
    return label;
}

/// A line with the state's shape, colour and word.
QWidget* markedLine(const QString& icon, theme::Ink ink, const QString& text, PlainLabel::Kind kind)
{
    auto* line = new QWidget;
    auto* layout = new QHBoxLayout(line);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(theme::gridStep);
    auto* mark = new QLabel;
    mark->setPixmap(theme::icon(icon, ink).pixmap(QSize(16, 16), line->devicePixelRatioF()));
    layout->addWidget(mark, 0, Qt::AlignTop);
    auto* label = new PlainLabel(text, kind);
    label->setWordWrap(true);
    layout->addWidget(label, 1);
    return line;
}

} // namespace

CommandLine::CommandLine(const QString& command, QWidget* parent) : QWidget(parent), m_command(command)
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(theme::gridStep, 6, theme::innerGap, 6);
    layout->setSpacing(theme::gridStep);
    // Break opportunities for the eye only: what is copied is the command itself.
    QString shown = plainSafe(command);
    for (const QChar c : {u'/', u',', u';', u'='})
        shown.replace(c, QString(c) + QChar(0x200b));
    auto* label = new PlainLabel(shown, PlainLabel::Kind::Monospace);
    label->setWordWrap(true);
    label->setAccessibleName(command);
    layout->addWidget(label, 1);
    QToolButton* copy = iconButton(QStringLiteral("copy"), this);
    copy->setToolTip(tr("Copy the command"));
    copy->setAccessibleName(copy->toolTip());
    copy->setObjectName(QStringLiteral("copyCommand"));
    connect(copy, &QToolButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_command); });
    layout->addWidget(copy, 0, Qt::AlignTop);
}

void CommandLine::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const theme::Colours& c = theme::Colours::of(palette());
    painter.fillRect(rect(), c.base);
    painter.setPen(c.line);
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

ActionCard::ActionCard(const Runner& runner, const Step& step, const Want& want, const World& world, QWidget* parent) : QWidget(parent)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(theme::innerGap);
    const Parameters values = want.targets.empty() ? runner.parameters(step, world) : want.targets.front().parameters;
    const auto text = [&](const Text& words) { return plainSafe(QString::fromStdString(fill(words, values, currentLanguage()))); };
    const auto heading = [&](const QString& words) {
        layout->addSpacing(theme::groupGap);
        layout->addWidget(new PlainLabel(words, PlainLabel::Kind::Strong));
    };
    if (want.readOnly) {
        layout->addWidget(markedLine(QStringLiteral("lock"), theme::Ink::Muted,
                                     world.live ? tr("Read-only: nothing is changed from here. Copy the command, or allow changes in the cluster's settings.")
                                                : tr("A recorded incident: nothing can be run. The command is shown to be copied."),
                                     PlainLabel::Kind::Strong));
        layout->addSpacing(theme::innerGap);
    }
    if (want.isRollback)
        layout->addWidget(markedLine(QStringLiteral("state-failure"), theme::Ink::Failure,
                                     tr("It did not help. This takes it back."), PlainLabel::Kind::Strong));
    const bool high = want.risk == Risk::High;
    const bool some = want.risk == Risk::Medium;
    layout->addWidget(markedLine(high ? QStringLiteral("state-failure") : some ? QStringLiteral("state-warning") : QStringLiteral("state-not-applicable"),
                                 high ? theme::Ink::Failure : some ? theme::Ink::Warning : theme::Ink::Muted, wizard::riskWord(want.risk),
                                 PlainLabel::Kind::Strong));
    paragraph(layout, text(step.expect));

    heading(want.targets.size() > 1 ? tr("What will be run, one after the other") : tr("What will be run"));
    QStringList all;
    for (const Target& target : want.targets) {
        const QString command = QString::fromStdString(want.isRollback ? target.rollback : target.command);
        if (!target.refused.empty()) {
            m_refused = true;
            layout->addWidget(markedLine(QStringLiteral("state-unknown"), theme::Ink::Unknown,
                                         tr("Not on %1: %2").arg(lineSafe(target.affects), lineSafe(target.refused)), PlainLabel::Kind::Body));
            continue;
        }
        addCommand(layout, target.node.empty() ? QString() : tr("on %1").arg(lineSafe(target.node)), command);
        all << command;
    }
    m_refused = all.isEmpty();
    m_commands = all.join(u'\n');
    if (want.remaining > 0)
        paragraph(layout, tr("First here alone; %n more after it has been verified, with a confirmation of their own.", nullptr, want.remaining),
                  PlainLabel::Kind::Muted);

    heading(tr("What it touches"));
    for (std::size_t i = 0; i < want.targets.size() && i < want.blast.size(); ++i)
        paragraph(layout, wizard::blastWords(want.targets[i], want.blast[i]));
    if (!step.blast.empty())
        paragraph(layout, text(step.blast));

    heading(tr("How it is verified"));
    if (!want.targets.empty() && !want.targets.front().verifyCommand.empty())
        addCommand(layout, {}, QString::fromStdString(want.targets.front().verifyCommand));
    paragraph(layout, tr("The checks that failed and the entry symptom run again."), PlainLabel::Kind::Muted);

    if (!want.isRollback) {
        heading(tr("The way back"));
        if (!want.targets.empty() && !want.targets.front().rollback.empty())
            addCommand(layout, {}, QString::fromStdString(want.targets.front().rollback));
        else
            paragraph(layout, text(step.noRollback));
    }

    if (!want.readOnly && !want.mustType.empty() && !m_refused) {
        m_mustType = QString::fromStdString(want.mustType);
        m_confirmation = new QWidget;
        auto* row = new QHBoxLayout(m_confirmation);
        row->setContentsMargins(0, 0, 0, 0);
        row->setSpacing(theme::gridStep);
        auto* mark = new QLabel;
        mark->setPixmap(theme::icon(QStringLiteral("state-warning"), theme::Ink::Failure).pixmap(QSize(16, 16), devicePixelRatioF()));
        row->addStretch(1);
        row->addWidget(mark);
        row->addWidget(new PlainLabel(tr("Type %1 to confirm").arg(lineSafe(m_mustType)), PlainLabel::Kind::Strong));
        m_name = new QLineEdit;
        m_name->setObjectName(QStringLiteral("clusterName"));
        m_name->setPlaceholderText(lineSafe(m_mustType));
        m_name->setAccessibleName(tr("Type %1 to confirm").arg(lineSafe(m_mustType)));
        m_name->setFixedWidth(240);
        connect(m_name, &QLineEdit::textChanged, this, &ActionCard::changed);
        connect(m_name, &QLineEdit::returnPressed, this, [this] {
            if (ready())
                Q_EMIT confirmed();
        });
        row->addWidget(m_name);
    }
}

ActionCard::~ActionCard()
{
    if (m_confirmation != nullptr && m_confirmation->parentWidget() == nullptr)
        delete m_confirmation;
}

void ActionCard::addCommand(QVBoxLayout* layout, const QString& head, const QString& command)
{
    if (!head.isEmpty())
        layout->addWidget(new PlainLabel(head, PlainLabel::Kind::Muted));
    layout->addWidget(new CommandLine(command));
}

QString ActionCard::typed() const { return m_name == nullptr ? QString() : m_name->text(); }
void ActionCard::setTyped(const QString& text)
{
    if (m_name != nullptr)
        m_name->setText(text);
}
bool ActionCard::ready() const { return !m_refused && (m_name == nullptr || m_name->text() == m_mustType); }
QString ActionCard::commandText() const { return m_commands; }

} // namespace medic
