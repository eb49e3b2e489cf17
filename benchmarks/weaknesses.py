"""Print the known weaknesses of what is installed with the program: `python -m benchmarks.weaknesses`.

What pip-audit finds for the versions of constraints.txt. Its database is on the network; `--where-reachable` lets a
machine without one pass, and says that nothing was looked up. Exits 1 where a weakness is known, or where the database
was wanted and did not answer.
"""

import json
import subprocess
import sys
from pathlib import Path

CONSTRAINTS = Path(__file__).parent.parent / "constraints.txt"


def main() -> int:
    """Print one line a weakness, and how many packages were looked up."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(CONSTRAINTS), "--no-deps", "--disable-pip"]
    told = subprocess.run(
        [*command, "--format", "json", "--progress-spinner", "off"], capture_output=True, text=True, check=False
    )
    try:
        parts = json.loads(told.stdout)["dependencies"]
    except ValueError:
        # No database, or no pip-audit: its last line says which.
        parts, why = [], (told.stderr.strip().splitlines() or ["pip-audit 没有输出"])[-1]
    else:
        why = "一个包也没有查到"
    known = [(part, weakness) for part in parts for weakness in part.get("vulns", ())]
    for part, weakness in known:
        mended = "、".join(weakness["fix_versions"]) or "还没有"
        print(f"{part['name']} {part['version']}：{weakness['id']}，修好的版本：{mended}")
    looked_up = sum("vulns" in part for part in parts)
    if not looked_up:
        print(f"漏洞数据库没有回答（{why}），没有核对；请在能连外网的机器上运行 make audit。", file=sys.stderr)
        return 0 if "--where-reachable" in sys.argv else 1
    print(f"查了 {looked_up} 个包，{len(parts) - looked_up} 个查不到，已知漏洞 {len(known)} 个。")
    return 1 if known else 0


if __name__ == "__main__":
    sys.exit(main())
