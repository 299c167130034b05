"""The vectors of a space's artifacts in memory, by numpy, which select the candidates of a search.

A cached vector only selects candidates. Their distances are computed from the rows that the
transaction reads.
"""

from collections.abc import Iterable, Sequence
from threading import Lock
from typing import Final, Self, cast
from weakref import WeakKeyDictionary

import numpy as np
from attrs import define, evolve, field, frozen
from numpy.typing import NDArray
from sqlalchemy import Pool

from indelible_sql.captures.numpy_vectors import STORED
from indelible_sql.captures.python_vectors import Batch
from indelible_sql.captures.signal_position import Position

MAX_SPACE_VECTORS_BYTES: Final = 128 * 1024 * 1024  # of all spaces of a store, in one process
MAX_BLOCK_ROWS: Final = 2_000
ID_BYTES: Final = 150  # an id, its row number and its entry in a dict
FLOAT32_ERROR: Final = 2.0**-23  # of each number and of each sum, relative to vectors of length 1

Singles = NDArray[np.float32]
SpaceKey = tuple[str, int]  # the id of a space, and the bytes of a vector


@frozen(eq=False)
class Block:
    """Some vectors of a space, scaled to length 1; `rows` maps an artifact's id to its row.

    The row of an artifact without a usable vector is NaN, which is near nothing.
    """

    rows: dict[str, int]
    units: Singles

    @classmethod
    def of(cls, batch: Sequence[tuple[str, bytes]], width: int) -> Self:
        """Return the block of these artifacts."""
        rows = {artifact_id: row for row, (artifact_id, _) in enumerate(batch)}
        usable = b"".join([_sized(data, width) for _, data in batch])
        return cls(rows, _units(usable, width))

    def replaced(self, vectors: dict[str, bytes], width: int) -> Self:
        """Return the block with other vectors for these artifacts, which it contains."""
        units = self.units.copy()
        for artifact_id, data in vectors.items():
            units[self.rows[artifact_id]] = _units(_sized(data, width), width)[0]

        return evolve(self, units=units)

    def extended(self, other: "Block") -> Self:
        """Return the block with the rows of another one behind its own."""
        rows = dict(self.rows)
        for artifact_id, row in other.rows.items():
            rows[artifact_id] = len(self.rows) + row

        return evolve(self, rows=rows, units=np.concatenate([self.units, other.units]))

    @property
    def size(self) -> int:
        """Return the bytes that the block takes."""
        return self.units.nbytes + ID_BYTES * len(self.rows)


@frozen(eq=False)
class SpaceVectors:
    """The vectors of a space's artifacts, as the signal at `position` left them."""

    position: Position
    vector_bytes: int
    blocks: tuple[Block, ...] = ()

    @property
    def size(self) -> int:
        """Return the bytes that the vectors take."""
        return sum(block.size for block in self.blocks)

    def updated(self, position: Position, batch: Batch) -> Self:
        """Return the vectors at a later position; the batch has the changed artifacts."""
        new = dict(batch)
        blocks: list[Block] = []
        for block in self.blocks:
            changed = {id_: new.pop(id_) for id_ in new.keys() & block.rows.keys()}
            if changed:
                block = block.replaced(changed, self.vector_bytes)  # noqa: PLW2901 - the newer one
            blocks.append(block)

        if new:
            added = Block.of(list(new.items()), self.vector_bytes)
            if blocks and len(blocks[-1].rows) + len(added.rows) <= MAX_BLOCK_ROWS:
                added = blocks.pop().extended(added)
            blocks.append(added)

        return evolve(self, position=position, blocks=tuple(blocks))

    def candidates(self, query: bytes, limit: int) -> list[str]:
        """Return the ids of all artifacts that may be among the nearest, in no order."""
        (unit,) = _units(query, self.vector_bytes)
        ids: list[str] = []
        distances: list[Singles] = []
        for block in self.blocks:
            distances.append(1 - block.units @ unit)
            ids.extend(block.rows)
        if not ids:
            return []

        together = np.concatenate(distances)
        together[np.isnan(together)] = np.inf
        reach = np.inf
        if len(ids) > limit:
            slack = 2 * FLOAT32_ERROR * (len(unit) + 8)  # of the candidate, and of the last one
            reach = float(np.partition(together, limit - 1)[limit - 1]) + slack
        selected = np.flatnonzero((together <= reach) & (together < np.inf))
        return [ids[index] for index in selected.tolist()]


def _sized(data: bytes, vector_bytes: int) -> bytes:
    """Return the vector, or zeros instead of one of another width."""
    return data if len(data) == vector_bytes else bytes(vector_bytes)


def _units(data: bytes, vector_bytes: int) -> Singles:
    """Return the vectors scaled to length 1; NaN for one without a direction."""
    width = vector_bytes // STORED.itemsize
    values = np.frombuffer(data, STORED).reshape(-1, width).astype(np.float64)
    lengths = np.sqrt(np.einsum("ij,ij->i", values, values))
    with np.errstate(invalid="ignore"):
        units = values / lengths[:, np.newaxis]
    return cast("Singles", units.astype(np.float32))


@define(eq=False)
class SpaceCache:
    """The vectors of a store's spaces; the space that was not used for longest goes first."""

    _spaces: dict[SpaceKey, SpaceVectors] = field(
        factory=dict[SpaceKey, SpaceVectors], init=False, repr=False
    )
    _lock: Lock = field(factory=Lock, init=False, repr=False)

    @staticmethod
    def has_room(artifacts: int, vector_bytes: int) -> bool:
        """Return whether the vectors of so many artifacts are not too large."""
        return artifacts * (vector_bytes + ID_BYTES) <= MAX_SPACE_VECTORS_BYTES

    @staticmethod
    def load(
        position: Position, vector_bytes: int, batches: Iterable[Sequence[tuple[str, bytes]]]
    ) -> SpaceVectors:
        """Return the vectors of a whole space, which the batches contain."""
        blocks = [Block.of(batch, vector_bytes) for batch in batches if batch]
        return SpaceVectors(position, vector_bytes, tuple(blocks))

    def get(self, space_id: str, vector_bytes: int) -> SpaceVectors | None:
        """Return the space's vectors, or None."""
        key = (space_id, vector_bytes)
        with self._lock:
            vectors = self._spaces.pop(key, None)
            if vectors is not None:
                self._spaces[key] = vectors  # the last one is the last used
        return vectors

    def put(self, space_id: str, vectors: SpaceVectors) -> None:
        """Replace the space's vectors, unless they are too large."""
        key = (space_id, vectors.vector_bytes)
        with self._lock:
            self._spaces.pop(key, None)
            if vectors.size > MAX_SPACE_VECTORS_BYTES:
                return

            self._spaces[key] = vectors
            while self._total() > MAX_SPACE_VECTORS_BYTES:
                del self._spaces[next(iter(self._spaces))]

    def drop(self, space_id: str, vector_bytes: int) -> None:
        """Forget the space's vectors."""
        with self._lock:
            self._spaces.pop((space_id, vector_bytes), None)

    def _total(self) -> int:
        return sum(vectors.size for vectors in self._spaces.values())


_caches: WeakKeyDictionary[Pool, SpaceCache] = WeakKeyDictionary()
_caches_lock: Final = Lock()


def cache_of(pool: Pool) -> SpaceCache:
    """Return the cache of the store whose connections the pool holds."""
    with _caches_lock:
        return _caches.setdefault(pool, SpaceCache())
