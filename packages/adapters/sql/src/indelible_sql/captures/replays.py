"""Compare each centroid with the one that its signals give again."""

from collections.abc import Iterator
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Final

from attrs import frozen
from sqlalchemy import and_

from indelible.captures import Centroid, Signal
from indelible.captures.entities.aggregates import AlgorithmVersion
from indelible.captures.rules import evaluation
from indelible.captures.rules.evaluation import CentroidUpdate, UpdateInputs
from indelible.captures.rules.ingest import replay
from indelible.captures.rules.records import centroid_digest
from indelible_sql.captures.artifacts import signal_of
from indelible_sql.captures.formulas import SqlFormulaEngine
from indelible_sql.captures.heads import ALGORITHM_HEADS, SUBSPACE_HEADS
from indelible_sql.captures.tables import CENTROIDS, SIGNALS
from indelible_sql.engine.errors import UNREADABLE
from indelible_sql.engine.session import Query, Row, Session
from indelible_sql.kernel.history import ROWS
from indelible_sql.kernel.repository import SqlAggregateRepository
from indelible_sql.kernel.row_checks import PAGE, decode_row, select_rows, undecoded
from indelible_sql.schema.findings import Fault, Finding

# Two databases compute the same centroid to within this distance in each number.
TOLERANCE: Final = 1e-6
APPLIED_TO_CENTROID: Final = and_(
    CENTROIDS.c.id == SIGNALS.c.subspace_id, SIGNALS.c.applied_seq.is_not(None)
)


def is_left_by(signal: Signal, centroid: Centroid) -> bool:
    """Return whether the centroid is the one that the signal left, to the last bit."""
    return (
        centroid.seq == signal.applied_seq
        and centroid.hash == signal.hash
        and centroid.updated_at == signal.recorded_at
        and centroid_digest(centroid) == signal.centroid_digest
    )


def is_near(stored: Centroid, replayed: Centroid) -> bool:
    """Return whether two centroids agree to within the tolerance in every number."""
    pairs = [
        (stored.confidence, replayed.confidence),
        *zip(stored.vector, replayed.vector, strict=True),
        *zip(stored.logged_vector, replayed.logged_vector, strict=True),
    ]
    return all(abs(one - other) <= TOLERANCE for one, other in pairs)


def replay_findings(session: Session) -> Iterator[Finding]:
    """Yield a finding for each centroid that is not near its replay.

    Rows that cannot be read are named by other checks.
    """
    walk = session.stream(_applied_signals(), PAGE)
    replays = _Replays(session)
    for subspace_id, group in groupby(walk, key=itemgetter("subspace_id")):
        try:
            stored, replayed = replays.compare(subspace_id, group)
            is_same = is_near(stored, replayed)
        except UNREADABLE:
            continue
        if not is_same:
            yield Finding(
                fault=Fault.HEAD,
                table=CENTROIDS.name,
                entity_id=str(subspace_id),
                seq=stored.seq,
                detail=f"farther than {TOLERANCE} from its replay",
            )


@cache
def _applied_signals() -> Query:
    """Select the signals that moved a centroid, with the stored centroid."""
    source = SIGNALS.join(CENTROIDS, APPLIED_TO_CENTROID)
    stored_columns = [undecoded(column, f"stored_{column.name}") for column in CENTROIDS.columns]
    return select_rows(SIGNALS, ("subspace_id", "applied_seq", "id"), source, stored_columns)


@frozen
class _PythonUpdates(SqlFormulaEngine):
    """Evaluates a centroid's update in Python, which costs no statement for each signal."""

    def compute_update(self, algorithm: AlgorithmVersion, inputs: UpdateInputs) -> CentroidUpdate:
        """Evaluate the formulas of a centroid's update."""
        return evaluation.compute_update(algorithm, inputs)


class _Replays:
    """Computes centroids again, each by the algorithm versions that its signals name."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._engine = _PythonUpdates(session)
        self._subspaces = SqlAggregateRepository(session, SUBSPACE_HEADS)
        algorithms = SqlAggregateRepository(session, ALGORITHM_HEADS)

        @cache
        def algorithm_of(algorithm_id: str) -> AlgorithmVersion:
            return algorithms.get(algorithm_id).entity

        self._algorithm_of = algorithm_of

    def compare(self, subspace_id: str, group: Iterator[Row]) -> tuple[Centroid, Centroid]:
        """Return the stored centroid and its replay, from all signals that moved it."""
        subspace = self._subspaces.get(subspace_id).entity
        first = next(group)
        names = [column.name for column in CENTROIDS.columns]
        values = {name: first[f"stored_{name}"] for name in names}
        stored = ROWS.structure(decode_row(self._session, CENTROIDS, values), Centroid)

        def signals() -> Iterator[Signal]:
            yield signal_of(decode_row(self._session, SIGNALS, first))
            for row in group:
                yield signal_of(decode_row(self._session, SIGNALS, row))

        replayed = replay(subspace, signals(), self._engine, self._algorithm_of)
        if replayed is None:
            raise ValueError(f"subspace {subspace_id} has no signal")
        return stored, replayed
