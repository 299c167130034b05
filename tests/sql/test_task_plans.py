"""Test that databases find tasks by an index, however many of a stage have finished."""

from collections.abc import Mapping
from itertools import product

import psycopg
import pytest
from attrs import evolve
from sqlalchemy.sql.base import Executable
from tests.sql.plans import copy_rows, has_line, plan

from indelible.kernel.retention import OperationalTable
from indelible.kernel.task_lists import TaskOrder
from indelible.kernel.tasks import TaskState
from indelible.kernel.values import EARLIEST
from indelible.testing.kernel.task_filters import TaskFiltersConformance
from indelible.testing.kernel.task_lists import one_in_each_state
from indelible.testing.stores import BEGINNING, FAR, MAYA
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore
from indelible_sql.kernel import task_lists
from indelible_sql.kernel.operational_rows import BATCHES, DELETE_OLD, LAST_POSITIONS
from indelible_sql.kernel.subjects import STATES
from indelible_sql.kernel.task_demand import DEMAND_ON_POSTGRESQL, DEMAND_ON_SQLITE
from indelible_sql.kernel.task_list_statements import (
    TaskListShape,
    count_statement,
    list_statement,
)
from indelible_sql.kernel.task_lists import FINISHED_BY_MINUTE
from indelible_sql.kernel.task_queries import (
    COUNT_DEAD,
    DEAD_TASKS,
    ERROR_COUNTS,
    STATS_OF_PRIORITY,
)
from indelible_sql.kernel.task_tables import TASK_ATTEMPTS
from indelible_sql.maintenance.verify_seals import missing_records

COPIES = 500
# The columns in which copies of a row differ from it.
COPIED = {
    "tasks": {
        "entity_id": "entity_id || '-' || n",
        "due_at": "due_at + n * interval '1 second'",
        "finished_at": "finished_at + n * interval '1 second'",
    },
    "task_attempts": {
        "entity_id": "entity_id || '-' || n",
        "at": "at + n * interval '1 second'",
        "actor": "actor || (n % 100)::text",
    },
}
LIST_INDEXES = {
    TaskState.WAITING: "tasks_due",
    TaskState.RUNNING: "tasks_due",
    TaskState.COMPLETED: "tasks_finished",
    TaskState.DEAD: "tasks_dead",
    TaskState.CANCELED: "tasks_canceled",
}
JOINED_STATES = [state for state in TaskState if state is not TaskState.RUNNING]
TIME_INDEXES = {**LIST_INDEXES, TaskState.DEAD: "task_attempts_deaths"}
LIST_VALUES = {
    "task_stage": "work",
    "now": FAR,
    "limit": 10,
    "error_class": "ValueError",
    "after_priority": 2,
    "after_due_at": BEGINNING,
    "after_finished_at": FAR,
    "after_entity_id": "w-0100",
    "after_fence": 1,
    "actor": MAYA,
    "since": BEGINNING,
    "until": FAR,
}
ATTEMPTS_OF_ONE_TASK = (
    "SEARCH last_attempt USING PRIMARY KEY (stage=? AND entity_id=? AND fence=? AND outcome=?)",
    "SEARCH counted_attempt USING PRIMARY KEY (stage=? AND entity_id=? AND fence>?)",
)
DEMAND_VALUES = {"stages": ["work", "also"], "now": FAR, "limit": 400, "end": None}


def old_rows(table: OperationalTable) -> Mapping[str, object]:
    """Return the parameters of the deletion of rows between two times."""
    batch = BATCHES[table]
    bounds = {**batch.bounds("after", EARLIEST), **batch.bounds("last", BEGINNING)}
    return {**bounds, "end": BEGINNING, "limit": 10, "number_before": 9}


