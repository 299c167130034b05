"""Compute artifacts and centroids again from their signals."""

from collections.abc import Iterator
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from attrs import evolve
from sqlalchemy import select

from indelible.captures.entities.aggregates import AlgorithmVersion
from indelible.captures.entities.records import Centroid, Signal
from indelible.captures.rules.ingest import replay
from indelible.captures.rules.records import merge_signal
from indelible.kernel.values import field_values
from indelible_sql.captures.artifacts import signal_of
from indelible_sql.captures.formulas import SqlFormulaEngine
from indelible_sql.captures.heads import ALGORITHM_HEADS, SUBSPACE_HEADS
from indelible_sql.captures.replays import is_left_by, is_near
from indelible_sql.captures.tables import CENTROIDS, SIGNALS
from indelible_sql.engine.session import Query, Session
from indelible_sql.kernel.history import fetch_one
from indelible_sql.kernel.repository import SqlAggregateRepository
from indelible_sql.schema.tables import rows_by

PAGE_SIZE: Final = 500
STORED_CENTROID: Final = rows_by(CENTROIDS, "id")
LAST_SIGNAL: Final = rows_by(SIGNALS, "subspace_id", "applied_seq").order_by(SIGNALS.c.id)
SIGNALS_BY_ARTIFACT: Final = select(SIGNALS).order_by(
    SIGNALS.c.artifact_id, SIGNALS.c.artifact_seq, SIGNALS.c.id
)
SIGNALS_BY_SUBSPACE: Final = (
    select(SIGNALS)
    .where(SIGNALS.c.applied_seq.is_not(None))
    .order_by(SIGNALS.c.subspace_id, SIGNALS.c.applied_seq, SIGNALS.c.id)
)


def folded_artifacts(session: Session) -> Iterator[dict[str, Any]]:
    """Yield the row of every artifact, folded from its signals."""
    signals = _stream_signals(session, SIGNALS_BY_ARTIFACT)
    for _, group in groupby(signals, key=attrgetter("artifact_id")):
        artifact = None
        for signal in group:
            artifact = merge_signal(artifact, signal)
        if artifact is not None:
            yield field_values(artifact)


def replayed_centroids(session: Session) -> Iterator[dict[str, Any]]:
    """Yield the row of every centroid, computed again by the versions that its signals name."""
    engine = SqlFormulaEngine(session)
    subspaces = SqlAggregateRepository(session, SUBSPACE_HEADS)
    algorithms = SqlAggregateRepository(session, ALGORITHM_HEADS)

    @cache
    def algorithm_of(algorithm_id: str) -> AlgorithmVersion:
        return algorithms.get(algorithm_id).entity

    signals = _stream_signals(session, SIGNALS_BY_SUBSPACE)
    for subspace_id, group in groupby(signals, key=attrgetter("subspace_id")):
        subspace = subspaces.get(subspace_id).entity
        centroid = replay(subspace, group, engine, algorithm_of)
        if centroid is not None:
            yield field_values(_prefer_stored(session, centroid))


def _prefer_stored(session: Session, replayed: Centroid) -> Centroid:
    """Return the stored centroid where it is near its replay and its last signal's to the last bit.

    A centroid that another database computed differs from its replay in its last bits.
    """
    stored = fetch_one(session, Centroid, STORED_CENTROID, {"id": replayed.id})
    signal = session.first(LAST_SIGNAL, {"subspace_id": replayed.id, "applied_seq": replayed.seq})
    if stored is None or signal is None or not is_left_by(signal_of(signal), stored):
        return replayed

    replayed_with_stored_numbers = evolve(
        replayed,
        vector=stored.vector,
        logged_vector=stored.logged_vector,
        confidence=stored.confidence,
    )
    is_same = replayed_with_stored_numbers == stored and is_near(stored, replayed)
    return stored if is_same else replayed


def _stream_signals(session: Session, statement: Query) -> Iterator[Signal]:
    for row in session.stream(statement, PAGE_SIZE):
        yield signal_of(row)
