"""Run commands while something is broken, and compare what callers received with what is stored."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from random import Random
from typing import Final, TypeVar

from attrs import define, field, frozen
from tests.doses.chaos.open_stores import StoreUnderTest
from tests.doses.chaos.written import changes_after, last_position

from indelible import concepts
from indelible.concepts import ConceptContent, ConceptSaved, ConceptStatus
from indelible.kernel import IndelibleError
from indelible.testing.stores import RATIO, approve, create, edit, publish, submit
from indelible_sql import SqlStore, verify

SUCCESS: Final = ""  # in place of an error code
UNCERTAIN: Final = {"OUTCOME_UNKNOWN"}
WORKERS: Final = 3
COMMANDS_PER_WORKER: Final = 6  # in each round
SHARED_SHARE: Final = 0.3  # of the commands are for the concept that all workers edit
EDIT_SHARE: Final = 0.7
# So long that a database file must grow.
LONG: Final = ConceptContent(name="Long", definition="A rather long definition. " * 700)
MAX_WAIT_SECONDS: Final = 20
RETRY_SECONDS: Final = 0.02
MAX_PAUSE_SECONDS: Final = 0.05  # of a caller whose command was refused
R = TypeVar("R")
Fault = Callable[[StoreUnderTest, Random], AbstractContextManager[object]]
Step = Callable[[SqlStore, ConceptSaved], ConceptSaved]
NEXT_STEPS: Final[dict[ConceptStatus, Step]] = {
    ConceptStatus.DRAFT: submit,
    ConceptStatus.REVIEW: approve,
    ConceptStatus.APPROVED: publish,
}


@frozen(kw_only=True)
class FaultCase:
    """A fault, the error codes that it may cause, and the codes that prove that it happened."""

    fault: Fault
    allowed_codes: frozenset[str]
    proof: frozenset[str] = frozenset()
    causes_retries: bool = False  # the store must have run a handler again


@frozen
class CommandOutcome:
    """The error code of a command, or the concept and the seq that it saved."""

    code: str
    concept_id: str = ""
    seq: int = 0


@define
class FaultReport:
    """The outcomes of all rounds of one fault, and each problem."""

    rounds: int = 0
    codes: Counter[str] = field(factory=Counter[str])
    retries: int = 0
    failures_afterwards: int = 0  # calls until the store worked again
    problems: list[str] = field(factory=list[str])

    def __str__(self) -> str:
        counts = [f"{code or 'success'} {count}" for code, count in sorted(self.codes.items())]
        return (
            f"{self.rounds} rounds: {', '.join(counts)}; {self.retries} retries;"
            f" {self.failures_afterwards} failures afterwards;"
            f" problems: {self.problems or 'none'}"
        )


def run_under_fault(
    tested: StoreUnderTest, case: FaultCase, chance: Random, rounds: int
) -> FaultReport:
    """Run rounds of commands under the fault, and check the store after each."""
    report = FaultReport()
    retries_before = tested.retries
    for _ in range(rounds):
        _run_round(tested, case, chance, report)
    report.retries = tested.retries - retries_before
    report.problems.extend(_missing_proof(case, report))
    return report


def _run_round(
    tested: StoreUnderTest, case: FaultCase, chance: Random, report: FaultReport
) -> None:
    store = tested.store
    position = _until_success(report, lambda: last_position(store))
    shared = _until_success(report, lambda: create(store))
    outcomes: list[CommandOutcome] = []
    with case.fault(tested, chance), ThreadPoolExecutor(WORKERS) as threads:
        seeds = [chance.getrandbits(64) for _ in range(WORKERS)]
        workers = [threads.submit(_run_commands, store, shared, seed) for seed in seeds]
        for worker in workers:
            outcomes.extend(worker.result())

    report.rounds += 1
    report.codes.update(outcome.code for outcome in outcomes)
    report.problems.extend(_compare(store, position, shared, outcomes, report))
    _until_success(report, lambda: create(store))


def _run_commands(store: SqlStore, shared: ConceptSaved, seed: int) -> list[CommandOutcome]:
    """Edit the shared concept and concepts of the worker's own."""
    chance = Random(seed)  # noqa: S311 - no secret
    outcomes: list[CommandOutcome] = []
    own: ConceptSaved | None = None
    for _ in range(COMMANDS_PER_WORKER):
        is_shared = chance.random() < SHARED_SHARE
        code, saved = _run_command(store, shared if is_shared else own, chance)
        if saved is None:
            outcomes.append(CommandOutcome(code))
        else:
            outcomes.append(CommandOutcome(code, saved.concept.id, saved.seq))
            if is_shared:
                shared = saved
            else:
                own = saved

        if is_shared and code == "STALE":
            shared = _reload(store, shared)
        elif code != SUCCESS:
            time.sleep(chance.uniform(0, MAX_PAUSE_SECONDS))

    return outcomes


