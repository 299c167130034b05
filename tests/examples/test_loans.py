"""A host's own lifecycle: it runs on both databases, and both refuse what it does not declare."""

import sqlite3
from collections.abc import Generator
from datetime import date, timedelta

import pytest
from attrs import evolve
from sqlalchemy import Executable, MetaData, Table, create_engine, delete, insert, update
from sqlalchemy.event import listen
from sqlalchemy.exc import DBAPIError
from tests.conftest import POLICY
from tests.examples.conftest import HostDatabase
from tests.examples.loans import LOAN, LOANS, Loan, LoanStatus, lend, migrate, move

from indelible.kernel import Actor, InvalidTransition, Stale, UsageError, verify_chain
from indelible_sql import (
    Fault,
    SqlStore,
    declare_lifecycle,
    guard_head,
    head_columns,
    open_store,
    rebuild,
    unchecked_lifecycles,
    verify,
    withdraw_lifecycle,
)
from indelible_sql.schema.admission import LifecycleDiffers
from indelible_sql.schema.guards import head_guards
from indelible_sql.schema.hosts import EdgeInUse
from indelible_sql.schema.tables import EDGES

MAYA = Actor.user("maya")
ADDED_BY_HAND = {
    "lifecycle": "loan",
    "from_state": "LENT",
    "action": "lose",
    "to_state": "LENT",
    "adds_version": 0,
}
DUE = date(2999, 1, 1)


@pytest.fixture
def urls(host: HostDatabase) -> tuple[str, str]:
    """Return the URLs of a database with loans, for the application and for its owner."""
    host.migrate(migrate, "loans")
    return host.url, host.owner_url


@pytest.fixture
def store(urls: tuple[str, str]) -> Generator[SqlStore]:
    opened = open_store(urls[0], lifecycles=(LOAN,), policy=POLICY)
    yield opened
    opened.dispose()


def lent(store: SqlStore) -> Loan:
    return store.run(
        lend, ("Ratio and Proportion", DUE), actor=MAYA, reason="a reader asked for it"
    )


def moved(store: SqlStore, loan: Loan, action: str, seq: int) -> Loan:
    command = (loan.id, seq, action, DUE + timedelta(days=14))
    return store.run(move, command, actor=MAYA, reason="at the desk")


@pytest.mark.slow
def test_a_loan_is_lent_renewed_and_returned(urls: tuple[str, str], store: SqlStore) -> None:
    loan = lent(store)
    moved(store, loan, "renew", 1)
    returned = moved(store, loan, "return", 2)
    changes = store.read(lambda tx: tx.history.of(LOAN.name, loan.id))

    assert returned.status is LoanStatus.RETURNED
    assert verify_chain(LOAN, changes).seq == 3
    assert verify(store, heads={LOANS: LOAN}) == ()
    assert {each.changed for each in rebuild(store, urls[1], heads={LOANS: LOAN})} == {()}


def test_what_the_lifecycle_does_not_declare_is_refused(store: SqlStore) -> None:
    loan = lent(store)
    moved(store, loan, "return", 1)

    with pytest.raises(InvalidTransition):
        moved(store, loan, "renew", 2)
    with pytest.raises(Stale):
        moved(store, loan, "renew", 1)


def test_a_store_refuses_a_database_that_lacks_a_declared_edge(urls: tuple[str, str]) -> None:
    lend_again = LOAN.edges[0]._replace(action="lend again")
    longer = evolve(LOAN, edges=(*LOAN.edges, lend_again))
    store = open_store(urls[0], lifecycles=(longer,))
    with pytest.raises(LifecycleDiffers):
        store.feed()
    store.dispose()


def switch_keys_on(connection: sqlite3.Connection, _: object) -> None:
    connection.execute("PRAGMA foreign_keys = ON")


def is_refused(url: str, *statements: Executable) -> bool:
    translate = {"indelible": None} if url.startswith("sqlite") else {}
    engine = create_engine(url, execution_options={"schema_translate_map": translate})
    if url.startswith("sqlite"):
        listen(engine, "connect", switch_keys_on)
    try:
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(statement)
    except DBAPIError:
        return True
    finally:
        engine.dispose()
    return False


