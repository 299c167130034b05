"""Test that statements stay prepared on PostgreSQL, whatever a transaction ends with."""

from sqlalchemy import text
from tests.conftest import POLICY

from indelible import concepts
from indelible.testing.stores import create
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlReading, open_store
from indelible_sql.engine.connections import Pool

PREPARED = text(
    "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%concept_versions%'"
)
READS = 3


def prepared_statements(tx: SqlReading) -> int:
    return int(tx.connection.scalar(PREPARED) or 0)


def test_a_repeated_read_is_prepared_on_the_server(database: PostgresServer) -> None:
    store = open_store(database.url, policy=POLICY, pool=Pool(size=1, overflow=0))
    concept_id = create(store).concept.id

    for _ in range(READS):
        store.read(concepts.get_concept, concept_id)

    assert store.read(prepared_statements) > 0
    store.dispose()
