// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/wizard/step_page.h"

#include "diagnostics/collect/language.h"
#include "diagnostics/collect/words.h"
#include "diagnostics/model/value_words.h"
#include "widgets/panels/buttons.h"
#include "widgets/text/escape.h"
#include "widgets/text/numbers.h"
#include "widgets/theme/fonts.h"
#include "widgets/wizard/action_card.h"
#include "widgets/wizard/option_button.h"
#include "widgets/wizard/wizard_words.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace medic {

using namespace playbooks;

StepPage::StepPage(const Catalogue& catalogue, QWidget* parent)
    : QWidget(parent)
    , m_catalogue(catalogue)
    , m_kind(new PlainLabel(PlainLabel::Kind::Muted))
    , m_title(new PlainLabel(PlainLabel::Kind::Heading))
    , m_why(new PlainLabel(PlainLabel::Kind::Muted))
    , m_scroll(new QScrollArea)
    , m_confirm(new QVBoxLayout)
    , m_noteBar(new QWidget)
    , m_noteLine(new QLineEdit)
    , m_keepNote(new QPushButton)
    , m_back(new QPushButton)
    , m_note(new QPushButton)
    , m_primary(new PrimaryButton)
    , m_problem(new PlainLabel(PlainLabel::Kind::Strong))
{
    m_title->setWordWrap(true);
    m_why->setWordWrap(true);
    m_problem->setWordWrap(true);
    m_problem->hide();
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidgetResizable(true);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_primary->setObjectName(QStringLiteral("primary"));
    m_primary->setMinimumWidth(160);
    m_back->setObjectName(QStringLiteral("back"));
    m_note->setObjectName(QStringLiteral("addNote"));
    m_noteLine->setObjectName(QStringLiteral("note"));
    m_keepNote->setObjectName(QStringLiteral("keepNote"));

    auto* notes = new QHBoxLayout(m_noteBar);
    notes->setContentsMargins(0, 0, 0, 0);
    notes->setSpacing(theme::gridStep);
    notes->addWidget(m_noteLine, 1);
    notes->addWidget(m_keepNote);
    m_noteBar->hide();

    auto* foot = new QHBoxLayout;
    foot->setSpacing(theme::gridStep);
    foot->addWidget(m_back);
    foot->addWidget(m_note);
    foot->addStretch(1);
    for (int i = 0; i < 3; ++i) {
        auto* button = new QPushButton;
        button->setObjectName(QStringLiteral("secondary%1").arg(i));
        button->hide();
        m_secondary.append(button);
        foot->addWidget(button);
    }
    foot->addWidget(m_primary);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme::pageMargin, theme::groupGap, theme::pageMargin, theme::groupGap);
    layout->setSpacing(theme::innerGap);
    layout->addWidget(m_kind);
    layout->addWidget(m_title);
    layout->addWidget(m_why);
    layout->addSpacing(theme::groupGap);
    layout->addWidget(m_scroll, 1);
    layout->addWidget(m_problem);
    layout->addWidget(m_noteBar);
    layout->addLayout(m_confirm);
    layout->addSpacing(theme::innerGap);
    layout->addLayout(foot);

    connect(m_primary, &QPushButton::clicked, this, [this] {
        const auto act = m_act; // what it does may put another in its place
        if (act)
            act();
    });
    connect(m_back, &QAbstractButton::clicked, this, [this] {
        // To the last step that was decided by hand: the automatic ones would only run through again.
        if (m_driver == nullptr)
            return;
        const auto& visits = m_driver->runner().visits();
        const std::size_t last = m_driver->runner().finished() ? visits.size() : visits.size() - 1;
        for (std::size_t i = last; i-- > 0;) {
            const Step* step = m_driver->runner().playbook().find(visits[i].step);
            if (step != nullptr && visits[i].status != StepStatus::Skipped && (step->type == StepType::Question || visits[i].by == "engineer")) {
                send(WentBack {visits[i].step});
                return;
            }
        }
    });
    connect(m_note, &QAbstractButton::clicked, this, [this] {
        m_noteBar->setVisible(!m_noteBar->isVisible());
        if (m_noteBar->isVisible())
            m_noteLine->setFocus();
    });
    connect(m_keepNote, &QAbstractButton::clicked, this, &StepPage::keepNote);
    connect(m_noteLine, &QLineEdit::returnPressed, this, &StepPage::keepNote);
    setFocusPolicy(Qt::StrongFocus);
}

