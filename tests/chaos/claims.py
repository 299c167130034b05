"""Work claimed by many processes, one at a time and a hundred at once, while some of them die with leases in hand.

Each process writes down what it claimed and when it began to finish it; afterwards all of it is laid side by side: no
piece of work was in two hands at once, and each fence was given once.
"""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random
from struct import Struct
from tempfile import TemporaryDirectory
from typing import Final

from attrs import define, field, frozen
from tests.chaos.children import child

from indelible.kernel import Actor
from indelible.kernel.tasks import Lease, LeaseLost
from indelible_sql import SqlStore, open_store

STAGE: Final = "claims"
MANY: Final = 100
LEASE_SECONDS: Final = 1  # so that many run out
RECORD: Final = Struct(
    "<cIIdd"
)  # what, which piece of work, under which fence, from when, until when
CLAIMED, FINISHING, LOST = b"C", b"F", b"L"
REASON: Final = "claims are counted"


@frozen
class Said:
    """What a process has written down of a lease."""

    what: bytes
    number: int
    fence: int
    begun: float
    ended: float


@define
class Claims:
    """What came of it."""

    claimed: int = 0
    finished: int = 0
    lost: int = 0
    deaths: int = 0
    untold: int = 0  # claims of processes that died before they wrote them down
    waited_seconds: float = 0.0
    seconds: float = 0.0
    wrong: list[str] = field(factory=list[str])

    def __str__(self) -> str:
        return (
            f"{self.claimed} claims in {self.seconds:.0f} s, {self.finished} finished, {self.lost} lost;"
            f" {self.deaths} processes died, {self.untold} of their claims untold; nobody waited longer than"
            f" {self.waited_seconds:.2f} s for a claim; wrong: {self.wrong[:5] or 'nothing'}"
        )


def claim_and_finish(url: str, place: str, number: int, seed: int) -> None:
    """Claim and finish until somebody says that it is enough; what is finished is due again."""
    store, chance = open_store(url), Random(seed)  # noqa: S311 - no secret
    actor = Actor.system(f"worker-{number}")
    with Path(place, f"{number}.said").open("ab", buffering=0) as said:
        while not Path(place, "enough").exists():
            before = time.monotonic()
            leases = _claimed(store, actor, 1 if chance.random() < 0.3 else MANY)
            said.write(b"".join(_packed(CLAIMED, leases, before, time.monotonic())))
            if leases:
                said.write(b"".join(_packed(FINISHING, leases, time.monotonic(), 0)))
                if not _is_finished(store, actor, leases):
                    said.write(b"".join(_packed(LOST, leases, time.monotonic(), 0)))
    store.dispose()


def _claimed(store: SqlStore, actor: Actor, limit: int) -> tuple[Lease, ...]:
    with store.transaction(actor=actor, reason=REASON) as tx:
        until = datetime.now(UTC) + timedelta(seconds=LEASE_SECONDS)
        return tx.tasks.claim(STAGE, limit=limit, until=until)


def _is_finished(store: SqlStore, actor: Actor, leases: Sequence[Lease]) -> bool:
    try:
        with store.transaction(actor=actor, reason=REASON) as tx:
            now = tx.clock.now()
            tx.tasks.enqueue(STAGE, {lease.entity_id: now for lease in leases})
            tx.tasks.complete(leases)
    except LeaseLost:
        return False
    return True


def _packed(what: bytes, leases: Sequence[Lease], begun: float, ended: float) -> Iterator[bytes]:
    return (RECORD.pack(what, int(lease.entity_id), lease.fence, begun, ended) for lease in leases)


