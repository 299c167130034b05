"""The rows of captures in the situation, and raw writes of a capture."""

from collections.abc import Mapping
from types import MappingProxyType

from attrs import asdict, frozen
from sqlalchemy import Executable, Insert, Table, Update, insert, update
from tests.guards.writes import Row

from indelible.captures import (
    Artifact,
    Centroid,
    EngagementLevel,
    RenameSubspace,
    Signal,
    rename_subspace,
)
from indelible.captures.repositories import StepwiseArtifactRepository
from indelible.testing.captures.scenarios import A, B, C, CaptureScenario, change, worked
from indelible.testing.stores import BEGINNING, MAYA, do
from indelible_sql import SqlStore
from indelible_sql.captures.artifacts import SqlIngestStore
from indelible_sql.captures.tables import ARTIFACTS, CENTROIDS, SIGNALS

UNCHANGED: Row = MappingProxyType({})


@frozen
class CaptureRows:
    """The rows of one capture: the artifact and the centroid after it, and the signal."""

    artifact: Row
    centroid: Row
    signal: Row


@frozen(kw_only=True)
class CaptureSituation:
    """The ids of the stored rows, and the rows of two legal next captures with their digests."""

    space_id: str
    subspace_id: str
    empty_subspace_id: str
    artifact_id: str
    second_visit: CaptureRows  # of the stored artifact
    first_visit: CaptureRows  # of a new page, in the empty subspace


class _RolledBackError(Exception):
    """Ends the transaction in which the rows of a capture are computed."""


class _RecordingStore(SqlIngestStore):
    """The ingest store of the database; it raises its rows instead of writing them."""

    def write(self, signal: Signal, artifact: Artifact, centroid: Centroid | None) -> None:
        centroid_row: Row = asdict(centroid, recurse=False) if centroid else {}
        rows = CaptureRows(
            artifact=asdict(artifact, recurse=False),
            centroid=centroid_row,
            signal=asdict(signal, recurse=False),
        )
        raise _RolledBackError(rows)


def settle_captures(store: SqlStore) -> CaptureSituation:
    """Save a space with four subspaces, two artifacts with a signal each, and settings.

    Three subspaces are seeded, one is empty.
    """
    scenario, subspace_id, *_ = worked(store)
    empty_subspace_id = scenario.subspace(None, "empty")
    rename = RenameSubspace(
        user_id="maya", subspace_id=subspace_id, expected_seq=1, name="A", description="The first."
    )
    do(store, rename_subspace, rename)
    change(store, "assignment_margin_threshold", "0.1")
    change(store, "centroid_history_distance", "0")  # Every update is logged.
    artifact_id = _capture_two_pages(scenario, subspace_id)

    second_visit = _next_rows(
        store,
        scenario,
        A,
        capture_key="k-3",
        title="Later",
        word_count=200,
        subspace_id=subspace_id,
    )
    first_visit = _next_rows(
        store,
        scenario,
        B,
        capture_key="k-4",
        url="https://example.org/new",
        subspace_id=empty_subspace_id,
        title="New",
    )
    return CaptureSituation(
        space_id=scenario.space_id,
        subspace_id=subspace_id,
        empty_subspace_id=empty_subspace_id,
        artifact_id=artifact_id,
        second_visit=second_visit,
        first_visit=first_visit,
    )


def _capture_two_pages(scenario: CaptureScenario, subspace_id: str) -> str:
    """Capture two pages, the first with every field. Return the id of its artifact."""
    result = scenario.capture(
        (0.9, 0.3, 0.3),
        capture_key="k-1",
        subspace_id=subspace_id,
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
    scenario.capture(C, capture_key="k-2", url="https://example.org/other")
    return result.artifact_id


def _next_rows(
    store: SqlStore, scenario: CaptureScenario, embedding: tuple[float, ...], **fields: object
) -> CaptureRows:
    """Compute the rows of a capture without saving them."""
    command = scenario.command(embedding, **fields)
    try:
        with store.transaction(actor=MAYA, reason="a raw write", request_id="request-2") as tx:
            recording = _RecordingStore(tx.session, tx.captures.engine)
            StepwiseArtifactRepository(tx, recording).ingest_with_signal(command)
    except _RolledBackError as rolled_back:
        rows: CaptureRows = rolled_back.args[0]
        return rows
    raise AssertionError("the capture wrote nothing")


def capture_writes(
    rows: CaptureRows,
    *,
    artifact: Mapping[str, object] = UNCHANGED,
    centroid: Mapping[str, object] = UNCHANGED,
    **signal: object,
) -> tuple[Executable, ...]:
    """Return the writes of a capture (artifact, centroid, signal), with some columns changed."""
    writes = [_head_write(ARTIFACTS, {**rows.artifact, **artifact}, rows.artifact["seq"])]
    if rows.centroid:
        columns = {**rows.centroid, **centroid}
        writes.append(_head_write(CENTROIDS, columns, rows.centroid["seq"]))
    return (*writes, insert_signal(rows, **signal))


def insert_signal(rows: CaptureRows, **columns: object) -> Insert:
    """Return the insert of the capture's signal alone, with some columns changed."""
    return insert(SIGNALS).values({**rows.signal, **columns})


def _head_write(table: Table, row: Row, seq: int) -> Insert | Update:
    """Return the insert of a derived head at seq 1, or its update."""
    if seq == 1:
        return insert(table).values({**row})

    columns = {name: value for name, value in row.items() if name not in ("id", "created_at")}
    return update(table).where(table.c.id == row["id"]).values(columns)
