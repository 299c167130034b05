"""Test that a query declared as a single statement sends one, without a transaction around it."""

import importlib
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import suppress
from inspect import getmembers, isfunction
from pkgutil import walk_packages
from typing import Final

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.sql.statements import Trace, on_postgresql, on_sqlite

import indelible
from indelible import captures, concepts, contests, money, projects, tokens
from indelible.app import AppContext
from indelible.concepts import ConceptFilter
from indelible.kernel import (
    IndelibleError,
    SystemClock,
    UsageError,
    contract_versions,
    keys,
    rejections,
    retention,
    runbooks,
    silence,
    subscribers,
    webhooks,
)
from indelible.kernel.keys import CreateKey, create_key
from indelible.kernel.transaction import is_single_statement, single_statement
from indelible.money.queries import transfers
from indelible.money.tasks import processing
from indelible.testing.stores import MAYA, create, edit
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlReading
from indelible_web import create_app
from indelible_web.settings import WebSettings

PREPARING_CALLS: Final = 3
# The arguments of each declared query; an id that nothing has is read by the same statement.
ARGUMENTS: Final[Mapping[Callable[..., object], Mapping[str, object]]] = {
    contract_versions.list_contract_versions: {},
    rejections.list_rejections: {},
    runbooks.get_execution: {"execution_id": "none"},
    runbooks.list_executions: {},
    runbooks.list_steps: {"execution_id": "none"},
    silence.silent_subjects: {"now": SystemClock().now()},
    silence.subject_states: {},
    silence.undeclared: {"subjects": ()},
    subscribers.get_subscriber: {"name": "none"},
    webhooks.list_webhook_rejections: {},
    captures.list_settings: {},
    captures.get_artifact: {"user_id": MAYA.id, "artifact_id": "none"},
    captures.get_space: {"user_id": MAYA.id, "space_id": "none"},
    captures.list_algorithms: {},
    captures.list_spaces: {"user_id": MAYA.id},
    concepts.get_concept: {"concept_id": "none"},
    concepts.list_concepts: {"wanted": ConceptFilter()},
    concepts.whole_graph: {},
    contests.entries_of_user: {"contest_id": "none", "user_id": MAYA.id},
    contests.get_contest: {"contest_id": "none"},
    keys.authenticate_key: {"text": "ind_none_none", "now": SystemClock().now()},
    keys.get_key: {"key_id": "none"},
    keys.list_keys: {},
    money.charge_of_item: {"item": "none"},
    money.get_account: {"account_id": "none"},
    money.get_charge: {"charge_id": "none"},
    money.list_account_lines: {"account_id": "none"},
    money.list_postings: {"movement_id": "none"},
    money.owed_lines: {},
    money.statement: {"party": MAYA.id},
    processing.read_body: {"digest": "none"},
    processing.read_event: {"event_id": "none"},
    projects.get_project: {"user_id": MAYA.id, "project_id": "none"},
    projects.list_projects: {"user_id": MAYA.id},
    transfers.owed_without_transfer: {},
    transfers.sums_without_transfer: {},
    retention.deleted_rows: {},
    tokens.get_author: {"wallet_address": "0x" + "0" * 40},
    tokens.get_token: {"token_id": 1},
    tokens.leaderboard: {},
    tokens.list_tokens: {},
}


@pytest.fixture
def postgresql_trace(database: PostgresServer) -> Generator[Trace]:
    with on_postgresql(database, prepare=True) as trace:
        trace.store.feed()  # opens the connection and checks the database
        yield trace


@pytest.fixture
def sqlite_trace(sqlite_url: str) -> Generator[Trace]:
    with on_sqlite(sqlite_url) as trace:
        trace.store.feed()
        yield trace


@pytest.fixture(params=[pytest.param("postgresql_trace", marks=pytest.mark.slow), "sqlite_trace"])
def trace(request: pytest.FixtureRequest) -> Trace:
    trace: Trace = request.getfixturevalue(request.param)
    return trace


