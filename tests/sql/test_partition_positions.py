"""The positions of a partitioned history: each is given once, and none behind the feed's end."""

from collections.abc import Generator

import psycopg
import pytest
from attrs import evolve
from tests.conftest import POLICY
from tests.examples.tickets import tickets
from tests.feeds import changes
from tests.sql.conftest import code, opened
from tests.sql.faults import as_admin

from indelible.kernel.keys import list_keys
from indelible.testing.stores import RATIO, create
from indelible_service.embedded import APP, OWNER, PostgresServer
from indelible_sql import Fault, SqlStore, open_store, verify
from indelible_sql.engine.errors import GuardViolation
from indelible_sql.maintenance.snapshot_files import differences

CONCEPTS = 6
# Positions that a host's trigger sets after one was drawn.
CHANGED = ("1", "NEW.position - 1", "NEW.position - 1000", "NEW.position + 1")
CHANGE_POSITION = """
    CREATE FUNCTION indelible.zz() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      NEW.position := {position};
      RETURN NEW;
    END $$;
    CREATE TRIGGER history_zz BEFORE INSERT ON indelible.history
    FOR EACH ROW EXECUTE FUNCTION indelible.zz()
"""
# What an owner does without guards, and what `verify` says about it.
TAMPERS = {
    "a position that is not taken": (
        """
        ALTER TABLE indelible.history_positions DISABLE TRIGGER USER;
        DELETE FROM indelible.history_positions WHERE position = 2;
        ALTER TABLE indelible.history_positions ENABLE ALWAYS TRIGGER history_positions_no_insert,
          ENABLE ALWAYS TRIGGER history_positions_no_update,
          ENABLE ALWAYS TRIGGER history_positions_no_delete,
          ENABLE ALWAYS TRIGGER history_positions_no_truncate;
        """,
        "its position is not in history_positions",
        1,
    ),
    "a position of two changes": (
        """
        ALTER TABLE indelible.history DISABLE TRIGGER history_no_update;
        UPDATE indelible.history SET position = 3 WHERE position = 2;
        ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_no_update;
        """,
        "another change has its position",
        2,
    ),
}
# A change of another aggregate; the guard of positions is the first that it breaks.
COPY_CHANGE = """
    INSERT INTO indelible.history (
      lifecycle, entity_id, seq, action, to_state, adds_version, version, actor, reason,
      at, data, hash
    )
    SELECT lifecycle, 'new', 1, action, to_state, adds_version, version, actor, reason,
      at, data, hash
    FROM indelible.history
    WHERE seq = 1
    LIMIT 1
"""
DISABLED = "ALTER TABLE indelible.history_p02 DISABLE TRIGGER history_needs_tickets"
OTHER_TABLE = """
    CREATE TABLE indelible.orders (id bigint) PARTITION BY HASH (id);
    CREATE TABLE indelible.orders_1 PARTITION OF indelible.orders
    FOR VALUES WITH (MODULUS 1, REMAINDER 0)
"""
OF_THE_SEQUENCE = "SELECT has_sequence_privilege(%s, 'indelible.history_position_seq', %s)"
OF_THE_FUNCTION = "SELECT has_function_privilege(%s, %s, 'EXECUTE')"


@pytest.fixture
def store(partitioned: PostgresServer) -> Generator[SqlStore]:
    with opened(partitioned.url) as store:
        yield store


def fill(store: SqlStore) -> None:
    for number in range(CONCEPTS):
        create(store, evolve(RATIO, name=f"name {number}"))


@pytest.mark.slow
def test_a_sequence_that_is_set_back_gives_no_position_twice(
    partitioned: PostgresServer, store: SqlStore
) -> None:
    fill(store)
    with as_admin(partitioned) as admin:
        admin.execute("SELECT setval('indelible.history_position_seq', 3)")

    for _ in range(CONCEPTS - 3):
        with pytest.raises(GuardViolation) as refused:
            create(store)
        assert (refused.value.guard, refused.value.state) == ("history_feed", "23505")
    create(store)
    assert verify(store) == ()
    assert len(changes(store)) == CONCEPTS + 1


