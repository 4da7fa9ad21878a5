// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/observed_words.h"

#include "widgets/packetpath/path_words.h"
#include "widgets/text/escape.h"
#include "widgets/text/numbers.h"

#include <QStringList>

#include <algorithm>

namespace medic::packetpath {

namespace {

constexpr int mostNamed = 3;

} // namespace

QString ObservedWords::counted(std::uint64_t packets, std::chrono::milliseconds apart)
{
    return tr("%n packet(s) in %1", nullptr, static_cast<int>(std::min<std::uint64_t>(packets, 2000000000))).arg(durationWords(apart));
}

QString ObservedWords::taken() { return tr("the kernel took it"); }

Verdict ObservedWords::verdict(const netfilter::KernelTrace& seen, const netfilter::KernelOverlay& overlay)
{
    if (seen.steps.empty())
        return Verdict::Unknown;
    return overlay.agrees() ? Verdict::Ok : Verdict::Warning;
}

QString ObservedWords::kernel(const netfilter::KernelTrace& seen, const netfilter::KernelOverlay& overlay, const Trace& prediction)
{
    if (seen.noLogger && seen.steps.empty())
        return tr("This kernel has nobody who writes the traces of legacy iptables down (nf_log), so nothing can be seen.");
    if (seen.steps.empty())
        return tr("The kernel saw no first packet of this flow while it was listened to. Send a request at that time.");
    QStringList sentences;
    if (overlay.agrees()) {
        const TraceBranch& way = prediction.branches[static_cast<std::size_t>(overlay.branch)];
        sentences.append(tr("The kernel did as predicted: %n packet(s) followed, on the way to %1.", nullptr, overlay.packets).arg(endpointText(way.packet.dst, way.packet.dport)));
    } else {
        sentences.append(tr("The kernel did not do as predicted; %n packet(s) followed.", nullptr, overlay.packets));
        const auto list = [](QStringList names) {
            const qsizetype all = names.size();
            names = names.mid(0, mostNamed);
            return names.join(tr(", ")) + (all > mostNamed ? tr(", ") + tr("%n more", nullptr, static_cast<int>(all - mostNamed)) : QString());
        };
        QStringList names;
        for (const auto& step : overlay.unpredicted)
            names.append(tr("%1, rule %2").arg(lineSafe(step.table + ' ' + step.chain)).arg(step.rule));
        if (!names.isEmpty())
            sentences.append(tr("Taken, but not predicted: %1.").arg(list(names)));
        names.clear();
        for (const auto& step : overlay.missing)
            names.append(PathWords::place(step));
        if (!names.isEmpty())
            sentences.append(tr("Predicted, but not taken: %1.").arg(list(names)));
        sentences.append(tr("The rules may have been changed since they were read; sweep again and ask once more."));
    }
    return sentences.join(u' ').replace(QStringLiteral("。 "), QStringLiteral("。"));
}

} // namespace medic::packetpath