def read(path: Path) -> list[Said]:
    """What a process has written down; of one that died, without the record that it did not end."""
    whole = path.read_bytes()
    return [
        Said(*each) for each in RECORD.iter_unpack(whole[: len(whole) // RECORD.size * RECORD.size])
    ]


def count_claims(
    url: str, *, claims: int, workers: int, deaths: int, pieces: int, chance: Random
) -> Claims:
    """So many claims by so many processes, some of which are killed and replaced."""
    found, begun = Claims(), time.monotonic()
    _put(url, pieces)
    with TemporaryDirectory() as place:
        running = {number: _worker(url, place, number, chance) for number in range(workers)}
        deadly = sorted(chance.sample(range(claims // 10, claims), deaths))
        while (
            done := _done(place)
        ) < claims or deadly:  # a quick machine is done before the last one died
            time.sleep(0.1)
            while deadly and done >= deadly[0]:
                deadly.pop(0)
                number = chance.choice(sorted(running))
                running[number].kill()
                running.pop(number).join()
                found.deaths += 1
                following = workers + found.deaths
                running[following] = _worker(url, place, following, chance)
        Path(place, "enough").touch()
        for each in running.values():
            each.join()
        found.seconds = time.monotonic() - begun
        compare({path.stem: read(path) for path in sorted(Path(place).glob("*.said"))}, found)
    _ask(url, found)
    return found


def _put(url: str, pieces: int) -> None:
    store = open_store(url)
    with store.transaction(actor=Actor.system("putter"), reason=REASON) as tx:
        tx.tasks.enqueue(STAGE, dict.fromkeys(map(str, range(pieces)), tx.clock.now()))
    store.dispose()


def _worker(url: str, place: str, number: int, chance: Random) -> ForkServerProcess:
    return child(claim_and_finish, url, place, number, chance.getrandbits(32))


def _done(place: str) -> int:
    """About how many claims were written down: each lease that was finished has two records."""
    return sum(path.stat().st_size for path in Path(place).glob("*.said")) // (2 * RECORD.size)


def compare(said: Mapping[str, Sequence[Said]], found: Claims) -> None:
    """Lay side by side what all have written down."""
    claims: dict[tuple[int, int], Said] = {}
    ends: dict[tuple[int, int], Said] = {}
    lost = set[tuple[int, int]]()
    for records in said.values():
        for each in records:
            key = each.number, each.fence
            if each.what == CLAIMED:
                found.wrong += (
                    [f"fence {each.fence} of {each.number} was given twice"]
                    if key in claims
                    else []
                )
                claims[key] = each
            elif each.what == FINISHING:
                ends[key] = each
            else:
                lost.add(key)
        found.waited_seconds = max(found.waited_seconds, _waited(records))
    found.claimed, found.lost, found.finished = len(claims), len(lost), len(ends) - len(lost)
    fences: dict[int, list[int]] = defaultdict(list)
    for number, fence in sorted(claims):
        fences[number].append(fence)
    for number, given in fences.items():
        found.untold += given[-1] - len(given)
        for one, other in pairwise(given):
            _look(
                (number, one),
                claims[number, other],
                claims,
                {} if (number, one) in lost else ends,
                found,
            )


def _look(
    key: tuple[int, int],
    following: Said,
    claims: Mapping[tuple[int, int], Said],
    ends: Mapping[tuple[int, int], Said],
    found: Claims,
) -> None:
    """A piece of work is claimed again after it was finished, or after its lease was over."""
    free = ends[key].begun if key in ends else claims[key].begun + LEASE_SECONDS
    if key in ends and following.ended > claims[key].begun + LEASE_SECONDS:
        return  # the lease was over, whenever its holder began to finish
    if following.ended < free:
        found.wrong.append(
            f"{key[0]} was in two hands under the fences {key[1]} and {following.fence}"
        )


def _waited(records: Sequence[Said]) -> float:
    """The longest that a process waited between two claims."""
    times = [each.ended for each in records if each.what == CLAIMED]
    return max((other - one for one, other in pairwise(times)), default=0.0)


def _ask(url: str, found: Claims) -> None:
    """What the database says: as many claims as its fences count, those of the dead among them."""
    store = open_store(url)
    counted = store.read(lambda tx: tx.tasks.count_claims(STAGE, most=10_000_000))
    store.dispose()
    told = found.claimed + found.untold
    if counted is None or not told <= counted <= told + MANY * found.deaths:
        found.wrong.append(f"the fences count {counted} claims, and {told} are known")
    if found.untold > MANY * found.deaths:
        found.wrong.append(
            f"{found.untold} claims were told by nobody, and only {found.deaths} processes died"
        )