ATTEMPTS, REJECTIONS = OperationalTable.ATTEMPTS, OperationalTable.WEBHOOK_REJECTIONS
STATISTICS_VALUES = {**LIST_VALUES, "stage": "work", "priority": 2, "after": "w-0100"}
FINISHED_VALUES = {"task_stage": "work", "since": BEGINNING, "limit": 100}
DUE = "tasks_due (stage=? AND priority=? AND due_at"
ATTEMPTS_BY_TIME, REJECTIONS_BY_TIME = "task_attempts_at ((at,", "webhook_rejections_at ((at,"
# What SQLite's plan of a statement has in its lines, and what in none.
PLANS: dict[str, tuple[Executable, Mapping[str, object], tuple[str, ...], tuple[str, ...]]] = {
    "statistics": (STATS_OF_PRIORITY, STATISTICS_VALUES, ("tasks_due",), ("PRIMARY KEY",)),
    "number of dead tasks": (COUNT_DEAD, STATISTICS_VALUES, ("tasks_dead",), ("PRIMARY KEY",)),
    "classes of errors": (ERROR_COUNTS, STATISTICS_VALUES, ("tasks_dead",), ("PRIMARY KEY",)),
    "dead tasks": (DEAD_TASKS, STATISTICS_VALUES, ("tasks_dead",), ("PRIMARY KEY",)),
    "demand": (DEMAND_ON_SQLITE, DEMAND_VALUES, (DUE,), ("SCAN tasks", "SCAN history")),
    "since when a stage is due": (
        STATES,
        {},
        (DUE, *ATTEMPTS_OF_ONE_TASK),
        ("SCAN tasks", "SCAN last_attempt", "SCAN counted_attempt"),
    ),
    "finished tasks": (FINISHED_BY_MINUTE, FINISHED_VALUES, ("tasks_finished",), ("SCAN tasks",)),
    "last old attempt": (
        LAST_POSITIONS[ATTEMPTS],
        old_rows(ATTEMPTS),
        (ATTEMPTS_BY_TIME,),
        ("SCAN ",),
    ),
    "old attempts": (DELETE_OLD[ATTEMPTS], old_rows(ATTEMPTS), (ATTEMPTS_BY_TIME,), ("SCAN ",)),
    "last old rejection": (
        LAST_POSITIONS[REJECTIONS],
        old_rows(REJECTIONS),
        (REJECTIONS_BY_TIME,),
        ("SCAN ",),
    ),
    "old rejections": (
        DELETE_OLD[REJECTIONS],
        old_rows(REJECTIONS),
        (REJECTIONS_BY_TIME,),
        ("SCAN ",),
    ),
    "attempts that seals list": (
        missing_records(TASK_ATTEMPTS),
        {},
        ("EXCEPT USING TEMP B-TREE",),
        ("CORRELATED",),
    ),
}


@pytest.mark.parametrize("name", PLANS)
def test_sqlite_reads_tasks_and_operational_rows_by_an_index(sqlite: SqlStore, name: str) -> None:
    statement, values, expected, excluded = PLANS[name]
    lines = plan(sqlite, "EXPLAIN QUERY PLAN", statement, **values)

    for part in expected:
        assert has_line(lines, part), lines
    assert not has_line(lines, *excluded), lines


@pytest.mark.parametrize("state", TaskState)
def test_sqlite_lists_the_tasks_of_a_state_by_an_index(sqlite: SqlStore, state: TaskState) -> None:
    for statement in (
        list_statement(TaskListShape(state=state)),
        list_statement(TaskListShape(state=state, has_class=True, is_continued=True)),
        count_statement(TaskListShape(state=state)),
    ):
        lines = plan(sqlite, "EXPLAIN QUERY PLAN", statement, **LIST_VALUES)

        assert has_line(lines, LIST_INDEXES[state]), lines
        assert not has_line(lines, "SCAN tasks", "PRIMARY KEY"), lines
        if state is not TaskState.RUNNING:  # It sorts the leased tasks of three priorities.
            assert not has_line(lines, "TEMP B-TREE"), lines


@pytest.mark.parametrize("order", TaskOrder)
@pytest.mark.parametrize("state", TaskState)
def test_sqlite_lists_the_tasks_of_a_time_by_an_index(
    sqlite: SqlStore, state: TaskState, order: TaskOrder
) -> None:
    shape = TaskListShape(
        state=state, order=order, has_since=True, has_until=True, is_continued=True
    )
    lines = plan(sqlite, "EXPLAIN QUERY PLAN", list_statement(shape), **LIST_VALUES)

    assert has_line(lines, TIME_INDEXES[state]), lines
    assert not has_line(lines, "SCAN tasks", "SCAN task_attempts"), lines
    if state not in (TaskState.WAITING, TaskState.RUNNING):  # They join three priorities.
        assert not has_line(lines, "TEMP B-TREE"), lines


@pytest.mark.parametrize("state", TaskState)
def test_sqlite_looks_up_the_many_records_of_an_actor_for_each_task(
    sqlite: SqlStore, state: TaskState
) -> None:
    shape = TaskListShape(state=state, has_actor=True)
    lines = plan(sqlite, "EXPLAIN QUERY PLAN", list_statement(shape), **LIST_VALUES)

    assert has_line(lines, LIST_INDEXES[state]), lines
    assert has_line(lines, "SEARCH records USING"), lines


