// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/checks/paste.h"
#include "diagnostics/model/catalogue.h"
#include "diagnostics/playbooks/loader.h"

#include <QList>
#include <QObject>
#include <QString>
#include <QThreadPool>

#include <memory>
#include <optional>
#include <utility>

namespace medic {

/// What a pasted error may mean: a guide, or a finding without one.
struct PasteProposal {
    QString playbook, finding; ///< one of them may be empty, not both
    QString title; ///< in the language asked for
    QString around; ///< one line of what was pasted around the match; empty: only words were found
    int litFrom = 0, litLength = 0; ///< the match within `around`
    bool operator==(const PasteProposal&) const = default;
};

/// The whole search, in the caller's thread; best first, at most `most`. Const use from any thread.
[[nodiscard]] QList<PasteProposal> proposalsFor(const QString& pasted, const checks::PasteIndex& index, const Catalogue& catalogue,
                                                const playbooks::Library& library, Language language, int most = 5);

/// The same beside the screen's thread: hundreds of regular expressions over a whole log are slow. A newer text replaces one
/// that has not been looked at. Screen's thread; `catalogue` and `library` outlive it.
class PasteSearch final : public QObject
{
    Q_OBJECT

public:
    PasteSearch(const Catalogue& catalogue, const playbooks::Library& library, QObject* parent = nullptr);
    ~PasteSearch() override; ///< waits for the search that is under way

    void search(const QString& pasted, Language language); ///< answered by found(), unless a newer one comes
    /// What was empty is filled: what was asked before is answered now. (The worker never looks at what is empty.)
    void knowledgeArrived();

Q_SIGNALS:
    void found(const QString& pasted, const QList<medic::PasteProposal>& proposals);

private:
    const Catalogue& m_catalogue;
    const playbooks::Library& m_library;
    std::unique_ptr<checks::PasteIndex> m_index; ///< the worker's; made when first needed
    std::optional<std::pair<QString, Language>> m_waiting; ///< asked before there was any knowledge
    quint64 m_ticket = 0;
    QThreadPool m_worker; ///< one thread
};

} // namespace medic
