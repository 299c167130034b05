"""The saving of captures: by a function of PostgreSQL, and step by step on SQLite."""

import json
from functools import lru_cache, partial
from typing import Any, Final, NoReturn

from attrs import asdict, frozen
from sqlalchemy import bindparam, select, text
from sqlalchemy.sql.selectable import TextualSelect

from indelible.captures.commands import CaptureArtifactCommand, CaptureResult
from indelible.captures.entities.aggregates import AlgorithmVersion, Space, Subspace, SubspaceState
from indelible.captures.entities.records import Artifact, CaptureRequest, Centroid, Signal
from indelible.captures.errors import AlgorithmFailed, AlgorithmNotInstalled
from indelible.captures.ports import CapturesWrite
from indelible.captures.repositories import StepwiseArtifactRepository
from indelible.captures.rules.ingest import require_active_algorithm
from indelible.captures.rules.records import check_same_capture
from indelible.captures.rules.tuning import IngestSettings, read_ingest_settings
from indelible.kernel import Head, StoreBusy, instant_text
from indelible.kernel.values import field_values
from indelible_sql.captures.columns import EMBEDDING
from indelible_sql.captures.formulas import SqlFormulaEngine
from indelible_sql.captures.heads import ALGORITHM_HEADS, SPACE_HEADS
from indelible_sql.captures.search import ACTIVE_ALGORITHM
from indelible_sql.captures.tables import ARTIFACTS, CENTROIDS, SIGNALS, SPACES, SUBSPACES
from indelible_sql.engine.atomic_write import parameters
from indelible_sql.engine.errors import DatabaseFault, GuardViolation, ValueUnstorable
from indelible_sql.engine.session import Row, Session
from indelible_sql.kernel.history import ROWS, fetch_one
from indelible_sql.kernel.repository import SqlAggregateRepository
from indelible_sql.schema.columns import prefix_of
from indelible_sql.schema.tables import rows_by
from indelible_sql.schema.writes import row, step

SIGNAL_BY_KEY: Final = rows_by(SIGNALS, "user_id", "capture_key")
ARTIFACT_BY_URL: Final = rows_by(ARTIFACTS, "space_id", "normalized_url")
LOCK_SPACE_NOWAIT: Final = rows_by(SPACES, "id").with_for_update(nowait=True)
SUBSPACE_STATE: Final = (
    select(SUBSPACES, *(column.label(f"centroid_{column.name}") for column in CENTROIDS.columns))
    .select_from(SUBSPACES.outerjoin(CENTROIDS, CENTROIDS.c.id == SUBSPACES.c.id))
    .where(SUBSPACES.c.id == bindparam("id"))
)
FIRST_ROW: Final = {table: row(table) for table in (ARTIFACTS, CENTROIDS)}
NEXT_ROW: Final = {table: step(table) for table in (ARTIFACTS, CENTROIDS)}
INSERT_SIGNAL: Final = row(SIGNALS)

# The constraints of PostgreSQL that refuse the second of two transactions.
RACE_GUARDS: Final = ("signals_capture_key", "artifacts_normalized_url", "algorithms_active")
# The constraints of PostgreSQL that refuse what an algorithm version must not compute.
RESULT_GUARDS: Final = ("embedding_check", "number_check", "distance_check", "fraction_check")
ACTIVE_VERSION: Final = "the active version"
UNDEFINED_FUNCTION: Final = "42883"


@lru_cache(maxsize=100)
def ingest_statement(schema_prefix: str) -> TextualSelect:
    """Return the statement that calls PostgreSQL's function."""
    statement = f"""
        SELECT *
        FROM {schema_prefix}ingest_with_signal(
          CAST(:request AS jsonb),
          CAST(:vector AS real[])
        )
    """
    types = {column.name: column.type for column in SIGNALS.columns}
    vector = bindparam("vector", type_=EMBEDDING)
    return text(statement).bindparams(vector).columns(**types)


