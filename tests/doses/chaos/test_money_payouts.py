"""Payouts whose answers are ambiguous, with long outages and a restored backup in the middle.

A settlement is posted, the reactions plan its payout, and the stages send the transfers to the
simulator over sockets. After half of the settlements the database is replaced by a backup. The
same winners are paid by hand, without a fault: the ledgers are the same.
"""

import shutil
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import ExitStack, closing, contextmanager
from hashlib import sha256
from math import ceil
from pathlib import Path
from random import Random
from typing import Any, Final

import psycopg
import pytest
from attrs import define, field, frozen
from psycopg.sql import SQL, Identifier
from tests.conftest import POLICY
from tests.databases import create_database, name_of
from tests.docs.outside import PROGRAMS
from tests.money_site import (
    CURRENCY,
    WORKER,
    MoneySite,
    account_of,
    money_site,
    transfers_from,
    webhook_handler,
)

from indelible.kernel import Actor
from indelible.money.commands.ledger import Settle
from indelible.money.commands.payouts import (
    ApproveTransfer,
    AttachDestination,
    EnablePayee,
    RegisterPayee,
)
from indelible.money.entities.payouts import Transfer
from indelible.money.entities.values import MovementKind
from indelible.money.handlers.ledger import post_movement, settle
from indelible.money.handlers.payees import attach_destination, enable_payee, register_payee
from indelible.money.handlers.payouts.approving import approve_transfer
from indelible.money.lifecycle.payouts import TransferStatus
from indelible.money.ports.ledger import MAX_ROWS_PER_PAGE
from indelible.money.rules.ledger.drafts import MovementDraft, Proof, SettlementLine
from indelible.money.rules.ledger.payments import entry_fee
from indelible.money.rules.payouts import AUTOMATIC, MANUAL, TRANSFER_METADATA
from indelible_service.embedded import PostgresServer
from indelible_sql import open_store, verify

PRIZES: Final = 100
WINNERS_PER_SETTLEMENT: Final = 25
FUNDS_MINOR: Final = 10**12
SECOND_OPERATOR: Final = Actor.user("otto")
# Each kind of six hits so many requests that 30 % of all are ambiguous.
AMBIGUOUS: Final = (
    "timeout_before",
    "timeout_after",
    "close_before",
    "close_after",
    "server_error_before",
    "server_error_after",
)
AMBIGUOUS_RATE: Final = 1 - 0.7 ** (1 / len(AMBIGUOUS))
TRANSFER: Final = "POST /v1/transfers"
LIST: Final = "GET /v1/transfers"
LIST_RATE: Final = 0.1
OUTAGE_SHARE: Final = 0.01  # of the transfers
HALF_HOUR: Final = 1_800
ROUNDS_BEFORE_BACKUP: Final = 3
OUTAGE_HALF_HOURS: Final = (50, 58)  # more than a day: Stripe forgets the keys meanwhile
MAX_HALF_HOURS: Final = 200
PAID_MINOR: Final = 1

PAYOUT_LIFECYCLES: Final = frozenset({"account", "movement", "transfer", "payout_job", "switch"})
# Memos of failed attempts say what the network did, and not what was paid.
MEMOS: Final = frozenset({MovementKind.PAYOUT_FAILED})


# Backups


@frozen(kw_only=True)
class Backup:
    """Copies a database, and makes another one of the copy."""

    copy: Callable[[], None]
    restore: Callable[[], str]


def sqlite_backup(url: str) -> Backup:
    """Return the documented backup of a SQLite file."""
    file = Path(url.removeprefix("sqlite:///"))
    saved = file.with_suffix(".backup")

    def copy() -> None:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("VACUUM INTO ?", (str(saved),))

    def restore() -> str:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{file}{suffix}").unlink(missing_ok=True)
        shutil.copy(saved, file)
        return url

    return Backup(copy=copy, restore=restore)


@contextmanager
def postgresql_backup(database: PostgresServer, folder: Path) -> Generator[Backup]:
    """Yield the documented backup of a PostgreSQL database; it is restored into an empty one."""
    dump = folder / "money.dump"
    restored: list[str] = []

    def copy() -> None:
        program = PROGRAMS / "pg_dump"
        options = ("--format=custom", f"--file={dump}", database.admin_url)
        subprocess.run((program, *options), check=True)

    def restore() -> str:
        server = create_database(database, f"{name_of(database)}_restored")
        restored.append(name_of(server))
        program = PROGRAMS / "pg_restore"
        options = ("--exit-on-error", f"--dbname={server.admin_url}", dump)
        subprocess.run((program, *options), check=True)
        return server.url

    yield Backup(copy=copy, restore=restore)
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        for name in restored:
            admin.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


