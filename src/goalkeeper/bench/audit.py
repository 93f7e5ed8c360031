"""Looks the pinned libraries up among known vulnerabilities: `make audit`.

A vulnerability that is found fails; a list that cannot be asked is told, since nothing is known then.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

PATIENCE_S = 300
SERVICES = ("pypi", "osv")
ASKED = ("--requirement", "requirements.lock", "--require-hashes", "--disable-pip", "--format", "json",
         "--progress-spinner", "off")  # fmt: skip


def judged(output: str) -> tuple[int, list[str]] | None:
    """Exit code and lines of what pip-audit wrote; None where it looked nothing up."""
    try:
        listed: list[Mapping[str, Any]] = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return None
    looked_up = [each for each in listed if "vulns" in each]
    if not looked_up:
        return None
    lines = [_line(each, found) for each in looked_up for found in each["vulns"]]
    if len(listed) > len(looked_up):
        names = ", ".join(str(each["name"]) for each in listed if "vulns" not in each)
        lines.append(f"Not looked up: {names}.")
    count = sum(len(each["vulns"]) for each in looked_up)
    lines.append(f"{len(looked_up)} libraries were looked up, {count} vulnerabilities are known.")
    return (1 if count else 0), lines


def _line(library: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    mended = ", ".join(found.get("fix_versions", [])) or "none yet"
    return f"{library['name']} {library['version']}: {found['id']}; mended in {mended}."


def run(tool: str) -> int:
    """Asks each service until one has looked something up, and prints what it found."""
    for service in SERVICES:
        try:
            done = subprocess.run(
                [tool, "--vulnerability-service", service, *ASKED], capture_output=True, text=True, timeout=PATIENCE_S,
                check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired):
            continue
        if result := judged(done.stdout):
            code, lines = result
            print("\n".join(lines))
            if code:
                print("Raise their floors in pyproject.toml, then run `make lock`.")
            return code
    print("Not audited: no list of vulnerabilities can be asked from here, so nothing is known.")
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1]))
