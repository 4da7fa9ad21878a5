// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/checks/suite.h"

/// The suites beside baseline and hostport; each in the file of its name.
namespace medic::checks {

void runPleg(const CheckInput& input, Findings& findings); ///< case 1.4
void runServiceReach(const CheckInput& input, Findings& findings); ///< case 1.2
void runApiserverDown(const CheckInput& input, Findings& findings); ///< case 1.3
void runDns(const CheckInput& input, Findings& findings); ///< case 1.6
void runBandwidth(const CheckInput& input, Findings& findings); ///< case 1.1
void runEtcd(const CheckInput& input, Findings& findings); ///< P3
void runNetwork(const CheckInput& input, Findings& findings); ///< P6–P10, P23, P24
void runPods(const CheckInput& input, Findings& findings); ///< P15–P19
void runServices(const CheckInput& input, Findings& findings); ///< P22
void runPolicies(const CheckInput& input, Findings& findings); ///< P21
void runOwnMachine(const CheckInput& input, Findings& findings); ///< P33, and the end of case 1.2
void runControlPlane(const CheckInput& input, Findings& findings); ///< P20, P26
void runRules(const CheckInput& input, Findings& findings); ///< rules that stand in each other's way (P24)
void runKernel(const CheckInput& input, Findings& findings); ///< P25, and what the logs say of P5, P13, P14

/// The engineer's own machine is looked at where somebody asks (case 1.2's guide): how busy it is is no fault of the cluster.
[[nodiscard]] bool onRequestOnly(std::string_view suite);

} // namespace medic::checks
