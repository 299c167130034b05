"""The search of a space's nearest artifacts on SQLite."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from attrs import field, frozen
from sqlalchemy import bindparam, func, select, type_coerce
from sqlalchemy.types import NullType

from indelible_sql.captures.signal_position import NEWEST_SIGNAL, SIGNALS_FROM, Position
from indelible_sql.captures.sqlite_functions import vector_functions
from indelible_sql.captures.tables import ARTIFACTS
from indelible_sql.engine.session import Session
from indelible_sql.schema.expressions import in_json_list

if TYPE_CHECKING:
    from indelible_sql.captures.space_vectors import SpaceCache, SpaceVectors

StoredVector = tuple[str, bytes]  # an artifact's id, and its vector

BATCH_SIZE: Final = 2_000
MAX_NEW_SIGNALS: Final = 2_000  # after more of them, a space's vectors are read again
MAX_CANDIDATES: Final = 2_000

STORED_VECTOR: Final = type_coerce(ARTIFACTS.c.vector, NullType()).label("stored")
STORED_VECTORS_OF: Final = (
    select(ARTIFACTS.c.id, STORED_VECTOR)
    .where(ARTIFACTS.c.space_id == bindparam("space_id"))
    .where(ARTIFACTS.c.id > bindparam("after"))
    .order_by(ARTIFACTS.c.id)
    .limit(bindparam("limit"))
)
STORED_VECTORS_BY_ID: Final = (
    select(ARTIFACTS.c.id, STORED_VECTOR)
    .where(in_json_list(ARTIFACTS.c.id, "ids"))
    .order_by(ARTIFACTS.c.id)
)
ARTIFACT_COUNT: Final = select(func.count().label("artifacts")).where(
    ARTIFACTS.c.space_id == bindparam("space_id")
)


@frozen
class SqliteSearch:
    """A search in one transaction; `is_cached` says whether it uses the store's cached vectors."""

    _session: Session
    _is_cached: bool = field(alias="is_cached")

    def nearest(self, space_id: str, query: bytes, limit: int) -> list[tuple[float, str]]:
        """Return the smallest distances with the artifacts' ids, nearest first, then by id."""
        selected = self._select_candidates(space_id, query, limit)
        batches: Iterable[Sequence[StoredVector]] = (selected or (),)
        if selected is None:
            batches = stored_vectors(self._session, space_id)
        return vector_functions().nearest(query, batches, limit)

    def _select_candidates(
        self, space_id: str, query: bytes, limit: int
    ) -> list[StoredVector] | None:
        """Return the vectors that may be among the nearest; None to compare all."""
        cache_of = vector_functions().cache_of
        if cache_of is None or not self._is_cached:
            return None

        cache = cache_of(self._session.connection.engine.pool)
        return CachedSelection(self._session, cache, space_id).candidates(query, limit)


def stored_vectors(session: Session, space_id: str) -> Iterator[list[StoredVector]]:
    """Yield the vectors of the space's artifacts in batches."""
    after = ""
    while True:
        values = {"space_id": space_id, "after": after, "limit": BATCH_SIZE}
        rows = session.rows(STORED_VECTORS_OF, values)
        yield [(row["id"], row["stored"]) for row in rows]
        if len(rows) < BATCH_SIZE:
            return
        after = rows[-1]["id"]


@frozen
class CachedSelection:
    """Selects the candidates of a search by cached vectors that the transaction's view contains.

    A capture adds no change to the feed, but a signal, without which no artifact changes. So
    cached vectors are those at the position of a signal. If the view has the same signal at this
    position, it has all earlier ones too, and the vectors are brought up to date by the later
    ones. If not, such as after a rollback, in a restored file or in an older view, they are read
    again.
    """

    _session: Session
    _cache: "SpaceCache"
    _space_id: str

    def candidates(self, query: bytes, limit: int) -> list[StoredVector] | None:
        """Return the stored vectors that may be among the nearest; None if they are not known."""
        vectors = self._current_vectors(len(query))
        if vectors is None:
            return None

        ids = vectors.candidates(query, limit)
        if len(ids) > MAX_CANDIDATES:
            return None

        selected = self._stored(ids)
        if len(selected) < len(ids):  # somebody deleted artifacts in spite of the guards
            self._cache.drop(self._space_id, len(query))
            return None
        return selected

    def _current_vectors(self, vector_bytes: int) -> "SpaceVectors | None":
        """Return the space's vectors as this transaction sees them."""
        cached = self._cache.get(self._space_id, vector_bytes)
        vectors = None
        if cached is not None:
            vectors = self._continued(cached)
        if vectors is None:
            vectors = self._loaded(vector_bytes)
        if vectors is not None and vectors is not cached:
            self._cache.put(self._space_id, vectors)

        return vectors

    def _continued(self, cached: "SpaceVectors") -> "SpaceVectors | None":
        """Return cached vectors with what has changed since; None where they are of no use."""
        number = cached.position.number
        values = {"number": number, "limit": MAX_NEW_SIGNALS + 2}
        signals = self._session.rows(SIGNALS_FROM, values)
        if not signals or Position.of_row(signals[0]) != cached.position:
            return None
        if len(signals) == 1:
            return cached
        if len(signals) > MAX_NEW_SIGNALS + 1:
            return None

        changed: set[str] = set()
        for signal in signals[1:]:
            if signal["space_id"] == self._space_id:
                changed.add(signal["artifact_id"])
        return cached.updated(Position.of_row(signals[-1]), self._stored(sorted(changed)))

    def _loaded(self, vector_bytes: int) -> "SpaceVectors | None":
        """Read the vectors of the whole space; None where they are too many."""
        newest = self._session.first(NEWEST_SIGNAL, {})
        (counted,) = self._session.rows(ARTIFACT_COUNT, {"space_id": self._space_id})
        if newest is None or not self._cache.has_room(counted["artifacts"], vector_bytes):
            return None

        batches = stored_vectors(self._session, self._space_id)
        return self._cache.load(Position.of_row(newest), vector_bytes, batches)

    def _stored(self, ids: list[str]) -> list[StoredVector]:
        """Read the stored vectors of these artifacts."""
        if not ids:
            return []
        rows = self._session.rows(STORED_VECTORS_BY_ID, {"ids": ids})
        return [(row["id"], row["stored"]) for row in rows]
