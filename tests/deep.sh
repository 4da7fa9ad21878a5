#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The kernel as the tracer's judge, for as long as one likes: random rulesets and packets in network namespaces
# (tests/netfilter/tst_differential.cpp), and IPVS in a User-Mode Linux kernel where one is installed.
# usage: tests/deep.sh [SECONDS [SEED [PRESET]]]   (0 seconds, the default: until stopped; needs root)
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
seconds=${1:-0} seed=${2:-$(date +%s)} preset=${3:-}
for one in ${preset:-release dev}; do
  program=build/$one/tests/netfilter_tst_differential
  [ -x "$program" ] && break
done
[ -x "$program" ] || { echo "build the tests first: ./dev test" >&2; exit 2; }
export QT_QPA_PLATFORM=offscreen LC_ALL=C.UTF-8 TZ=UTC QTEST_FUNCTION_TIMEOUT=2147483647
ipvs=${program%differential}ipvs_kernel
if [ -x "$ipvs" ]; then MEDIC_DEEP=1 MEDIC_UML_SECONDS=400 "$ipvs"; fi
echo "seeds from $seed; stop with Ctrl-C; a difference is printed as a small case"
MEDIC_DEEP=$seconds MEDIC_SEED=$seed exec "$program" random
