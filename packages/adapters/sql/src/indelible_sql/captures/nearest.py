"""Approximate search on PostgreSQL.

The owner of the schema may create a vector index for a large space. The index holds the vectors of
no other space, so that no filter can leave an answer short.
"""

from functools import lru_cache
from hashlib import sha256
from typing import Final

from sqlalchemy import Text, bindparam, text
from sqlalchemy.sql.selectable import TextualSelect

from indelible_sql.captures.columns import EMBEDDING
from indelible_sql.captures.tables import ARTIFACTS
from indelible_sql.schema.columns import NUMBER

INDEX_PREFIX: Final = (
    "artifacts_near_"  # The schema's snapshot tolerates an HNSW index of this name.
)
MAX_INDEXED_DIMENSION: Final = 4_000
OVERFETCH: Final = 4  # times as many rows are fetched, then ranked by their exact distance
EF_SEARCH: Final = 400
MAX_SCANNED: Final = 100_000

# Find the space's index and prepare the transaction for it. The plan must see the space's id, or it
# cannot know that this partial index applies. A vector index is of use in memory only, where no
# page costs more than the next. All settings end with the transaction.
PREPARE_INDEX_SEARCH: Final = text("""
    SELECT
      quote_ident(n.nspname) AS extension_schema,
      concat(
        set_config('plan_cache_mode', 'force_custom_plan', true),
        set_config('random_page_cost', '1', true),
        set_config('hnsw.iterative_scan', 'strict_order', true),
        set_config('hnsw.ef_search', :ef_search, true),
        set_config('hnsw.max_scan_tuples', :max_scanned, true)
      ) AS settings
    FROM pg_index AS i
    JOIN pg_class AS c ON c.oid = i.indexrelid
    JOIN pg_opclass AS o ON o.oid = i.indclass[0]
    JOIN pg_namespace AS n ON n.oid = o.opcnamespace
    WHERE i.indexrelid = to_regclass(:index)
      AND i.indisvalid
      AND c.reltuples > CAST(:exact AS real)
""").columns(extension_schema=Text(), settings=Text())

# Write the statement that creates a space's index; the names are quoted by PostgreSQL.
CREATE_INDEX_STATEMENT: Final = text("""
    SELECT format(
      'CREATE INDEX CONCURRENTLY IF NOT EXISTS %I ON %sartifacts'
      ' USING hnsw ((%s) %s.halfvec_ip_ops) WITH (m = 16, ef_construction = 128)'
      ' WHERE space_id = %L',
      CAST(:index AS text),
      CAST(:schema_prefix AS text),
      CAST(:expression AS text),
      CAST(:extension_schema AS text),
      CAST(:space_id AS text)
    )
""")


def index_of(space_id: str) -> str:
    """Return the name of a space's index."""
    return INDEX_PREFIX + sha256(space_id.encode()).hexdigest()[:32]


def indexed_expression(vector: str, extension_schema: str, dimension: int) -> str:
    """Return the SQL that an index holds of a vector.

    A unit vector has no number too large for a half-precision float.
    """
    unit = f"{extension_schema}.l2_normalize({vector}::real[]::{extension_schema}.vector)"
    return f"{unit}::{extension_schema}.halfvec({dimension})"


@lru_cache(maxsize=100)
def index_search(schema_prefix: str, extension_schema: str, dimension: int) -> TextualSelect:
    """Return the statement that searches a space by its index, then ranks by exact distance."""
    wanted = "CAST(:vector AS real[])"
    stored_expression = indexed_expression("vector", extension_schema, dimension)
    wanted_expression = indexed_expression(wanted, extension_schema, dimension)
    types = {column.name: column.type for column in ARTIFACTS.columns}
    statement = f"""
        SELECT
          {", ".join(types)},
          {schema_prefix}vec_dist(vector, {wanted}) AS distance
        FROM (
          SELECT *
          FROM {schema_prefix}artifacts
          WHERE space_id = :space_id
          ORDER BY {stored_expression} OPERATOR({extension_schema}.<#>) {wanted_expression}
          LIMIT :fetched
        ) AS near
        ORDER BY distance, id
        LIMIT :limit
    """
    vector = bindparam("vector", type_=EMBEDDING)
    return text(statement).bindparams(vector).columns(**types, distance=NUMBER)
