"""Each failpoint is called in the one function that its table names, and only tests arm one."""

import ast
import inspect
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from attrs import fields
from tests.architecture.sources import SOURCES, modules, parsed

from indelible.contests.tasks.failpoints import no_contest_failpoint
from indelible.contests.tasks.fetching import FetchTournament
from indelible.contests.tasks.ingestion import IngestContest
from indelible.contests.tasks.settlement import SettleContest
from indelible.contests.tasks.stages import ContestStages
from indelible.contests.tasks.transitions import ContestTimer
from indelible.money.tasks.expiring import ExpireCharge
from indelible.money.tasks.failpoints import PaymentFailpoint, no_payment_failpoint
from indelible.money.tasks.paying import PaymentStarter
from indelible.money.tasks.payment_stages import PaymentStages
from indelible.money.tasks.payout_failpoints import PayoutFailpoint, no_payout_failpoint
from indelible.money.tasks.payout_jobs import EndPayoutJob
from indelible.money.tasks.payout_stages import PayoutStages
from indelible.money.tasks.processing import ProcessStripeEvent
from indelible.money.tasks.receiving import WebhookHandler
from indelible.money.tasks.refunding import SendRefund
from indelible.money.tasks.sending import SendTransfer
from indelible.money.tasks.sweeping import SweepPayouts
from indelible.projects.tasks.failpoints import no_job_failpoint
from indelible.projects.tasks.process_job import ProcessJob
from indelible_sql import open_async_store, open_store
from indelible_sql.engine.failpoints import Failpoint, no_failpoint
from indelible_workers import Worker
from indelible_workers.processing.failpoints import StageFailpoint, no_stage_failpoint

KINDS: tuple[type[Enum], ...] = (Failpoint, StageFailpoint)
PAYMENT_CLASSES: tuple[type[Any], ...] = (
    ExpireCharge,
    PaymentStages,
    PaymentStarter,
    ProcessStripeEvent,
    SendRefund,
    WebhookHandler,
)
PAYOUT_CLASSES: tuple[type[Any], ...] = (EndPayoutJob, PayoutStages, SendTransfer, SweepPayouts)
MODULES_WITH_FAILPOINTS = {
    "asynchronous/store.py",
    "contexts.py",
    "engine/collecting.py",
    "engine/failpoints.py",
    "engine/pipelined.py",
    "engine/session.py",
    "engine/single_update.py",
    "kernel/history.py",
    "store/database.py",
    "store/own_transaction.py",
}
MODULES_WITH_JOB_FAILPOINTS = {"failpoints.py", "process_job.py", "pushing.py"}
MODULES_WITH_CONTEST_FAILPOINTS = {
    "failpoints.py",
    "fetching.py",
    "ingestion.py",
    "settlement.py",
    "stages.py",
    "transitions.py",
}
MODULES_WITH_MONEY_FAILPOINTS = {
    "expiring.py",
    "failpoints.py",
    "paying.py",
    "payment_stages.py",
    "payout_failpoints.py",
    "payout_jobs.py",
    "payout_stages.py",
    "processing.py",
    "receiving.py",
    "refunding.py",
    "sending.py",
    "sweeping.py",
}
MODULES_WITH_STAGE_FAILPOINTS = {
    "processing/batches.py",
    "processing/failpoints.py",
    "processing/failures.py",
    "worker.py",
}


def calls(module: ast.Module, path: Path, kind: type[Enum]) -> Iterator[tuple[str, str]]:
    """Yield every failpoint that a function of a module names, with that function."""
    for name, function in _functions(module, ""):
        for node in ast.walk(function):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == kind.__name__:
                yield node.attr, f"{path.name}: {name}"


def _functions(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.AST]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{prefix}{child.name}", child


@pytest.mark.parametrize("kind", KINDS)
def test_a_failpoint_is_called_once_in_the_function_of_its_table(
    kind: type[Failpoint | StageFailpoint],
) -> None:
    found: list[tuple[str, str]] = []
    for path in modules():
        if kind.__name__ in path.read_text(encoding="utf-8"):
            found += calls(parsed(path), path, kind)

    assert sorted(found) == sorted((point.name, point.location) for point in kind)
    assert len({point.moment for point in kind}) == len(kind)


@pytest.mark.parametrize("kind", [PaymentFailpoint, PayoutFailpoint])
def test_every_failpoint_of_money_is_called(kind: type[Enum]) -> None:
    called: set[str] = set()
    for path in (SOURCES["indelible"] / "money" / "tasks").glob("*.py"):
        called |= {name for name, _ in calls(parsed(path), path, kind)}

    assert called == {point.name for point in kind}


def test_only_an_argument_arms_a_failpoint() -> None:
    mentioning = {
        path for path in modules() if "failpoint" in path.read_text(encoding="utf-8").lower()
    }

    of_stores = {SOURCES["indelible_sql"] / name for name in MODULES_WITH_FAILPOINTS}
    of_stages = {SOURCES["indelible_workers"] / name for name in MODULES_WITH_STAGE_FAILPOINTS}
    folder = SOURCES["indelible"] / "projects" / "tasks"
    of_jobs = {folder / name for name in MODULES_WITH_JOB_FAILPOINTS}
    folder = SOURCES["indelible"] / "contests" / "tasks"
    of_contests = {folder / name for name in MODULES_WITH_CONTEST_FAILPOINTS}
    folder = SOURCES["indelible"] / "money" / "tasks"
    of_money = {folder / name for name in MODULES_WITH_MONEY_FAILPOINTS}
    # A simulation lets its own processes die there; nothing else imports it.
    of_simulations = set((SOURCES["indelible_service"] / "simulation").glob("*.py"))
    assert mentioning - of_simulations == (of_stores | of_stages | of_jobs | of_contests | of_money)
    assert fields(ProcessJob).at_failpoint.default is no_job_failpoint
    for stage in (FetchTournament, IngestContest, ContestTimer, SettleContest, ContestStages):
        assert fields(stage).at_failpoint.default is no_contest_failpoint
    for stage in PAYMENT_CLASSES:
        assert fields(stage).at_failpoint.default is no_payment_failpoint
    for stage in PAYOUT_CLASSES:
        assert fields(stage).at_failpoint.default is no_payout_failpoint
    at_failpoint = inspect.signature(Worker).parameters["at_failpoint"]
    assert at_failpoint.default is no_stage_failpoint
    for opener in (open_store, open_async_store):
        assert inspect.signature(opener).parameters["at_failpoint"].default is no_failpoint


def test_no_address_arms_a_failpoint(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///file:{tmp_path / 'a.db'}?at_failpoint=os._exit&uri=true")

    assert store.at_failpoint is no_failpoint