def declared_queries() -> Iterator[Callable[..., object]]:
    """Yield the functions of the library, without its suites, that are declared so."""
    for module in walk_packages(indelible.__path__, "indelible."):
        if module.name.startswith("indelible.testing"):
            continue
        for _, function in getmembers(importlib.import_module(module.name), isfunction):
            if is_single_statement(function):
                yield function


def test_every_declared_query_has_arguments_here() -> None:
    assert set(declared_queries()) == set(ARGUMENTS)


@pytest.mark.slow
def test_a_declared_query_waits_once_for_the_database(trace: Trace) -> None:
    round_trips: dict[str, int] = {}
    for query in ARGUMENTS:

        def read(query: Callable[..., object] = query) -> None:
            with suppress(IndelibleError):
                trace.store.read(query, **ARGUMENTS[query])

        for _ in range(PREPARING_CALLS):
            read()
        trace.store.feed()  # SQLite's trace reports a repeated statement once
        round_trips[f"{query.__module__}.{query.__name__}"] = trace.round_trips_of(read)

    assert len(round_trips) == len(ARGUMENTS)
    assert round_trips == dict.fromkeys(round_trips, 1)


def test_a_request_of_a_concept_reads_its_key_and_the_concept(trace: Trace) -> None:
    """PostgreSQL answers both statements in one round trip; SQLite counts statements."""
    store = trace.store
    concept_id = create(store).concept.id
    command = CreateKey(owner=MAYA, scopes=("concepts:read",))
    key = store.run(create_key, command, actor=MAYA, reason="a key").text
    app = create_app(AppContext(store=store), WebSettings(secret=bytes(32)))
    client = app.test_client()
    headers = {"Authorization": f"Bearer {key}"}

    def request() -> None:
        response = client.get(f"/v1/concepts/{concept_id}", headers=headers)
        assert response.status_code == 200

    for _ in range(PREPARING_CALLS):
        request()

    assert trace.round_trips_of(request) == (
        2 if store.engines.writer.dialect.name == "sqlite" else 1
    )


def test_a_second_statement_is_refused(trace: Trace) -> None:
    saved = create(trace.store)

    @single_statement
    def read_twice(tx: SqlReading) -> None:
        concepts.get_concept(tx, saved.concept.id)
        edit(trace.store, saved)
        concepts.get_concept(tx, saved.concept.id)

    with pytest.raises(UsageError, match="second statement"):
        trace.store.read(read_twice)


def test_the_connection_of_a_single_statement_is_refused(trace: Trace) -> None:
    @single_statement
    def read(tx: SqlReading) -> object:
        return tx.connection.scalar(text("SELECT 1"))

    with pytest.raises(UsageError, match="no connection"):
        trace.store.read(read)


def test_a_single_statement_that_writes_is_refused(trace: Trace) -> None:
    @single_statement
    def write(tx: SqlReading) -> object:
        return tx.session.run(text("DELETE FROM history"), {})

    with pytest.raises(UsageError, match="no SELECT"):
        trace.store.read(write)


def test_a_query_of_several_statements_cannot_write(trace: Trace) -> None:
    prefix = "" if trace.store.engines.reader.dialect.name == "sqlite" else "indelible."

    def write(tx: SqlReading) -> object:
        return tx.connection.execute(text(f"DELETE FROM {prefix}tasks"))

    with pytest.raises(DBAPIError, match=r"read-only|readonly"):
        trace.store.read(write)


def test_a_query_of_several_statements_sees_one_moment(trace: Trace) -> None:
    saved = create(trace.store)

    def read_around_an_edit(tx: SqlReading) -> tuple[int, int]:
        seq = concepts.get_concept(tx, saved.concept.id).seq
        edit(trace.store, saved)
        return seq, concepts.get_concept(tx, saved.concept.id).seq

    assert trace.store.read(read_around_an_edit) == (1, 1)