void StepPage::retranslate()
{
    m_back->setText(tr("Back"));
    m_note->setText(tr("Add a note"));
    for (QAbstractButton* button : {m_back, m_note})
        button->setMinimumWidth(button->fontMetrics().horizontalAdvance(button->text()) + 28);
    m_noteLine->setPlaceholderText(tr("What you saw, did or suspect; it is kept with this step"));
    m_noteLine->setAccessibleName(tr("Note"));
    m_keepNote->setText(tr("Keep"));
    m_signature.clear();
    if (m_driver != nullptr)
        rebuild();
}

QString StepPage::subject() const
{
    if (!m_shown.isEmpty())
        return m_shown;
    if (const Step* step = m_driver->runner().current())
        return QString::fromStdString(step->id);
    return m_driver->runner().visits().empty() ? QString() : QString::fromStdString(m_driver->runner().visits().back().step);
}

void StepPage::keepNote()
{
    const QString text = m_noteLine->text().trimmed();
    if (!text.isEmpty()) {
        m_noteLine->clear();
        send(Noted {subject().toStdString(), text.toStdString()});
    }
    m_noteBar->hide();
    takeFocus();
}

void StepPage::send(const Event& event)
{
    if (m_driver != nullptr)
        m_driver->take(event);
}

QString StepPage::filled(const Step& step, const Text& text) const
{
    return plainSafe(QString::fromStdString(fill(text, m_driver->runner().parameters(step, m_driver->world()), currentLanguage())));
}

/// What the body depends on: it is only made anew when this changes, so that a half-typed answer survives a note.
QString StepPage::signature() const
{
    const Runner& runner = m_driver->runner();
    const Want& want = m_driver->want();
    QStringList parts {m_shown, QString::number(runner.visits().size()), QString::number(static_cast<int>(want.kind)), QString::fromStdString(want.step),
                       QString::fromStdString(want.command), QString::number(want.isRollback), QString::number(want.undecided),
                       QString::number(m_driver->busy()), QString::number(runner.symptomChange().has_value())};
    for (const Target& target : want.targets)
        parts << QString::fromStdString(target.affects);
    for (const VerdictGiven& given : runner.verdicts())
        parts << QString::fromStdString(given.id) + QString::number(given.rejected);
    if (!runner.visits().empty())
        parts << QString::number(runner.visits().back().outputs.size());
    if (const Visit* visit = runner.lastVisit(m_shown.toStdString()))
        parts << QString::number(visit->notes.size()) << QString::number(visit->overruled);
    return parts.join(QChar(0x1f));
}

void StepPage::display(WizardDriver& driver, const QString& shown)
{
    if (m_driver != &driver)
        m_signature.clear();
    m_driver = &driver;
    m_shown = shown;
    const auto problem = driver.problem();
    m_problem->setVisible(problem.has_value() || !driver.kept());
    if (problem)
        m_problem->setText(lineSafe(problem->detail.empty() ? words::sentence(*problem) : QString::fromStdString(problem->detail)));
    else if (!driver.kept())
        m_problem->setText(tr("The incident file can only be read: this run is not kept."));
    if (signature() != m_signature)
        rebuild();
}

