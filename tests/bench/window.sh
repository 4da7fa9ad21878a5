#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The window, offscreen, on two hundred simulated nodes with every probe of a sweep, 20 % of them faulty: how long its thread
# is ever busy without a look at its events (50 ms of its own processor time is the limit), and how soon a cancel is obeyed.
#   usage: tests/bench/window.sh [--program build/bench-window/tests/bench_window]
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
program=
[ "${1:-}" != --program ] || program=$2
if [ -z "$program" ]; then
  program=$(cd "$top" && ls build/release/tests/bench_window 2>/dev/null) || true
  if [ -z "$program" ]; then
    cmake --preset release -B "$top/build/bench-window" -S "$top" -DMEDIC_TESTS=ON >/dev/null
    cmake --build "$top/build/bench-window" --target bench_window >/dev/null
    program=$top/build/bench-window/tests/bench_window
  fi
fi
cd "$top"
LC_ALL=C.UTF-8 QT_QPA_PLATFORM=offscreen "$program"
