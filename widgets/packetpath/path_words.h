// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/verdict.h"
#include "diagnostics/netfilter/path_query.h"
#include "widgets/packetpath/path_tree.h"

#include <QCoreApplication>
#include <QString>
#include <QStringList>

namespace medic::packetpath {

/// What the packet path says in words, in the current language. Texts from the cluster in them are made safe for one line.
class PathWords final
{
    Q_DECLARE_TR_FUNCTIONS(medic::packetpath::PathWords)

public:
    [[nodiscard]] static QString mistake(const netfilter::PathMistake& mistake); ///< one sentence, with what would do instead
    [[nodiscard]] static QString disposition(Disposition disposition); ///< "delivered on this node"
    [[nodiscard]] static QString dispositionMeaning(Disposition disposition); ///< a sentence for those who are new to it
    [[nodiscard]] static QString end(const TreePart& part); ///< the same of a drawn way's end, which may be on another node
    [[nodiscard]] static QString endMeaning(const TreePart& part);
    [[nodiscard]] static Verdict verdict(Disposition disposition);

    [[nodiscard]] static QString owner(const RuleOwner& owner); ///< "Service default/api, port http"; empty: not known
    [[nodiscard]] static QString ownerShort(const RuleOwner& owner); ///< "endpoint 10.244.1.8:8080"
    [[nodiscard]] static QString hook(const std::string& hook); ///< "PREROUTING"
    [[nodiscard]] static QString hookHint(const std::string& hook); ///< "just arrived"
    [[nodiscard]] static QString hookMeaning(const std::string& hook);
    [[nodiscard]] static QString backend(const std::string& backend);

    [[nodiscard]] static QString action(const TraceStep& step); ///< short: "→ KUBE-SVC-…", "drop", "out by cni0"
    [[nodiscard]] static QString actionMeaning(const TraceStep& step); ///< a sentence
    [[nodiscard]] static QString place(const TraceStep& step); ///< "nat KUBE-SERVICES, rule 3"
    [[nodiscard]] static QString reason(const std::string& reason); ///< the tracer's key words
    [[nodiscard]] static QString share(double share); ///< "1/3", "25 %"
    [[nodiscard]] static QString shareOrNone(double share); ///< "none" for nothing at all
    [[nodiscard]] static QString outcome(const std::string& outcome); ///< "forwarded 10.244.0.3:8080" in words
    [[nodiscard]] static QString fork(const TreePart& part); ///< what leads into this part
    [[nodiscard]] static QString warning(const std::string& warning);

    /// The first translation of a way, where it is somebody else's who takes what was meant for a Service; else null.
    [[nodiscard]] static const TraceStep* thief(const netfilter::PathQuery& query, const TraceBranch& branch);
    /// All of it in two or three sentences.
    [[nodiscard]] static QString inWords(const netfilter::PathQuery& query, const Trace& trace);
    [[nodiscard]] static Verdict overall(const netfilter::PathQuery& query, const Trace& trace); ///< of the request
    /// The answer's way in one or two sentences.
    [[nodiscard]] static QString replyInWords(const netfilter::PathQuery& query, const Trace& trace);

    // Parts of these:
    [[nodiscard]] static QString ending(const TraceBranch& branch, const std::string& node); ///< a sentence
    [[nodiscard]] static QString translation(const netfilter::PathQuery& query, const TraceBranch& branch); ///< empty: none
    [[nodiscard]] static QStringList doubts(const netfilter::PathQuery& query, const Trace& trace); ///< theft, what is undecided

private:
    static QString theft(const netfilter::PathQuery& query, const Trace& trace);
    static QString several(const netfilter::PathQuery& query, const Trace& trace);
    static QString undecided(const Trace& trace);
};

/// "10.96.0.10:80", "[fd00::1]:80"; safe for one line.
[[nodiscard]] QString endpointText(const std::string& address, std::uint16_t port);

/// What of a step's change of addresses is shown.
struct NatChange {
    bool destination = false, source = false;
    QString destinationBefore, destinationAfter, sourceBefore, sourceAfter;
    [[nodiscard]] bool any() const { return destination || source; }
};
[[nodiscard]] NatChange natOf(const TraceStep& step);

} // namespace medic::packetpath
