"""Pay entries on a real field up to the last transfer, and search every place for secrets.

FILE is the real leaderboard. Stripe's own example objects lie in its folder.
"""

import os
import re
import sys
from collections import Counter
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.doses.real.canaries import Canaries
from tests.doses.real.paid_contest import ENTRIES, PaidContest, paid_contest
from tests.doses.real.places import Places, search
from tests.doses.real.stripe_examples import compare_with_examples
from tests.service.processes import (
    free_port,
    read_json_line,
    start_command,
    stop_command,
    wait_until_ready,
)

from indelible.contests.lifecycle import ContestStatus
from indelible.kernel import Actor
from indelible.money.entities.payouts import Transfer
from indelible.money.entities.values import ReconciliationScope
from indelible.money.lifecycle.payouts import TransferStatus
from indelible.money.rules.reconciliation import ReconciliationResult
from indelible_service.contexts.money import MoneySettings, build_reconciliation
from indelible_service.demos.money import MoneyDemo
from indelible_service.instance.record import client_settings, command_settings
from indelible_sql import verify

EXAMPLES: Final = "stripe_fixtures3.json"
OPERATOR: Final = Actor.system("tests-real")
MAX_TRANSFERS: Final = 500
MAX_LOG_LINES: Final = 20


def pay_on_a_real_field(file: Path) -> list[str]:
    """Compare the simulator with Stripe's examples, run a paid contest, and search for secrets."""
    problems = compare_with_examples(file.parent / EXAMPLES)
    canaries = Canaries.new()
    with TemporaryDirectory(prefix="indelible-real-money-") as folder:
        directory = Path(folder)
        settings = _settings(directory, canaries)
        with start_command("up", "--full", "--json", cwd=directory, **settings) as process:
            output = read_json_line(process)
            wait_until_ready(output["address"])
            os.environ.update(settings)
            try:
                problems += _check(directory, file, canaries)
            finally:
                show_log(directory / "log")
            stop_command(process)
    return problems


def _check(directory: Path, file: Path, canaries: Canaries) -> list[str]:
    """Run the contest on the running instance, and search its places."""
    with paid_contest(client_settings(), file, canaries) as contest:
        problems = _run(contest)
        places = Places(directory=directory, store=contest.store)
        problems += search(places, canaries)
    return problems


def show_log(log: Path) -> None:
    """Print each warning and error of the log with its count, without what differs."""
    counts: Counter[str] = Counter()
    for line in log.read_text().splitlines():
        if '"level": "INFO"' not in line:
            counts[re.sub(r"[0-9a-f-]{8,}|\d+", "#", line)[:300]] += 1
    for line, count in counts.most_common(MAX_LOG_LINES):
        show(f"log {count}x: {line}")


def show(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _settings(directory: Path, canaries: Canaries) -> dict[str, str]:
    """Return the settings of the instance, with a Stripe of this machine."""
    return {
        "STRIPE_API_KEY": canaries.api_key,
        "STRIPE_WEBHOOK_SECRET": ",".join(canaries.webhook_secrets),
        "STRIPE_CONNECT_WEBHOOK_SECRET": canaries.connect_webhook_secret,
        "STRIPE_API_URL": f"http://127.0.0.1:{free_port()}",
        "INDELIBLE_AUTOMATIC_PAYOUTS": "on",
        "INDELIBLE_DISPATCH_SECONDS": "1",
        "INDELIBLE_REQUESTS_PER_MINUTE": "1000000",
        "INDELIBLE_DATA_DIR": str(directory / "data"),
        "INDELIBLE_PORT": str(free_port()),
    }


def _run(contest: PaidContest) -> list[str]:
    """Run the contest up to the last transfer, and return what is wrong with its money."""
    for step in chain(contest.open(), contest.run()):
        show(step.text)
    payouts = MoneyDemo(contest=contest)
    for step in payouts.run():
        show(step.text)

    problems = _problems_of_payouts(contest, payouts)
    if contest.status() is not ContestStatus.COMPLETE:
        problems.append(f"the contest is {contest.status()}")
    problems += _problems_of_books(contest, payouts)
    return problems


def _problems_of_payouts(contest: PaidContest, payouts: MoneyDemo) -> list[str]:
    """Compare each transfer with the line of the settlement, to the cent."""
    lines = contest.settlement_lines()
    prizes = {line.user_id: line.payout_minor for line in lines if line.payout_minor}
    heads = contest.store.read(
        lambda tx: tx.money.transfers.find({"job_id": payouts.job_id}, limit=MAX_TRANSFERS)
    )
    transfers: list[Transfer] = [head.entity for head in heads]
    paid = {transfer.party: transfer.amount_minor for transfer in transfers}
    ranks = Counter(line.rank for line in lines)
    ties = sum(count for count in ranks.values() if count > 1)
    odd = sum(1 for prize in prizes.values() if prize % 100)
    show(f"{len(lines)} entries, {ties} of them tied, {len(prizes)} prizes, {odd} with odd cents")

    problems: list[str] = []
    if len(lines) != ENTRIES:
        problems.append(f"{len(lines)} entries are settled, not {ENTRIES}")
    if not ties or not odd:
        problems.append("expected ties and odd cents")
    if paid != prizes:
        problems.append(f"the transfers {paid} are not the prizes {prizes}")
    for transfer in transfers:
        if transfer.status is not TransferStatus.COMPLETED:
            problems.append(f"transfer {transfer.id} is {transfer.status}")
    at_stripe = contest.stripe.read_counts()["objects"].get("transfer", 0)
    if at_stripe != len(transfers):
        problems.append(f"Stripe has {at_stripe} transfers, expected {len(transfers)}")
    return problems


def _problems_of_books(contest: PaidContest, payouts: MoneyDemo) -> list[str]:
    """Reconcile the books with Stripe, and verify every record."""
    problems: list[str] = []
    if payouts.ledger_sum():
        problems.append(f"the sum of all accounts is {payouts.ledger_sum()}, not 0")
    settings = command_settings().section(MoneySettings)
    reconciliation = build_reconciliation(
        settings, contest.store, contest.stripe.gateway, ReconciliationScope.FULL
    )
    report = reconciliation.run(actor=OPERATOR, reason="check on real data")
    show(f"full reconciliation: {report.result.value}")
    if report.result is not ReconciliationResult.PASSED:
        problems.append(f"the full reconciliation is {report.result.value}")
    problems += [f"verify: {finding}" for finding in verify(contest.store)]
    return problems