void StepPage::rebuild()
{
    m_signature = signature();
    while (QLayoutItem* item = m_confirm->takeAt(0)) {
        item->widget()->hide();
        item->widget()->setParent(nullptr);
        item->widget()->deleteLater(); // its line may be what led here
        delete item;
    }
    m_options.clear();
    m_optionIds.clear();
    m_free = nullptr;
    m_card = nullptr;
    m_countdown = nullptr;
    m_progress = nullptr;
    auto* page = new QWidget;
    m_body = new QVBoxLayout(page);
    m_body->setContentsMargins(0, 0, theme::gridStep, 0);
    m_body->setSpacing(theme::gridStep);
    setSecondary({});
    const Runner& runner = m_driver->runner();
    const Want& want = m_driver->want();
    const Step* step = m_shown.isEmpty() ? runner.current() : runner.playbook().find(m_shown.toStdString());
    const Visit* visit = m_shown.isEmpty() ? nullptr : runner.lastVisit(m_shown.toStdString());
    if (step != nullptr && visit != nullptr)
        buildReview(*step, *visit);
    else if (step == nullptr)
        buildFinished();
    else {
        buildHead(wizard::typeWord(step->type), *step);
        addNotices();
        switch (want.kind) {
        case Want::Kind::Ask: buildQuestion(*step); break;
        case Want::Kind::Confirm: buildAction(*step); break;
        case Want::Kind::Wait: buildWait(*step); break;
        case Want::Kind::Acknowledge: buildVerdicts(*step); break;
        case Want::Kind::Run:
        case Want::Kind::Command:
        case Want::Kind::Trace:
        case Want::Kind::Nothing: buildRunning(*step); break;
        }
    }
    m_body->addStretch(1);
    if (QWidget* before = m_scroll->takeWidget())
        before->deleteLater(); // one of its buttons may be what led here
    m_scroll->setWidget(page);
    const bool someBefore = runner.visits().size() > 1;
    m_back->setEnabled(someBefore && !(m_driver->busy() && want.kind == Want::Kind::Command));
    m_back->setVisible(m_shown.isEmpty());
    takeFocus();
}

void StepPage::takeFocus()
{
    if (!isVisible() || m_noteBar->isVisible())
        return;
    if (!m_options.isEmpty()) {
        for (OptionButton* option : m_options)
            if (option->isChecked()) {
                option->setFocus();
                return;
            }
        m_options.front()->setFocus();
    } else if (m_free != nullptr) {
        m_free->setFocus();
    } else if (m_card != nullptr) {
        setFocus(); // a change is never under the finger by itself
    } else if (m_primary->isEnabled()) {
        m_primary->setFocus();
    } else {
        setFocus();
    }
}

void StepPage::setPrimary(const QString& words, std::function<void()> act, bool enabled, bool dangerous)
{
    m_primary->setText(words);
    m_primary->setKind(dangerous ? PrimaryButton::Kind::Dangerous : PrimaryButton::Kind::Next);
    m_primary->setEnabled(enabled);
    m_act = std::move(act);
}

void StepPage::setSecondary(const QList<Action>& actions)
{
    for (qsizetype i = 0; i < m_secondary.size(); ++i) {
        QAbstractButton* button = m_secondary[i];
        button->disconnect(this);
        if (i >= actions.size()) {
            button->hide();
            continue;
        }
        button->setText(actions[i].words);
        button->setMinimumWidth(button->fontMetrics().horizontalAdvance(actions[i].words) + 28);
        button->setEnabled(actions[i].enabled);
        button->show();
        connect(button, &QAbstractButton::clicked, this, actions[i].act);
    }
}

void StepPage::choose()
{
    const auto chosen = std::find_if(m_options.begin(), m_options.end(), [](OptionButton* option) { return option->isChecked(); });
    if (chosen != m_options.end())
        send(Answered {m_optionIds[chosen - m_options.begin()].toStdString(), {}});
    else if (m_free != nullptr && !m_free->text().trimmed().isEmpty())
        send(Answered {m_free->text().trimmed().toStdString(), {}});
}

void StepPage::keyPressEvent(QKeyEvent* event)
{
    const int number = event->key() - Qt::Key_1;
    if (event->modifiers() == Qt::NoModifier && number >= 0 && number < m_options.size()) {
        m_options[number]->click();
        m_options[number]->setFocus();
        return;
    }
    if (event->key() == Qt::Key_Escape && m_noteBar->isVisible()) {
        m_noteBar->hide();
        takeFocus();
        return;
    }
    // Only when the page itself has the focus: a line that took its own Return hands it on up to here.
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && hasFocus() && m_primary->isEnabled() && m_card == nullptr) {
        m_primary->click();
        return;
    }
    QWidget::keyPressEvent(event);
}

void StepPage::tick()
{
    if (m_driver == nullptr)
        return;
    if (m_countdown != nullptr)
        m_countdown->setText(clockWords(m_driver->waitLeft()));
    if (m_progress != nullptr)
        m_progress->setText(m_driver->host().progressWords());
}

} // namespace medic
