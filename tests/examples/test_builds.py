"""At most one running build per project: both databases and the memory store hold the rule."""

from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from attrs import evolve, frozen
from sqlalchemy import (
    Column,
    Executable,
    MetaData,
    Table,
    Text,
    create_engine,
    insert,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError
from tests.conftest import POLICY
from tests.examples.builds import (
    BUILD,
    BUILDS,
    HEADS,
    Build,
    BuildRunning,
    create,
    migrate,
    move,
)
from tests.examples.conftest import HostDatabase

from indelible.kernel import Actor, AuditContext, Head, Stale, UsageError
from indelible.kernel.aggregates import change_for, save_change, save_changes
from indelible.memory.aggregates import MemoryAggregateRepository
from indelible.memory.history import MemoryHistory
from indelible_sql import (
    Fault,
    HeadMapping,
    SqlAggregateRepository,
    SqlStore,
    SqlTransaction,
    head_columns,
    open_store,
    verify,
)

MAYA = Actor.user("maya")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = timedelta(days=1)
THREADS = 8
TIMEOUT_SECONDS = 60


@pytest.fixture
def urls(host: HostDatabase) -> tuple[str, str]:
    """Return the URLs of a database with builds, for the application and for its owner."""
    host.migrate(migrate, "builds")
    return host.url, host.owner_url


@pytest.fixture
def store(urls: tuple[str, str]) -> Generator[SqlStore]:
    opened = open_store(urls[0], lifecycles=(BUILD,), policy=POLICY)
    yield opened
    opened.dispose()


def created(store: SqlStore, project_id: str | None = "p1", action: str = "create") -> Build:
    return store.run(create, (project_id, action), actor=MAYA, reason="a test")


def moved(store: SqlStore, build: Build, action: str) -> Build:
    return store.run(move, (build.id, action), actor=MAYA, reason="a test")


def test_a_second_running_build_of_a_project_is_refused_with_the_rules_error(
    store: SqlStore,
) -> None:
    first, second, other = created(store), created(store), created(store, "p2")
    moved(store, first, "start")
    moved(store, other, "start")

    with pytest.raises(BuildRunning) as refused:
        moved(store, second, "start")
    with pytest.raises(BuildRunning):
        created(store, action="create_running")

    assert refused.value.project_id == "p1"
    assert store.read(lambda tx: tx.history.of(BUILD.name, second.id))[-1].action == "create"


@pytest.mark.slow
def test_the_next_build_runs_once_the_first_has_left_the_state(store: SqlStore) -> None:
    first, second, third = created(store), created(store), created(store)
    for action in ("start", "report", "end"):
        moved(store, first, action)
    assert moved(store, second, "start").status == "RUNNING"

    def replace(tx: SqlTransaction, _: None) -> None:
        move(tx, (second.id, "end"))
        move(tx, (third.id, "start"))

    store.run(replace, None, actor=MAYA, reason="a test")
    for _ in range(2):  # builds without a project are never refused
        created(store, None, "create_running")
    assert verify(store, heads={BUILDS: BUILD}) == ()


@pytest.mark.slow
def test_of_concurrent_starts_exactly_one_succeeds(store: SqlStore) -> None:
    builds = [created(store) for _ in range(THREADS)]
    barrier = Barrier(THREADS)
    codes: list[str] = []

    def start(build: Build) -> None:
        barrier.wait(TIMEOUT_SECONDS)
        try:
            moved(store, build, "start")
            codes.append("")
        except BuildRunning as error:
            codes.append(error.code)

    threads = [Thread(target=start, args=(build,)) for build in builds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(codes) == ["", *["BUILD_RUNNING"] * (THREADS - 1)]
    assert verify(store, heads={BUILDS: BUILD}) == ()


def start_all(tx: SqlTransaction, builds: list[Build]) -> None:
    """Start many builds in one call, which may be one statement."""
    repository = SqlAggregateRepository(tx.session, HEADS)
    steps: list[tuple[Head[Build], Build, str]] = []
    for build in builds:
        head = repository.lock(build.id)
        steps.append((head, head.entity.transition("start", now=tx.clock.now()), "start"))
    save_changes(tx, repository, steps)


@pytest.mark.slow
def test_many_starts_in_one_call_name_the_project_that_is_taken(store: SqlStore) -> None:
    projects = [f"p{number}" for number in range(5)]
    builds = [created(store, project_id) for project_id in projects]
    created(store, "p3", "create_running")

    with pytest.raises(BuildRunning) as refused:
        store.run(start_all, builds, actor=MAYA, reason="a test")

    assert refused.value.project_id == "p3"
    assert verify(store, heads={BUILDS: BUILD}) == ()


def test_an_aggregate_that_is_created_twice_is_stale_also_in_a_place_that_is_taken(
    store: SqlStore,
) -> None:
    first = created(store, action="create_running")

    def create_again(tx: SqlTransaction, _: None) -> None:
        repository = SqlAggregateRepository(tx.session, HEADS)
        save_change(tx, repository, None, first, "create_running")

    with pytest.raises(Stale):
        store.run(create_again, None, actor=MAYA, reason="a test")


def is_refused(url: str, *statements: Executable) -> str:
    """Run raw statements in one transaction, and return the text of their refusal or ''."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(statement)
    except DBAPIError as error:
        return str(error.orig)
    finally:
        engine.dispose()

    return ""


def raw_birth(build: Build, **values: object) -> dict[str, object]:
    row = {
        "id": "raw",
        "status": "RUNNING",
        "seq": 1,
        "hash": "b" * 64,
        "created_at": build.created_at,
        "updated_at": build.created_at,
        "project_id": build.project_id,
    }
    return row | values


def raw_start(build: Build) -> dict[str, object]:
    return {
        "status": "RUNNING",
        "seq": 2,
        "hash": "b" * 64,
        "updated_at": build.updated_at + LATER,
    }


@pytest.mark.slow
def test_raw_sql_starts_no_second_build(urls: tuple[str, str], store: SqlStore) -> None:
    running, waiting = created(store, action="create_running"), created(store)
    birth = insert(BUILDS).values(raw_birth(running))
    start = update(BUILDS).where(BUILDS.c.id == waiting.id).values(raw_start(waiting))
    attacks = [birth, start]
    if urls[0].startswith("sqlite"):
        attacks += [birth.prefix_with("OR REPLACE"), start.prefix_with("OR REPLACE")]

    for url in urls:
        for attack in attacks:
            assert "builds_one_running" in is_refused(url, attack)
    assert verify(store, heads={BUILDS: BUILD}) == ()


def test_without_guards_the_index_alone_is_translated_into_the_same_error(
    urls: tuple[str, str], store: SqlStore
) -> None:
    if urls[0].startswith("sqlite"):  # PostgreSQL needs no guard
        assert not is_refused(urls[1], text("DROP TRIGGER builds_one_running_on_insert"))
    created(store, action="create_running")

    with pytest.raises(BuildRunning):
        created(store, action="create_running")


@pytest.mark.slow
def test_verify_names_a_second_running_build_that_was_stored_without_the_index(
    urls: tuple[str, str], store: SqlStore
) -> None:
    first = created(store, action="create_running")
    dropped = [text("DROP INDEX builds_one_running")]
    if urls[0].startswith("sqlite"):
        dropped += [text("DROP TRIGGER builds_one_running_on_insert")]
    assert not is_refused(urls[1], *dropped)
    second = created(store, action="create_running")
    findings = verify(store, heads={BUILDS: BUILD})
    found = [finding for finding in findings if finding.fault is not Fault.SCHEMA]

    assert [(each.table, each.entity_id, each.seq) for each in found] == [("builds", second.id, 1)]
    assert found[0].detail == "another one of the same project_id is RUNNING"
    assert first.id < second.id


def test_a_table_without_the_index_of_a_rule_is_refused() -> None:
    bare = Table("bare", MetaData(), *head_columns(BUILD), Column("project_id", Text))

    with pytest.raises(UsageError, match="one_per_parent_indexes"):
        HeadMapping(table=bare, entity=Build)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"parent_field": "project"}, "unknown field: project"),
        ({"states": ("RUNNING", "PAUSED")}, "unknown states: PAUSED"),
        ({"states": ()}, ""),
        ({"states": ("it's",)}, ""),  # SQL cannot quote it
    ],
)
def test_a_wrong_rule_is_refused(changes: dict[str, Any], problem: str) -> None:
    (rule,) = Build.one_per_parent

    with pytest.raises(UsageError) as refused:

        @frozen(kw_only=True)
        class Wrong(Build):
            one_per_parent = (evolve(rule, **changes),)

    assert problem in str(refused.value)


# The memory store


class MemoryBuilds:
    """Builds in memory, with the same steps as in SQL."""

    def __init__(self) -> None:
        self.audit = AuditContext(actor=MAYA, reason="a test")
        self.rows = MemoryAggregateRepository(MemoryHistory(), Build)

    def create(self, build_id: str, project_id: str | None, action: str) -> Build:
        build = Build.create(action, now=NOW, id=build_id, project_id=project_id)
        save_change(self.audit, self.rows, None, build, action)
        return build

    def move(self, build_id: str, action: str) -> None:
        head = self.rows.lock(build_id)
        build = head.entity.transition(action, now=head.entity.updated_at + LATER)
        save_change(self.audit, self.rows, head, build, action)


def test_the_memory_store_refuses_what_the_databases_refuse() -> None:
    builds = MemoryBuilds()
    for build_id, project_id in (("a", "p1"), ("b", "p1"), ("c", "p2"), ("d", None), ("e", None)):
        builds.create(build_id, project_id, "create")
    for build_id in "acde":
        builds.move(build_id, "start")

    with pytest.raises(BuildRunning) as refused:
        builds.move("b", "start")
    with pytest.raises(BuildRunning):
        builds.create("f", "p1", "create_running")
    builds.move("a", "report")
    builds.move("a", "end")
    builds.move("b", "start")

    assert refused.value.project_id == "p1"
    assert builds.rows.get("b").entity.status == "RUNNING"


def test_a_stale_change_is_stale_also_in_a_place_that_is_taken() -> None:
    builds = MemoryBuilds()
    builds.create("a", "p1", "create")
    old = builds.rows.get("a")
    builds.move("a", "start")
    builds.move("a", "end")
    builds.create("b", "p1", "create_running")
    build = old.entity.transition("start", now=NOW + LATER)
    change = change_for(builds.audit, old, build, "start")

    with pytest.raises(Stale):
        builds.rows.save(change, build)
