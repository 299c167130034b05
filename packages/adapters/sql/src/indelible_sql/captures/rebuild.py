"""Compute artifacts and centroids again from their signals."""

from collections.abc import Iterator
from functools import cache, reduce
from itertools import groupby
from operator import attrgetter
from typing import Any

from attrs import asdict
from sqlalchemy import select

from indelible.captures.rules.ingest import formula_evaluator, replayed
from indelible.captures.rules.placing import Compute
from indelible.captures.rules.records import merge_signal
from indelible_sql.captures.store import OF_ALGORITHMS, OF_SUBSPACES, SqlCaptures, signal_of
from indelible_sql.captures.tables import SIGNALS
from indelible_sql.engine.session import Session
from indelible_sql.kernel.repository import SqlAggregateRepository

PAGE = 500
BY_ARTIFACT = select(SIGNALS).order_by(SIGNALS.c.artifact_id, SIGNALS.c.artifact_seq, SIGNALS.c.id)
BY_SUBSPACE = (
    select(SIGNALS)
    .where(SIGNALS.c.applied_seq.is_not(None))
    .order_by(SIGNALS.c.subspace_id, SIGNALS.c.applied_seq, SIGNALS.c.id)
)


def folded_artifacts(session: Session) -> Iterator[dict[str, Any]]:
    """Every artifact's row."""
    for _, signals in groupby(
        map(signal_of, session.stream(BY_ARTIFACT, PAGE)), key=attrgetter("artifact_id")
    ):
        artifact = reduce(merge_signal, signals, None)
        if artifact is not None:
            yield asdict(artifact, recurse=False)


def replayed_centroids(session: Session) -> Iterator[dict[str, Any]]:
    """Every centroid's row, computed by the database again, by the versions that its signals name."""
    own, subspaces = SqlCaptures(session), SqlAggregateRepository(session, OF_SUBSPACES)
    algorithms = SqlAggregateRepository(session, OF_ALGORITHMS)

    @cache
    def compute_by(algorithm_id: str) -> Compute:
        return formula_evaluator(own, algorithms.get(algorithm_id).entity)

    for subspace_id, signals in groupby(
        map(signal_of, session.stream(BY_SUBSPACE, PAGE)), key=attrgetter("subspace_id")
    ):
        centroid = replayed(subspaces.get(subspace_id).entity, signals, compute_by)
        if centroid is not None:
            yield asdict(centroid, recurse=False)
