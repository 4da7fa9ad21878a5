// SPDX-License-Identifier: GPL-3.0-or-later
// The bodies of StepPage, one for each kind of step.
#include "diagnostics/collect/language.h"
#include "diagnostics/collect/words.h"
#include "widgets/models/knowledge_model.h"
#include "widgets/panels/buttons.h"
#include "widgets/text/escape.h"
#include "widgets/text/numbers.h"
#include "widgets/text/probe_names.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/state.h"
#include "widgets/wizard/action_card.h"
#include "widgets/wizard/option_button.h"
#include "widgets/wizard/step_page.h"
#include "widgets/panels/table_card.h"
#include "widgets/wizard/wizard_words.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace medic {

using namespace playbooks;

namespace {

QString probeNames(const std::vector<std::string>& probes)
{
    QStringList names;
    for (const std::string& probe : probes)
        names << probeName(probe);
    names.removeDuplicates();
    return names.join(QStringLiteral(", "));
}

QString joined(const std::vector<std::string>& names)
{
    QStringList list;
    for (const std::string& name : names)
        list << lineSafe(name);
    return list.join(QStringLiteral(", "));
}

} // namespace

PlainLabel* StepPage::paragraph(const QString& words, int kind)
{
    auto* label = new PlainLabel(words, static_cast<PlainLabel::Kind>(kind));
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_body->addWidget(label);
    return label;
}

void StepPage::buildHead(const QString& kind, const Step& step)
{
    const int index = m_driver->runner().playbook().indexOf(step.id);
    m_kind->setText(tr("Step %1 of %2 · %3").arg(index + 1).arg(m_driver->runner().playbook().steps.size()).arg(kind));
    m_title->setText(filled(step, step.title));
    m_why->setText(filled(step, step.why));
}

void StepPage::addNotices()
{
    if (m_driver->resumed() && m_driver->runner().visits().size() > 1 && m_started != QString::fromStdString(m_driver->runner().playbook().id)) {
        paragraph(tr("Goes on where the incident was left."), int(PlainLabel::Kind::Muted));
        m_started = QString::fromStdString(m_driver->runner().playbook().id);
    }
    const auto& change = m_driver->runner().symptomChange();
    if (!change)
        return;
    QStringList titles;
    for (const std::string& id : change->findings) {
        const KnowledgeEntry* entry = m_catalogue.find(id);
        titles << (entry ? openTitle(entry->title.in(currentLanguage())) : QString::fromStdString(id));
    }
    auto* line = new QHBoxLayout;
    line->setSpacing(theme::gridStep);
    auto* mark = new QLabel;
    mark->setPixmap(theme::stateIcon(Verdict::Warning).pixmap(QSize(16, 16), devicePixelRatioF()));
    line->addWidget(mark, 0, Qt::AlignTop);
    auto* words = new PlainLabel(tr("The symptom has changed: %1 was not there before. That is another incident.").arg(lineSafe(titles.join(QStringLiteral("; ")))), PlainLabel::Kind::Body);
    words->setWordWrap(true);
    line->addWidget(words, 1);
    auto* open = new QPushButton(tr("Open a linked incident"));
    open->setObjectName(QStringLiteral("linkedIncident"));
    connect(open, &QPushButton::clicked, this, &StepPage::linkedWanted);
    line->addWidget(open, 0, Qt::AlignTop);
    m_body->addLayout(line);
}

void StepPage::addOption(const QString& id, const QString& words, const QString& help)
{
    auto* option = new OptionButton(static_cast<int>(m_options.size()) + 1, words, help);
    option->setObjectName(QStringLiteral("option-") + id);
    connect(option, &QAbstractButton::toggled, this, [this](bool on) {
        if (on)
            m_primary->setEnabled(true);
    });
    connect(option, &OptionButton::chosenAtOnce, this, [this] { choose(); });
    m_options.append(option);
    m_optionIds.append(id);
    m_body->addWidget(option);
}