# Ledgers


def operators_of(site: MoneySite) -> set[str]:
    """Return the people in the history of settlements, transfers, jobs and accounts."""
    people: set[str] = set()
    for change in site.history():
        if change.lifecycle in PAYOUT_LIFECYCLES and change.actor.kind == "user":
            people.add(str(change.actor))
    return people


def ledger_digest(site: MoneySite) -> str:
    """Return a digest of all movements with their postings, by key."""
    rows: list[tuple[Any, ...]] = []
    for movement in site.movements():
        if movement.kind in MEMOS:
            continue
        for posting in site.postings(movement.id):
            row = (
                movement.key,
                movement.kind.value,
                movement.reference,
                posting.number,
                posting.debit_account_id,
                posting.credit_account_id,
                posting.amount_minor,
                posting.party,
                posting.owed_movement_id,
                posting.owed_number,
            )
            rows.append(row)
    return sha256(repr(sorted(rows, key=repr)).encode()).hexdigest()


def paid_cent(number: int) -> MovementDraft:
    """Return the movement of the cent that a payer has paid for a settlement."""
    charge = f"charge-{number:05}"
    return entry_fee(
        charge_id=charge,
        reference=f"reference-{number:05}",
        party="payer",
        amount_minor=PAID_MINOR,
        currency=CURRENCY,
        proof=Proof(charge, charge),
    )


# Payouts


@define
class PayoutReport:
    """The numbers of a dose of payouts, the digest of its ledger, and each problem."""

    transfers: int = 0
    requests: int = 0
    ambiguous: int = 0
    outages: int = 0
    restored: int = 0
    digest: str = ""
    problems: list[str] = field(factory=list[str])


@frozen(kw_only=True)
class Prize:
    """A winner of a settlement with the money that is owed."""

    settlement: int
    party: str
    amount_minor: int


def prizes_of(seed: int) -> list[Prize]:
    """Return the winners of all settlements, decided by the seed."""
    chance = Random(f"prizes {seed}")  # noqa: S311 - no secret
    prizes: list[Prize] = []
    for index in range(PRIZES):
        prize = Prize(
            settlement=index // WINNERS_PER_SETTLEMENT,
            party=f"winner-{index % (2 * WINNERS_PER_SETTLEMENT):03}",
            amount_minor=chance.randrange(1, 100_000),
        )
        prizes.append(prize)
    return prizes


