"""Try a group of generated aggregates in memory and on both databases, in every way there is."""

import logging
import time
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from random import Random
from types import ModuleType
from typing import Final

from attrs import Factory, define
from tests.conftest import POLICY
from tests.own.generated.flipping import targets_of, unnamed
from tests.own.generated.places import Place
from tests.own.generated.serving import command_problems, page_problems, rest_problems
from tests.own.generated.walking import (
    Contexts,
    differences,
    memory_store,
    reopened,
    sql_store,
    sql_store_of,
    walked,
)

from indelible.kernel import Actor
from indelible.testing.own.walks import Walk
from indelible_sql import SqlStore, export_histories, import_histories, open_store, verify
from indelible_sql.testing.attacks import attack, attacks_on
from indelible_sql.testing.forgeries import Forger

MIN_ATTACKS: Final = 20
IMPORTER: Final = Actor.user("importer")
SECRET: Final = "a secret for tests, 32 bytes long"  # noqa: S105 - of tests


@define
class TrialReport:
    """The numbers of the trials, and what has failed."""

    aggregates: int = 0
    changes: int = 0
    attacks: int = 0
    fewest_attacks: int = 0
    forgeries: int = 0
    flips: int = 0
    seconds: defaultdict[str, float] = Factory(lambda: defaultdict[str, float](float))
    problems: list[str] = Factory(list[str])

    def __str__(self) -> str:
        seconds = ", ".join(f"{name} {number:.0f} s" for name, number in self.seconds.items())
        attacks = f"{self.attacks} raw attacks (at least {self.fewest_attacks} of each aggregate)"
        return (
            f"{self.aggregates} aggregates, {self.changes} changes; {attacks} and"
            f" {self.forgeries} forged changes refused, {self.flips} columns flipped; {seconds};"
            f" problems: {self.problems or 'none'}"
        )

    def timed(self, name: str, problems: Iterable[str]) -> None:
        """Note problems, and the time until the last one is found."""
        began = time.monotonic()
        self.problems.extend(f"{name}: {problem}" for problem in problems)
        self.seconds[name] += time.monotonic() - began


def try_group(module: ModuleType, seed: int, places: Iterable[Place], report: TrialReport) -> None:
    """Try the contexts of a module."""
    contexts: Contexts = module.contexts
    report.aggregates += len(contexts)
    began = time.monotonic()
    expected = walked(memory_store(contexts), contexts, seed)
    report.seconds["memory"] += time.monotonic() - began
    for walk in expected:
        faults = [fault for faults in walk.faults.values() for fault in faults]
        report.problems.extend(f"memory: {walk.context.name}: {fault}" for fault in faults)
    for place in places:
        _try_place(module, seed, place, expected, report)


def _try_place(
    module: ModuleType, seed: int, place: Place, expected: list[Walk], report: TrialReport
) -> None:
    contexts: Contexts = module.contexts
    began = time.monotonic()
    store = sql_store(place.url, place.owner_url, contexts)
    walks = walked(store, contexts, seed)
    report.seconds[f"{place.kind} walks"] += time.monotonic() - began
    report.changes += sum(len(heads) for walk in walks for heads in walk.heads)
    for one, other in zip(expected, walks, strict=True):
        report.timed(f"{place.kind} equals memory", differences(one, other))
    sql = sql_store_of(store)
    report.timed(f"{place.kind} verify", (str(finding) for finding in verify(sql)))
    report.timed(f"{place.kind} copy", _copy_problems(sql, place, contexts))
    sql.dispose()
    report.timed(f"{place.kind} flips", _flip_problems(place, contexts, seed, report))
    reopened(store, place.url, contexts)
    sql = sql_store_of(store)
    report.timed(f"{place.kind} attacks", _attack_problems(place, walks, report))
    report.timed(f"{place.kind} REST", rest_problems(store.store, walks))
    report.timed(f"{place.kind} pages", page_problems(store.store, walks))
    settings = {
        "DATABASE_URL": place.url,
        "INDELIBLE_CONTEXTS": module.__name__,
        "INDELIBLE_SECRET": SECRET,
    }
    ids = {walk.context.name: walk.heads[0][-1].head.id for walk in walks}
    report.timed(f"{place.kind} commands", command_problems(settings, contexts, ids))
    report.timed(f"{place.kind} verify", (str(finding) for finding in verify(sql)))
    sql.dispose()


def exported(store: SqlStore) -> bytes:
    """Return the export of a store."""
    file = BytesIO()
    store.read(export_histories, file)
    return file.getvalue()


def _copy_problems(store: SqlStore, place: Place, contexts: Contexts) -> Iterator[str]:
    """Yield that an export is not the same after an import into a new database."""
    content = exported(store)
    url, owner_url = place.empty()
    copy = open_store(url, contexts=tuple(contexts), policy=POLICY)
    copy.upgrade(owner_url)
    import_histories(copy, BytesIO(content), by=IMPORTER)
    again = exported(copy)
    for finding in verify(copy):
        yield f"after an import: {finding}"
    copy.dispose()
    if again != content:
        yield "the export of the copy differs"


def _flip_problems(
    place: Place, contexts: Contexts, seed: int, report: TrialReport
) -> Iterator[str]:
    """Yield the columns in which verify overlooks a changed byte."""
    database = place.flipped(contexts)
    for finding in database.findings(()):
        yield f"without a flip: {finding}"
    targets = targets_of(contexts)
    report.flips += len(targets)
    yield from unnamed(database, targets, Random(seed))  # noqa: S311 - no secret
    database.engine.dispose()


@contextmanager
def _quiet_log() -> Generator[None]:
    """Log no refusals in the block."""
    logger = logging.getLogger("indelible")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def _attack_problems(place: Place, walks: list[Walk], report: TrialReport) -> Iterator[str]:
    """Yield the raw writes and the forged changes that nothing refuses."""
    prefix = "" if place.url.startswith("sqlite") else "indelible."
    with _quiet_log():  # each refusal is logged
        for walk in walks:
            name = walk.context.name
            before = walk.stored()
            outcome = attack(place.owner_url, attacks_on(walk.context, prefix))
            for statement in (*outcome.accepted, *outcome.faulty):
                yield f"{name}: accepted, or no guard: {statement}"
            if len(outcome.refused) < MIN_ATTACKS:
                yield f"{name}: {len(outcome.refused)} raw attacks, expected {MIN_ATTACKS}"
            if walk.stored() != before:
                yield f"{name}: raw attacks have changed it"
            fewest = report.fewest_attacks or len(outcome.refused)
            report.fewest_attacks = min(fewest, len(outcome.refused))
            report.attacks += len(outcome.refused)
            forger = Forger(walk=walk)
            forger.forge_all()
            report.forgeries += len(forger.refused)
            for accepted in forger.accepted:
                yield f"{name}: accepted {accepted}"