void StepPage::buildQuestion(const Step& step)
{
    const Want& want = m_driver->want();
    if (want.undecided) {
        const Visit& visit = m_driver->runner().visits().back();
        paragraph(tr("The program cannot decide this: %1").arg(wizard::words(visit.because)), int(PlainLabel::Kind::Strong));
        addOutputs(visit.outputs);
        paragraph(tr("Which way is it? The record says that you decided."), int(PlainLabel::Kind::Body));
    } else if (!step.text.empty()) {
        const QString text = filled(step, step.text);
        paragraph(text, int(text.size() > 160 || text.contains(u'\n') ? PlainLabel::Kind::Body : PlainLabel::Kind::Strong));
    }
    m_body->addSpacing(theme::innerGap);
    auto* kept = m_body;
    auto* group = new QVBoxLayout;
    group->setSpacing(0);
    m_body = group;
    for (const Option& option : want.options) {
        if (want.undecided && option.id == "again" && !m_driver->host().live())
            continue;
        addOption(QString::fromStdString(option.id), wizard::words(option.text), option.help.empty() ? QString() : wizard::words(option.help));
    }
    m_body = kept;
    m_body->addLayout(group);
    addTables(step);
    if (want.options.empty() && want.pattern.empty())
        paragraph(tr("There is nothing to choose from: nothing was collected yet."), int(PlainLabel::Kind::Muted));
    if (!want.pattern.empty()) {
        m_free = new QLineEdit;
        m_free->setObjectName(QStringLiteral("freeAnswer"));
        m_free->setMaximumWidth(480);
        m_free->setAccessibleName(filled(step, step.text));
        connect(m_free, &QLineEdit::textChanged, this, [this](const QString& text) { m_primary->setEnabled(!text.trimmed().isEmpty()); });
        connect(m_free, &QLineEdit::returnPressed, this, &StepPage::choose);
        m_body->addWidget(m_free);
    }
    setPrimary(tr("Continue"), [this] { choose(); }, false);
    if (m_options.size() == 1 && m_free == nullptr)
        m_options.front()->setChecked(true);
}

void StepPage::buildRunning(const Step& step)
{
    const Want& want = m_driver->want();
    if (!step.text.empty())
        paragraph(filled(step, step.text), int(PlainLabel::Kind::Body));
    QString what;
    if (want.kind == Want::Kind::Run)
        what = want.again ? tr("Checking again what failed") : tr("Checking");
    else if (want.kind == Want::Kind::Command)
        what = want.changes ? tr("Running on %1").arg(lineSafe(want.node)) : tr("Measuring on %1").arg(lineSafe(want.node));
    else
        what = tr("Following the packet on %1").arg(lineSafe(want.traceNode));
    paragraph(what, int(PlainLabel::Kind::Strong));
    if (!want.suites.empty())
        paragraph(tr("Checks: %1").arg(joined(want.suites)), int(PlainLabel::Kind::Muted));
    if (!want.probes.empty())
        paragraph(tr("Asks for: %1").arg(probeNames(want.probes)), int(PlainLabel::Kind::Muted));
    if (want.kind == Want::Kind::Run)
        paragraph(want.nodes.empty() ? tr("On every node") : tr("On %1").arg(joined(want.nodes)), int(PlainLabel::Kind::Muted));
    if (want.kind == Want::Kind::Command)
        m_body->addWidget(new CommandLine(QString::fromStdString(want.command)));
    if (want.kind == Want::Kind::Trace)
        paragraph(lineSafe(want.traceFrom + " -> " + want.traceTo + "/" + want.traceProtocol), int(PlainLabel::Kind::Monospace));
    auto* bar = new QProgressBar;
    bar->setRange(0, 0);
    bar->setTextVisible(false);
    bar->setMaximumWidth(360);
    m_body->addWidget(bar);
    m_progress = paragraph(m_driver->host().progressWords(), int(PlainLabel::Kind::Muted));
    setPrimary(tr("Running …"), {}, false);
    if (want.kind == Want::Kind::Run && m_driver->host().live())
        setSecondary({{tr("Cancel"), [this] { m_driver->cancel(); }}});
}

