#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds every fuzz target with clang and runs each for a while, from seeds of the test data. usage: run.sh [SECONDS]
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
if ! command -v clang++ >/dev/null || ! echo 'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long){return 0;}' \
    | clang++ -x c++ - -fsanitize=fuzzer -o /dev/null 2>/dev/null; then
  echo "fuzzing needs clang with libFuzzer (Debian: clang libfuzzer-14-dev libclang-rt-14-dev); nothing was run" >&2
  exit 77
fi
cmake --preset fuzz >/dev/null
cmake --build build/fuzz | tail -1
failed=0
for target in build/fuzz/fuzz/fuzz_*; do
  name=$(basename "$target"); [ -x "$target" ] && [ ! -d "$target" ] || continue
  corpus=build/fuzz/corpus/$name; mkdir -p "$corpus"
  seeds=(); [ -d "tests/fuzz/seeds/$name" ] && seeds+=("tests/fuzz/seeds/$name")
  while read -r folder; do [ -d "$folder" ] && seeds+=("$folder"); done < <(sed -n 's|^// seeds: ||p' "tests/fuzz/$name.cpp" | tr ' ' '\n')
  echo "== $name ($seconds s)"
  if ! "$target" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 -artifact_prefix="build/fuzz/$name-" \
      "$corpus" "${seeds[@]}" >"build/fuzz/$name.log" 2>&1; then
    failed=1; echo "   FAILED: build/fuzz/$name.log"; tail -25 "build/fuzz/$name.log"
  else
    grep -E 'stat::number_of_executed_units|stat::new_units_added' "build/fuzz/$name.log" | sed 's/^/   /'
  fi
done
exit $failed