@pytest.mark.parametrize("state", JOINED_STATES)
def test_sqlite_reads_the_tasks_of_the_few_records_of_an_actor(
    sqlite: SqlStore, state: TaskState
) -> None:
    shape = TaskListShape(state=state, has_actor=True, is_from_records=True)
    lines = plan(sqlite, "EXPLAIN QUERY PLAN", list_statement(shape), **LIST_VALUES)

    assert has_line(lines, "task_attempts_actor"), lines
    assert has_line(lines, "tasks USING PRIMARY KEY (stage=? AND entity_id=?)"), lines
    assert not has_line(lines, "tasks_finished", "tasks_dead", "tasks_canceled"), lines


@pytest.mark.slow
def test_postgresql_lists_tasks_by_an_index(postgresql: SqlStore, database: PostgresServer) -> None:
    fill_tasks(postgresql, database)

    for state, order in product(JOINED_STATES, (None, *TaskOrder)):
        shape = TaskListShape(state=state, order=order, is_continued=True)
        index = (LIST_INDEXES if order is None else TIME_INDEXES)[state]
        lines = plan(postgresql, "EXPLAIN", list_statement(shape), **LIST_VALUES)
        assert has_line(lines, index), (shape, lines)
        assert not has_line(lines, "Seq Scan"), (shape, lines)

        shape = evolve(shape, has_since=True, has_until=True)
        lines = plan(postgresql, "EXPLAIN", list_statement(shape), **LIST_VALUES)
        assert not has_line(lines, "Seq Scan"), (shape, lines)

    lines = plan(postgresql, "EXPLAIN", DEMAND_ON_POSTGRESQL, **DEMAND_VALUES)
    assert has_line(lines, "tasks_due"), lines
    assert not has_line(lines, "Seq Scan on tasks", "Seq Scan on history"), lines

    lines = plan(postgresql, "EXPLAIN", STATES)
    assert has_line(lines, "Index Scan using tasks_due"), lines
    assert has_line(lines, "Index Scan using tasks_pkey"), lines
    assert has_line(lines, "Scan using task_attempts_pkey"), lines
    assert not has_line(lines, "Seq Scan on task"), lines


@pytest.mark.slow
def test_postgresql_finds_the_records_of_an_actor_by_an_index(
    postgresql: SqlStore, database: PostgresServer
) -> None:
    fill_tasks(postgresql, database)

    running = TaskListShape(state=TaskState.RUNNING, has_actor=True, is_continued=True)
    lines = plan(postgresql, "EXPLAIN", list_statement(running), **LIST_VALUES)
    assert has_line(lines, "tasks_due"), lines
    for state in JOINED_STATES:
        shape = TaskListShape(state=state, has_actor=True)
        lines = plan(postgresql, "EXPLAIN", list_statement(shape), **LIST_VALUES)
        assert has_line(lines, LIST_INDEXES[state]), (state, lines)
        assert not has_line(lines, "Seq Scan"), (state, lines)

        shape = evolve(shape, is_from_records=True)
        lines = plan(postgresql, "EXPLAIN", list_statement(shape), **LIST_VALUES)
        assert has_line(lines, "task_attempts_actor"), (state, lines)
        assert has_line(lines, "tasks_pkey"), (state, lines)
        if state is not TaskState.WAITING:  # Leases are looked for among the first tasks.
            assert not has_line(lines, "Seq Scan"), (state, lines)


@pytest.mark.slow
@pytest.mark.parametrize("most_joined", [0, 1, 1_000])
def test_lists_of_an_actor_are_equal_however_many_records_it_has(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch, most_joined: int
) -> None:
    monkeypatch.setattr(task_lists, "MAX_RECORDS_JOINED", most_joined)

    conformance = TaskFiltersConformance()
    conformance.test_every_filter_and_order_of_tasks_lists_what_it_means(store)


def fill_tasks(store: SqlStore, database: PostgresServer) -> None:
    """Copy a task of each state, and their records, until an index is worth its use."""
    one_in_each_state(store)
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        for table, changed in COPIED.items():
            copy_rows(admin, table, changed, COPIES)
        admin.execute("ANALYZE indelible.tasks, indelible.task_attempts")


@pytest.mark.slow
@pytest.mark.parametrize("statements", [LAST_POSITIONS, DELETE_OLD])
def test_postgresql_finds_old_attempts_by_an_index(
    postgresql: SqlStore,
    database: PostgresServer,
    statements: Mapping[OperationalTable, Executable],
) -> None:
    fill_tasks(postgresql, database)
    attempts = OperationalTable.ATTEMPTS
    lines = plan(postgresql, "EXPLAIN", statements[attempts], **old_rows(attempts))

    assert has_line(lines, "using task_attempts_at"), lines
    assert not has_line(lines, "Seq Scan on task_attempts"), lines
