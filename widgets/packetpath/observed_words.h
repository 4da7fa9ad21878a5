// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/verdict.h"
#include "diagnostics/netfilter/kernel_trace.h"

#include <QCoreApplication>
#include <QString>

#include <chrono>

namespace medic::packetpath {

/// What was seen on a node, in words beside what was predicted. In the current language.
class ObservedWords final
{
    Q_DECLARE_TR_FUNCTIONS(medic::packetpath::ObservedWords)

public:
    [[nodiscard]] static QString counted(std::uint64_t packets, std::chrono::milliseconds apart); ///< "37 packets in 5.2 s"
    [[nodiscard]] static QString taken(); ///< "the kernel took it"
    /// The kernel's account beside the prediction, in one or two sentences.
    [[nodiscard]] static QString kernel(const netfilter::KernelTrace& seen, const netfilter::KernelOverlay& overlay, const Trace& prediction);
    [[nodiscard]] static Verdict verdict(const netfilter::KernelTrace& seen, const netfilter::KernelOverlay& overlay);
};

} // namespace medic::packetpath
