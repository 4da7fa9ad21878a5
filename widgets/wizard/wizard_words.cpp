// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/wizard/wizard_words.h"

#include "diagnostics/collect/language.h"
#include "widgets/text/escape.h"

#include <algorithm>

namespace medic::wizard {

using namespace playbooks;

namespace {

QString tr(const char* text) { return QCoreApplication::translate("wizard", text); }

} // namespace

QString words(const Text& text) { return plainSafe(QString::fromStdString(text.in(currentLanguage()))); }

QString statusWord(StepStatus status)
{
    switch (status) {
    case StepStatus::Pending: return QCoreApplication::translate("wizard", "to come");
    case StepStatus::Current: return QCoreApplication::translate("wizard", "now");
    case StepStatus::Done: return QCoreApplication::translate("wizard", "done");
    case StepStatus::Skipped: return QCoreApplication::translate("wizard", "not needed");
    case StepStatus::Undecided: return QCoreApplication::translate("wizard", "undecided");
    case StepStatus::Refused: return QCoreApplication::translate("wizard", "declined");
    case StepStatus::Failed: return QCoreApplication::translate("wizard", "failed");
    }
    return {};
}

QString typeWord(StepType type)
{
    switch (type) {
    case StepType::Check: return QCoreApplication::translate("wizard", "Check");
    case StepType::Question: return QCoreApplication::translate("wizard", "Question");
    case StepType::Compare: return QCoreApplication::translate("wizard", "Comparison");
    case StepType::Trace: return QCoreApplication::translate("wizard", "Packet path");
    case StepType::Measure: return QCoreApplication::translate("wizard", "Measurement");
    case StepType::Action: return QCoreApplication::translate("wizard", "Action");
    case StepType::Wait: return QCoreApplication::translate("wizard", "Wait");
    case StepType::Verdict: return QCoreApplication::translate("wizard", "Verdict");
    }
    return {};
}

QString riskWord(Risk risk)
{
    switch (risk) {
    case Risk::None: return QCoreApplication::translate("wizard", "no risk");
    case Risk::Low: return QCoreApplication::translate("wizard", "low risk");
    case Risk::Medium: return QCoreApplication::translate("wizard", "medium risk");
    case Risk::High: return QCoreApplication::translate("wizard", "high risk");
    }
    return {};
}

QString whoWord(const Visit& visit)
{
    if (visit.overruled)
        return QCoreApplication::translate("wizard", "engineer, against the program");
    return visit.by == "engineer" ? QCoreApplication::translate("wizard", "engineer") : QCoreApplication::translate("wizard", "program");
}

QString resultWord(const Step& step, const Visit& visit)
{
    for (const Choice& choice : step.choices)
        if (choice.id == visit.result)
            return words(choice.text);
    for (const Outcome& outcome : step.outcomes)
        if (outcome.id == visit.result)
            return words(outcome.text);
    if (step.type == StepType::Verdict && visit.result != "none" && !visit.result.empty()) {
        const auto commas = std::count(visit.result.begin(), visit.result.end(), ',');
        return QCoreApplication::translate("wizard", "verdicts that hold: %1").arg(commas + 1);
    }
    if (step.type == StepType::Question)
        return lineSafe(QString::fromStdString(visit.result));
    struct Known {
        const char* id;
        const char* word;
    };
    static constexpr Known known[] {
        {"done", QT_TRANSLATE_NOOP("wizard", "checked")},
        {"verified", QT_TRANSLATE_NOOP("wizard", "done and verified")},
        {"not-verified", QT_TRANSLATE_NOOP("wizard", "done, but it did not help")},
        {"rolled-back", QT_TRANSLATE_NOOP("wizard", "rolled back")},
        {"failed", QT_TRANSLATE_NOOP("wizard", "failed")},
        {"partly", QT_TRANSLATE_NOOP("wizard", "done in part of the places")},
        {"declined", QT_TRANSLATE_NOOP("wizard", "declined")},
        {"same", QT_TRANSLATE_NOOP("wizard", "no difference")},
        {"different", QT_TRANSLATE_NOOP("wizard", "they differ")},
        {"reached", QT_TRANSLATE_NOOP("wizard", "it has come about")},
        {"not-reached", QT_TRANSLATE_NOOP("wizard", "it has not come about")},
        {"over", QT_TRANSLATE_NOOP("wizard", "time is over")},
        {"shortened", QT_TRANSLATE_NOOP("wizard", "not waited for")},
        {"unknown", QT_TRANSLATE_NOOP("wizard", "unknown")},
        {"no-target", QT_TRANSLATE_NOOP("wizard", "nothing to act on")},
        {"skipped", QT_TRANSLATE_NOOP("wizard", "not needed")},
        {"none", QT_TRANSLATE_NOOP("wizard", "none")},
        {"delivered", QT_TRANSLATE_NOOP("wizard", "delivered")},
        {"forwarded", QT_TRANSLATE_NOOP("wizard", "forwarded")},
        {"dropped", QT_TRANSLATE_NOOP("wizard", "dropped")},
        {"rejected", QT_TRANSLATE_NOOP("wizard", "rejected")},
        {"no-route", QT_TRANSLATE_NOOP("wizard", "no route")},
    };
    for (const Known& one : known)
        if (visit.result == one.id)
            return tr(one.word);
    return lineSafe(QString::fromStdString(visit.result));
}

QString blastWords(const Target& target, const BlastRadius& blast)
{
    QStringList parts;
    if (!target.affects.empty())
        parts << lineSafe(target.affects);
    switch (blast.controlPlane) {
    case Tri::Yes: parts << QCoreApplication::translate("wizard", "control-plane node"); break;
    case Tri::No: parts << QCoreApplication::translate("wizard", "worker node"); break;
    case Tri::Unknown: parts << QCoreApplication::translate("wizard", "role unknown"); break;
    }
    if (blast.pods)
        parts << QCoreApplication::translate("wizard", "Pods on it: %n", nullptr, *blast.pods);
    else
        parts << QCoreApplication::translate("wizard", "number of Pods unknown");
    QString text = parts.join(QStringLiteral(" · "));
    QStringList sample;
    for (const std::string& pod : blast.sample)
        sample << lineSafe(pod);
    if (!sample.isEmpty())
        text += QStringLiteral("\n") + sample.join(QStringLiteral(", ")) + (blast.pods && *blast.pods > int(sample.size()) ? QStringLiteral(" …") : QString());
    return text;
}

Mark markOf(StepStatus status, const Visit* visit)
{
    switch (status) {
    case StepStatus::Pending: return {QString(), theme::Ink::NotApplicable};
    case StepStatus::Current: return {QStringLiteral("play"), theme::Ink::Accent};
    case StepStatus::Done: return {QStringLiteral("state-ok"), visit != nullptr && visit->by == "engineer" ? theme::Ink::Accent : theme::Ink::Ok};
    case StepStatus::Skipped: return {QStringLiteral("state-not-applicable"), theme::Ink::NotApplicable};
    case StepStatus::Undecided: return {QStringLiteral("state-unknown"), theme::Ink::Unknown};
    case StepStatus::Refused: return {QStringLiteral("state-warning"), theme::Ink::Muted};
    case StepStatus::Failed: return {QStringLiteral("state-failure"), theme::Ink::Failure};
    }
    return {};
}

} // namespace medic::wizard
