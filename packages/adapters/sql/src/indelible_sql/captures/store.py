"""Captures in SQL."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, Final

from attrs import asdict, frozen
from sqlalchemy import Text, bindparam, cast, func, select, text
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.selectable import TextualSelect

from indelible.captures import CaptureArtifactCommand, CaptureResult, errors
from indelible.captures.entities import (
    AlgorithmVersion,
    Artifact,
    Centroid,
    Setting,
    Signal,
    Space,
    Subspace,
    Vector,
)
from indelible.captures.handlers import MarginService, PythonIngest, capture_values
from indelible.captures.ports import CapturesWrite
from indelible.captures.rules.formulas import CASES, VECTORS, formulas_of
from indelible.captures.rules.ingest import require_active_algorithm
from indelible.captures.rules.placing import Candidate
from indelible.captures.rules.records import check_same
from indelible.captures.rules.tuning import EXACT, IngestSettings, tuning_of
from indelible.kernel import Head, StoreBusy, instant_text
from indelible.kernel.settings import Config
from indelible_sql.captures.columns import EMBEDDING, REALS
from indelible_sql.captures.functions import BODY, name_of
from indelible_sql.captures.nearest import LOOKED_AT, MAX_SCANNED, OVER, PREPARE, by_index, index_of
from indelible_sql.captures.sqlite_functions import install
from indelible_sql.captures.tables import (
    ALGORITHMS,
    ARTIFACTS,
    CENTROIDS,
    SETTINGS,
    SIGNALS,
    SPACES,
    SUBSPACES,
)
from indelible_sql.engine.atomic_write import parameters, row, step
from indelible_sql.engine.errors import DatabaseFault, GuardViolation, ValueUnstorable
from indelible_sql.engine.session import Query, Row, Session
from indelible_sql.kernel.history import ROWS, every, one
from indelible_sql.kernel.repository import HeadMapping, SqlAggregateRepository
from indelible_sql.schema.columns import NUMBER, Domain, prefix_of
from indelible_sql.schema.tables import page_by, rows_by

AssignmentMarginService = MarginService  # the hand-off's name of it
OF_SPACES = HeadMapping(table=SPACES, entity=Space, missing=errors.SpaceNotFound)
OF_SUBSPACES = HeadMapping(table=SUBSPACES, entity=Subspace, missing=errors.SubspaceNotFound)
OF_ALGORITHMS = HeadMapping(
    table=ALGORITHMS, entity=AlgorithmVersion, missing=errors.AlgorithmNotFound
)
OF_SETTINGS = HeadMapping(table=SETTINGS, entity=Setting, missing=errors.SettingNotFound)


SPACES_OF, SUBSPACES_OF = (
    page_by(SPACES, ("user_id",), ("id",)),
    page_by(SUBSPACES, ("space_id",), ("id",)),
)
ARTIFACTS_OF = page_by(ARTIFACTS, ("space_id",), ("id",))
SIGNALS_OF = page_by(SIGNALS, ("artifact_id",), ("artifact_seq", "id"))
APPLIED_TO = page_by(SIGNALS, ("subspace_id",), ("applied_seq", "id"))
ACTIVE = select(ALGORITHMS).where(ALGORITHMS.c.status == "ACTIVE").order_by(ALGORITHMS.c.id)
KEPT_SETTINGS = select(SETTINGS.c.id, SETTINGS.c.value).order_by(SETTINGS.c.id)
SUBSPACE, CENTROID, ARTIFACT = (rows_by(table, "id") for table in (SUBSPACES, CENTROIDS, ARTIFACTS))
CENTROIDS_OF = rows_by(CENTROIDS, "space_id").order_by(CENTROIDS.c.id)
PAGE_AT, KEPT = (
    rows_by(ARTIFACTS, "space_id", "normalized_url"),
    rows_by(SIGNALS, "user_id", "capture_key"),
)
FREE_SPACE = rows_by(SPACES, "id").with_for_update(nowait=True)
NEWEST_FIRST = (SIGNALS.c.recorded_at.desc(), SIGNALS.c.id.desc())
RECENT = rows_by(SIGNALS, "space_id").order_by(*NEWEST_FIRST).limit(bindparam("limit"))
BORN = {table: row(table) for table in (ARTIFACTS, CENTROIDS)}
MOVED = {table: step(table) for table in (ARTIFACTS, CENTROIDS)}
KEEP = row(SIGNALS)
RACES: Final = (
    "signals_key",
    "artifacts_page",
    "algorithms_active",
)  # what another transaction was first to take
POISON: Final = ("embedding_check", "number_check", "distance_check", "fraction_check")
THE_ACTIVE: Final = "the active version"
UNKNOWN_FUNCTION: Final = "42883"


@lru_cache(maxsize=100)
def _sum(formulas: str, name: str, place: str) -> TextualSelect:
    """One formula as a statement; `place` is where the vectors' functions are, '' on SQLite."""
    names = {each: _given(each, place) for each in CASES[name]}
    used = formulas_of(formulas)[name].sql(names, place)
    binds = [bindparam(each, type_=_kind(each)) for each in names if f":{each}" in used]
    return text(f"SELECT {used} AS found").bindparams(*binds).columns(found=_kind(name))


