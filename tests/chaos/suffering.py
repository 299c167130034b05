"""Commands that are run while something is broken: what callers are told, and what is left afterwards."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from random import Random
from typing import Final, TypeVar

from attrs import define, field, frozen
from tests.chaos.places import Place
from tests.chaos.written import changes_after, last_position

from indelible import concepts
from indelible.concepts import ConceptContent, ConceptSaved, ConceptStatus
from indelible.kernel import IndelibleError
from indelible.testing.stores import RATIO, approve, create, edit, publish, submit
from indelible_sql import SqlStore, verify

DONE: Final = ""
UNSURE: Final = {"OUTCOME_UNKNOWN"}
WORKERS: Final = 3
COMMANDS: Final = 6  # of each worker, in each round
LONG: Final = ConceptContent(
    name="Long", definition="A rather long definition. " * 700
)  # so that a file must grow
LONGEST_WAIT_SECONDS: Final = 20
PAUSE_SECONDS: Final = 0.02
LONGEST_PAUSE_SECONDS: Final = 0.05  # of a caller who was refused
R = TypeVar("R")
Fault = Callable[[Place, Random], AbstractContextManager[object]]


@frozen(kw_only=True)
class Kind:
    """A fault, the codes with which a caller may be refused while it lasts, and those that prove that it came."""

    fault: Fault
    told: frozenset[str]
    proof: frozenset[str] = frozenset()
    is_raced: bool = False  # the store must have run a handler again


@define
class Suffered:
    """What callers were told in all rounds of one fault, and what was not right afterwards."""

    rounds: int = 0
    told: Counter[str] = field(factory=Counter[str])
    races: int = 0
    refused_afterwards: int = 0  # calls until the store worked again
    wrong: list[str] = field(factory=list[str])

    def __str__(self) -> str:
        told = ", ".join(f"{code or 'done'} {number}" for code, number in sorted(self.told.items()))
        return (
            f"{self.rounds} rounds: {told}; run again {self.races} times; refused afterwards "
            f"{self.refused_afterwards} times; wrong: {self.wrong or 'nothing'}"
        )


def suffer(place: Place, kind: Kind, chance: Random, rounds: int) -> Suffered:
    """So many rounds of commands under the fault, each looked at when the fault is over."""
    suffered, before = Suffered(), place.races
    for _ in range(rounds):
        position = _patiently(suffered, lambda: last_position(place.store))
        shared = _patiently(suffered, lambda: create(place.store))
        with kind.fault(place, chance), ThreadPoolExecutor(WORKERS) as threads:
            seeds = [chance.getrandbits(64) for _ in range(WORKERS)]
            workers = [threads.submit(_work, place.store, shared, seed) for seed in seeds]
            told = [each for worker in workers for each in worker.result()]
        suffered.rounds += 1
        suffered.told.update(code for code, _ in told)
        suffered.wrong += _left(place.store, position, shared, told, suffered)
        _patiently(suffered, lambda: create(place.store))
    suffered.races = place.races - before
    suffered.wrong += _unproven(kind, suffered)
    return suffered


Told = tuple[str, tuple[str, int]]  # the code of the answer, and where an accepted change stands


def _work(store: SqlStore, shared: ConceptSaved, seed: int) -> list[Told]:
    """What one worker is told: it goes on with a concept of its own, edits the shared one, and begins new ones."""
    chance, told, mine = Random(seed), list[Told](), None  # noqa: S311 - no secret
    for _ in range(COMMANDS):
        is_shared = chance.random() < 0.3
        code, saved = _asked(store, shared if is_shared else mine, chance)
        told.append((code, (saved.concept.id, saved.seq) if saved else ("", 0)))
        shared, mine = (saved or shared, mine) if is_shared else (shared, saved or mine)
        if is_shared and code == "STALE":
            shared = _looked_up(store, shared)
        elif code:
            time.sleep(chance.uniform(0, LONGEST_PAUSE_SECONDS))
    return told


def _asked(
    store: SqlStore, saved: ConceptSaved | None, chance: Random
) -> tuple[str, ConceptSaved | None]:
    steps: dict[ConceptStatus, Callable[[SqlStore, ConceptSaved], ConceptSaved]] = {
        ConceptStatus.DRAFT: submit,
        ConceptStatus.REVIEW: approve,
        ConceptStatus.APPROVED: publish,
    }
    try:
        if saved is None or saved.concept.status is ConceptStatus.PUBLISHED:
            return DONE, create(store, chance.choice((RATIO, LONG)))
        if chance.random() < 0.7:
            return DONE, edit(store, saved, chance.choice((RATIO, LONG)))
        return DONE, steps[saved.concept.status](store, saved)
    except IndelibleError as error:
        return error.code, None


def _looked_up(store: SqlStore, saved: ConceptSaved) -> ConceptSaved:
    try:
        shown = store.read(concepts.get_concept, saved.concept.id)
    except IndelibleError:
        return saved
    return ConceptSaved(
        concept=shown.concept,
        version=shown.version,
        warnings=(),
        current_warnings=(),
        seq=shown.seq,
    )


def _patiently(suffered: Suffered, call: Callable[[], R]) -> R:
    """The answer of a store that stayed open, as soon as it gives one, though nothing is broken any more."""
    end = time.monotonic() + LONGEST_WAIT_SECONDS
    while True:
        try:
            return call()
        except IndelibleError:
            suffered.refused_afterwards += 1
            if time.monotonic() > end:
                raise
            time.sleep(PAUSE_SECONDS)


def _left(
    store: SqlStore, position: int, shared: ConceptSaved, told: list[Told], suffered: Suffered
) -> Iterator[str]:
    """What is half-written, lost, or there though nobody was told of it."""
    found = _patiently(suffered, lambda: changes_after(store, position))
    changes = Counter((each.entity_id, each.seq) for each in found)
    accepted = Counter(
        [(shared.concept.id, shared.seq), *(where for code, where in told if code == DONE)]
    )
    unsure = sum(code in UNSURE for code, _ in told)
    yield from (f"lost: {each}" for each in accepted - changes)
    if (others := (changes - accepted).total()) > unsure:
        yield f"{others} changes that nobody was told of, while {unsure} calls were unsure"
    yield from (str(each) for each in _patiently(suffered, lambda: verify(store)))


def _unproven(kind: Kind, suffered: Suffered) -> Iterator[str]:
    if strange := suffered.told.keys() - kind.told - {DONE}:
        yield f"told {sorted(strange)}"
    if kind.proof and not suffered.told.keys() & kind.proof:
        yield f"the fault was not seen: {sorted(kind.proof)} was never told"
    if kind.is_raced and not suffered.races:
        yield "the fault was not seen: no handler was run again"
