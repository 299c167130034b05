"""A store with its history in hash partitions: its shape, its checks, its order and its copies."""

from collections.abc import Generator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

import psycopg
import pytest
from attrs import evolve
from tests.conftest import PARTITIONS
from tests.databases import create_database
from tests.feeds import changes, wait_for_complete_feed
from tests.sql.conftest import code, opened
from tests.sql.empty_databases import SCHEMA, EmptyDatabase, empty_on_postgresql

from indelible.kernel import Actor
from indelible.kernel.keys import list_keys
from indelible.testing.stores import RATIO, create, edit
from indelible_service.embedded import APP, PostgresServer
from indelible_sql import SqlStore, verify
from indelible_sql.contexts import CATALOG
from indelible_sql.generated_revisions import OWN, apply_later, revert_later
from indelible_sql.maintenance.export import export_histories
from indelible_sql.maintenance.import_export import import_histories
from indelible_sql.maintenance.snapshot_files import differences
from indelible_sql.schema import migrate
from indelible_sql.schema.migrate import SchemaDamaged, downgrade, migrating, newest, upgrade
from indelible_sql.schema.partitions import (
    MAX_PARTITIONS,
    MIN_PARTITIONS,
    PartitionsFixed,
    PartitionsOutOfRange,
    PartitionsUnsupported,
    complete_partitions,
    partition_names,
)

IMPORTER: Final = Actor.system("importer")
EDITS: Final = 3
CONCEPTS: Final = 12
EXTRA: Final = "CREATE TABLE indelible.extra (LIKE indelible.history_p01 INCLUDING ALL)"
BOUND: Final = f"FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER 1)"
DETACHED: Final = "ALTER TABLE indelible.history DETACH PARTITION indelible.history_p01"
# Changes of a partition that its owner can make, with a part of the fact that names each.
DAMAGES: Final[Mapping[str, tuple[Sequence[str], str]]] = {
    "a partition that is detached": ((DETACHED,), "partition history_p00 FOR VALUES"),
    "another table in the place of a partition": (
        (
            DETACHED,
            EXTRA,
            f"ALTER TABLE indelible.history ATTACH PARTITION indelible.extra {BOUND}",
        ),
        "table extra",
    ),
    "a trigger for statements that is dropped": (
        ("DROP TRIGGER history_no_update ON indelible.history_p01",),
        "partition history_p01 lacks trigger",
    ),
    "a trigger for statements that is disabled": (
        ("ALTER TABLE indelible.history_p02 DISABLE TRIGGER history_no_delete",),
        "partition history_p02 lacks trigger",
    ),
    "a trigger for rows that is disabled": (
        ("ALTER TABLE indelible.history_p02 DISABLE TRIGGER history_needs_concepts",),
        "partition history_p02 lacks trigger",
    ),
    "keys that are disabled": (
        ("ALTER TABLE indelible.history_p03 DISABLE TRIGGER ALL",),
        "partition history_p03 lacks key trigger",
    ),
    "an extra index": (
        ("CREATE INDEX more ON indelible.history_p00 (reason)",),
        'index CREATE INDEX "more"',
    ),
    "an extra column rule": (
        ("ALTER TABLE indelible.history_p00 ADD CHECK (seq < 1000)",),
        "constraint history_p00",
    ),
    "a rule": (
        ("CREATE RULE quiet AS ON INSERT TO indelible.history_p00 DO INSTEAD NOTHING",),
        "history_p00",
    ),
    "positions that are not taken": (
        ("DROP TRIGGER history_takes_position ON indelible.history",),
        "history_takes_position",
    ),
    "a partition whose positions are not taken": (
        ("ALTER TABLE indelible.history_p01 DISABLE TRIGGER history_takes_position",),
        "partition history_p01 lacks trigger",
    ),
    "positions without their key": (
        ("ALTER TABLE indelible.history_positions DROP CONSTRAINT history_feed",),
        "constraint history_positions.history_feed",
    ),
    "positions that can be deleted": (
        ("DROP TRIGGER history_positions_no_delete ON indelible.history_positions",),
        "history_positions_no_delete",
    ),
    "a sequence that caches": (
        ("ALTER SEQUENCE indelible.history_position_seq CACHE 20",),
        "sequence history_position_seq",
    ),
    "row security": (
        ("ALTER TABLE indelible.history_p00 ENABLE ROW LEVEL SECURITY",),
        "partition history_p00 lacks table",
    ),
}
GRANTS: Final = ("INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER")
STATEMENT_TRIGGER: Final = (
    "CREATE TRIGGER history_more BEFORE DELETE ON indelible.history"
    " FOR EACH STATEMENT EXECUTE FUNCTION indelible.history_no_delete()"
)
TRIGGERS: Final = """
    SELECT tgrelid::regclass::text, tgenabled::text
    FROM pg_trigger
    WHERE tgname = 'history_more'
    ORDER BY 1
"""


