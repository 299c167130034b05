"""Whether signals are as they were kept, and artifacts and centroids what follows from them."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from attrs import asdict
from sqlalchemy import Table, and_, bindparam, func, select

from indelible.captures import Artifact, Centroid
from indelible.captures.rules.records import centroid_digest, fingerprint_of, hash_of, joined
from indelible_sql.captures import signal_of
from indelible_sql.captures_tables import ARTIFACTS, CENTROIDS, SIGNALS
from indelible_sql.history import ROWS
from indelible_sql.session import Session
from indelible_sql.walk import UNREADABLE, Fault, Finding, Row, loaded, raw, rows

OF_ARTIFACT = and_(ARTIFACTS.c.id == SIGNALS.c.artifact_id, ARTIFACTS.c.seq == SIGNALS.c.artifact_seq)
OF_CENTROID = and_(CENTROIDS.c.id == SIGNALS.c.subspace_id, CENTROIDS.c.seq == SIGNALS.c.applied_seq)
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
        lonely = select(head.c.id, head.c.seq).join(SIGNALS, shown, isouter=True).where(SIGNALS.c.id.is_(None))
        for each in session.rows(lonely.order_by(head.c.id), {}):
            yield _finding(head, each["id"], each["seq"], "it shows a signal that there is not")
    beside = SIGNALS.join(CENTROIDS, OF_CENTROID)
    for row in rows(session, SIGNALS, ("subspace_id", "applied_seq", "id"), beside, _beside(CENTROIDS)):
        detail = _wrong_with_centroid(session, row)
        if detail:
            yield _finding(CENTROIDS, row["subspace_id"], row["applied_seq"], detail)
    of_subspace = SIGNALS.c.subspace_id, func.max(SIGNALS.c.applied_seq).label("last")
    counted = select(*of_subspace, func.count(SIGNALS.c.applied_seq).label("total")).group_by(SIGNALS.c.subspace_id)
    last = counted.where(SIGNALS.c.applied_seq.is_not(None)).subquery()
    missed = select(last).join(CENTROIDS, and_(CENTROIDS.c.id == last.c.subspace_id), isouter=True)
    wrong = (last.c.last != last.c.total) | CENTROIDS.c.seq.is_(None) | (CENTROIDS.c.seq != last.c.last)
    for each in session.rows(missed.where(wrong).order_by(last.c.subspace_id), {}):
        yield _finding(CENTROIDS, each["subspace_id"], each["last"], "it is not what its signals are counted to")


def _beside(head: Table) -> list[Any]:
    return [raw(column, f"head_{column.name}") for column in head.columns]


def _finding(table: Table, entity_id: str, seq: int, detail: str) -> Finding:
    fault = Fault.RECORD if table is SIGNALS else Fault.HEAD
    return Finding(fault=fault, table=table.name, entity_id=str(entity_id), seq=seq, detail=detail)


def _artifact(session: Session, artifact_id: str, found: Iterator[Row]) -> Iterator[Finding]:
    """Every signal of an artifact beside its own digests, and the artifact beside what they join to."""
    artifact: Artifact | None = None
    head: Row = {}
    for number, row in enumerate(found, start=1):
        head = row
        try:
            signal = signal_of(loaded(session, SIGNALS, row))
            values = asdict(signal, recurse=False)
            is_right = (hash_of(values), fingerprint_of(values)) == (signal.hash, signal.fingerprint)
            artifact = joined(artifact, signal)
        except UNREADABLE as error:
            yield _finding(SIGNALS, artifact_id, row["artifact_seq"], f"unreadable: {error}")
            return
        if not is_right or signal.artifact_seq != number:
            yield _finding(SIGNALS, artifact_id, number, "its digest is not its hash, or it is out of its turn")
    shown = {name.removeprefix("head_"): value for name, value in head.items() if name.startswith("head_")}
    detail = _wrong_with_artifact(session, shown, artifact)
    if detail:
        yield _finding(ARTIFACTS, artifact_id, head["artifact_seq"], detail)


def _wrong_with_artifact(session: Session, shown: Row, artifact: Artifact | None) -> str:
    if shown["id"] is None or artifact is None:
        return "no head shows its last signal"
    try:
        is_same = ROWS.structure(loaded(session, ARTIFACTS, shown), Artifact) == artifact
    except UNREADABLE as error:
        return f"unreadable: {error}"
    return "" if is_same else "not what its signals join to"


def _wrong_with_centroid(session: Session, row: Row) -> str:
    shown = {column.name: row[f"head_{column.name}"] for column in CENTROIDS.columns}
    try:
        signal = signal_of(loaded(session, SIGNALS, row))
        centroid = ROWS.structure(loaded(session, CENTROIDS, shown), Centroid)
        first = session.first(FIRST, {"id": centroid.id})
        is_same = centroid_digest(centroid) == signal.centroid_digest and first is not None
        born = first["recorded_at"] if first else None
    except UNREADABLE as error:
        return f"unreadable: {error}"
    place = (centroid.hash, centroid.updated_at, centroid.space_id, centroid.created_at)
    if not is_same or place != (signal.hash, signal.recorded_at, signal.space_id, born):
        return "not what its last signal says"
    return ""