@define(kw_only=True)
class PayoutDose:
    """Settlements on the way to their last transfer."""

    site: MoneySite
    prizes: list[Prize]
    chance: Random
    report: PayoutReport = field(factory=PayoutReport)

    @property
    def settlements(self) -> int:
        """Return the number of settlements."""
        return self.prizes[-1].settlement + 1

    def register(self) -> None:
        """Let each winner register the account that receives transfers."""
        for party in sorted({prize.party for prize in self.prizes}):
            destination = account_of(party)
            self.site.control(f"accounts/{destination}", transfers="active")
            actor = Actor.user(party)
            self.site.execute(register_payee, RegisterPayee(party=party), actor)
            attach = AttachDestination(party=party, destination=destination)
            self.site.execute(attach_destination, attach, actor)
            self.site.execute(enable_payee, EnablePayee(party=party))

    def play(self, backup: Backup) -> PayoutReport:
        """Pay all prizes automatically, through every fault."""
        self.site.policy = AUTOMATIC
        self.register()
        self._set_faults()
        outages = ceil(len(self.prizes) * OUTAGE_SHARE)
        outages = min(outages, self.settlements)
        with_outage = set(self.chance.sample(range(self.settlements), k=outages))
        copied_at = self.settlements // 2
        restored_at = min(copied_at + 2, self.settlements - 1)
        with_outage.add(restored_at)
        for number in range(self.settlements):
            self._settle(number)
            self._begin()
            if number == copied_at:
                backup.copy()
            if number in with_outage:
                self._outage()
            self._finish()
            if number == restored_at:
                self._restore(backup, number)
        self._count()
        return self.report

    def play_by_hand(self) -> PayoutReport:
        """Pay all prizes with the approval of an operator for each, without a fault."""
        self.site.policy = MANUAL
        self.register()
        for number in range(self.settlements):
            self._settle(number)
            self.site.work()
            for transfer in self._transfers():
                if transfer.status is TransferStatus.PENDING and not transfer.is_approved:
                    command = ApproveTransfer(transfer_id=transfer.id, approval_reason="checked")
                    self.site.execute(approve_transfer, command, SECOND_OPERATOR)
            self.site.work()
        self._count()
        return self.report

    def _set_faults(self) -> None:
        rules: list[dict[str, object]] = []
        for kind in AMBIGUOUS:
            rules.append({"kind": kind, "rate": AMBIGUOUS_RATE, "operation": TRANSFER})
        rules.append({"kind": "close_before", "rate": LIST_RATE, "operation": LIST})
        self.site.control("faults", faults=rules)

    def _settle(self, number: int) -> None:
        """Post a settlement whose prizes the platform guarantees, but for one cent of a payer.

        Prizes that the platform alone pays would wait for an operator.
        """
        lines: list[SettlementLine] = []
        for prize in self.prizes:
            if prize.settlement == number:
                lines.append(SettlementLine(party=prize.party, amount_minor=prize.amount_minor))
        command = Settle(
            settlement_id=f"settlement-{number:05}",
            reference=f"reference-{number:05}",
            currency=CURRENCY,
            lines=tuple(lines),
            rake_minor=0,
            rounding_minor=0,
            retained_minor=0,
            top_up_minor=sum(line.amount_minor for line in lines) - PAID_MINOR,
            items=(),
        )
        self.site.execute(post_movement, paid_cent(number))
        self.site.execute(settle, command, WORKER)

    def _begin(self) -> None:
        """Let the reactions plan a settlement, and some of its transfers be sent."""
        self.site.follow()
        with self.site.worker().heartbeat() as worker:
            for _ in range(ROUNDS_BEFORE_BACKUP):
                self.site.work_round(worker)

    def _outage(self) -> None:
        """Let Stripe be out for more than a day; the stages try again meanwhile."""
        self.report.outages += 1
        self.site.control("outage", on=True)
        for _ in range(self.chance.randint(*OUTAGE_HALF_HOURS)):
            self._half_hour()
        self.site.control("outage", on=False)

    def _half_hour(self) -> None:
        self.site.clock.advance(HALF_HOUR)
        self.site.payout_stages().sweep().run()
        self.site.work()

    def _finish(self) -> None:
        """Let time pass until every transfer has ended."""
        for _ in range(MAX_HALF_HOURS):
            self.site.work()
            if not self._open():
                return
            self._half_hour()
        self.report.problems.append(f"{len(self._open())} transfers have not ended")

    def _restore(self, backup: Backup, number: int) -> None:
        """Replace the database by its backup, and settle again what it has forgotten."""
        before = {one.id for one in self._transfers() if one.status is TransferStatus.COMPLETED}
        self.site.store.dispose()
        url = backup.restore()
        self.site.store = open_store(url, clock=self.site.clock, policy=POLICY)
        after = {one.id for one in self._transfers() if one.status is TransferStatus.COMPLETED}
        self.report.restored = len(before - after)
        self._begin()
        self._backfill()
        for again in range(number + 1):
            self._settle(again)
        self._finish()

    def _backfill(self) -> None:
        """Store the events of the last days again, as the backup has forgotten them."""
        handler = webhook_handler(self.site.store)
        for event_type in ("transfer.created",):
            for body in self.site.event_bodies(event_type):
                if self.chance.random() < 0.5:
                    handler.backfill(body)

    # Facts

    def _transfers(self) -> list[Transfer]:
        """Return all transfers of ours."""
        transfers: list[Transfer] = []
        while True:
            heads = self.site.store.read(transfers_from, len(transfers))
            transfers.extend(head.entity for head in heads)
            if len(heads) < MAX_ROWS_PER_PAGE:
                return transfers

    def _open(self) -> list[Transfer]:
        return [transfer for transfer in self._transfers() if not transfer.is_terminal]

    def _count(self) -> None:
        """Compare our transfers and postings with the simulator's, to the cent."""
        report, site = self.report, self.site
        ours = self._transfers()
        report.transfers = len(ours)
        report.digest = ledger_digest(site)
        self._count_requests()
        paid: Counter[tuple[str, str, int]] = Counter()
        for one in site.objects("transfer"):
            paid[one["metadata"][TRANSFER_METADATA], one["destination"], one["amount"]] += 1
        expected: Counter[tuple[str, str, int]] = Counter()
        for transfer in ours:
            expected[transfer.id, account_of(transfer.party), transfer.amount_minor] += 1
        if paid != expected:
            problem = f"not paid: {expected - paid}; paid in excess: {paid - expected}"
            report.problems.append(problem)

        wanted = sorted((prize.party, prize.amount_minor) for prize in self.prizes)
        if wanted != sorted((one.party, one.amount_minor) for one in ours):
            report.problems.append("the transfers are not the prizes")
        statuses = Counter(str(transfer.status) for transfer in ours)
        if set(statuses) != {TransferStatus.COMPLETED.value}:
            report.problems.append(f"the transfers are {dict(statuses)}")
        self._check_ledger()

    def _count_requests(self) -> None:
        journal = self.site.simulator.engine.journal
        for entry in journal.select(after=0, only_problems=False):
            if entry["operation"] != TRANSFER:
                continue
            self.report.requests += 1
            self.report.ambiguous += entry["fault"] in AMBIGUOUS
        problems = list(journal.select(after=0, only_problems=True))
        if problems:
            self.report.problems.append(f"requests against the descriptions: {problems[:3]}")

    def _check_ledger(self) -> None:
        site, problems = self.site, self.report.problems
        jobs = site.store.read(lambda tx: tx.money.payout_jobs.find({}, limit=500))
        incomplete = [head.entity.id for head in jobs if head.entity.status != "complete"]
        if incomplete:
            problems.append(f"jobs are not complete: {incomplete}")
        created = [one.key for one in site.movements(MovementKind.PAYOUT_CREATED)]
        if len(created) != len(self.prizes):
            problems.append(f"{len(created)} PAYOUT_CREATED of {len(self.prizes)}")
        total = sum(prize.amount_minor for prize in self.prizes)
        if site.balances().get("stripe_balance") != self.settlements * PAID_MINOR - total:
            problems.append(f"stripe_balance is {site.balances()}, paid {total}")
        if site.simulated_balance() != FUNDS_MINOR - total:
            problems.append(f"Stripe's balance is {site.simulated_balance()}, paid {total}")
        if site.ledger_sum():
            problems.append(f"the sum of all accounts is {site.ledger_sum()}")
        findings = verify(site.store)
        if findings:
            problems.append(f"verify reports {findings[:3]}")


