"""What captures leave in a database with a little of everything, and the legal next writes to it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Never

from attrs import asdict, evolve, frozen
from sqlalchemy import Executable, Insert, Update, insert, update

from indelible.captures import (
    ANNEALED,
    Artifact,
    Centroid,
    EngagementLevel,
    RenameSubspace,
    Signal,
    rename_subspace,
)
from indelible.captures.entities import AlgorithmVersion, as_float32
from indelible.captures.handlers import PythonIngest
from indelible.captures.rules.formulas import checksum_of
from indelible.kernel import AuditContext, Change, Head, next_change
from indelible.kernel.aggregates import Aggregate, change_data
from indelible.testing.captures.scenarios import A, B, C, CaptureScenario, change, worked
from indelible.testing.stores import BEGINNING, MAYA, do
from indelible_sql import SqlStore, SqlTransaction
from indelible_sql.captures.store import SqlCaptures
from indelible_sql.captures.tables import ARTIFACTS, CENTROIDS, SIGNALS

Row = Mapping[str, Any]
CAUSE = AuditContext(actor=MAYA, reason="a raw write", request_id="request-2")
NOTHING: Row = MappingProxyType({})


@frozen
class Captured:
    """One capture's rows: the artifact after it, the centroid after it, and the signal."""

    artifact: Row
    centroid: Row
    signal: Row


@frozen(kw_only=True)
class Captures:
    """Ids of what is there, and what may be written next, with its true digests."""

    space_id: str
    part_id: str
    empty_id: str
    artifact_id: str
    rename: Change
    named: Row
    begin: Change
    space: Row
    seed: Change
    seeded: Row
    part: Change
    subspace: Row
    register: Change
    algorithm: Row
    replace: Change
    active: Row
    choose: Change
    chosen: Row
    first: Change
    setting: Row
    again: Captured
    new: Captured


class _Undone(Exception):
    """Why the transaction in which the next writes are found out is rolled back."""


class _Caught:
    """The database's shelf, of which nothing is written to."""

    def __init__(self, shelf: SqlCaptures) -> None:
        self._shelf = shelf
        self.rows: Captured | None = None

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the shelf has
        return getattr(self._shelf, name)

    def write(self, signal: Signal, artifact: Artifact, centroid: Centroid | None) -> None:
        shown: Row = asdict(centroid, recurse=False) if centroid else {}
        self.rows = Captured(asdict(artifact, recurse=False), shown, asdict(signal, recurse=False))


def settle_captures(store: SqlStore) -> Captures:
    """A space with three seeded parts and an empty one, an artifact, a signal that drew a centroid on, a setting."""
    place, a, *_ = worked(store)
    empty = place.subspace(None, "empty")
    named = RenameSubspace(
        user_id="maya", subspace_id=a, expected_seq=1, name="A", description="The first."
    )
    do(store, rename_subspace, named)
    change(store, "assignment_margin_threshold", "0.1")
    change(store, "centroid_history_distance", "0")  # each update is written down
    told = {
        "title": "Title",
        "content": "Content",
        "session_id": "session-1",
        "captured_at": BEGINNING,
    }
    read: dict[str, Any] = {
        "word_count": 100,
        "dwell_time_ms": 60_000,
        "scroll_depth": 0.5,
        "reading_depth": 0.25,
    }
    read["engagement_level"] = EngagementLevel.ENGAGED
    kept = place.capture((0.9, 0.3, 0.3), capture_key="k-1", subspace_id=a, **told, **read)
    place.capture(C, capture_key="k-2", url="https://example.org/other")
    again = _next(store, place, A, capture_key="k-3", title="Later", word_count=200, subspace_id=a)
    new = _next(
        store,
        place,
        B,
        capture_key="k-4",
        url="https://example.org/new",
        subspace_id=empty,
        title="New",
    )
    found: list[Captures] = []
    with store.transaction(actor=MAYA, reason="a look") as tx:
        found.append(_captures(tx, place.space_id, a, empty, kept.artifact_id, again, new))
    return found[0]