def test_an_illegal_raw_write_is_refused(urls: tuple[str, str], store: SqlStore) -> None:
    lent(store)
    writes = (
        update(LOANS).values(due=DUE + timedelta(days=1)),
        update(LOANS).values(status="RETURNED"),
        delete(LOANS),
    )
    for url in urls:
        assert [is_refused(url, write) for write in writes] == [True] * len(writes)
    assert verify(store, heads={LOANS: LOAN}) == ()


@pytest.mark.slow
def test_an_edge_that_history_took_is_withdrawn_no_more(
    urls: tuple[str, str], store: SqlStore
) -> None:
    lent(store)
    engine = create_engine(urls[1])
    unused = type(LOAN)(name="loan", edges=LOAN.edges[1:])
    with engine.begin() as connection:
        withdraw_lifecycle(connection, unused)
        with pytest.raises(EdgeInUse):
            withdraw_lifecycle(connection, LOAN)
        declare_lifecycle(connection, LOAN)
    engine.dispose()

    assert verify(store, heads={LOANS: LOAN}) == ()


@pytest.mark.slow
def test_a_table_that_nobody_passes_is_a_finding(urls: tuple[str, str], store: SqlStore) -> None:
    lent(store)
    remove_guards_and_change_rows(urls[1])

    (unchecked,) = verify(store)
    findings = verify(store, heads={LOANS: LOAN})

    assert unchecked.fault is Fault.LIFECYCLE_NOT_CHECKED
    assert "lifecycle loan" in unchecked.detail
    assert "heads=" in unchecked.detail
    assert unchecked_lifecycles(store) == ("loan",)
    assert unchecked_lifecycles(store, {LOANS: LOAN}) == ()
    assert [each.detail for each in findings if each.fault is Fault.HEAD]
    missing = {each.detail for each in findings if each.fault is Fault.SCHEMA}
    assert "guard loans_one_step is missing or disabled" in missing
    assert "guard loans_no_delete is missing or disabled" in missing


def test_a_dropped_table_of_a_host_is_a_finding(urls: tuple[str, str], store: SqlStore) -> None:
    engine = create_engine(urls[1])
    with engine.begin() as connection:
        LOANS.drop(connection)
    engine.dispose()

    findings = verify(store, heads={LOANS: LOAN})

    assert {each.fault for each in findings} == {Fault.SCHEMA}
    assert any("loans" in each.detail and "not read" in each.detail for each in findings)


def remove_guards_and_change_rows(owner_url: str) -> None:
    engine = create_engine(owner_url)
    with engine.begin() as connection:
        for guard in head_guards(LOANS, LOAN, engine.dialect.name):
            if guard.table is not LOANS:
                continue
            of_table = "" if engine.dialect.name == "sqlite" else " ON loans"
            connection.exec_driver_sql(f"DROP TRIGGER {guard.name}{of_table}")
        connection.exec_driver_sql("UPDATE loans SET book = 'Another'")
    engine.dispose()


def test_a_declaration_that_fails_leaves_the_edges_closed_whatever_its_host_does_then(
    urls: tuple[str, str],
) -> None:
    engine = create_engine(urls[1])
    other = type(LOAN)(
        name="loan", edges=(LOAN.edges[0]._replace(to_state=LoanStatus.RETURNED), *LOAN.edges[1:])
    )
    for end in ("rollback", "commit"):
        with engine.connect() as connection:
            with pytest.raises(DBAPIError):
                declare_lifecycle(connection, other)
            getattr(connection, end)()
        assert is_refused(urls[1], insert(EDGES).values(ADDED_BY_HAND)), end
    engine.dispose()


def test_nothing_is_asked_of_an_owner_where_there_is_nothing_to_withdraw(
    urls: tuple[str, str],
) -> None:
    engine = create_engine(urls[0])
    with engine.begin() as connection:
        withdraw_lifecycle(connection, type(LOAN)(name="visit", edges=LOAN.edges))
    engine.dispose()


def test_a_head_with_rowids_is_not_guarded(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url)
    with engine.begin() as connection, pytest.raises(UsageError):
        guard_head(connection, Table("rows", MetaData(), *head_columns(LOAN)), LOAN)
    engine.dispose()
