"""Artifacts and centroids as their signals make them again."""

from collections.abc import Iterator
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import Any

from attrs import asdict
from sqlalchemy import select

from indelible.captures import Artifact
from indelible.captures.rules.ingest import Compute, computing_by, replayed
from indelible.captures.rules.records import joined
from indelible_sql.captures import OF_ALGORITHMS, OF_SUBSPACES, SqlCaptures, signal_of
from indelible_sql.captures_tables import SIGNALS
from indelible_sql.session import Session

PAGE = 500
BY_ARTIFACT = select(SIGNALS).order_by(SIGNALS.c.artifact_id, SIGNALS.c.artifact_seq, SIGNALS.c.id)
BY_SUBSPACE = (
    select(SIGNALS)
    .where(SIGNALS.c.applied_seq.is_not(None))
    .order_by(SIGNALS.c.subspace_id, SIGNALS.c.applied_seq, SIGNALS.c.id)
)


def folded_artifacts(session: Session) -> Iterator[dict[str, Any]]:
    """Every artifact's row."""
    for _, signals in groupby(map(signal_of, session.stream(BY_ARTIFACT, PAGE)), key=attrgetter("artifact_id")):
        artifact: Artifact | None = None
        for signal in signals:
            artifact = joined(artifact, signal)
        if artifact is not None:
            yield asdict(artifact, recurse=False)


def replayed_centroids(session: Session) -> Iterator[dict[str, Any]]:
    """Every centroid's row, computed by the database again, by the versions that its signals name."""
    own = SqlCaptures(session)

    def compute_by(algorithm_id: str) -> Compute:
        return computing_by(own, OF_ALGORITHMS.get(session, algorithm_id).entity)

    for subspace_id, signals in groupby(
        map(signal_of, session.stream(BY_SUBSPACE, PAGE)), key=attrgetter("subspace_id")
    ):
        subspace = OF_SUBSPACES.get(session, str(subspace_id)).entity
        centroid = replayed(subspace, signals, cache(compute_by))
        if centroid is not None:
            yield asdict(centroid, recurse=False)
