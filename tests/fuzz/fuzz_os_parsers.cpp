// SPDX-License-Identifier: GPL-3.0-or-later
// What a node's own tools print: every reader on the same bytes; none may crash, hang or read outside.
// seeds: ../shared/data/real-node-1.20/healthy/node tests/data
#include "diagnostics/parse/certificates.h"
#include "diagnostics/parse/cni.h"
#include "diagnostics/parse/disk.h"
#include "diagnostics/parse/host.h"
#include "diagnostics/parse/logs.h"
#include "diagnostics/parse/metrics.h"
#include "diagnostics/parse/podnet.h"
#include "diagnostics/parse/processes.h"
#include "diagnostics/parse/qdisc.h"
#include "diagnostics/parse/runtime.h"
#include "diagnostics/parse/search_engine.h"

#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size)
{
    using namespace medic::parse;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    (void)certificates(text);
    (void)opensslTime(text);
    (void)rfc3339(text);
    (void)cniConfigs(text);
    (void)cniVersions(text);
    (void)df(text);
    (void)mounts(text);
    (void)memInfo(text);
    (void)pressure(text);
    (void)loadAverage(text);
    (void)osRelease(text);
    (void)swaps(text);
    (void)resolvConf(text);
    (void)logLines(text);
    (void)goDuration(text);
    (void)processes(text);
    (void)units(text);
    (void)httpAnswer(text);
    (void)sockets(text);
    (void)qdiscs(text);
    (void)quantity(text);
    (void)dockerPs(text);
    (void)crictlPs(text);
    (void)images(text);
    (void)dockerInfo(text);
    (void)Metrics::parse(text);
    (void)podNetworks(text);
    (void)interfaceNames(text);
    (void)redirects(text);
    (void)dnsAnswers(text);
    (void)pathAnswers(text);
    (void)registryAnswers(text);
    (void)privateAddress(text);
    (void)searchEngine(text);
    return 0;
}
