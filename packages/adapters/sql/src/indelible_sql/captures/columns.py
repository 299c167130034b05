"""The column types of captures: levels, distances and vectors."""

from typing import Any

from sqlalchemy import ARRAY, REAL, BigInteger

from indelible.captures.entities.values import EngagementLevel
from indelible.captures.entities.vectors import Vector, as_float32
from indelible_sql.schema.columns import Domain, float_domain

_LEVELS = tuple(EngagementLevel)
_REAL: Any = REAL
REALS: Any = ARRAY(_REAL())


def _rank(level: EngagementLevel) -> int:
    return level.rank


LEVEL = Domain(
    "engagement_level",
    BigInteger(),
    rule="{0} BETWEEN 0 AND 3",
    dump=_rank,
    load=_LEVELS.__getitem__,
    dump_native=_rank,
    load_native=_LEVELS.__getitem__,
    from_json=EngagementLevel,
)
DEPTH = float_domain("reading_depth", "{0} BETWEEN 0 AND 1.5")
# Distances of vectors of 32-bit floats, which are inexact.
DISTANCE = float_domain("distance", "{0} BETWEEN -0.001 AND 2.001")
EMBEDDING = Domain(
    "embedding",
    REALS,
    # A NULL, NaN or infinity in one row would reach every distance; a zero vector has no direction.
    rule=(
        "array_ndims({0}) = 1 AND array_position({0}, NULL) IS NULL AND 0 <> ANY ({0})"
        " AND NOT 'NaN' = ANY ({0}) AND NOT 'Infinity' = ANY ({0}) AND NOT '-Infinity' = ANY ({0})"
    ),
    sqlite_rule=(
        "length({0}) BETWEEN 4 AND 16384 AND length({0}) % 4 = 0 AND {0} <> zeroblob(length({0}))"
    ),
    dump=Vector.packed,
    load=Vector.unpacked,
    dump_native=list,
    load_native=as_float32,
    from_json=Vector.parse,
)
DOMAINS = (LEVEL, DEPTH, DISTANCE, EMBEDDING)