@pytest.fixture
def store(partitioned: PostgresServer) -> Generator[SqlStore]:
    with opened(partitioned.url) as store:
        yield store


@pytest.fixture
def empty(server: PostgresServer) -> EmptyDatabase:
    return empty_on_postgresql(server)


def run_as_admin(database: PostgresServer, *statements: str) -> None:
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        for statement in statements:
            admin.execute(statement.encode())


def partitions_of(owner_url: str) -> Sequence[str]:
    with migrating(owner_url, SCHEMA) as (connection, _):
        return partition_names(connection, SCHEMA)


def fill(store: SqlStore) -> None:
    """Create concepts, and edit them in turns, so that partitions alternate in the feed."""
    saved = [create(store, evolve(RATIO, name=f"name {number}")) for number in range(CONCEPTS)]
    for _ in range(EDITS):
        saved = [edit(store, each) for each in saved]


def exported(store: SqlStore) -> BytesIO:
    """Return an export of every change."""
    out = BytesIO()
    wait_for_complete_feed(store).read(export_histories, out)
    out.seek(0)
    return out


@pytest.mark.parametrize("number", [-1, 0, 1, MIN_PARTITIONS - 1, MAX_PARTITIONS + 1, 10**9])
def test_a_number_of_partitions_out_of_range_is_refused(empty: EmptyDatabase, number: int) -> None:
    with empty.opened() as store, pytest.raises(PartitionsOutOfRange) as refused:
        store.upgrade(empty.owner_url, history_partitions=number)

    assert refused.value.number == number
    assert empty.objects() == []


@pytest.mark.slow
@pytest.mark.parametrize("number", [MIN_PARTITIONS, MAX_PARTITIONS])
def test_a_store_has_the_number_of_partitions_that_it_was_created_with(
    empty: EmptyDatabase, number: int
) -> None:
    with empty.opened() as store:
        store.upgrade(empty.owner_url, history_partitions=number)
        create(store)

        assert differences(store) == {}
    assert len(partitions_of(empty.owner_url)) == number


