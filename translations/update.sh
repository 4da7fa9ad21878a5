#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Refreshes the Chinese translations from the sources: one file per part of the house.
set -euo pipefail
cd "$(dirname "$0")/.."
lupdate=/usr/lib/qt6/bin/lupdate
[ -x "$lupdate" ] || lupdate=$(command -v lupdate6 || command -v lupdate)
update() { # update PART FOLDER…
  local part=$1; shift
  local sources; mapfile -t sources < <(git ls-files -- "$@" | grep -E '\.(cpp|h)$')
  [ ${#sources[@]} -gt 0 ] || return 0
  "$lupdate" -silent -I . -locations none -no-obsolete "${sources[@]}" -ts "translations/${part}_zh_CN.ts"
  echo "$part: $(grep -c 'type="unfinished"' "translations/${part}_zh_CN.ts" || true) unfinished"
}
mapfile -t shell < <(git ls-files -- widgets | cut -d/ -f1,2 | sort -u | grep -vE '^widgets/(wizard|report|packetpath)$|\.txt$')
update engine diagnostics/collect diagnostics/transport app/ctl
update guide widgets/wizard widgets/report
update path widgets/packetpath
update shell app/gui "${shell[@]}"
