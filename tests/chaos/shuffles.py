"""Send captures in several orders, some of them twice, from many clients, and compare artifacts.

The artifacts must be equal in every order, and the captures of a subspace numbered without a gap.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from random import Random
from threading import Barrier
from typing import Any, Final

from attrs import asdict, frozen
from sqlalchemy import Column, Engine, Integer, MetaData, Table, func, insert, select, update

from indelible import captures
from indelible.captures import CaptureArtifactCommand, ContentSource, EngagementLevel
from indelible.kernel import IndelibleError
from indelible.testing.captures.scenarios import CaptureScenario, place_in, space_of
from indelible.testing.stores import BEGINNING, AnyStore
from indelible_sql import SqlStore, rebuild, verify

DIMENSION: Final = 8
PARTS: Final = 6
OF_PLACE: Final = ("id", "hash", "seq", "space_id", "created_at", "updated_at")
TIMES: Final = ("stamp", "title_stamp", "content_stamp")


@frozen
class Shuffled:
    """What came of it: the artifacts of each order, and whatever was wrong."""

    artifacts: tuple[tuple[dict[str, Any], ...], ...]
    captures: int
    replayed: int
    wrong: tuple[str, ...]

    @property
    def is_well(self) -> bool:
        """Whether every order came to the same, and nothing was wrong."""
        return not self.wrong and len(set(map(repr, self.artifacts))) == 1

    def __str__(self) -> str:
        orders, pages = len(self.artifacts), len(self.artifacts[0])
        counts = (
            f"{self.captures} captures in {orders} orders,"
            f" {self.replayed} of them sent twice, {pages} artifacts"
        )
        result = "all orders equal" if self.is_well else f"wrong: {self.wrong or 'orders differ'}"
        return f"{counts}; {result}"


def vector(dice: Random) -> tuple[float, ...]:
    """A direction."""
    return tuple(dice.gauss(0, 1) for _ in range(DIMENSION))


def told(number: int, dice: Random) -> Callable[[CaptureScenario], CaptureArtifactCommand]:
    """A capture that is the same in every space, but for its key."""
    said: dict[str, Any] = {
        "url": f"https://example.org/{number % max(1, number // 3 + 1)}",
        "captured_at": BEGINNING + timedelta(seconds=dice.randrange(10_000)),
        "engagement_level": dice.choice(list(EngagementLevel)),
        "content_source": dice.choice(list(ContentSource)),
        "dwell_time_ms": dice.randrange(10**6),
        "reading_depth": dice.random(),
        "scroll_depth": dice.random(),
        "title": dice.choice((None, f"title {number}")),
        "content": dice.choice((None, f"content {number}")),
    }
    direction = vector(dice)

    def make(place: CaptureScenario) -> CaptureArtifactCommand:
        return place.command(direction, capture_key=f"{number:06d}-{place.space_id}", **said)

    return make


def shuffle(store: SqlStore, number: int, clients: int, orders: int, dice: Random) -> Shuffled:
    """Send all captures in each order to a space of its own, a fifth of them twice."""
    makes = [told(each, dice) for each in range(number)]
    seeds = [vector(dice) for _ in range(PARTS)]
    twice, found, wrong = makes[::5], list[tuple[dict[str, Any], ...]](), list[str]()
    place_in(store)  # which activates the algorithm
    for _ in range(orders):
        place = space_of(store, dimension=DIMENSION)
        parts = [place.subspace(seed, f"part {count}") for count, seed in enumerate(seeds)]
        sent = dice.sample([*makes, *twice], number + len(twice))
        wrong += refused(store, [make(place) for make in sent], clients)
        found.append(tuple(artifacts(place)))
        wrong += holes(place, parts)
    wrong += map(str, verify(store))
    return Shuffled(tuple(found), number, len(twice), tuple(wrong))


def refused(store: AnyStore, commands: Sequence[CaptureArtifactCommand], clients: int) -> list[str]:
    """Send the commands by so many clients at once; the codes of the refusals."""
    with ThreadPoolExecutor(clients) as pool:
        return [code for code in pool.map(partial(answer, store), commands) if code]


def answer(store: AnyStore, command: CaptureArtifactCommand) -> str:
    """The code of the refusal, '' where there was none."""
    try:
        captures.CaptureHandler(store).handle(command)
    except IndelibleError as error:
        return error.code
    return ""


def artifacts(place: CaptureScenario) -> Iterator[dict[str, Any]]:
    """What every artifact of the space shows, less what its place and the hour of writing say."""
    page = place.read(captures.list_artifacts, place.space_id, limit=10**6)
    for artifact in sorted(page, key=lambda each: each.normalized_url):
        shown = {
            name: value
            for name, value in asdict(artifact, recurse=False).items()
            if name not in OF_PLACE
        }
        yield shown | {name: shown[name].replace(place.space_id, "") for name in TIMES}


def holes(place: CaptureScenario, parts: Sequence[str]) -> Iterator[str]:
    """Yield a finding for each subspace with a gap in its captures or a wrong centroid."""
    for part in parts:
        signals = place.read(captures.list_drift, part, limit=10**6)
        if [each.applied_seq for each in signals] != list(range(1, len(signals) + 1)):
            yield f"a hole in {part}"
        if (
            place.read(captures.replay_centroid, part)
            != place.read(captures.get_subspace, part).centroid
        ):
            yield f"{part} is replayed to something else"


def changed_by_rebuild(store: SqlStore, owner_url: str) -> list[str]:
    """What a rebuild would have had to mend."""
    return [entity_id for each in rebuild(store, owner_url) for entity_id in each.changed]


def count_up(store: SqlStore, clients: int, times: int) -> tuple[int, int]:
    """How many of all the captures of one part its centroid counts, and how many it was sent."""
    place = place_in(store)
    part = place.subspace((1.0, 0.0, 0.0))
    commands = [
        place.command(
            (1.0, 0.01 * number, 0.0), subspace_id=part, url=f"https://example.org/{number}"
        )
        for number in range(clients * times)
    ]
    wrong = refused(store, commands, clients)
    return place.read(captures.get_subspace, part).centroid.seq, len(commands) - len(wrong)


NAIVE = Table("naive", MetaData(), Column("id", Integer, primary_key=True), Column("seq", Integer))


def count_up_naively(engine: Engine, clients: int, times: int) -> int:
    """The same, by a client that reads, thinks and writes."""
    with engine.begin() as connection:
        NAIVE.create(connection)
        connection.execute(insert(NAIVE).values(id=1, seq=0))
    together = Barrier(clients)

    def count(_: int) -> None:
        for _ in range(times):
            with engine.begin() as connection:
                seq = connection.execute(select(NAIVE.c.seq)).scalar_one()
                together.wait()  # everybody has read, as happens to everybody one day
                connection.execute(update(NAIVE).values(seq=seq + 1))

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(count, range(clients)))
    with engine.connect() as connection:
        found: int = connection.execute(select(func.max(NAIVE.c.seq))).scalar_one()
        return found
