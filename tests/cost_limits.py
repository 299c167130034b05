"""Limit the processor time of each test file.

The processor time is in units of a loop that the same run measures.

A file that needs more is listed in `EXPENSIVE` with a reason, or made cheaper, or moved to
`nox -s proofs`: see `tests/proofs.py`.
"""

from collections.abc import Mapping
from typing import Final

# One loop takes 2.5 to 4 ms of processor time. Where it is fast, processes and databases are not as
# much faster, and under load they slow down more: the same file took 2,000 to 5,800 loops.
MAX_LOOPS: Final = 8_000
EXPENSIVE: Final[Mapping[str, str]] = {
    "tests/conformance/test_stores.py": "the suites of all contexts on every store",
    "tests/docs/test_examples.py": "follows every page, with the servers that the pages start",
    "tests/guards/test_attacks.py": "tries every illegal write on both databases",
    "tests/runbooks/test_promotion.py": "installs two releases and follows both runbooks",
    "tests/service/test_cli.py": "starts the command, whose imports it limits",
    "tests/service/test_two_machines.py": "starts two servers and two workers, of six processes",
    "tests/web/payments/test_charge_states.py": "asks for a charge in each of its states",
    "tests/web/payments/test_webhook_steps.py": "sends webhooks to a server through every step",
}


def excesses(
    seconds_by_file: Mapping[str, float],
    loop_seconds: float,
    expensive: Mapping[str, str] = EXPENSIVE,
) -> list[str]:
    """Return a line for each file that needs more than MAX_LOOPS loops and is not listed."""
    lines: list[str] = []
    for file, seconds in sorted(seconds_by_file.items()):
        loops = round(seconds / loop_seconds)
        if loops > MAX_LOOPS and file not in expensive:
            lines.append(
                f"{file}: {loops:,} loops of processor time, expected at most {MAX_LOOPS:,}"
            )

    return lines