def _kind(name: str) -> Domain:
    return EMBEDDING if name in VECTORS else NUMBER


def _given(name: str, place: str) -> str:
    """A parameter, whose type PostgreSQL wants to be told."""
    kind = "real[]" if name in VECTORS else "double precision"
    return f"CAST(:{name} AS {kind})" if place else f":{name}"


@lru_cache(maxsize=100)
def _near(formulas: str, place: str) -> TextualSelect:
    middle = "coalesce(c.vector, p.seed)" + ("::real[]" if place else "")
    distance = formulas_of(formulas)["distance"].sql(
        {"centroid": "part.middle", "vector": _given("vector", place)}, place
    )
    statement = (
        f"SELECT part.id, {distance} AS distance FROM (SELECT p.id, {middle} AS middle FROM {place}subspaces p"
        f" LEFT JOIN {place}centroids c ON c.id = p.id WHERE p.space_id = :space_id AND p.status = 'ACTIVE') part"
        " WHERE part.middle IS NOT NULL"
        " ORDER BY CASE WHEN part.id = :named THEN 0 ELSE 1 END, 2, part.id LIMIT 2"
    )
    return (
        text(statement)
        .bindparams(bindparam("vector", type_=EMBEDDING))
        .columns(id=Text(), distance=NUMBER)
    )


@lru_cache(maxsize=100)
def _nearest(schema: str) -> Query:
    vector, called = (
        bindparam("vector", type_=EMBEDDING),
        getattr(func, schema).vec_dist if schema else func.vec_dist,
    )
    distance = called(
        ARTIFACTS.c.vector, cast(vector, REALS) if schema else vector, type_=NUMBER
    ).label("distance")
    near = select(ARTIFACTS, distance).where(ARTIFACTS.c.space_id == bindparam("of"))
    return near.order_by(distance, ARTIFACTS.c.id).limit(bindparam("limit"))


@lru_cache(maxsize=100)
def _ingest(place: str) -> TextualSelect:
    called = (
        f"SELECT * FROM {place}ingest_with_signal(CAST(:request AS jsonb), CAST(:vector AS real[]))"
    )
    vector = bindparam("vector", type_=EMBEDDING)
    return (
        text(called)
        .bindparams(vector)
        .columns(**{each.name: each.type for each in SIGNALS.columns})
    )