@pytest.mark.parametrize("fixture", ["sqlite_url", "database"])
def test_each_prize_is_paid_once_and_as_by_hand(
    fixture: str,
    request: pytest.FixtureRequest,
    template_file: Path,
    tmp_path: Path,
    seed: int,
    add_summary_line: Callable[[str], None],
) -> None:
    database: str | PostgresServer = request.getfixturevalue(fixture)
    second = shutil.copy(template_file, tmp_path / "by_hand.db")
    prizes = prizes_of(seed)
    story = {"balance": {CURRENCY.lower(): FUNDS_MINOR}}
    days = 30 + 10 * ceil(PRIZES * OUTAGE_SHARE)
    chance = Random(seed)  # noqa: S311 - no secret
    with ExitStack() as stack:
        if isinstance(database, str):
            url, backup = database, sqlite_backup(database)
        else:
            url = database.url
            backup = stack.enter_context(postgresql_backup(database, tmp_path))
        site = stack.enter_context(money_site(url, story, seed=seed, days_ago=days))
        report = PayoutDose(site=site, prizes=prizes, chance=chance).play(backup)
        assert operators_of(site) == set()
    with money_site(f"sqlite:///{second}", story, seed=seed + 1) as site:
        by_hand = PayoutDose(site=site, prizes=prizes, chance=chance).play_by_hand()
        assert str(SECOND_OPERATOR) in operators_of(site)

    add_summary_line(f"payouts, {fixture}: {report}")
    assert report.problems == []
    assert by_hand.problems == []
    assert by_hand.digest == report.digest
    assert report.transfers == PRIZES
    assert report.ambiguous > 0
    assert report.restored > 0