@pytest.mark.parametrize("position", CHANGED)
def test_a_trigger_that_changes_a_position_is_refused(
    position: str, partitioned: PostgresServer, store: SqlStore
) -> None:
    fill(store)
    with as_admin(partitioned) as admin:
        admin.execute(CHANGE_POSITION.format(position=position).encode())

    with pytest.raises(GuardViolation) as refused:
        create(store)
    assert refused.value.guard == "history_no_position"


@pytest.mark.slow
def test_a_position_of_a_cache_is_not_committed_behind_the_end_of_the_feed(
    partitioned: PostgresServer, store: SqlStore
) -> None:
    fill(store)
    with as_admin(partitioned) as admin:
        admin.execute("ALTER SEQUENCE indelible.history_position_seq CACHE 20")
    with opened(partitioned.url) as first:
        assert code(first.read, list_keys) == "SCHEMA_DAMAGED"
    with (
        psycopg.connect(partitioned.owner_url) as one,
        psycopg.connect(partitioned.owner_url) as two,
    ):
        for session in (one, two):
            session.execute("SELECT nextval('indelible.history_position_seq')")
        with pytest.raises(psycopg.errors.CheckViolation) as refused:
            one.execute(COPY_CHANGE)
    assert refused.value.diag.constraint_name == "history_no_position"


@pytest.mark.slow
@pytest.mark.parametrize("tamper", TAMPERS)
def test_positions_that_an_owner_changed_are_findings(
    tamper: str, partitioned: PostgresServer, store: SqlStore
) -> None:
    statements, detail, count = TAMPERS[tamper]
    fill(store)
    with as_admin(partitioned) as admin:
        admin.execute(statements.encode())

    details = [finding.detail for finding in verify(store) if finding.fault is Fault.POSITION]
    assert details.count(detail) == count


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["database", "partitioned"])
def test_a_role_with_the_sequence_is_refused(shape: str, request: pytest.FixtureRequest) -> None:
    database: PostgresServer = request.getfixturevalue(shape)
    for privilege in ("USAGE", "UPDATE"):
        with as_admin(database) as admin:
            grant = f"GRANT {privilege} ON SEQUENCE indelible.history_position_seq TO {APP}"
            admin.execute(grant.encode())
        with opened(database.url) as store:
            assert code(store.read, list_keys) == "ROLE_TOO_STRONG"
            store.upgrade(database.owner_url)
        with as_admin(database) as admin:
            assert admin.execute(OF_THE_SEQUENCE, (APP, privilege)).fetchone() == (False,)


@pytest.mark.parametrize("function", ["history_no_position", "history_takes_position"])
def test_nobody_else_may_run_the_functions_of_the_owner(
    function: str, partitioned: PostgresServer
) -> None:
    with as_admin(partitioned) as admin:
        row = admin.execute(OF_THE_FUNCTION, (APP, f"indelible.{function}()")).fetchone()
    assert row == (False,)


@pytest.mark.slow
def test_a_partitioned_table_of_the_host_in_the_schema_is_not_history(
    partitioned: PostgresServer, store: SqlStore
) -> None:
    with as_admin(partitioned) as admin:
        admin.execute(OTHER_TABLE.encode())
        admin.execute(f"GRANT INSERT ON indelible.orders_1 TO {APP}".encode())

    create(store)
    assert differences(store) == {}


@pytest.mark.slow
def test_a_guard_of_a_host_that_is_disabled_on_a_partition_is_found(
    partitioned: PostgresServer,
) -> None:
    with as_admin(partitioned) as admin:  # PostgreSQL 14 does not let an owner do it
        admin.execute(f"GRANT CREATE ON SCHEMA public TO {OWNER}".encode())
    store = open_store(partitioned.url, contexts=(tickets,), policy=POLICY)
    store.upgrade(partitioned.owner_url)
    assert differences(store) == {}
    with as_admin(partitioned) as admin:
        admin.execute(DISABLED)

    guard = "history_needs_tickets"
    assert differences(store) == {f"guard {guard} of table history": "missing"}
    details = [finding.detail for finding in verify(store)]
    assert details == [f"guard {guard} is missing or disabled"]
    store.dispose()
