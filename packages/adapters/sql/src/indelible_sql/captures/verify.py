"""Checks of `verify` for captures: signals by their digests, derived heads by their signals."""

from collections.abc import Iterable, Iterator
from functools import cache, partial
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, TypeVar

from sqlalchemy import Table, and_, bindparam, func, select

from indelible.captures import Artifact, Centroid, Signal
from indelible.captures.rules.records import centroid_digest, fingerprint_of, hash_of, merge_signal
from indelible.kernel.values import field_values
from indelible_sql.captures.artifacts import signal_of
from indelible_sql.captures.tables import ARTIFACTS, CENTROIDS, SIGNALS
from indelible_sql.engine.errors import UNREADABLE
from indelible_sql.engine.session import Query, Row, Session
from indelible_sql.kernel.history import ROWS
from indelible_sql.kernel.row_checks import (
    PAGE,
    check_rows,
    decode_row,
    describe,
    select_rows,
    undecoded,
)
from indelible_sql.schema.findings import Fault, Finding

T = TypeVar("T")

HEAD_PREFIX: Final = "head_"  # of the columns of a head in the row of its signal
ARTIFACT_SHOWS: Final = and_(
    ARTIFACTS.c.id == SIGNALS.c.artifact_id, ARTIFACTS.c.seq == SIGNALS.c.artifact_seq
)
CENTROID_SHOWS: Final = and_(
    CENTROIDS.c.id == SIGNALS.c.subspace_id, CENTROIDS.c.seq == SIGNALS.c.applied_seq
)
FIRST_UPDATE: Final = (
    select(SIGNALS.c.recorded_at)
    .where(SIGNALS.c.subspace_id == bindparam("id"), SIGNALS.c.applied_seq == 1)
    .order_by(SIGNALS.c.id)
)
ARTIFACTS_WITHOUT_SIGNAL: Final = (
    select(ARTIFACTS.c.id, ARTIFACTS.c.seq)
    .join(SIGNALS, ARTIFACT_SHOWS, isouter=True)
    .where(SIGNALS.c.id.is_(None))
    .order_by(ARTIFACTS.c.id)
)
CENTROIDS_WITHOUT_SIGNAL: Final = (
    select(CENTROIDS.c.id, CENTROIDS.c.seq)
    .join(SIGNALS, CENTROID_SHOWS, isouter=True)
    .where(SIGNALS.c.id.is_(None))
    .order_by(CENTROIDS.c.id)
)
_UPDATES = (
    select(
        SIGNALS.c.subspace_id,
        func.max(SIGNALS.c.applied_seq).label("last"),
        func.count(SIGNALS.c.applied_seq).label("total"),
    )
    .where(SIGNALS.c.applied_seq.is_not(None))
    .group_by(SIGNALS.c.subspace_id)
    .subquery()
)
# Subspaces whose updates have a gap, or whose centroid does not show the last of them.
MISCOUNTED_CENTROIDS: Final = (
    select(_UPDATES.c.subspace_id, _UPDATES.c.last)
    .join(CENTROIDS, CENTROIDS.c.id == _UPDATES.c.subspace_id, isouter=True)
    .where(
        (_UPDATES.c.last != _UPDATES.c.total) | CENTROIDS.c.seq.is_distinct_from(_UPDATES.c.last)
    )
    .order_by(_UPDATES.c.subspace_id)
)


def folded_findings(session: Session) -> Iterator[Finding]:
    """Yield every finding about signals, artifacts and centroids."""
    yield from _signal_findings(session)
    no_signal = "its last signal does not exist"
    yield from describe(session, Fault.HEAD, ARTIFACTS, ARTIFACTS_WITHOUT_SIGNAL, no_signal)
    yield from describe(session, Fault.HEAD, CENTROIDS, CENTROIDS_WITHOUT_SIGNAL, no_signal)
    yield from _centroid_findings(session)
    miscounted = "its seq differs from the number of its signals"
    yield from describe(session, Fault.HEAD, CENTROIDS, MISCOUNTED_CENTROIDS, miscounted)


