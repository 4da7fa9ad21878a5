#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# clang-format (only says), shellcheck where it is, clang-tidy over what changed (or all with --all).
set -uo pipefail
cd "$(dirname "$0")/../.."
status=0
mapfile -t sources < <(git ls-files '*.cpp' '*.h')
if command -v clang-format >/dev/null; then
  unformatted=$(clang-format --dry-run "${sources[@]}" 2>&1 | grep -oE '^[^:]+:' | sort | uniq -c | sort -rn)
  if [ -n "$unformatted" ]; then echo "Not as .clang-format would write it (lines, file):"; echo "$unformatted" | head -20; fi
else echo "clang-format is not installed: format not looked at"; fi
if command -v shellcheck >/dev/null; then git ls-files '*.sh' dev .ci/run | xargs shellcheck -S warning || status=1
else echo "shellcheck is not installed: scripts not looked at"; fi
if command -v clang-tidy >/dev/null; then
  [ -f build/dev/compile_commands.json ] || cmake --preset dev >/dev/null
  if [ "${1:-}" = --all ]; then mapfile -t tidy < <(git ls-files 'diagnostics/*.cpp' 'widgets/*.cpp' 'app/*.cpp')
  else mapfile -t tidy < <(git diff --name-only --diff-filter=d "$(git merge-base HEAD "origin/main" 2>/dev/null || git rev-list --max-parents=0 HEAD | tail -1)" -- 'diagnostics/*.cpp' 'widgets/*.cpp' 'app/*.cpp' | head -40); fi
  [ ${#tidy[@]} -gt 0 ] && { printf '%s\n' "${tidy[@]}" | xargs -P "$(nproc)" -n 4 clang-tidy -p build/dev --quiet 2>/dev/null | grep -E 'warning:|error:' | sort -u && status=1; }
else echo "clang-tidy is not installed: not run"; fi
exit $status
