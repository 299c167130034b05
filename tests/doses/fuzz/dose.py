"""A dose of generated requests: its size in all, per operation, and its share of successes."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from random import Random

from attrs import define, evolve, field, frozen
from tests.conftest import POLICY
from tests.core.money.gateway import ScriptedGateway
from tests.doses.fuzz.living import Living
from tests.web.generated import Found, Making, generated
from tests.web.harness import Json, Web
from tests.web.hostile.rows import REQUESTS, SCENARIOS
from tests.web.hostile.scenario import Deployment, faults, scenario_of
from tests.web.minting import Wallets
from tests.web.reader import fitted
from tests.web.watched import WATCHED, described

from indelible_sql import open_store, verify

Operation = tuple[str, str]
Hooks = dict[str, Callable[..., object]]
EXAMPLES_PER_ROUND = 100
SUCCESSES = {200, 201, 304}


@frozen(kw_only=True)
class Wanted:
    """The size of a dose.

    `share` is the least share of successes among the document's own operations, since health
    always succeeds. `is_covering` begins with the cases that the document's limits suggest, which
    are some sixty per operation.
    """

    requests: int
    of_each: int = 200
    share: float = 0.3
    is_covering: bool = True

    def half(self) -> "Wanted":
        """Return the dose of each of two databases."""
        return evolve(self, requests=(self.requests + 1) // 2, of_each=(self.of_each + 1) // 2)


@define
class Tally:
    """The number of answers by operation and status, and the faults in them."""

    statuses: dict[Operation, Counter[int]] = field(factory=dict[Operation, Counter[int]])
    wrong: list[str] = field(factory=list[str])
    rows: Counter[int] = field(factory=Counter[int])

    def add(self, other: "Tally") -> None:
        for operation, statuses in other.statuses.items():
            self.statuses.setdefault(operation, Counter()).update(statuses)
        self.wrong += other.wrong
        self.rows += other.rows

    def total(self) -> int:
        return sum(statuses.total() for statuses in self.statuses.values())

    def share(self) -> float:
        """Return the share of successes among the document's own operations."""
        succeeded = 0
        total = 0
        for (_, path), statuses in self.statuses.items():
            if path in WATCHED:
                continue
            succeeded += successes(statuses)
            total += statuses.total()

        return succeeded / (total or 1)


def successes(statuses: Mapping[int, int]) -> int:
    """Return the number of successful answers."""
    return sum(number for status, number in statuses.items() if status in SUCCESSES)


def shortcomings(tally: Tally, wanted: Wanted) -> list[str]:
    """Return what the dose lacks, and every faulty answer."""
    return [*_missing(tally, wanted), *_server_errors(tally), *dict.fromkeys(tally.wrong)]


def _missing(tally: Tally, wanted: Wanted) -> Iterator[str]:
    for (method, path), statuses in tally.statuses.items():
        if statuses.total() < wanted.of_each:
            yield f"{method} {path}: {statuses.total()} requests of {wanted.of_each}"
    if tally.total() < wanted.requests:
        yield f"{tally.total()} requests of {wanted.requests}"
    if tally.share() < wanted.share:
        yield f"{tally.share():.1%} successful of {wanted.share:.0%}"


def _server_errors(tally: Tally) -> Iterator[str]:
    for (method, path), statuses in tally.statuses.items():
        for status in statuses:
            if status >= 500 or status == 0:
                yield f"{method} {path}: a status {status}"


def generate(name: str, url: str, seed: int, wanted: Wanted, owner_url: str | None = None) -> Tally:
    """Send the dose to one database, in rounds; a round uses the entities of those before."""
    store = open_store(url, policy=POLICY)
    chance = Random(f"{seed} {name}")  # noqa: S311 - no secret
    web = Web(fitted(store, owner_url), chain=Wallets(), stripe=ScriptedGateway())
    living = Living(chance)
    document = described(web)

    tally = Tally()
    while not tally.statuses or _is_small(tally, wanted):
        living.refill(web)
        hooks: Hooks = {"map_case": living.map_case, "after_call": living.after_call}
        making = Making(
            examples=min(EXAMPLES_PER_ROUND, wanted.requests),
            seed=chance.randrange(1, 2**31),
            document=document,
            hooks=hooks,
            is_covering=wanted.is_covering and not tally.statuses,
        )
        _send_round(generated(web, making), document, tally, wanted)

    tally.wrong += [f"{name}: {fault}" for fault in verify(store)]
    store.dispose()
    return tally


def play(name: str, url: str) -> Tally:
    """Send every hostile request of the table to one database.

    The tally has the number of variants of each row of the table, and the faults.
    """
    store = open_store(url, policy=POLICY)
    deployment = Deployment(store)
    tally = Tally()
    for scenario in (*[scenario_of(request) for request in REQUESTS], *SCENARIOS):
        tally.rows[scenario.row] += 1
        tally.wrong += [f"{name}, row {fault}" for fault in faults(scenario, deployment)]

    tally.wrong += [f"{name}: {fault}" for fault in verify(store)]
    store.dispose()
    return tally


def _is_small(tally: Tally, wanted: Wanted) -> bool:
    fewest = min(statuses.total() for statuses in tally.statuses.values())
    return tally.total() < wanted.requests or fewest < wanted.of_each


def _send_round(
    send: Callable[[str, str], Found], document: Json, tally: Tally, wanted: Wanted
) -> None:
    """Send some requests of each operation; of undocumented ones no more than required.

    Once the dose has its number of requests, only the operations that lack some are continued.
    """
    for path, methods in document["paths"].items():
        for method in methods:
            statuses = tally.statuses.setdefault((method.upper(), path), Counter())
            is_optional = path in WATCHED or tally.total() >= wanted.requests
            if is_optional and statuses.total() >= wanted.of_each:
                continue
            outcome = send(method.upper(), path)
            statuses.update(outcome.statuses)
            tally.wrong += outcome.wrong


def table(tally: Tally) -> list[str]:
    """Return a line for each operation: its requests, its share of successes, its statuses."""
    lines: list[str] = []
    for (method, path), statuses in tally.statuses.items():
        share = successes(statuses) / (statuses.total() or 1)
        counts = " ".join(f"{status}:{number}" for status, number in sorted(statuses.items()))
        lines.append(f"{statuses.total():6} {share:4.0%}  {method} {path}  {counts}")

    own = f"{tally.share():.1%} of the document's own operations successful"
    return [*lines, f"{tally.total()} requests, {len(tally.statuses)} operations, {own}"]