void StepPage::buildAction(const Step& step)
{
    const Want& want = m_driver->want();
    if (!step.text.empty())
        paragraph(filled(step, step.text), int(PlainLabel::Kind::Body));
    m_card = new ActionCard(m_driver->runner(), step, want, m_driver->world());
    m_card->setObjectName(QStringLiteral("actionCard"));
    m_body->addWidget(m_card);
    if (QWidget* confirm = m_card->confirmation()) {
        confirm->setParent(this);
        m_confirm->addWidget(confirm);
    }
    if (const auto& outputs = m_driver->runner().visits().back().outputs; !outputs.empty()) {
        m_body->addSpacing(theme::groupGap);
        paragraph(tr("What was run so far"), int(PlainLabel::Kind::Strong));
        addOutputs(outputs);
    }
    const Action skip {want.isRollback ? tr("Leave it as it is") : want.readOnly && !m_driver->host().live() ? QString() : tr("Do not do it"),
                       [this] { send(Declined {}); }};
    if (want.readOnly && !m_driver->host().live()) {
        setPrimary(tr("Continue without it"), [this] { send(Declined {}); });
        setSecondary({{tr("Copy the command"), [this] { QGuiApplication::clipboard()->setText(m_card->commandText()); }}});
        return;
    }
    if (want.readOnly) {
        setPrimary(tr("I have run it: check"), [this] { send(Answered {"by-hand", {}}); });
        setSecondary({skip, {tr("Copy the command"), [this] { QGuiApplication::clipboard()->setText(m_card->commandText()); }}});
        return;
    }
    const auto run = [this] { send(Confirmed {m_card->typed().toStdString(), false}); };
    const QString where = want.targets.size() == 1 ? lineSafe(want.targets.front().node) : tr("%n nodes", nullptr, static_cast<int>(want.targets.size()));
    const bool dangerous = want.risk >= Risk::Medium || !want.mustType.empty();
    setPrimary(want.isRollback ? tr("Take it back on %1").arg(where) : tr("Run on %1").arg(where), run, m_card->ready(), dangerous);
    QList<Action> others {skip};
    if (!want.isRollback && !want.targets.empty() && !want.targets.front().dryRun.empty())
        others.append({tr("Dry run"), [this] { send(Confirmed {{}, true}); }});
    setSecondary(others);
    connect(m_card, &ActionCard::changed, this, [this] { m_primary->setEnabled(m_card->ready()); });
    connect(m_card, &ActionCard::confirmed, this, run);
}

void StepPage::buildWait(const Step& step)
{
    if (!step.text.empty())
        paragraph(filled(step, step.text), int(PlainLabel::Kind::Body));
    m_countdown = paragraph(clockWords(m_driver->waitLeft()), int(PlainLabel::Kind::Heading));
    m_countdown->setObjectName(QStringLiteral("countdown"));
    QFont large = theme::headingFont();
    large.setPointSizeF(large.pointSizeF() * 2);
    m_countdown->setFont(large);
    if (m_driver->want().every.count() > 0)
        paragraph(tr("Looks again every %1.").arg(durationWords(m_driver->want().every)), int(PlainLabel::Kind::Muted));
    setPrimary(tr("Do not wait longer"), [this] { send(WaitOver {true}); });
}

void StepPage::addOutputs(const std::vector<std::string>& outputs)
{
    for (const std::string& output : outputs) {
        auto* label = paragraph(plainSafe(QString::fromStdString(output).trimmed()), int(PlainLabel::Kind::Monospace));
        label->setObjectName(QStringLiteral("output"));
    }
}

void StepPage::addTables(const Step& step)
{
    // Of the node that was chosen, where the step is about one.
    const Visit* const chosen = step.on.kind == Selector::Kind::Answer ? m_driver->runner().lastVisit(step.on.name) : nullptr;
    const std::string node = chosen == nullptr ? std::string() : chosen->result;
    for (const std::string& id : step.tables) {
        auto table = checks::table(m_driver->host().snapshot(), id, node, m_driver->host().earlierSnapshot());
        if (!table || table->rows.empty())
            continue;
        auto* card = new TableCard(std::move(*table));
        connect(card, &TableCard::evidenceWanted, this, &StepPage::evidenceWanted);
        m_body->addWidget(card);
    }
}

void StepPage::addNotes(const Visit& visit)
{
    for (const std::string& note : visit.notes)
        paragraph(tr("Note: %1").arg(plainSafe(QString::fromStdString(note))), int(PlainLabel::Kind::Body));
}

