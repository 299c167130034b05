"""Every table has a primary key, by which replication finds a row."""

import psycopg

from indelible_service.embedded import PostgresServer

TABLES_WITHOUT_KEY = """
    SELECT relname
    FROM pg_class
    WHERE relnamespace = 'indelible'::regnamespace
      AND relkind = 'r'
      AND NOT EXISTS (SELECT 1 FROM pg_index WHERE indrelid = pg_class.oid AND indisprimary)
"""
HISTORY_KEY = """
    SELECT array_agg(attname::text ORDER BY array_position(indkey::smallint[], attnum))
    FROM pg_index
    JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
    WHERE indrelid = 'indelible.history'::regclass AND indisprimary
"""


def test_every_table_has_a_primary_key_on_postgresql(database: PostgresServer) -> None:
    with psycopg.connect(database.url) as connection:
        assert connection.execute(TABLES_WITHOUT_KEY).fetchall() == []
        assert connection.execute(HISTORY_KEY).fetchone() == (["lifecycle", "entity_id", "seq"],)
