"""Send requests of Stripe's clients to the simulator: `python -m tests.doses.real stripe-clients`.

Its FOLDER has `node_modules/stripe` (`npm install --ignore-scripts stripe@23.1.0`), the unpacked
source distribution `stripe-16.1.0` (`pip download --no-deps --no-binary stripe stripe==16.1.0`),
and a virtual environment `python` with `stripe==16.1.0 pytest pytest-mock anyio httpx aiohttp`.

Each request must be answered, or refused with an error that Stripe documents, or refused by the
name of what the simulator does not implement; none may be accepted and ignored. The tests of the
distribution expect stripe-mock, which has every object, so most of them fail: only their requests
matter here. The run takes some minutes.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Final

import stripe
from tests.doubles.simulators import checked_simulator

from indelible_stripe.simulator import read_story
from indelible_stripe.simulator.journal import JournalEntry

STORY: Final = {"accounts": [{"id": "acct_1Node"}], "balance": {"usd": 1_000_000}}
SCRIPT: Final = Path(__file__).parent / "stripe_node" / "requests.js"
GENERATED: Final = ("tests/test_generated_examples.py", "tests/services", "tests/api_resources")
DOCUMENTED: Final = (
    "authentication_required",
    "card_declined",
    "invalid_request_error",
    "parameter_missing",
    "parameter_unknown",
    "resource_missing",
)
RESULTS: Final = ("answered", "documented error", "refused by name", "ignored", "undocumented")
MAX_SECONDS: Final = 1_200


def send_requests_of_clients(folder: Path) -> list[str]:
    """Run both clients, print what became of their requests, and return what is wrong."""
    return [*_run("stripe-node", folder), *_run("stripe-python", folder)]


def _run(client: str, folder: Path) -> list[str]:
    with checked_simulator(
        read_story(STORY), plants_wrong_requests=True, totals=Counter()
    ) as simulator:
        start = _start_node if client == "stripe-node" else _start_python
        problems = start(folder, simulator.port)
        entries = simulator.engine.journal.entries
        counts = Counter(result_of(entry) for entry in entries)

    for result in RESULTS:
        sys.stdout.write(f"{client}: {result}: {counts[result]}\n")
    if not entries:
        problems.append(f"{client} sent no request")
    for entry in entries:
        if result_of(entry) in ("ignored", "undocumented"):
            problems.append(f"{client}: {result_of(entry)}: {entry}")
    return problems


def result_of(entry: JournalEntry) -> str:
    """Return what became of a request, in one word or two."""
    if entry.ignored:
        return "ignored"
    if entry.unimplemented is not None or entry.error_code == "parameter_unknown":
        return "refused by name"
    if entry.error_code is None:
        return "answered"
    return "documented error" if entry.error_code in DOCUMENTED else "undocumented"


def _start_node(folder: Path, port: int) -> list[str]:
    """Run the script, and return the requests with another result than expected."""
    command = ("node", str(SCRIPT), str(port), str(stripe.api_version))
    done = subprocess.run(
        command,
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "NODE_PATH": str(folder / "node_modules")},
        timeout=MAX_SECONDS,
    )
    problems: list[str] = []
    for line in done.stdout.splitlines():
        result = json.loads(line)
        if result["actual"] != result["expected"]:
            problems.append(f"stripe-node: {line}")
    return problems


def _start_python(folder: Path, port: int) -> list[str]:
    """Run the tests of the distribution, whatever they think of the answers."""
    python = folder / "python" / "bin" / "python"
    command = (str(python), "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", ".", "--tb=no")
    done = subprocess.run(
        (*command, *GENERATED),
        check=False,
        capture_output=True,
        text=True,
        cwd=folder / "stripe-16.1.0",
        env={**os.environ, "STRIPE_MOCK_HOST": "127.0.0.1", "STRIPE_MOCK_PORT": str(port)},
        timeout=MAX_SECONDS,
    )
    last = (done.stdout.splitlines() or [done.stderr])[-1]
    sys.stdout.write(f"stripe-python: {last}\n")
    return []
