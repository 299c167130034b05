"""What the schema's owner does for captures: install a version of the algorithm, and fold signals into heads again."""

from collections.abc import Iterator
from functools import cache, reduce
from itertools import groupby
from operator import attrgetter
from typing import Any

from attrs import asdict
from sqlalchemy import select

from indelible.captures.rules.ingest import computing_by, replayed
from indelible.captures.rules.placing import Compute
from indelible.captures.rules.records import joined
from indelible_sql.captures import OF_ALGORITHMS, OF_SUBSPACES, SqlCaptures, signal_of
from indelible_sql.captures_functions import BODY, capture_function, name_of
from indelible_sql.captures_tables import SIGNALS
from indelible_sql.columns import in_schema, prefix_of
from indelible_sql.heads import SqlHeads
from indelible_sql.migrate import migrating
from indelible_sql.session import Session
from indelible_sql.store import SqlStore

PAGE = 500
BY_ARTIFACT = select(SIGNALS).order_by(SIGNALS.c.artifact_id, SIGNALS.c.artifact_seq, SIGNALS.c.id)
BY_SUBSPACE = (
    select(SIGNALS)
    .where(SIGNALS.c.applied_seq.is_not(None))
    .order_by(SIGNALS.c.subspace_id, SIGNALS.c.applied_seq, SIGNALS.c.id)
)


def install_algorithm(store: SqlStore, algorithm_id: str, owner_url: str | None = None) -> str:
    """Give PostgreSQL the function of a registered version; its name, '' on SQLite, which needs none.

    `owner_url` where another role owns the schema. What is there already is left alone: a text has one function.
    """
    with migrating(owner_url or store.own_url, store.schema) as (connection, place):
        algorithm = SqlHeads(Session(connection, store.schema), OF_ALGORITHMS).get(algorithm_id).entity
        if place is None:
            return ""
        name = name_of(algorithm.formulas)
        if connection.execute(BODY, {"name": prefix_of(connection, place) + name}).scalar() is None:
            connection.exec_driver_sql(in_schema(connection, place, capture_function(algorithm.formulas)))
        return name


def folded_artifacts(session: Session) -> Iterator[dict[str, Any]]:
    """Every artifact's row."""
    for _, signals in groupby(map(signal_of, session.stream(BY_ARTIFACT, PAGE)), key=attrgetter("artifact_id")):
        artifact = reduce(joined, signals, None)
        if artifact is not None:
            yield asdict(artifact, recurse=False)


def replayed_centroids(session: Session) -> Iterator[dict[str, Any]]:
    """Every centroid's row, computed by the database again, by the versions that its signals name."""
    own, subspaces = SqlCaptures(session), SqlHeads(session, OF_SUBSPACES)
    algorithms = SqlHeads(session, OF_ALGORITHMS)

    @cache
    def compute_by(algorithm_id: str) -> Compute:
        return computing_by(own, algorithms.get(algorithm_id).entity)

    for subspace_id, signals in groupby(
        map(signal_of, session.stream(BY_SUBSPACE, PAGE)), key=attrgetter("subspace_id")
    ):
        centroid = replayed(subspaces.get(subspace_id).entity, signals, compute_by)
        if centroid is not None:
            yield asdict(centroid, recurse=False)