@frozen
class SqlCaptures:
    """Captures, to be looked at, and on SQLite to be added to step by step."""

    _session: Session
    _config: Config | None = None  # the owner's work asks for none

    @property
    def place(self) -> str:
        """What stands before the name of a function or a table in a statement's text."""
        return prefix_of(self._session.connection, self._session.schema)

    def lock(self, space_id: str) -> Head[Space]:
        """The space, whichever its seq, locked against captures until the transaction ends; SpaceNotFound."""
        return SqlAggregateRepository(self._session, OF_SPACES).lock(space_id)

    def active(self) -> Head[AlgorithmVersion] | None:
        """The version that new captures are computed by, if there is one."""
        found = self._session.first(ACTIVE, {})
        return None if found is None else OF_ALGORITHMS.of_row(found)

    def run_self_test(
        self, algorithm: AlgorithmVersion, cases: Mapping[str, Mapping[str, Any]]
    ) -> Mapping[str, Any]:
        """What the database makes of each formula's case; AlgorithmNotInstalled or AlgorithmFailed."""
        name = self.place + name_of(algorithm.formulas)
        if not self._session.is_sqlite and not self._session.rows(BODY, {"name": name}):
            raise errors.AlgorithmNotInstalled(algorithm.id)
        return {name: self.computed(algorithm, name, given) for name, given in cases.items()}

    def stored_settings(self) -> dict[str, str]:
        """Every setting's text."""
        return {found["id"]: found["value"] for found in self._session.rows(KEPT_SETTINGS, {})}

    def spaces_of(self, user_id: str, *, after: str, limit: int) -> tuple[Head[Space], ...]:
        """The user's next `limit` spaces after an id, in order of id."""
        found = self._session.rows(SPACES_OF, {"user_id": user_id, "after": after, "limit": limit})
        return tuple(map(OF_SPACES.of_row, found))

    def subspaces_of(self, space_id: str, *, after: str, limit: int) -> tuple[Head[Subspace], ...]:
        """The space's next `limit` subspaces after an id, in order of id."""
        found = self._session.rows(
            SUBSPACES_OF, {"space_id": space_id, "after": after, "limit": limit}
        )
        return tuple(map(OF_SUBSPACES.of_row, found))

    def centroid(self, subspace_id: str) -> Centroid | None:
        """Where a subspace's captures have drawn its middle; None before the first that did."""
        return one(self._session, Centroid, CENTROID, {"id": subspace_id})

    def centroids_of(self, space_id: str) -> tuple[Centroid, ...]:
        """Every centroid of the space, in order of id."""
        return every(self._session, Centroid, CENTROIDS_OF, {"space_id": space_id})

    def artifact(self, artifact_id: str) -> Artifact:
        """The artifact, or ArtifactNotFound."""
        found = one(self._session, Artifact, ARTIFACT, {"id": artifact_id})
        if found is None:
            raise errors.ArtifactNotFound(artifact_id)
        return found

    def artifacts_of(self, space_id: str, *, after: str, limit: int) -> tuple[Artifact, ...]:
        """The space's next `limit` artifacts after an id, in order of id."""
        return every(
            self._session,
            Artifact,
            ARTIFACTS_OF,
            {"space_id": space_id, "after": after, "limit": limit},
        )

    def signals_of(self, artifact_id: str, *, after: int, limit: int) -> tuple[Signal, ...]:
        """The artifact's next `limit` signals after a seq, oldest first."""
        return every(
            self._session,
            Signal,
            SIGNALS_OF,
            {"artifact_id": artifact_id, "after": after, "limit": limit},
        )

    def applied_to(self, subspace_id: str, *, after: int, limit: int) -> tuple[Signal, ...]:
        """The next `limit` signals that drew the subspace's centroid on, after an applied seq, in their order."""
        return every(
            self._session,
            Signal,
            APPLIED_TO,
            {"subspace_id": subspace_id, "after": after, "limit": limit},
        )

    def recent(self, space_id: str, *, limit: int) -> tuple[Signal, ...]:
        """The space's last `limit` signals, newest first."""
        return every(self._session, Signal, RECENT, {"space_id": space_id, "limit": limit})

    def nearest(
        self, space_id: str, vector: Vector, *, limit: int
    ) -> tuple[tuple[Artifact, float], ...]:
        """The space's nearest artifacts and their distances, nearest first; of equals the lower id first."""
        values = {"of": space_id, "vector": vector, "limit": limit, "fetched": OVER * limit}
        found = self._computing(self._search(space_id, len(vector)), values)
        return tuple((ROWS.structure(each, Artifact), each["distance"]) for each in found)

    def _search(self, space_id: str, dimension: int) -> Executable:
        """By the space's own index, where it has one and more artifacts than are to be searched exactly."""
        if self._session.is_sqlite:
            return _nearest("")
        exact = self._config.get(EXACT) if self._config else EXACT.default
        said = {"index": self.place + index_of(space_id), "exact": exact}
        found = self._session.first(
            PREPARE, said | {"looked_at": str(LOOKED_AT), "scanned": str(MAX_SCANNED)}
        )
        return (
            by_index(self.place, found["place"], dimension)
            if found
            else _nearest(self._session.schema)
        )

    def find_signal(self, user_id: str, capture_key: str) -> Signal | None:
        """The signal that was kept under the user's key."""
        return one(self._session, Signal, KEPT, {"user_id": user_id, "capture_key": capture_key})

    def artifact_by_url(self, space_id: str, normalized_url: str) -> Artifact | None:
        """The space's artifact of an address."""
        return one(
            self._session,
            Artifact,
            PAGE_AT,
            {"space_id": space_id, "normalized_url": normalized_url},
        )

    def subspace(self, subspace_id: str | None) -> tuple[Subspace | None, Centroid | None]:
        """A subspace and its centroid."""
        found = one(self._session, Subspace, SUBSPACE, {"id": subspace_id})
        return found, None if found is None else self.centroid(found.id)

    def near(self, space_id: str, vector: Vector, named: str | None) -> Sequence[Candidate]:
        """The two nearest centroids of the space, a named one among them."""
        statement = _near(require_active_algorithm(self.active()).formulas, self.place)
        values = {"space_id": space_id, "vector": vector, "named": named}
        return [
            Candidate(each["id"], each["distance"]) for each in self._computing(statement, values)
        ]

    def computed(self, algorithm: AlgorithmVersion, name: str, given: Mapping[str, Any]) -> Any:
        """What the database makes of a formula, or AlgorithmFailed."""
        try:
            return self._computing(_sum(algorithm.formulas, name, self.place), given)[0]["found"]
        except (
            DatabaseFault,
            ValueUnstorable,
        ) as error:  # SQLite knows no kinds of what a function of ours raises
            raise errors.AlgorithmFailed(algorithm.id) from error

    def write(self, signal: Signal, artifact: Artifact, centroid: Centroid | None) -> None:
        """Move the heads, the artifact first, and add the signal that they show."""
        for table, head in ((ARTIFACTS, artifact), (CENTROIDS, centroid)):
            if head is not None:
                moving = (BORN if head.seq == 1 else MOVED)[table]
                self._session.step(moving, parameters({table: asdict(head, recurse=False)}))
        kept = asdict(signal, recurse=False) | {"warnings": list(signal.warnings)}
        self._session.step(KEEP, parameters({SIGNALS: kept}))

    def call_capture_function(self, said: Mapping[str, Any], tuning: IngestSettings) -> Signal:
        """What PostgreSQL's own function makes of the capture, in one statement; why not, where it makes nothing."""
        level = said["engagement_level"]
        request = asdict(tuning) | {
            **said,
            "signal_id": said["id"],
            "actor": str(said["actor"]),
            "engagement_level": level.rank,
            "weight": tuning.weight(level),
            "now": said["recorded_at"],
            "captured_text": said["captured_at"],
        }
        vector = request.pop("vector")
        found = self._called(
            {"request": json.dumps(request, default=instant_text), "vector": vector}
        )
        if found["id"] is None:
            self._refuse(said)
        signal = signal_of(found)
        check_same(signal, said["fingerprint"])
        self._session.looks.append(partial(_is_kept, signal))
        return signal

    def _called(self, values: Row) -> Row:
        try:
            return self._session.rows(_ingest(self.place), values)[0]
        except GuardViolation as refusal:
            if refusal.guard in RACES:
                raise StoreBusy(1) from refusal
            if refusal.guard in POISON:
                raise errors.AlgorithmFailed(THE_ACTIVE) from refusal
            raise
        except ValueUnstorable as error:  # such as a division by zero
            raise errors.AlgorithmFailed(THE_ACTIVE) from error
        except DatabaseFault as error:
            if error.state == UNKNOWN_FUNCTION:
                raise errors.AlgorithmNotInstalled(THE_ACTIVE) from error
            raise

    def _refuse(self, said: Mapping[str, Any]) -> None:
        space = (
            SqlAggregateRepository(self._session, OF_SPACES)
            .get(said["space_id"])
            .entity.require_owner(said["user_id"])
            .require_active()
        )
        space.require_model(said["embedding_model"], len(said["vector"]))
        require_active_algorithm(self.active())
        raise StoreBusy(1)  # it was so when the function looked, and is no more

    def _computing(self, statement: Any, values: Row) -> list[dict[str, Any]]:
        if self._session.is_sqlite:
            install(self._session.connection)
        return self._session.rows(statement, values)


def _is_kept(signal: Signal, session: Session) -> bool:
    """Whether the signal was committed: StoreTimeout while a transaction that may yet keep it holds its space."""
    session.first(FREE_SPACE, {"id": signal.space_id})
    found = SqlCaptures(session).find_signal(signal.user_id, signal.capture_key)
    return found is not None and found.id == signal.id


def signal_of(found: Row) -> Signal:
    """The signal that a row keeps."""
    return ROWS.structure(found, Signal)


@frozen
class SqlArtifacts:
    """The port of captures: on PostgreSQL a function does all of it, on SQLite this process does."""

    _tx: CapturesWrite
    _captures: SqlCaptures
    _is_sqlite: bool

    def ingest_with_signal(self, command: CaptureArtifactCommand) -> CaptureResult:
        """Keep the capture, decide where it belongs, and draw a centroid on; or all of nothing."""
        if self._is_sqlite:
            return PythonIngest(self._tx, self._captures).ingest_with_signal(command)
        said = capture_values(self._tx, command)
        signal = self._captures.call_capture_function(said, tuning_of(self._tx.config))
        return CaptureResult.of(signal, replayed=signal.id != said["id"])
