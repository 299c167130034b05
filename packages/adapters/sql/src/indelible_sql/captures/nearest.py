"""Nearest artifacts by approximation: on PostgreSQL a large space may have an index of its own, made by the owner.

It holds the vectors of no other space, so that no filter can leave an answer short.
"""

from functools import lru_cache
from hashlib import sha256
from typing import Final

from sqlalchemy import Text, bindparam, text
from sqlalchemy.sql.selectable import TextualSelect

from indelible_sql.captures.columns import EMBEDDING
from indelible_sql.captures.tables import ARTIFACTS
from indelible_sql.schema.columns import NUMBER

INDEX: Final = (
    "artifacts_near_"  # each begins so, which the snapshot of the schema tolerates of an HNSW alone
)
MAX_INDEXED: Final = 4_000  # dimensions
OVER: Final = 4  # times as many are fetched as are wanted, to be ranked by their exact distance
LOOKED_AT, MAX_SCANNED = 400, 100_000  # at a time, and in all
# The plan must see the space's id, or it cannot know that this index is about it; and an index of vectors is of use in
# memory alone, where no page is dearer than the next. All of it ends with the transaction.
PREPARE: Final = text(
    "SELECT quote_ident(n.nspname) AS place, concat(set_config('plan_cache_mode', 'force_custom_plan', true),"
    " set_config('random_page_cost', '1', true),"
    " set_config('hnsw.iterative_scan', 'strict_order', true), set_config('hnsw.ef_search', :looked_at, true),"
    " set_config('hnsw.max_scan_tuples', :scanned, true)) AS settings"
    " FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_opclass o ON o.oid = i.indclass[0]"
    " JOIN pg_namespace n ON n.oid = o.opcnamespace"
    " WHERE i.indexrelid = to_regclass(:index) AND i.indisvalid AND c.reltuples > CAST(:exact AS real)"
).columns(place=Text(), settings=Text())
MAKE: Final = text(
    "SELECT format('CREATE INDEX CONCURRENTLY IF NOT EXISTS %I ON %sartifacts USING hnsw ((%s) %s.halfvec_ip_ops)"
    " WITH (m = 16, ef_construction = 128) WHERE space_id = %L', CAST(:index AS text), CAST(:place AS text),"
    " CAST(:direction AS text), CAST(:extension AS text), CAST(:of AS text))"
)


def index_of(space_id: str) -> str:
    """The name of a space's own index."""
    return INDEX + sha256(space_id.encode()).hexdigest()[:32]


def direction(of: str, extension: str, dimension: int) -> str:
    """What an index holds of a vector; unit vectors have no number that is too large for half the bytes."""
    return f"{extension}.l2_normalize({of}::real[]::{extension}.vector)::{extension}.halfvec({dimension})"


@lru_cache(maxsize=100)
def by_index(place: str, extension: str, dimension: int) -> TextualSelect:
    """The artifacts that the index finds, by their exact distance; of equals the lower id first."""
    wanted = "CAST(:vector AS real[])"
    near, there = (direction(each, extension, dimension) for each in ("vector", wanted))
    kinds = {each.name: each.type for each in ARTIFACTS.columns}
    found = (
        f"SELECT {', '.join(kinds)}, {place}vec_dist(vector, {wanted}) AS distance FROM (SELECT * FROM {place}artifacts"
        f" WHERE space_id = :of ORDER BY {near} OPERATOR({extension}.<#>) {there} LIMIT :fetched) AS near"
        " ORDER BY distance, id LIMIT :limit"
    )
    return (
        text(found)
        .bindparams(bindparam("vector", type_=EMBEDDING))
        .columns(**kinds, distance=NUMBER)
    )
