// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/playbooks/runner.h"
#include "widgets/theme/icons.h"

#include <QCoreApplication>
#include <QString>

/// The wizard's words and marks, in the current language.
namespace medic::wizard {

/// One of a playbook's texts as it may stand in a plain label.
[[nodiscard]] QString words(const Text& text);
[[nodiscard]] QString statusWord(playbooks::StepStatus status);
[[nodiscard]] QString typeWord(playbooks::StepType type);
[[nodiscard]] QString riskWord(playbooks::Risk risk);
[[nodiscard]] QString whoWord(const playbooks::Visit& visit); ///< "program", "engineer", "engineer, against the program"
[[nodiscard]] QString resultWord(const playbooks::Step& step, const playbooks::Visit& visit); ///< an answer's or outcome's text
[[nodiscard]] QString blastWords(const playbooks::Target& target, const playbooks::BlastRadius& blast);

struct Mark {
    QString icon;
    theme::Ink ink;
};
[[nodiscard]] Mark markOf(playbooks::StepStatus status, const playbooks::Visit* visit);

} // namespace medic::wizard
