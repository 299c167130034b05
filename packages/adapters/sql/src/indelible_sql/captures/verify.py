"""Whether signals are as they were kept, and artifacts and centroids what follows from them."""

from collections.abc import Iterator
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeVar

from attrs import asdict
from sqlalchemy import Table, and_, bindparam, func, select

from indelible.captures import Artifact, Centroid
from indelible.captures.rules.records import centroid_digest, fingerprint_of, hash_of, merge_signal
from indelible_sql.captures.artifacts import signal_of
from indelible_sql.captures.tables import ARTIFACTS, CENTROIDS, SIGNALS
from indelible_sql.engine.session import Row, Session
from indelible_sql.kernel.history import ROWS
from indelible_sql.maintenance.findings import (
    UNREADABLE,
    Fault,
    Finding,
    check_rows,
    decode_row,
    describe,
    rows,
    undecoded,
)

T = TypeVar("T")
OF_ARTIFACT = and_(
    ARTIFACTS.c.id == SIGNALS.c.artifact_id, ARTIFACTS.c.seq == SIGNALS.c.artifact_seq
)
OF_CENTROID = and_(
    CENTROIDS.c.id == SIGNALS.c.subspace_id, CENTROIDS.c.seq == SIGNALS.c.applied_seq
)
FIRST = (
    select(SIGNALS.c.recorded_at)
    .where(SIGNALS.c.subspace_id == bindparam("id"), SIGNALS.c.applied_seq == 1)
    .order_by(SIGNALS.c.id)
)


def folded_findings(session: Session) -> Iterator[Finding]:
    """Everything that is wrong with signals and what they move."""
    beside = SIGNALS.join(ARTIFACTS, OF_ARTIFACT, isouter=True)
    walk = rows(session, SIGNALS, ("artifact_id", "artifact_seq", "id"), beside, _beside(ARTIFACTS))
    for artifact_id, found in groupby(walk, key=itemgetter("artifact_id")):
        yield from _artifact(session, str(artifact_id), found)
    for head, shown in ((ARTIFACTS, OF_ARTIFACT), (CENTROIDS, OF_CENTROID)):
        lonely = (
            select(head.c.id, head.c.seq)
            .join(SIGNALS, shown, isouter=True)
            .where(SIGNALS.c.id.is_(None))
        )
        yield from describe(
            session,
            Fault.HEAD,
            head,
            lonely.order_by(head.c.id),
            "it shows a signal that there is not",
        )
    beside = SIGNALS.join(CENTROIDS, OF_CENTROID)
    walk = rows(session, SIGNALS, ("subspace_id", "applied_seq", "id"), beside, _beside(CENTROIDS))
    check = partial(_wrong_with_centroid, session)
    yield from check_rows(Fault.HEAD, CENTROIDS, walk, check, ("subspace_id", "applied_seq"))
    applied = SIGNALS.c.applied_seq
    counted = select(
        SIGNALS.c.subspace_id, func.max(applied).label("last"), func.count(applied).label("total")
    )
    last = counted.where(applied.is_not(None)).group_by(SIGNALS.c.subspace_id).subquery()
    missed = select(last.c.subspace_id, last.c.last).join(
        CENTROIDS, CENTROIDS.c.id == last.c.subspace_id, isouter=True
    )
    wrong = missed.where(
        (last.c.last != last.c.total) | CENTROIDS.c.seq.is_distinct_from(last.c.last)
    )
    detail = "it is not what its signals are counted to"
    yield from describe(session, Fault.HEAD, CENTROIDS, wrong.order_by(last.c.subspace_id), detail)


def _beside(head: Table) -> list[Any]:
    return [undecoded(column, f"head_{column.name}") for column in head.columns]


def _shown(session: Session, head: Table, kind: type[T], row: Row) -> T:
    """The head that stands beside a signal in its row."""
    return ROWS.structure(
        decode_row(session, head, {each.name: row[f"head_{each.name}"] for each in head.columns}),
        kind,
    )


def _artifact(session: Session, artifact_id: str, found: Iterator[Row]) -> Iterator[Finding]:
    """Every signal of an artifact beside its own digests, and the artifact beside what they join to."""
    artifact: Artifact | None = None
    last: Row = {}
    wrong = partial(Finding, fault=Fault.RECORD, table=SIGNALS.name, entity_id=artifact_id)
    for number, last in enumerate(found, start=1):
        try:
            signal = signal_of(decode_row(session, SIGNALS, last))
            values = asdict(signal, recurse=False)
            is_right = (hash_of(values), fingerprint_of(values)) == (
                signal.hash,
                signal.fingerprint,
            )
            artifact = merge_signal(artifact, signal)
        except UNREADABLE as error:
            yield wrong(seq=last["artifact_seq"], detail=f"unreadable: {error}")
            return
        if not is_right or signal.artifact_seq != number:
            yield wrong(seq=number, detail="its digest is not its hash, or it is out of its turn")
    check = partial(_wrong_with_artifact, session, artifact)
    yield from check_rows(Fault.HEAD, ARTIFACTS, [last], check, ("artifact_id", "artifact_seq"))


def _wrong_with_artifact(session: Session, artifact: Artifact | None, row: Row) -> str:
    if row["head_id"] is None:
        return "no head shows its last signal"
    return (
        ""
        if _shown(session, ARTIFACTS, Artifact, row) == artifact
        else "not what its signals join to"
    )


def _wrong_with_centroid(session: Session, row: Row) -> str:
    signal, centroid = (
        signal_of(decode_row(session, SIGNALS, row)),
        _shown(session, CENTROIDS, Centroid, row),
    )
    first = session.first(FIRST, {"id": centroid.id}) or {"recorded_at": None}
    shown = (
        centroid_digest(centroid),
        centroid.hash,
        centroid.updated_at,
        centroid.space_id,
        centroid.created_at,
    )
    said = (
        signal.centroid_digest,
        signal.hash,
        signal.recorded_at,
        signal.space_id,
        first["recorded_at"],
    )
    return "" if shown == said else "not what its last signal says"
