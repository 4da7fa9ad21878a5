#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Refreshes the Chinese translations from the sources: one file per part of the house.
set -euo pipefail
cd "$(dirname "$0")/.."
lupdate=/usr/lib/qt6/bin/lupdate
[ -x "$lupdate" ] || lupdate=$(command -v lupdate6 || command -v lupdate)
update() { # update PART FOLDER…
  local part=$1; shift
  local sources; mapfile -t sources < <(git ls-files --cached --others --exclude-standard -- "$@" | grep -E '\.(cpp|h)$')
  [ ${#sources[@]} -gt 0 ] || return 0
  "$lupdate" -silent -I . -locations none -no-obsolete "${sources[@]}" -ts "translations/${part}_zh_CN.ts"
  echo "$part: $(grep -c 'type="unfinished"' "translations/${part}_zh_CN.ts" || true) unfinished"
}
mapfile -t shell < <(git ls-files -- widgets | cut -d/ -f1,2 | sort -u | grep -vE '^widgets/(wizard|report|packetpath)$|\.txt$')
update engine diagnostics/collect diagnostics/transport app/ctl
update guide widgets/wizard widgets/report
update path widgets/packetpath
update shell app/gui "${shell[@]}"

# English needs no translation but its plural forms: "%n node(s)" becomes "1 node", "3 nodes".
mapfile -t all < <(git ls-files --cached --others --exclude-standard -- app diagnostics/collect diagnostics/transport widgets | grep -E '\.(cpp|h)$')
"$lupdate" -silent -I . -locations none -no-obsolete -pluralonly -source-language en -target-language en "${all[@]}" -ts translations/plurals_en.ts
python3 - translations/plurals_en.ts <<'PLURALS'
import re, sys
path = sys.argv[1]
text = open(path, encoding="utf-8").read()
def forms(message):
    source = re.search(r"<source>(.*?)</source>", message, re.S).group(1)
    if 'type="unfinished"' not in message:
        return message
    one, many = re.sub(r"\(e?s\)", "", source), re.sub(r"\((e?s)\)", r"\1", source)
    filled = f"<translation>\n            <numerusform>{one}</numerusform>\n            <numerusform>{many}</numerusform>\n        </translation>"
    return re.sub(r"<translation.*?</translation>", lambda _: filled, message, flags=re.S)
text = re.sub(r"<message.*?</message>", lambda m: forms(m.group(0)), text, flags=re.S)
open(path, "w", encoding="utf-8").write(text)
PLURALS
