#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What takes too long for every day. A real Kubernetes node, built and started by itself (tests/lab/real, Debian 12 only;
# MEDIC_REAL_CLUSTER names another folder than build/real, MEDIC_REAL_CLUSTER=none leaves it out); IPVS in a User-Mode Linux
# kernel where one is installed; dumps of other nodes (MEDIC_DUMPS); then the kernel as the tracer's judge, for as long as one likes: random rulesets and packets
# in network namespaces (tests/netfilter/tst_differential.cpp).
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
real=${MEDIC_REAL_CLUSTER:-$PWD/build/real} failed=
if [ "$real" = none ]; then echo "the real cluster is left out" >&2
elif [ "$(id -u)" -ne 0 ]; then echo "the real cluster is left out: it needs root" >&2
else
  status=0; tests/lab/real/build.sh "$real" || status=$?
  if [ "$status" = 3 ]; then echo "the real cluster is left out: it is built from Debian 12's source package" >&2
  elif [ "$status" != 0 ]; then echo "the real cluster could not be built" >&2; failed=1
  else
    for test in e2e_tst_real_cluster window_tst_real_window; do
      if [ -x "${program%netfilter_*}$test" ]; then MEDIC_REAL_CLUSTER=$real "${program%netfilter_*}$test" || failed=1; fi
    done
  fi
fi
ipvs=${program%differential}ipvs_kernel
if [ -x "$ipvs" ]; then MEDIC_DEEP=1 "$ipvs" || failed=1; fi
dumps=${program%differential}dumps
if [ -x "$dumps" ]; then MEDIC_DEEP=1 "$dumps" || failed=1; fi
for test in e2e_tst_case_12 e2e_tst_case_13; do # several faults at once, and the site around the cluster: minutes each
  if [ -x "${program%netfilter_*}$test" ]; then MEDIC_DEEP=1 "${program%netfilter_*}$test" || failed=1; fi
done
nft=${program%differential}kernel_nft
if [ -x "$nft" ] && [ "$seconds" != 0 ]; then MEDIC_DEEP=$seconds MEDIC_SEED=$seed "$nft" random || failed=1; fi
if [ -n "$failed" ]; then echo "failed, see above" >&2; exit 1; fi
echo "seeds from $seed; stop with Ctrl-C; a difference is printed as a small case"
MEDIC_DEEP=$seconds MEDIC_SEED=$seed exec "$program" random
