"""A dose of generated requests by number: so many in all, so many of each operation, so large a share successful."""

from collections import Counter
from collections.abc import Callable, Mapping
from random import Random

from attrs import define, evolve, field, frozen
from tests.conftest import POLICY
from tests.fuzz.living import Living
from tests.web.generated import Found, Making, generated
from tests.web.harness import Json, Web
from tests.web.hostile.rows import LINES
from tests.web.hostile.scene import Stage, faults, of_line
from tests.web.hostile.scenes import SCENES
from tests.web.minting import Wallets
from tests.web.reader import fitted
from tests.web.watched import WATCHED, described

from indelible_sql import open_store, verify

Operation = tuple[str, str]
Hooks = dict[str, Callable[..., object]]
EXAMPLES = 100
SUCCESSES = {200, 201, 304}


@frozen(kw_only=True)
class Wanted:
    """What a dose must come to; the share is of the document's own operations, for health always succeeds."""

    requests: int
    of_each: int = 200
    share: float = 0.3
    is_covering: bool = (
        True  # begins with the cases that the document's limits suggest, some sixty an operation
    )

    def half(self) -> "Wanted":
        """What each of two databases must come to."""
        return evolve(self, requests=(self.requests + 1) // 2, of_each=(self.of_each + 1) // 2)


@define
class Tally:
    """How often each operation was answered with each status, and what was wrong."""

    statuses: dict[Operation, Counter[int]] = field(factory=dict[Operation, Counter[int]])
    wrong: list[str] = field(factory=list[str])
    rows: Counter[int] = field(factory=Counter[int])

    def add(self, other: "Tally") -> None:
        for operation, statuses in other.statuses.items():
            self.statuses.setdefault(operation, Counter()).update(statuses)
        self.wrong += other.wrong
        self.rows += other.rows

    def total(self) -> int:
        return sum(each.total() for each in self.statuses.values())

    def share(self) -> float:
        """Which part of the document's own operations' answers was a success."""
        own = [each for (_, path), each in self.statuses.items() if path not in WATCHED]
        return sum(map(successes, own)) / (sum(each.total() for each in own) or 1)


def successes(statuses: Mapping[int, int]) -> int:
    return sum(number for status, number in statuses.items() if status in SUCCESSES)


def shortcomings(tally: Tally, wanted: Wanted) -> list[str]:
    """What is missing for the dose, and every answer that was wrong."""
    few = [
        f"{method} {path}: {statuses.total()} requests of {wanted.of_each}"
        for (method, path), statuses in tally.statuses.items()
        if statuses.total() < wanted.of_each
    ]
    if tally.total() < wanted.requests:
        few.append(f"{tally.total()} requests of {wanted.requests}")
    if tally.share() < wanted.share:
        few.append(f"{tally.share():.1%} successful of {wanted.share:.0%}")
    broken = [
        f"{method} {path}: a status {status}"
        for (method, path), statuses in tally.statuses.items()
        for status in statuses
        if status >= 500 or status == 0
    ]
    return [*few, *broken, *dict.fromkeys(tally.wrong)]


def generate(name: str, url: str, seed: int, wanted: Wanted, owner_url: str | None = None) -> Tally:
    """The dose on one database, round by round; each round knows what the ones before have brought to life."""
    store, chance = open_store(url, policy=POLICY), Random(f"{seed} {name}")  # noqa: S311
    web, living, tally = Web(fitted(store, owner_url), chain=Wallets()), Living(chance), Tally()
    document = described(web)
    while not tally.statuses or _is_small(tally, wanted):
        living.refill(web)
        hooks: Hooks = {"map_case": living.map_case, "after_call": living.after_call}
        making = Making(
            examples=min(EXAMPLES, wanted.requests),
            seed=chance.randrange(1, 2**31),
            document=document,
            hooks=hooks,
            is_covering=wanted.is_covering and not tally.statuses,
        )
        _round(generated(web, making), document, tally, wanted)
    tally.wrong += [f"{name}: {each}" for each in verify(store)]
    store.dispose()
    return tally


def play(name: str, url: str) -> Tally:
    """Every hostile request of the table on one database: how many variants each row has, and what was wrong."""
    store = open_store(url, policy=POLICY)
    stage, played = Stage(store), Tally()
    for scene in (*map(of_line, LINES), *SCENES):
        played.rows[scene.row] += 1
        played.wrong += [f"{name}, row {fault}" for fault in faults(scene, stage)]
    played.wrong += [f"{name}: {each}" for each in verify(store)]
    store.dispose()
    return played


def _is_small(tally: Tally, wanted: Wanted) -> bool:
    least = min(each.total() for each in tally.statuses.values())
    return tally.total() < wanted.requests or least < wanted.of_each


def _round(
    answers: Callable[[str, str], Found], document: Json, tally: Tally, wanted: Wanted
) -> None:
    """Some requests of each operation; no more than must be of those that only watch."""
    for path, operations in document["paths"].items():
        for method in operations:
            statuses = tally.statuses.setdefault((method.upper(), path), Counter())
            if path in WATCHED and statuses.total() >= wanted.of_each:
                continue
            found = answers(method.upper(), path)
            statuses.update(found.statuses)
            tally.wrong += found.wrong


def table(tally: Tally) -> list[str]:
    """A line for each operation: how many requests, which part successful, and the statuses."""
    lines = [
        f"{statuses.total():6} {successes(statuses) / (statuses.total() or 1):4.0%}  {method} {path}  "
        + " ".join(f"{status}:{number}" for status, number in sorted(statuses.items()))
        for (method, path), statuses in tally.statuses.items()
    ]
    own = f"{tally.share():.1%} of the document's own operations successful"
    return [*lines, f"{tally.total()} requests, {len(tally.statuses)} operations, {own}"]
