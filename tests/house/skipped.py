# SPDX-License-Identifier: GPL-3.0-or-later
"""Says which tests were skipped and why, from each program's own output in ctest's JUnit file."""
import re
import sys
import xml.etree.ElementTree as ET

passed = failed = skipped = 0
reasons = {}
for case in ET.parse(sys.argv[1]).getroot().iter("testcase"):
    text = case.findtext("system-out") or ""
    totals = re.findall(r"Totals: (\d+) passed, (\d+) failed, (\d+) skipped", text)
    for p, f, s in totals:
        passed += int(p)
        failed += int(f)
        skipped += int(s)
    if not totals and case.find("failure") is not None:
        failed += 1
    for match in re.finditer(r"^SKIP\s*: (\S+?)\(([^)]*)\) (.*)$", text, re.M):
        reasons.setdefault(match.group(3).strip(), []).append(case.get("name") + " " + match.group(1).split("::")[-1])
if reasons:
    print("\nSkipped on this machine:")
    for reason, tests in sorted(reasons.items()):
        print(f"  {reason}: {len(tests)} ({', '.join(sorted(set(tests))[:4])}{' …' if len(set(tests)) > 4 else ''})")
print(f"\n{passed} passed, {failed} failed, {skipped} skipped")