def test_sqlite_has_no_partitions(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    with opened(f"sqlite:///{path}") as store, pytest.raises(PartitionsUnsupported):
        store.upgrade(history_partitions=PARTITIONS)


@pytest.mark.slow
def test_the_shape_of_a_store_is_fixed(
    partitioned: PostgresServer, database: PostgresServer
) -> None:
    with opened(partitioned.url) as store:
        store.upgrade(partitioned.owner_url)
        store.upgrade(partitioned.owner_url, history_partitions=PARTITIONS)
        with pytest.raises(PartitionsFixed) as refused:
            store.upgrade(partitioned.owner_url, history_partitions=PARTITIONS + 1)
    assert (refused.value.actual, refused.value.expected) == (PARTITIONS, PARTITIONS + 1)
    assert len(partitions_of(partitioned.owner_url)) == PARTITIONS

    with opened(database.url) as flat, pytest.raises(PartitionsFixed) as refused:
        flat.upgrade(database.owner_url, history_partitions=PARTITIONS)
    assert (refused.value.actual, refused.value.expected) == (1, PARTITIONS)
    assert partitions_of(database.owner_url) == []


@pytest.mark.slow
def test_a_partitioned_store_is_downgraded_and_upgraded(empty: EmptyDatabase) -> None:
    upgrade(empty.owner_url, SCHEMA, CATALOG, role=APP, history_partitions=PARTITIONS)
    facts = empty.facts()
    downgrade(empty.owner_url, SCHEMA, "base", CATALOG)
    assert not any("history" in name for name in empty.objects())

    upgrade(empty.owner_url, SCHEMA, CATALOG, role=APP, history_partitions=MIN_PARTITIONS)
    assert empty.facts() == facts
    assert empty.revision() == OWN


@pytest.mark.slow
def test_a_later_revision_runs_beside_a_partitioned_store(
    partitioned: PostgresServer, store: SqlStore
) -> None:
    apply_later(partitioned.owner_url)
    create(store)
    with opened(partitioned.url) as after:
        assert verify(after) == ()
        assert differences(after) == {}

    revert_later(partitioned.owner_url)
    with opened(partitioned.url) as back:
        assert differences(back) == {}


def test_a_revision_changes_triggers_for_statements_of_the_parent_alone(
    partitioned: PostgresServer,
) -> None:
    def completed(statement: str) -> list[tuple[str, str]]:
        with migrating(partitioned.owner_url, SCHEMA) as (connection, _):
            connection.exec_driver_sql(statement)
            complete_partitions(connection, SCHEMA)
            return [(row[0], row[1]) for row in connection.exec_driver_sql(TRIGGERS)]

    parent, *copies = completed(STATEMENT_TRIGGER)
    assert parent == ("indelible.history", "O")
    assert copies == [(f"indelible.history_p{number:02}", "A") for number in range(PARTITIONS)]
    dropped = "DROP TRIGGER history_more ON indelible.history"
    replaced = STATEMENT_TRIGGER.replace("BEFORE", "AFTER")
    assert len(completed(f"{dropped}; {replaced}")) == PARTITIONS + 1
    assert completed(dropped) == []


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_partition_is_found(
    damage: str, partitioned: PostgresServer, store: SqlStore
) -> None:
    statements, fact = DAMAGES[damage]
    run_as_admin(partitioned, *statements)

    assert code(store.read, list_keys) == "SCHEMA_DAMAGED"
    assert any(fact in line for line in differences(store, partitioned.owner_url))


@pytest.mark.slow
def test_a_creation_that_fails_leaves_nothing(
    empty: EmptyDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    revision, digests = newest()
    monkeypatch.setattr(migrate, "newest", lambda: (revision, dict.fromkeys(digests, "0" * 64)))

    with empty.opened() as store, pytest.raises(SchemaDamaged):
        store.upgrade(empty.owner_url, history_partitions=PARTITIONS)
    assert empty.objects() == []


@pytest.mark.slow
def test_an_upgrade_of_a_store_with_a_detached_partition_says_that_it_is_damaged(
    partitioned: PostgresServer, store: SqlStore
) -> None:
    run_as_admin(partitioned, DETACHED)

    with pytest.raises(SchemaDamaged):
        store.upgrade(partitioned.owner_url, history_partitions=PARTITIONS)
    with pytest.raises(PartitionsFixed) as refused:
        store.upgrade(partitioned.owner_url, history_partitions=PARTITIONS - 1)
    assert refused.value.actual == PARTITIONS


@pytest.mark.slow
@pytest.mark.parametrize("privilege", GRANTS)
def test_a_role_with_a_privilege_on_a_partition_is_refused(
    privilege: str, partitioned: PostgresServer, store: SqlStore
) -> None:
    run_as_admin(partitioned, f"GRANT {privilege} ON indelible.history_p01 TO {APP}")
    assert code(store.read, list_keys) == "ROLE_TOO_STRONG"

    store.upgrade(partitioned.owner_url)
    with opened(partitioned.url) as again:
        assert code(again.read, list_keys) == ""


@pytest.mark.slow
def test_feed_and_pages_follow_the_order_of_positions(store: SqlStore) -> None:
    fill(store)
    wait_for_complete_feed(store)

    seqs = [change.seq for change in changes(store)]
    assert seqs == [1] * CONCEPTS + [seq for seq in range(2, EDITS + 2) for _ in range(CONCEPTS)]
    assert verify(store) == ()


@pytest.mark.slow
def test_a_page_of_the_feed_reads_no_more_than_its_rows(
    partitioned: PostgresServer, store: SqlStore
) -> None:
    fill(store)
    query = """
        EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF)
        SELECT *
        FROM indelible.history
        WHERE position > 5 AND position <= 1000
        ORDER BY position
        LIMIT 8
    """
    with psycopg.connect(partitioned.owner_url) as owner:
        owner.execute("ANALYZE indelible.history")
        owner.execute("SET enable_sort = off")
        owner.execute("SET enable_seqscan = off")
        lines = [str(row[0]) for row in owner.execute(query.encode()).fetchall()]

    assert any("Merge Append" in line for line in lines)
    scans = [line for line in lines if "Index Scan" in line]
    assert len(scans) == PARTITIONS
    read = [float(line.partition("actual rows=")[2].split()[0]) for line in scans]
    assert 8 <= sum(read) <= 8 + PARTITIONS


@pytest.mark.slow
def test_an_export_goes_from_one_shape_to_the_other_and_back(
    store: SqlStore, postgresql: SqlStore, server: PostgresServer
) -> None:
    fill(store)
    import_histories(postgresql, exported(store), by=IMPORTER)
    back = create_database(server, "back")
    with opened(back.url) as last:
        last.upgrade(back.owner_url, history_partitions=MIN_PARTITIONS)
        import_histories(last, exported(postgresql), by=IMPORTER)

        assert verify(last) == ()
        assert {change.hash for change in changes(wait_for_complete_feed(last))} == {
            change.hash for change in changes(store)
        }