void StepPage::buildReview(const Step& step, const Visit& visit)
{
    buildHead(wizard::typeWord(step.type), step);
    QStringList facts;
    if (const QString result = wizard::resultWord(step, visit); !result.isEmpty())
        facts << result;
    if (visit.status == StepStatus::Undecided)
        facts << wizard::statusWord(visit.status);
    paragraph(facts.isEmpty() ? wizard::statusWord(visit.status) : facts.join(QStringLiteral(" · ")), int(PlainLabel::Kind::Strong));
    if (!visit.because.empty() && step.type != StepType::Question)
        paragraph(wizard::words(visit.because), int(PlainLabel::Kind::Body));
    if (!visit.by.empty())
        paragraph(tr("Decided by: %1, %2").arg(wizard::whoWord(visit), exactTime(visit.left)), int(PlainLabel::Kind::Muted));
    addNotes(visit);
    (void)addVerdicts(step.id);
    if (step.type != StepType::Trace || !addPath(step.id))
        addOutputs(visit.outputs);
    addTables(step);

    const Step* now = m_driver->runner().current();
    const bool current = now != nullptr && now->id == step.id;
    const bool wayOut = !current && (!step.branches.empty() || step.type == StepType::Question) && step.type != StepType::Action && visit.status != StepStatus::Skipped;
    if (wayOut) {
        m_body->addSpacing(theme::groupGap);
        paragraph(tr("Decide differently"), int(PlainLabel::Kind::Strong));
        auto* kept = m_body;
        auto* group = new QVBoxLayout;
        group->setSpacing(0);
        m_body = group;
        if (step.type == StepType::Question) {
            for (const Choice& choice : step.choices)
                if (choice.id != visit.result)
                    addOption(QString::fromStdString(choice.id), filled(step, choice.text), choice.help.empty() ? QString() : filled(step, choice.help));
        } else {
            for (std::size_t i = 0; i < step.branches.size(); ++i)
                if (step.branches[i].go != visit.went)
                    addOption(QStringLiteral("branch:%1").arg(i), filled(step, step.branches[i].because), {});
            addOption(QStringLiteral("next"), tr("Simply go on to the next step"), {});
        }
        m_body = kept;
        m_body->addLayout(group);
    }
    const QString id = QString::fromStdString(step.id);
    QList<Action> others {{current ? QString() : tr("Repeat from here"), [this, id] {
                             send(WentBack {id.toStdString()});
                             Q_EMIT currentWanted();
                         }}};
    if (current)
        others.clear();
    if (wayOut && !m_options.isEmpty())
        others.append({tr("Overrule"), [this, id] {
                           const auto chosen = std::find_if(m_options.begin(), m_options.end(), [](OptionButton* option) { return option->isChecked(); });
                           if (chosen == m_options.end())
                               return;
                           send(Overruled {id.toStdString(), m_optionIds[chosen - m_options.begin()].toStdString(), {}, {}});
                           Q_EMIT currentWanted();
                       }});
    setSecondary(others);
    setPrimary(now == nullptr ? tr("Back to the result") : tr("Back to the current step"), [this] { Q_EMIT currentWanted(); });
}

void StepPage::buildFinished()
{
    const Runner& runner = m_driver->runner();
    m_kind->setText(tr("Finished"));
    m_title->setText(wizard::words(runner.playbook().title));
    m_why->setText(tr("Everything that was asked, decided and run is in the incident."));
    addNotices();
    // How it ended first, then what was found on the way there.
    std::vector<std::string> steps;
    for (auto visit = runner.visits().rbegin(); visit != runner.visits().rend(); ++visit) {
        const Step* step = runner.playbook().find(visit->step);
        if (step != nullptr && step->type == StepType::Verdict && std::find(steps.begin(), steps.end(), step->id) == steps.end())
            steps.push_back(step->id);
    }
    int shown = steps.empty() ? 0 : addVerdicts(steps.front());
    for (std::size_t i = 1; i < steps.size(); ++i) {
        if (i == 1) {
            m_body->addSpacing(theme::gridStep);
            paragraph(tr("Found on the way"), int(PlainLabel::Kind::Strong));
        }
        shown += addVerdicts(steps[i]);
    }
    if (shown == 0)
        paragraph(tr("None of the causes that this guide knows holds."), int(PlainLabel::Kind::Strong));
    setPrimary(tr("Open the report"), [this] { Q_EMIT reportWanted(); });
    setSecondary({{tr("Start again"), [this] { Q_EMIT anewWanted(); }}});
}

} // namespace medic
