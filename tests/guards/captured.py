"""The rows of captures in a database with a few rows of each kind, and the legal next writes."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

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
from indelible.captures.repositories import StepwiseArtifactRepository
from indelible.captures.rules.formulas import checksum_of
from indelible.kernel import AuditContext, Change, Head, next_change
from indelible.kernel.aggregates import Aggregate, change_data
from indelible.testing.captures.scenarios import A, B, C, CaptureScenario, change, worked
from indelible.testing.stores import BEGINNING, MAYA, do
from indelible_sql import SqlStore, SqlTransaction
from indelible_sql.captures.artifacts import SqlIngestStore
from indelible_sql.captures.tables import ARTIFACTS, CENTROIDS, SIGNALS

Row = Mapping[str, Any]
CAUSE = AuditContext(actor=MAYA, reason="a raw write", request_id="request-2")
NOTHING: Row = MappingProxyType({})


@frozen
class Captured:
    """The rows of one capture: the artifact and the centroid after it, and the signal."""

    artifact: Row
    centroid: Row
    signal: Row


@frozen(kw_only=True)
class Captures:
    """The ids of the stored rows, and the legal next changes and rows with their digests."""

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


class _RolledBackError(Exception):
    """Ends the transaction in which the next writes are computed."""


class _RecordingStore(SqlIngestStore):
    """The ingest store of the database; it raises its rows instead of writing them."""

    def write(self, signal: Signal, artifact: Artifact, centroid: Centroid | None) -> None:
        centroid_row: Row = asdict(centroid, recurse=False) if centroid else {}
        rows = Captured(
            artifact=asdict(artifact, recurse=False),
            centroid=centroid_row,
            signal=asdict(signal, recurse=False),
        )
        raise _RolledBackError(rows)


def settle_captures(store: SqlStore) -> Captures:
    """Save a space with four subspaces, two artifacts with a signal each, and settings.

    Three subspaces are seeded, one is empty.
    """
    place, a, *_ = worked(store)
    empty = place.subspace(None, "empty")
    rename = RenameSubspace(
        user_id="maya", subspace_id=a, expected_seq=1, name="A", description="The first."
    )
    do(store, rename_subspace, rename)
    change(store, "assignment_margin_threshold", "0.1")
    change(store, "centroid_history_distance", "0")  # Every update is logged.
    result = place.capture(
        (0.9, 0.3, 0.3),
        capture_key="k-1",
        subspace_id=a,
        title="Title",
        content="Content",
        session_id="session-1",
        captured_at=BEGINNING,
        word_count=100,
        dwell_time_ms=60_000,
        scroll_depth=0.5,
        reading_depth=0.25,
        engagement_level=EngagementLevel.ENGAGED,
    )
    place.capture(C, capture_key="k-2", url="https://example.org/other")

    again = _next_rows(
        store, place, A, capture_key="k-3", title="Later", word_count=200, subspace_id=a
    )
    new = _next_rows(
        store,
        place,
        B,
        capture_key="k-4",
        url="https://example.org/new",
        subspace_id=empty,
        title="New",
    )
    with store.transaction(actor=MAYA, reason="a look") as tx:
        return Captures(
            space_id=place.space_id,
            part_id=a,
            empty_id=empty,
            artifact_id=result.artifact_id,
            again=again,
            new=new,
            **_next_changes(tx, place.space_id, a, empty),
        )


def _next_rows(
    store: SqlStore, place: CaptureScenario, embedding: tuple[float, ...], **fields: object
) -> Captured:
    """Compute the rows of a capture without saving them."""
    command = place.command(embedding, **fields)
    try:
        with store.transaction(actor=MAYA, reason="a raw write", request_id="request-2") as tx:
            recording = _RecordingStore(tx.session, tx.captures.engine)
            StepwiseArtifactRepository(tx, recording).ingest_with_signal(command)
    except _RolledBackError as rolled_back:
        rows: Captured = rolled_back.args[0]
        return rows
    raise AssertionError("the capture wrote nothing")


def _next_changes(tx: SqlTransaction, space_id: str, part_id: str, empty_id: str) -> dict[str, Any]:
    """Return the legal next changes of the aggregates of captures, and the rows of their heads."""
    space = tx.captures.spaces.get(space_id)
    empty = tx.captures.subspaces.get(empty_id)
    part = tx.captures.subspaces.get(part_id)
    active = tx.captures.search.active_algorithm()
    setting = tx.settings.get("assignment_margin_threshold")
    assert active is not None
    now = max(head.entity.updated_at for head in (space, empty, active, setting)).replace(month=2)

    renamed = space.entity.transition("rename", now=now, name="Other")
    seeded = empty.entity.transition("seed", now=now, seed=as_float32(B))
    registered = AlgorithmVersion.create(
        "register", now=now, id="new", formulas=ANNEALED, checksum=checksum_of(ANNEALED)
    )
    replaced = active.entity.transition("replace", now=now)
    changed = setting.entity.transition("change", now=now, value="0.2")
    return {
        **_step(space, renamed, "rename", "rename", "named"),
        **_step(None, _copy(space.entity, now), "create", "begin", "space"),
        **_step(empty, seeded, "seed", "seed", "seeded"),
        **_step(None, _copy(part.entity, now), "create", "part", "subspace"),
        **_step(None, registered, "register", "register", "algorithm"),
        **_step(active, replaced, "replace", "replace", "active"),
        **_step(setting, changed, "change", "choose", "chosen"),
        **_step(None, _copy(setting.entity, now), "change", "first", "setting"),
    }


def _copy(entity: Any, now: datetime) -> Any:  # noqa: ANN401 - any aggregate
    """Return the entity as if it were created now, under another id."""
    return evolve(entity, id="new", created_at=now, updated_at=now)


def _step(
    head: Head[Any] | None, entity: Aggregate, action: str, change_name: str, row_name: str
) -> dict[str, Any]:
    """Return the change that leads to the entity and the columns of its row, under these names."""
    data = change_data(entity)
    change = next_change(CAUSE, entity.lifecycle, head, entity, action, data)
    return {change_name: change, row_name: dict(data)}


def captured(
    rows: Captured, *, artifact: Row = NOTHING, centroid: Row = NOTHING, **signal: object
) -> tuple[Executable, ...]:
    """Return the writes of a capture (artifact, centroid, signal), with some columns changed."""
    writes = [_head_write(ARTIFACTS, {**rows.artifact, **artifact}, rows.artifact["seq"])]
    if rows.centroid:
        columns = {**rows.centroid, **centroid}
        writes.append(_head_write(CENTROIDS, columns, rows.centroid["seq"]))
    return (*writes, keep_signal(rows, **signal))


def keep_signal(rows: Captured, **changes: object) -> Insert:
    """Return the insert of the signal alone."""
    return insert(SIGNALS).values({**rows.signal, **changes})


def _head_write(table: Any, row: Row, seq: int) -> Insert | Update:  # noqa: ANN401 - a table
    """Return the insert of a head at seq 1, or its update."""
    if seq == 1:
        return insert(table).values({**row})
    changes = {name: value for name, value in row.items() if name not in ("id", "created_at")}
    return update(table).where(table.c.id == row["id"]).values(changes)
