#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every measurement of the project, one after the other: each compares with a peer in its own run and prints ratios.
#   usage: tests/bench/run.sh [NAME…]     (NAME: a script of this folder without .sh; default: all)
# A measurement whose peer is not on this machine says so and costs nothing but its own line.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
failed=0
names=("$@")
if [ ${#names[@]} -eq 0 ]; then
  for script in "$here"/*.sh; do
    name=$(basename "$script" .sh)
    [ "$name" = run ] || names+=("$name")
  done
fi
for name in "${names[@]}"; do
  [ -f "$here/$name.sh" ] || { echo "no such measurement: $name (there are: $(cd "$here" && ls ./*.sh | sed 's|^./||; s|\.sh$||' | grep -v '^run$' | tr '\n' ' '))" >&2; exit 2; }
  printf '\n== %s\n' "$name"
  bash "$here/$name.sh" || { failed=1; echo "$name: failed"; }
done
exit $failed
