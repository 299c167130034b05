"""Send captures in several orders, some of them twice, from many clients, and compare artifacts.

The artifacts must be equal in every order, and the captures of a subspace numbered without a gap.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from typing import Any, Final

from attrs import asdict, frozen

from indelible import captures
from indelible.captures import CaptureArtifactCommand, ContentSource, EngagementLevel
from indelible.kernel import IndelibleError
from indelible.testing.captures.scenarios import CaptureScenario, place_in, space_of
from indelible.testing.stores import BEGINNING, AnyStore
from indelible_sql import SqlStore, rebuild, verify

DIMENSION: Final = 8
SUBSPACES: Final = 6
TWICE_EVERY: Final = 5  # every fifth capture is sent twice
ALL: Final = 1_000_000
# The fields of an artifact that depend on its space or on the order of captures.
FIELDS_OF_SPACE: Final = ("id", "hash", "seq", "space_id", "created_at", "updated_at")
# The fields that contain capture keys, and a capture key contains the id of its space.
FIELDS_WITH_KEYS: Final = ("stamp", "title_stamp", "content_stamp")

ArtifactFields = dict[str, Any]


@frozen
class ShuffleReport:
    """The artifacts after each order, and each problem."""

    artifacts: tuple[tuple[ArtifactFields, ...], ...]
    captures: int
    sent_twice: int
    problems: tuple[str, ...]

    @property
    def is_success(self) -> bool:
        """Return True if the artifacts are equal in every order and there is no problem."""
        different_artifacts = {repr(artifacts) for artifacts in self.artifacts}
        return not self.problems and len(different_artifacts) == 1

    def __str__(self) -> str:
        result = f"problems: {self.problems or 'the orders differ'}"
        if self.is_success:
            result = "all orders equal"

        return (
            f"{self.captures} captures in {len(self.artifacts)} orders,"
            f" {self.sent_twice} of them sent twice, {len(self.artifacts[0])} artifacts; {result}"
        )


@frozen
class Visit:
    """A capture that is sent to every space, under another key in each."""

    number: int
    fields: dict[str, Any]
    embedding: tuple[float, ...]

    def command_in(self, space: CaptureScenario) -> CaptureArtifactCommand:
        """Return the command of the capture in a space."""
        capture_key = f"{self.number:06d}-{space.space_id}"
        return space.command(self.embedding, capture_key=capture_key, **self.fields)


def random_vector(chance: Random) -> tuple[float, ...]:
    """Return a vector of random direction."""
    return tuple(chance.gauss(0, 1) for _ in range(DIMENSION))


def random_visit(number: int, chance: Random) -> Visit:
    """Return a visit with random fields; three of four have a url that others have too."""
    fields = {
        "url": f"https://example.org/{number % max(1, number // 3 + 1)}",
        "captured_at": BEGINNING + timedelta(seconds=chance.randrange(10_000)),
        "engagement_level": chance.choice(list(EngagementLevel)),
        "content_source": chance.choice(list(ContentSource)),
        "dwell_time_ms": chance.randrange(1_000_000),
        "reading_depth": chance.random(),
        "scroll_depth": chance.random(),
        "title": chance.choice((None, f"title {number}")),
        "content": chance.choice((None, f"content {number}")),
    }
    return Visit(number, fields, random_vector(chance))


def shuffle(
    store: AnyStore, count: int, clients: int, orders: int, chance: Random
) -> ShuffleReport:
    """Send all captures in each order to a space of its own, a fifth of them twice."""
    visits = [random_visit(number, chance) for number in range(count)]
    sent_twice = visits[::TWICE_EVERY]
    seeds = [random_vector(chance) for _ in range(SUBSPACES)]

    place_in(store)  # activates the algorithm
    artifacts: list[tuple[ArtifactFields, ...]] = []
    problems: list[str] = []
    for _ in range(orders):
        space = space_of(store, dimension=DIMENSION)
        subspace_ids = [space.subspace(seed, f"part {number}") for number, seed in enumerate(seeds)]
        order = chance.sample([*visits, *sent_twice], count + len(sent_twice))
        commands = [visit.command_in(space) for visit in order]
        problems.extend(refusal_codes(store, commands, clients))
        artifacts.append(comparable_artifacts(space))
        problems.extend(centroid_problems(space, subspace_ids))

    if isinstance(store, SqlStore):
        problems.extend(str(finding) for finding in verify(store))
    return ShuffleReport(tuple(artifacts), count, len(sent_twice), tuple(problems))


def refusal_codes(
    store: AnyStore, commands: Sequence[CaptureArtifactCommand], clients: int
) -> list[str]:
    """Send the commands from so many clients at once; return the code of each refusal."""

    def capture(command: CaptureArtifactCommand) -> str:
        try:
            captures.CaptureHandler(store).handle(command)
        except IndelibleError as error:
            return error.code

        return ""

    with ThreadPoolExecutor(clients) as pool:
        codes = list(pool.map(capture, commands))

    return [code for code in codes if code]


def comparable_artifacts(space: CaptureScenario) -> tuple[ArtifactFields, ...]:
    """Return the fields of all artifacts that do not depend on the space, ordered by url."""
    page = space.read(captures.list_artifacts, space.space_id, limit=ALL)
    result: list[ArtifactFields] = []
    for artifact in sorted(page, key=lambda artifact: str(artifact.normalized_url)):
        fields = asdict(artifact, recurse=False)
        for name in FIELDS_OF_SPACE:
            del fields[name]
        for name in FIELDS_WITH_KEYS:
            fields[name] = fields[name].replace(space.space_id, "")
        result.append(fields)

    return tuple(result)


def centroid_problems(space: CaptureScenario, subspace_ids: Sequence[str]) -> Iterator[str]:
    """Yield a problem for each subspace with a gap in its captures or a wrong centroid."""
    for subspace_id in subspace_ids:
        signals = space.read(captures.list_drift, subspace_id, limit=ALL)
        seqs = [signal.applied_seq for signal in signals]
        if seqs != list(range(1, len(signals) + 1)):
            yield f"the captures of {subspace_id} have a gap"

        replayed = space.read(captures.replay_centroid, subspace_id)
        stored = space.read(captures.get_subspace, subspace_id).centroid
        if replayed != stored:
            yield f"the replayed centroid of {subspace_id} differs from the stored one"


def changed_by_rebuild(store: SqlStore, owner_url: str) -> list[str]:
    """Return the ids of the rows that a rebuild changes."""
    ids: list[str] = []
    for table in rebuild(store, owner_url):
        ids.extend(table.changed)

    return ids


def count_up(store: SqlStore, clients: int, times: int) -> tuple[int, int]:
    """Send captures of one subspace; return its centroid's seq and the number of accepted ones."""
    space = place_in(store)
    subspace_id = space.subspace((1.0, 0.0, 0.0))
    commands: list[CaptureArtifactCommand] = []
    for number in range(clients * times):
        command = space.command(
            (1.0, 0.01 * number, 0.0),
            subspace_id=subspace_id,
            url=f"https://example.org/{number}",
        )
        commands.append(command)

    refused = refusal_codes(store, commands, clients)

    seq: int = space.read(captures.get_subspace, subspace_id).centroid.seq
    return seq, len(commands) - len(refused)