@frozen
class SqlIngestStore:
    """The IngestStore in SQL, for the steps of a capture on SQLite."""

    _session: Session
    engine: SqlFormulaEngine

    def find_signal(self, user_id: str, capture_key: str) -> Signal | None:
        """Return the signal that was saved under the user's key."""
        values = {"user_id": user_id, "capture_key": capture_key}
        return fetch_one(self._session, Signal, SIGNAL_BY_KEY, values)

    def lock_space(self, space_id: str) -> Space:
        """Lock the space against other captures, and return it; SpaceNotFound."""
        return SqlAggregateRepository(self._session, SPACE_HEADS).lock(space_id).entity

    def active_algorithm(self) -> Head[AlgorithmVersion] | None:
        """Return the version that new captures are computed by."""
        row = self._session.first(ACTIVE_ALGORITHM, {})
        return None if row is None else ALGORITHM_HEADS.of_row(row)

    def find_subspace(self, subspace_id: str) -> SubspaceState | None:
        """Return a subspace and its centroid."""
        row = self._session.first(SUBSPACE_STATE, {"id": subspace_id})
        if row is None:
            return None
        centroid = None
        if row["centroid_id"] is not None:
            columns = {column.name: row[f"centroid_{column.name}"] for column in CENTROIDS.c}
            centroid = ROWS.structure(columns, Centroid)
        return SubspaceState(subspace=ROWS.structure(row, Subspace), centroid=centroid)

    def find_artifact(self, space_id: str, normalized_url: str) -> Artifact | None:
        """Return the space's artifact of an address."""
        values = {"space_id": space_id, "normalized_url": normalized_url}
        return fetch_one(self._session, Artifact, ARTIFACT_BY_URL, values)

    def write(self, signal: Signal, artifact: Artifact, centroid: Centroid | None) -> None:
        """Save the artifact and the centroid, then the signal that they show."""
        for table, head in ((ARTIFACTS, artifact), (CENTROIDS, centroid)):
            if head is None:
                continue
            statement = FIRST_ROW[table] if head.seq == 1 else NEXT_ROW[table]
            self._session.step(statement, parameters({table: field_values(head)}))

        columns = field_values(signal)
        columns["warnings"] = list(signal.warnings)
        self._session.step(INSERT_SIGNAL, parameters({SIGNALS: columns}))


@frozen
class SqlArtifactRepository:
    """The ArtifactRepository in SQL."""

    _session: Session
    _tx: CapturesWrite
    _store: SqlIngestStore

    def ingest_with_signal(self, command: CaptureArtifactCommand) -> CaptureResult:
        """Save the capture, decide where it belongs, and move a centroid; or save nothing."""
        if self._session.is_sqlite:
            return StepwiseArtifactRepository(self._tx, self._store).ingest_with_signal(command)

        request = command.to_request(self._tx.clock.now(), self._tx.ids, self._tx)
        signal = self._call_function(request, read_ingest_settings(self._tx.config))
        return CaptureResult.of(signal, replayed=signal.id != request.id)

    def _call_function(self, request: CaptureRequest, settings: IngestSettings) -> Signal:
        """Let PostgreSQL's function take all steps in one statement, and return the signal."""
        values = {
            "request": json.dumps(_request_json(request, settings), default=instant_text),
            "vector": request.vector,
        }
        row = self._run_function(values)
        if row["id"] is None:
            self._explain_refusal(request)
        signal = signal_of(row)
        check_same_capture(signal, request.fingerprint)
        # A capture adds no change, so that a lost COMMIT must be looked up by its signal.
        self._session.commit_checks.append(partial(_is_committed, signal))
        return signal

    def _run_function(self, values: Row) -> Row:
        """Return the row of the signal; its values are NULL where the function saved nothing."""
        schema_prefix = prefix_of(self._session, self._session.schema)
        self._session.send_collected()
        try:
            return self._session.rows_at_once(ingest_statement(schema_prefix), values)[0]
        except GuardViolation as violation:
            if violation.guard in RACE_GUARDS:
                raise StoreBusy(1) from violation
            if violation.guard in RESULT_GUARDS:
                raise AlgorithmFailed(ACTIVE_VERSION) from violation
            raise
        except ValueUnstorable as error:  # such as a division by zero
            raise AlgorithmFailed(ACTIVE_VERSION) from error
        except DatabaseFault as error:
            if error.state == UNDEFINED_FUNCTION:
                raise AlgorithmNotInstalled(ACTIVE_VERSION) from error
            raise

    def _explain_refusal(self, request: CaptureRequest) -> NoReturn:
        """Raise the error for which the function saved nothing."""
        space = SqlAggregateRepository(self._session, SPACE_HEADS).get(request.space_id).entity
        space.require_owner(request.user_id).require_active()
        space.require_model(request.embedding_model, len(request.vector))
        require_active_algorithm(self._store.active_algorithm())
        # What the function objected to has changed since: the command may run again.
        raise StoreBusy(1)


def signal_of(row: Row) -> Signal:
    """Return the signal of a row."""
    return ROWS.structure(row, Signal)


def _request_json(request: CaptureRequest, settings: IngestSettings) -> dict[str, Any]:
    """Return what PostgreSQL's function reads from its JSON argument."""
    values = asdict(settings)
    values |= field_values(request)
    del values["vector"]
    values["signal_id"] = request.id
    values["actor"] = str(request.actor)
    values["engagement_level"] = request.engagement_level.rank
    values["weight"] = settings.weight(request.engagement_level)
    values["now"] = request.recorded_at
    values["captured_text"] = request.captured_at
    return values


def _is_committed(signal: Signal, session: Session) -> bool:
    """Return whether the signal was committed.

    Raises:
        StoreTimeout: A transaction that may yet commit it still locks its space.

    """
    session.first(LOCK_SPACE_NOWAIT, {"id": signal.space_id})
    values = {"user_id": signal.user_id, "capture_key": signal.capture_key}
    saved = fetch_one(session, Signal, SIGNAL_BY_KEY, values)
    return saved is not None and saved.id == signal.id