def _signal_findings(session: Session) -> Iterator[Finding]:
    """Check all signals, one artifact at a time, and the artifact against them."""
    rows = session.stream(_signals_with_artifacts(), PAGE)
    for artifact_id, group in groupby(rows, key=itemgetter("artifact_id")):
        yield from _artifact_findings(session, str(artifact_id), group)


def _artifact_findings(
    session: Session, artifact_id: str, group: Iterable[Row]
) -> Iterator[Finding]:
    """Check the signals of an artifact by their digests, and the artifact by their fold."""
    finding = partial(Finding, fault=Fault.RECORD, table=SIGNALS.name, entity_id=artifact_id)
    artifact: Artifact | None = None
    row: Row = {}
    for seq, row in enumerate(group, start=1):
        try:
            signal = signal_of(decode_row(session, SIGNALS, row))
            is_intact = _has_its_digests(signal)
            artifact = merge_signal(artifact, signal)
        except UNREADABLE as error:
            yield finding(seq=row["artifact_seq"], detail=f"unreadable: {error}")
            return
        if not is_intact or signal.artifact_seq != seq:
            yield finding(seq=seq, detail="its digest or its seq is wrong")

    check = partial(_problem_of_artifact, session, artifact)
    yield from check_rows(Fault.HEAD, ARTIFACTS, [row], check, ("artifact_id", "artifact_seq"))


def _centroid_findings(session: Session) -> Iterator[Finding]:
    """Check every centroid against the signal that it shows."""
    rows = session.stream(_signals_with_centroids(), PAGE)
    check = partial(_problem_of_centroid, session)
    yield from check_rows(Fault.HEAD, CENTROIDS, rows, check, ("subspace_id", "applied_seq"))


@cache
def _signals_with_artifacts() -> Query:
    source = SIGNALS.join(ARTIFACTS, ARTIFACT_SHOWS, isouter=True)
    order = ("artifact_id", "artifact_seq", "id")
    return select_rows(SIGNALS, order, source, _head_columns(ARTIFACTS))


@cache
def _signals_with_centroids() -> Query:
    source = SIGNALS.join(CENTROIDS, CENTROID_SHOWS)
    order = ("subspace_id", "applied_seq", "id")
    return select_rows(SIGNALS, order, source, _head_columns(CENTROIDS))


def _has_its_digests(signal: Signal) -> bool:
    values = field_values(signal)
    return hash_of(values) == signal.hash and fingerprint_of(values) == signal.fingerprint


def _problem_of_artifact(session: Session, artifact: Artifact | None, row: Row) -> str:
    """Return how the artifact of a row differs from the fold of its signals, or ''."""
    if row[f"{HEAD_PREFIX}id"] is None:
        return "no artifact refers to its last signal"
    if _decode_head(session, ARTIFACTS, Artifact, row) != artifact:
        return "differs from its signals"
    return ""


def _problem_of_centroid(session: Session, row: Row) -> str:
    """Return how the centroid of a row differs from its last signal, or ''."""
    signal = signal_of(decode_row(session, SIGNALS, row))
    centroid = _decode_head(session, CENTROIDS, Centroid, row)
    first_update = session.first(FIRST_UPDATE, {"id": centroid.id}) or {"recorded_at": None}
    actual = (
        centroid_digest(centroid),
        centroid.hash,
        centroid.updated_at,
        centroid.space_id,
        centroid.created_at,
    )
    expected = (
        signal.centroid_digest,
        signal.hash,
        signal.recorded_at,
        signal.space_id,
        first_update["recorded_at"],
    )
    return "" if actual == expected else "differs from its last signal"


def _head_columns(head: Table) -> list[Any]:
    """Return the head's columns, for a statement that reads them in the row of a signal."""
    return [undecoded(column, f"{HEAD_PREFIX}{column.name}") for column in head.columns]


def _decode_head(session: Session, head: Table, entity: type[T], row: Row) -> T:
    """Return the head in the row of its signal."""
    columns = {column.name: row[f"{HEAD_PREFIX}{column.name}"] for column in head.columns}
    return ROWS.structure(decode_row(session, head, columns), entity)
