// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/checks/sink.h"

/// The parts of the node baseline. Several suites share some of them: what two suites find alike is kept once
/// (runSuites drops a second finding of the same key).
namespace medic::checks {

void checkDisks(Sink& sink, const std::string& node); ///< P12: bytes, inodes, read-only
void checkMemoryAndLoad(Sink& sink, const std::string& node); ///< memory, swap, pressure, load
void checkLimits(Sink& sink, const std::string& node); ///< P5, P13, P14: conntrack, PIDs, files, inotify, neighbours
void checkClocks(Sink& sink); ///< P4: each node against the others and this machine
void checkKubelet(Sink& sink, const std::string& node);
void checkRuntime(Sink& sink, const std::string& node);
void checkKubeProxy(Sink& sink, const std::string& node);
void checkNodeConditions(Sink& sink); ///< P1: why a node is not ready
void checkKernelSettings(Sink& sink, const std::string& node); ///< P11: sysctls, modules, cgroup version
void checkBridgeNetfilter(Sink& sink, const std::string& node); ///< D6, part of the above
void checkCertificates(Sink& sink, const std::string& node); ///< P2

void runBaseline(const CheckInput& input, Findings& findings);

} // namespace medic::checks
