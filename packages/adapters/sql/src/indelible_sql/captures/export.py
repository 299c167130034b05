"""Export and import signals and centroids as they are stored; artifacts follow from their signals.

A centroid is never computed again by an import: another database would compute its last bits
otherwise, and the signals hold its digest.
"""

from collections.abc import Iterator
from typing import Any

from attrs import asdict, define, evolve, field
from sqlalchemy import Table, select

from indelible.captures import Artifact, Centroid, Signal
from indelible.captures.rules.records import (
    fingerprint_of,
    hash_of,
    merge_signal,
)
from indelible_sql.captures.replays import is_left_by
from indelible_sql.captures.tables import ARTIFACTS, CENTROIDS, SIGNALS, SPACES
from indelible_sql.engine.atomic_write import parameters
from indelible_sql.engine.session import Row, Session
from indelible_sql.kernel.history import ROWS, fetch_one
from indelible_sql.kernel.record_export import HistoryDiffers
from indelible_sql.schema.sql_context import TableRow
from indelible_sql.schema.tables import rows_by
from indelible_sql.schema.writes import row, step

PAGE = 500
SPACE_IDS = select(SPACES.c.id).order_by(SPACES.c.id)
SIGNAL_HASH = rows_by(SIGNALS, "id").with_only_columns(SIGNALS.c.hash)
CENTROID = rows_by(CENTROIDS, "id")
ARTIFACT = rows_by(ARTIFACTS, "id")

INSERT_SIGNAL = row(SIGNALS)
INSERT_HEAD = {ARTIFACTS: row(ARTIFACTS), CENTROIDS: row(CENTROIDS)}
UPDATE_HEAD = {ARTIFACTS: step(ARTIFACTS), CENTROIDS: step(CENTROIDS)}


def exported_rows(session: Session) -> Iterator[TableRow]:
    """Yield, space by space, its centroids and then its signals.

    Within a space signals are in order of time, which is the order of each artifact and centroid.
    """
    for space in session.stream(SPACE_IDS, PAGE):
        in_space = CENTROIDS.c.space_id == space["id"]
        for centroid in session.stream(
            select(CENTROIDS).where(in_space).order_by(CENTROIDS.c.id), PAGE
        ):
            yield CENTROIDS, centroid

        in_space = SIGNALS.c.space_id == space["id"]
        order = (SIGNALS.c.recorded_at, SIGNALS.c.id)
        for signal in session.stream(select(SIGNALS).where(in_space).order_by(*order), PAGE):
            yield SIGNALS, signal


def check_rows(rows: Iterator[TableRow]) -> Iterator[TableRow]:
    """Pass rows on; raise ValueError at the first that does not follow from those before it."""
    space = _SpaceCheck("")
    for table, values in rows:
        if values["space_id"] != space.id:
            space.check_end()
            if values["space_id"] < space.id:
                raise ValueError("spaces are not in order of id")
            space = _SpaceCheck(values["space_id"])

        if table is CENTROIDS:
            space.add_centroid(ROWS.structure(values, Centroid))
        else:
            space.add_signal(ROWS.structure(values, Signal))
        yield table, values

    space.check_end()


def save_rows(session: Session, rows: Iterator[TableRow]) -> Iterator[bool]:
    """Write signals with the heads that they move; yield for each whether it was written.

    While the signals of a space are written, its centroids have their final vectors already, and
    only their revision moves.
    """
    centroids: dict[str, Centroid] = {}
    space_id = ""
    for table, values in rows:
        if values["space_id"] != space_id:
            _check_centroids(session, centroids)
            centroids = {}
            space_id = values["space_id"]

        if table is CENTROIDS:
            centroids[values["id"]] = ROWS.structure(values, Centroid)
        else:
            yield _save_signal(session, ROWS.structure(values, Signal), values, centroids)

    _check_centroids(session, centroids)


@define
class _SpaceCheck:
    """The state of the rows of one space that were read so far."""

    id: str
    centroids: dict[str, Centroid] = field(factory=dict[str, Centroid])
    artifact_seqs: dict[str, int] = field(factory=dict[str, int])
    last_applied: dict[str, Signal] = field(factory=dict[str, Signal])

    def add_centroid(self, centroid: Centroid) -> None:
        """Remember the final state of a centroid, which stands before all signals."""
        if self.artifact_seqs or centroid.id in self.centroids:
            raise ValueError(f"centroid {centroid.id} is not at the beginning of its space")
        self.centroids[centroid.id] = centroid

    def add_signal(self, signal: Signal) -> None:
        """Check a signal's digests, and that it is the next of its artifact and centroid."""
        values = asdict(signal, recurse=False)
        if hash_of(values) != signal.hash or fingerprint_of(values) != signal.fingerprint:
            raise ValueError(f"signal {signal.id}: its hash does not match its content")

        seq = self.artifact_seqs.get(signal.artifact_id, 0) + 1
        if signal.artifact_seq != seq:
            raise ValueError(f"signal {signal.id}: expected artifact_seq {seq}")
        self.artifact_seqs[signal.artifact_id] = seq

        if signal.applied_seq is None or signal.subspace_id is None:
            return
        last = self.last_applied.get(signal.subspace_id)
        seq = (last.applied_seq or 0) + 1 if last is not None else 1
        if signal.applied_seq != seq:
            raise ValueError(f"signal {signal.id}: expected applied_seq {seq}")
        if signal.subspace_id not in self.centroids:
            raise ValueError(f"signal {signal.id}: centroid {signal.subspace_id} is missing")
        self.last_applied[signal.subspace_id] = signal

    def check_end(self) -> None:
        """Check that each centroid is what its last signal says, to the last bit."""
        for centroid in self.centroids.values():
            last = self.last_applied.get(centroid.id)
            if last is None or not is_left_by(last, centroid):
                raise ValueError(f"centroid {centroid.id}: differs from its last signal")


def _save_signal(
    session: Session, signal: Signal, values: Row, centroids: dict[str, Centroid]
) -> bool:
    """Write a signal and move its heads, or return False where the same signal is there."""
    stored = session.first(SIGNAL_HASH, {"id": signal.id})
    if stored is not None:
        if stored["hash"] != signal.hash:
            raise HistoryDiffers("signal", signal.id)
        return False

    artifact = fetch_one(session, Artifact, ARTIFACT, {"id": signal.artifact_id})
    _move(session, ARTIFACTS, merge_signal(artifact, signal))
    if signal.applied_seq is not None and signal.subspace_id is not None:
        centroid = evolve(
            centroids[signal.subspace_id],
            seq=signal.applied_seq,
            hash=signal.hash,
            updated_at=signal.recorded_at,
        )
        _move(session, CENTROIDS, centroid)
    session.step(INSERT_SIGNAL, parameters({SIGNALS: values}))
    return True


def _move(session: Session, table: Table, head: Artifact | Centroid) -> None:
    statements: dict[Table, Any] = INSERT_HEAD if head.seq == 1 else UPDATE_HEAD
    values = parameters({table: asdict(head, recurse=False)})
    if session.step(statements[table], values) != 1:
        raise HistoryDiffers(table.name, head.id)


def _check_centroids(session: Session, centroids: dict[str, Centroid]) -> None:
    """Raise HistoryDiffers for a centroid that signals outside the file have moved."""
    for centroid in centroids.values():
        if fetch_one(session, Centroid, CENTROID, {"id": centroid.id}) != centroid:
            raise HistoryDiffers("centroid", centroid.id)
