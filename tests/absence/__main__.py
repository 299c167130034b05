"""Observe an instance in real time: `python -m tests.absence --real-days N --url URL`.

The key, with the scopes `ops` and `contests:read`, is the variable `INDELIBLE_KEY`. Nothing is
changed. The report is written after each look; `is_over` tells the last one. The exit code is 1 if
anything was or is wrong.
"""

import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from indelible_service.cli.ops import ADDRESS, ADDRESS_VARIABLE, KEY_VARIABLE
from indelible_service.remote.calls import RemoteService
from indelible_service.simulation.absence.client import OperatorClient
from indelible_service.simulation.absence.observing import Observation
from indelible_service.simulation.absence.summary import recovery_lines

LOOK_SECONDS: Final = 60.0


def main() -> int:
    """Observe, write the report after each look, and return 1 if anything is wrong."""
    parser = ArgumentParser(prog="python -m tests.absence", description=__doc__)
    parser.add_argument("--real-days", type=float, required=True, help="such as 14, or 0.0002")
    parser.add_argument("--url", default=os.environ.get(ADDRESS_VARIABLE, ADDRESS))
    parser.add_argument("--look-seconds", type=float, default=LOOK_SECONDS)
    parser.add_argument("--report", type=Path, help="the JSON file to write")
    options = parser.parse_args()
    service = RemoteService(options.url.rstrip("/"), os.environ.get(KEY_VARIABLE, ""))
    observation = Observation(client=OperatorClient(service), look_seconds=options.look_seconds)
    report: dict[str, Any] = {}
    for report in observation.reports(options.real_days):
        if options.report is not None:
            write(options.report, report)
    lines = [f"{report['looks']} looks, {report['unanswered_looks']} of them without an answer."]
    lines += recovery_lines(report["recovery"])
    lines += [f"FAIL {problem}" for problem in report["problems"]]
    sys.stdout.writelines(f"{line}\n" for line in lines)

    return int(bool(report["problems"]))


def write(file: Path, report: Mapping[str, Any]) -> None:
    """Replace a report at once, so that an interrupted observation leaves a whole one."""
    new = file.with_name(f"{file.name}.new")
    new.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    new.replace(file)


if __name__ == "__main__":
    sys.exit(main())