def _run_command(
    store: SqlStore, saved: ConceptSaved | None, chance: Random
) -> tuple[str, ConceptSaved | None]:
    """Run a command that the concept's status allows; return its error code or its result."""
    try:
        if saved is None or saved.concept.status is ConceptStatus.PUBLISHED:
            return SUCCESS, create(store, chance.choice((RATIO, LONG)))

        if chance.random() < EDIT_SHARE:
            return SUCCESS, edit(store, saved, chance.choice((RATIO, LONG)))

        return SUCCESS, NEXT_STEPS[saved.concept.status](store, saved)
    except IndelibleError as error:
        return error.code, None


def _reload(store: SqlStore, saved: ConceptSaved) -> ConceptSaved:
    try:
        view = store.read(concepts.get_concept, saved.concept.id)
    except IndelibleError:
        return saved

    return ConceptSaved(
        concept=view.concept,
        version=view.version,
        warnings=(),
        current_warnings=(),
        seq=view.seq,
    )


def _until_success(report: FaultReport, call: Callable[[], R]) -> R:
    """Repeat a call until it succeeds: an open store must recover by itself."""
    deadline = time.monotonic() + MAX_WAIT_SECONDS
    while True:
        try:
            return call()
        except IndelibleError:
            report.failures_afterwards += 1
            if time.monotonic() > deadline:
                raise
            time.sleep(RETRY_SECONDS)


def _compare(
    store: SqlStore,
    position: int,
    shared: ConceptSaved,
    outcomes: list[CommandOutcome],
    report: FaultReport,
) -> Iterator[str]:
    """Yield each change that was lost, that no caller received, or that contradicts history."""
    stored = Counter[tuple[str, int]]()
    for change in _until_success(report, lambda: changes_after(store, position)):
        stored[change.entity_id, change.seq] += 1

    accepted = Counter[tuple[str, int]]({(shared.concept.id, shared.seq): 1})
    uncertain = 0
    for outcome in outcomes:
        if outcome.code == SUCCESS:
            accepted[outcome.concept_id, outcome.seq] += 1
        elif outcome.code in UNCERTAIN:
            uncertain += 1

    for revision in accepted - stored:
        yield f"lost: {revision}"
    unexpected = (stored - accepted).total()
    if unexpected > uncertain:
        yield f"{unexpected} changes without a success, but only {uncertain} uncertain outcomes"
    for finding in _until_success(report, lambda: verify(store)):
        yield str(finding)


def _missing_proof(case: FaultCase, report: FaultReport) -> Iterator[str]:
    """Yield codes that the fault must not cause, and signs that it never happened."""
    codes = report.codes.keys()
    forbidden = codes - case.allowed_codes - {SUCCESS}
    if forbidden:
        yield f"unexpected codes {sorted(forbidden)}"
    if case.proof and not codes & case.proof:
        yield f"the fault did not happen: no command failed with {sorted(case.proof)}"
    if case.causes_retries and not report.retries:
        yield "the fault did not happen: no handler was run again"