def _next(
    store: SqlStore, place: CaptureScenario, embedding: tuple[float, ...], **said: object
) -> Captured:
    caught: list[_Caught] = []
    try:
        with store.transaction(actor=MAYA, reason="a raw write", request_id="request-2") as tx:
            caught.append(_Caught(tx.captures))
            shelf: Any = caught[0]
            PythonIngest(tx, shelf).ingest_with_signal(place.command(embedding, **said))
            _undo()
    except _Undone:
        rows = caught[0].rows
        assert rows is not None
        return rows


def _undo() -> Never:
    raise _Undone


def _captures(
    tx: SqlTransaction,
    space_id: str,
    part_id: str,
    empty_id: str,
    artifact_id: str,
    again: Captured,
    new: Captured,
) -> Captures:
    space, empty = tx.spaces.get(space_id), tx.subspaces.get(empty_id)
    active = tx.captures.active()
    setting = tx.settings.get("assignment_margin_threshold")
    assert active is not None
    now = max(each.entity.updated_at for each in (space, empty, active, setting)).replace(month=2)
    fresh: dict[str, Any] = {"id": "new", "created_at": now, "updated_at": now}
    said = {"id": "new", "formulas": ANNEALED, "checksum": checksum_of(ANNEALED)}
    registered = AlgorithmVersion.create("register", now=now, **said)
    return Captures(
        space_id=space_id,
        part_id=part_id,
        empty_id=empty_id,
        artifact_id=artifact_id,
        **_step(
            space,
            space.entity.transition("rename", now=now, name="Other"),
            "rename",
            "rename",
            "named",
        ),
        **_step(None, evolve(space.entity, **fresh), "create", "begin", "space"),
        **_step(
            empty,
            empty.entity.transition("seed", now=now, seed=as_float32(B)),
            "seed",
            "seed",
            "seeded",
        ),
        **_step(
            None,
            evolve(tx.subspaces.get(part_id).entity, description="x", **fresh),
            "create",
            "part",
            "subspace",
        ),
        **_step(None, registered, "register", "register", "algorithm"),
        **_step(
            active, active.entity.transition("replace", now=now), "replace", "replace", "active"
        ),
        **_step(
            setting,
            setting.entity.transition("change", now=now, value="0.2"),
            "change",
            "choose",
            "chosen",
        ),
        **_step(None, evolve(setting.entity, **fresh), "change", "first", "setting"),
        again=again,
        new=new,
    )


def _step(
    head: Head[Any] | None, entity: Aggregate, action: str, named: str, row: str
) -> dict[str, Any]:
    change = next_change(CAUSE, entity.lifecycle, head, entity, action, change_data(entity))
    return {named: change, row: dict(change_data(entity))}


def captured(
    rows: Captured, *, artifact: Row = NOTHING, centroid: Row = NOTHING, **signal: object
) -> tuple[Executable, ...]:
    """A whole capture: the artifact's half, the centroid's, and the record."""
    return (
        *_shown(ARTIFACTS, {**rows.artifact, **artifact}, rows.artifact["seq"]),
        *(
            _shown(CENTROIDS, {**rows.centroid, **centroid}, rows.centroid["seq"])
            if rows.centroid
            else ()
        ),
        keep_signal(rows, **signal),
    )


def keep_signal(rows: Captured, **other: object) -> Insert:
    """The record alone."""
    return insert(SIGNALS).values({**rows.signal, **other})


def _shown(table: Any, row: Row, seq: int) -> tuple[Insert | Update, ...]:  # noqa: ANN401 - a table
    if seq == 1:
        return (insert(table).values({**row}),)
    moved = {name: value for name, value in row.items() if name not in ("id", "created_at")}
    return (update(table).where(table.c.id == row["id"]).values(moved),)
