// SPDX-License-Identifier: GPL-3.0-or-later
// medic_make_incident DIR OUT.medic [TITLE [NODE]]: an incident file out of raw outputs (see incident_folder.h).
#include "diagnostics/checks/suite.h"
#include "diagnostics/incident/incident_file.h"
#include "tests/fakes/incident_folder.h"

#include <cstdio>

int main(int argc, char** argv)
{
    using namespace medic;
    if (argc < 3) {
        std::fputs("usage: medic_make_incident DIR OUT.medic [TITLE [NODE]]\n", stderr);
        return 2;
    }
    const auto complain = [](const Error& error) {
        std::fprintf(stderr, "%s: %s %s\n", std::string(errorName(error.code)).c_str(), error.where.c_str(), error.detail.c_str());
        return 1;
    };
    const TimePoint at {std::chrono::seconds(1795422648)};
    const auto observations = fakes::readIncidentFolder(argv[1], argc > 4 ? argv[4] : "", at);
    if (observations.empty()) {
        std::fprintf(stderr, "%s: nothing recorded there\n", argv[1]);
        return 1;
    }
    auto file = IncidentFile::create(argv[2], IncidentInfo {.title = argc > 3 ? argv[3] : "recorded", .cluster = "lab", .language = "en", .opened = at});
    if (!file)
        return complain(file.error());
    const auto sweep = file->beginSweep("sweep", at);
    if (!sweep)
        return complain(sweep.error());
    if (const auto recorded = file->record(*sweep, observations); !recorded)
        return complain(recorded.error());
    const auto known = file->snapshot();
    if (!known)
        return complain(known.error());
    const auto report = checks::runSuites({.snapshot = *known, .now = at});
    if (const auto kept = file->recordFindings(*sweep, report.findings); !kept)
        return complain(kept.error());
    if (const auto finished = file->finishSweep(*sweep, at + std::chrono::seconds(6)); !finished)
        return complain(finished.error());
    std::printf("%s: %zu observations, %zu findings\n", argv[2], observations.size(), report.findings.size());
    return 0;
}
