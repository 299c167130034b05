"""Test that databases find rows by an index: no statement slows down as its tables grow."""

import psycopg
import pytest
from attrs import evolve
from tests.conformance.test_stores import install_as_owner
from tests.sql.plans import copy_rows, has_line, plan

from indelible.captures import ArtifactFilter
from indelible.concepts import ConceptFilter, ConceptStatus
from indelible.contests.ports import ContestFilter, EntryFilter
from indelible.kernel import ListFilter, ListOrder, NamedListOrder, instant_text
from indelible.kernel.tasks import Priority
from indelible.policy import Policy
from indelible.projects.ports import JobFilter, ProjectFilter
from indelible.testing.captures.scenarios import A, activate_algorithm_for, space_of
from indelible.testing.contests.scenarios import new_contest
from indelible.testing.projects.scenarios import new_project
from indelible.testing.stores import BEGINNING, FAR, MAYA, RATIO, create, edit, enqueue
from indelible.testing.tokens.scenarios import add_tokens
from indelible.tokens import TokenFilter
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore
from indelible_sql.captures.search import ARTIFACTS_BY_CHANGE, LISTED_ARTIFACTS
from indelible_sql.concepts.statements import (
    GET_CURRENT,
    LISTED,
    LOAD_CURRENT,
    LOAD_TO_EDIT,
    NODES_NAMED,
    OVERVIEW,
    RELATED_NAMES,
)
from indelible_sql.contests.rows import CONTEST_HEADS, ENTRY_HEADS
from indelible_sql.contests.statements import ELIGIBLE
from indelible_sql.kernel.history import (
    CHANGED_LIFECYCLES,
    CHANGES_BY_MINUTE,
    IS_BEFORE_END,
    MAX_POSITION,
    OF_ENTITY,
    backwards_statement,
    feed_statement,
)
from indelible_sql.kernel.lists import ListedTable, page_query
from indelible_sql.kernel.task_statements import CLAIM, CLAIM_BEHIND
from indelible_sql.kernel.task_terms import behind_parameters
from indelible_sql.projects.rows import JOB_HEADS, PROJECT_HEADS
from indelible_sql.tokens.heads import TOKEN_HEADS
from indelible_sql.tokens.statements import GAPS, PENDING

VERSIONS = 30
TASKS = 2_000
STATEMENTS = {
    "find": GET_CURRENT,
    "load": LOAD_CURRENT,
    "load to edit": LOAD_TO_EDIT,
    "names": RELATED_NAMES,
    "nodes by name": NODES_NAMED,
    "history": OF_ENTITY,
    "overview": OVERVIEW,
}
CLAIM_VALUES = {"task_stage": "work", "now": FAR, "limit": 10, "owner": MAYA, "until": FAR}
PENDING_VALUES = {
    "token_status": "detected",
    "task_stage": "generate",
    "limit": 10,
}


OLDEST, NEWEST, CHANGED, NAME = NamedListOrder
IN_SPACE: dict[str, object] = {"space_id": "a"}
OF_USER: dict[str, object] = {"user_id": "a"}
OF_PROJECT: dict[str, object] = {"project_id": "a"}
OF_ORGANIZER: dict[str, object] = {"organizer_id": "a"}
OF_CONTEST: dict[str, object] = {"contest_id": "a"}
FILTERS: dict[str, tuple[dict[str, object], str]] = {
    "lifecycle": ({"lifecycle": "key"}, "history_by_lifecycle"),
    "actor": ({"actor": MAYA}, "history_by_actor"),
    "action": ({"action": "publish"}, "history_by_action"),
    "since": ({"since": FAR}, "history_by_at"),
    "until": ({"until": BEGINNING}, "history_by_at"),
    "entity": ({"lifecycle": "concept", "entity_id": "a"}, "history_seq"),
    "entity of any lifecycle": ({"entity_id": "a"}, "history_seq"),
}


COPIES = 3_000
ID, LATER = "id || '-' || n", "created_at + n * interval '1 second'"
TIMES = {"created_at": LATER, "updated_at": LATER.replace("created_at", "updated_at")}
ARTIFACT_ID = "artifact_id || '-' || n"
# The columns in which copies of a row differ from it.
COPIED: dict[str, dict[str, str]] = {
    "concepts": {"id": ID, "name_key": "name_key || n", **TIMES},
    "concept_versions": {"id": ID, "concept_id": "concept_id || '-' || n"},
    "tokens_s0": {"id": ID, "token_id": "token_id + n", **TIMES},
    "projects": {"id": ID, "user_id": "'a'", "name": "name || n", **TIMES},
    "jobs": {"id": ID, "project_id": "'a'", "number": "number + n", **TIMES},
    "contests": {
        "id": ID,
        "contest_name": "contest_name || n",
        "organizer_id": "'a'",
        "lock_time": "lock_time + interval '1 day'",
        "start_time": "start_time + interval '1 day'",
        "end_time": "end_time + interval '1 day'",
        **TIMES,
    },
    "entries": {
        "id": ID,
        "contest_id": "'a'",
        "entry_number": "entry_number + n",
        "place_number": "place_number + n",
        **TIMES,
    },
    "rosters": {"entry_id": "entry_id || '-' || n"},
    "artifacts": {"id": ID, "space_id": "'a'", "normalized_url": "normalized_url || n", **TIMES},
    "signals": {
        "id": ID,
        "space_id": "'a'",
        "artifact_id": ARTIFACT_ID,
        "capture_key": "capture_key || n",
        "recorded_at": "recorded_at + n * interval '1 second'",
    },
}
# Every order of the lists that grow without limit, and the index that its pages are read by.
# SQLite names the index of a unique constraint itself.
LISTS: dict[str, tuple[ListedTable, ListFilter, dict[str, object], tuple[str, ...]]] = {
    "concepts": (LISTED, ConceptFilter(), {}, ("concepts_pkey", "PRIMARY KEY")),
    "oldest concepts": (LISTED, ConceptFilter(order=OLDEST), {}, ("concepts_created_at",)),
    "newest concepts": (LISTED, ConceptFilter(order=NEWEST), {}, ("concepts_created_at",)),
    "changed concepts": (LISTED, ConceptFilter(order=CHANGED), {}, ("concepts_updated_at",)),
    "concepts by name": (LISTED, ConceptFilter(order=NAME), {}, ("concepts_name_key",)),
    "concepts changed since": (
        LISTED,
        ConceptFilter(order=CHANGED, since=FAR),
        {},
        ("concepts_updated_at",),
    ),
    "concepts in review": (
        LISTED,
        ConceptFilter(status=ConceptStatus.REVIEW),
        {},
        ("concepts_status",),
    ),
    "concepts with a prefix": (
        LISTED,
        ConceptFilter(order=NAME, name_prefix="zz"),
        {},
        ("concepts_name_key", "concept_versions_name_key"),
    ),
    "tokens": (TOKEN_HEADS.listed, TokenFilter(), {}, ("tokens_s0_token_id", "autoindex")),
    "newest tokens": (
        TOKEN_HEADS.listed,
        TokenFilter(order=ListOrder.NEWEST),
        {},
        ("tokens_s0_created_at",),
    ),
    "changed tokens": (
        TOKEN_HEADS.listed,
        TokenFilter(order=ListOrder.CHANGED),
        {},
        ("tokens_s0_updated_at",),
    ),
    "projects": (
        PROJECT_HEADS.listed,
        ProjectFilter(),
        OF_USER,
        ("projects_owner", "projects_pkey", "autoindex"),
    ),
    "newest projects": (
        PROJECT_HEADS.listed,
        ProjectFilter(order=NEWEST),
        OF_USER,
        ("projects_created_at",),
    ),
    "changed projects": (
        PROJECT_HEADS.listed,
        ProjectFilter(order=CHANGED),
        OF_USER,
        ("projects_updated_at",),
    ),
    "projects by name": (
        PROJECT_HEADS.listed,
        ProjectFilter(order=NAME),
        OF_USER,
        ("projects_name",),
    ),
    "jobs": (JOB_HEADS.listed, JobFilter(), OF_PROJECT, ("jobs_number", "autoindex")),
    "contests": (
        CONTEST_HEADS.listed,
        ContestFilter(),
        {},
        ("contests_pkey", "main.contests USING PRIMARY KEY", "SCAN main.contests"),
    ),
    "newest contests": (
        CONTEST_HEADS.listed,
        ContestFilter(order=NEWEST),
        {},
        ("contests_created_at",),
    ),
    "changed contests": (
        CONTEST_HEADS.listed,
        ContestFilter(order=CHANGED),
        {},
        ("contests_updated_at",),
    ),
    "contests by name": (
        CONTEST_HEADS.listed,
        ContestFilter(order=NAME),
        {},
        ("contests_name",),
    ),
    "an organizer's contests": (
        CONTEST_HEADS.listed,
        ContestFilter(),
        OF_ORGANIZER,
        ("contests_of_organizer", "contests_pkey"),
    ),
    "an organizer's newest contests": (
        CONTEST_HEADS.listed,
        ContestFilter(order=NEWEST),
        OF_ORGANIZER,
        ("contests_of_organizer_created_at", "contests_created_at"),
    ),
    "an organizer's contests by name": (
        CONTEST_HEADS.listed,
        ContestFilter(order=NAME),
        OF_ORGANIZER,
        ("contests_of_organizer_name", "contests_name"),
    ),
    "entries": (
        ENTRY_HEADS.listed,
        EntryFilter(),
        OF_CONTEST,
        ("entries_of_contest", "entries_pkey"),
    ),
    "newest entries": (
        ENTRY_HEADS.listed,
        EntryFilter(order=ListOrder.NEWEST),
        OF_CONTEST,
        ("entries_created_at",),
    ),
    "changed entries": (
        ENTRY_HEADS.listed,
        EntryFilter(order=ListOrder.CHANGED),
        OF_CONTEST,
        ("entries_updated_at",),
    ),
    "artifacts": (LISTED_ARTIFACTS, ArtifactFilter(), IN_SPACE, ("artifacts_space_id",)),
    "newest artifacts": (
        LISTED_ARTIFACTS,
        ArtifactFilter(order=NEWEST),
        IN_SPACE,
        ("artifacts_created_at",),
    ),
    "changed artifacts": (
        ARTIFACTS_BY_CHANGE,
        ArtifactFilter(order=CHANGED),
        IN_SPACE,
        ("signals_recent",),
    ),
    "artifacts by name": (
        LISTED_ARTIFACTS,
        ArtifactFilter(order=NAME),
        IN_SPACE,
        ("artifacts_normalized_url", "autoindex"),
    ),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_sqlite_scans_no_whole_table_or_index_for_a_few_rows(sqlite: SqlStore, name: str) -> None:
    saved = create(sqlite)
    values = {
        "concept_id": saved.concept.id,
        "expected_seq": 1,
        "version_number": 1,
        "keys": ["a"],
        "ids": ["b"],
        "lifecycle": "concept",
        "entity_id": saved.concept.id,
        "after": 0,
        "limit": 10,
    }
    lines = plan(sqlite, "EXPLAIN QUERY PLAN", STATEMENTS[name], **values)
    scans = [line for line in lines if "SCAN" in line and "json_each" not in line]

    assert lines
    assert scans == []


@pytest.mark.parametrize("name", ["find", "load", "load to edit"])
def test_postgresql_reads_one_version_of_a_concept_with_many(
    postgresql: SqlStore, name: str
) -> None:
    saved = create(postgresql)
    for _ in range(VERSIONS):
        saved = edit(postgresql, saved, RATIO)
    values = {"concept_id": saved.concept.id, "expected_seq": saved.seq, "keys": ["a"]}

    lines = plan(postgresql, "EXPLAIN (ANALYZE)", STATEMENTS[name], **values)

    assert has_line(lines, "concept_versions")
    assert not has_line(lines, "Rows Removed by Join Filter")


@pytest.mark.slow
def test_postgresql_finds_due_tasks_and_pending_tokens_by_an_index(
    postgresql: SqlStore, database: PostgresServer
) -> None:
    add_tokens(evolve(postgresql, policy=Policy()), 50)  # of no stage
    enqueue(postgresql, *(f"w-{number:04}" for number in range(TASKS)))
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute("ANALYZE indelible.tasks, indelible.tokens_s0")

    after: dict[str, object] = {}
    for priority in Priority:
        due_name, id_name = behind_parameters(priority)
        after[due_name] = BEGINNING
        after[id_name] = "w-0100"
    claim = plan(postgresql, "EXPLAIN", CLAIM, **CLAIM_VALUES)
    claim_behind = plan(postgresql, "EXPLAIN", CLAIM_BEHIND, **CLAIM_VALUES, **after)
    pending = plan(postgresql, "EXPLAIN", PENDING, **PENDING_VALUES)

    assert has_line(claim, "tasks_due")
    assert not has_line(claim, "Seq Scan on tasks")
    assert has_line(claim_behind, "tasks_due")
    assert not has_line(claim_behind, "Seq Scan on tasks")
    for lines in (claim, claim_behind):
        searches = [line for line in lines if "Index Cond" in line and "priority" in line]
        assert len(searches) == len(Priority), lines
    assert all("ROW((due_at)" in line for line in searches), claim_behind
    assert has_line(pending, "tokens_s0_status_mint_timestamp"), pending


def test_sqlite_finds_due_tasks_pending_tokens_and_gaps_by_an_index(sqlite: SqlStore) -> None:
    claim = plan(sqlite, "EXPLAIN QUERY PLAN", CLAIM, **CLAIM_VALUES)
    pending = plan(sqlite, "EXPLAIN QUERY PLAN", PENDING, **PENDING_VALUES)
    gaps = plan(sqlite, "EXPLAIN QUERY PLAN", GAPS, from_id=0, below=100, limit=10)
    scans_of_gaps = [line for line in gaps if "SCAN tokens_s0" in line and "INDEX" not in line]

    assert has_line(claim, "tasks_due")
    assert has_line(pending, "tokens_s0_status_mint_timestamp")
    assert not has_line([*claim, *pending], "SCAN tasks", "SCAN tokens_s0")
    assert scans_of_gaps == [], gaps


@pytest.mark.parametrize("name", FILTERS)
def test_sqlite_finds_the_changes_of_a_filter_by_an_index(sqlite: SqlStore, name: str) -> None:
    conditions, index = FILTERS[name]
    for make_statement in (feed_statement, backwards_statement):
        statement = make_statement(frozenset(conditions), None)
        lines = plan(sqlite, "EXPLAIN QUERY PLAN", statement, **conditions, position=0, limit=10)

        # The key of history has the index that SQLite has made for it.
        assert has_line(lines, index, "sqlite_autoindex_history"), lines
        assert not has_line(lines, "SCAN history"), lines


@pytest.mark.slow
def test_postgresql_finds_the_changes_of_a_filter_by_an_index(
    postgresql: SqlStore, database: PostgresServer
) -> None:
    for _ in range(VERSIONS):
        edit(postgresql, create(postgresql))
    fill_history(database)

    for name, (conditions, index) in FILTERS.items():
        for make_statement, position in ((feed_statement, 0), (backwards_statement, MAX_POSITION)):
            statement = make_statement(frozenset(conditions), IS_BEFORE_END)
            bounds = {"position": position, "end": MAX_POSITION, "limit": 10}
            values = {**conditions, **bounds}
            lines = plan(postgresql, "EXPLAIN", statement, **values)
            assert has_line(lines, index, "history_revision"), (name, lines)


def test_sqlite_counts_the_changes_of_each_minute_by_an_index(sqlite: SqlStore) -> None:
    lines = plan(sqlite, "EXPLAIN QUERY PLAN", CHANGES_BY_MINUTE, since=BEGINNING, limit=10)

    assert has_line(lines, "USING COVERING INDEX history_by_at"), lines
    assert not has_line(lines, "SCAN history", "TEMP B-TREE FOR ORDER BY"), lines


def test_sqlite_looks_for_a_change_of_each_lifecycle_by_an_index(sqlite: SqlStore) -> None:
    lines = plan(sqlite, "EXPLAIN QUERY PLAN", CHANGED_LIFECYCLES)

    assert has_line(lines, "USING COVERING INDEX sqlite_autoindex_history_1 (lifecycle=?)"), lines
    assert not has_line(lines, "SCAN main.history"), lines


@pytest.mark.slow
def test_postgresql_counts_changes_of_minutes_and_looks_for_lifecycles_by_an_index(
    postgresql: SqlStore, database: PostgresServer
) -> None:
    for _ in range(VERSIONS):
        edit(postgresql, create(postgresql))
    fill_history(database)

    lines = plan(postgresql, "EXPLAIN", CHANGES_BY_MINUTE, since=BEGINNING, limit=10)

    assert has_line(lines, "history_by_at"), lines
    assert not has_line(lines, "Seq Scan on history"), lines

    lines = plan(postgresql, "EXPLAIN", CHANGED_LIFECYCLES)

    assert has_line(lines, "history_seq", "history_revision"), lines
    assert not has_line(lines, "Seq Scan on history"), lines


def positions_of(matching: ListFilter) -> tuple[str, str]:
    """Return the positions of a first page, and of one that follows another."""
    if matching.order is None:
        return "", "5"
    first_text = "zz" if str(matching.order) == "name" else instant_text(FAR)
    return "", matching.position_at(first_text, "5")


@pytest.mark.parametrize("name", LISTS)
def test_sqlite_reads_a_page_of_a_list_in_the_order_of_an_index(
    sqlite: SqlStore, name: str
) -> None:
    listed, matching, where, indexes = LISTS[name]
    for position in positions_of(matching):
        statement, values = page_query(listed, matching, where=where, after=position)
        lines = plan(sqlite, "EXPLAIN QUERY PLAN", statement, **values, limit=10)

        assert has_line(lines, *indexes), lines
        # Rows that are equal in the first column may still have to be sorted.
        sorts = [line for line in lines if "TEMP B-TREE FOR ORDER BY" in line]
        assert sorts == [], lines


@pytest.mark.slow
def test_postgresql_reads_a_page_of_a_list_in_the_order_of_an_index(
    postgresql: SqlStore, database: PostgresServer
) -> None:
    fill_lists(postgresql, database)

    for name, (listed, matching, where, indexes) in LISTS.items():
        for position in positions_of(matching):
            statement, values = page_query(listed, matching, where=where, after=position)
            lines = plan(postgresql, "EXPLAIN", statement, **values, limit=10)
            assert has_line(lines, *indexes), (name, lines)
            assert not has_line(lines, "Seq Scan"), (name, lines)


@pytest.mark.slow
def test_postgresql_reads_a_page_of_eligible_entries_by_indexes(
    postgresql: SqlStore, database: PostgresServer
) -> None:
    scenario = new_contest(postgresql)
    scenario.paid_entry()
    copy_entries(database)
    values = {"contest_id": scenario.contest_id, "paid_until": FAR, "limit": 10}

    for after in ("", "5"):
        lines = plan(postgresql, "EXPLAIN", ELIGIBLE, **values, after=after)

        assert has_line(lines, "entries_status", "entries_of_contest", "entries_pkey"), lines
        assert has_line(lines, "rosters_pkey", "rosters_digest"), lines
        # A page must neither read all entries or rosters nor sort them.
        assert not has_line(lines, "Seq Scan", "Sort", "Hash"), lines


def copy_entries(database: PostgresServer) -> None:
    """Copy an entry with its roster until an index is worth its use, past every guard."""
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        entry = {**COPIED["entries"], "contest_id": "contest_id"}
        copy_rows(admin, "entries", entry, COPIES)
        copy_rows(admin, "rosters", COPIED["rosters"], COPIES)
        admin.execute("ANALYZE")


def fill_lists(store: SqlStore, database: PostgresServer) -> None:
    """Copy a row of each list until an index is worth its use, past every guard."""
    create(store)
    add_tokens(store, 1)
    new_project(store).create_job()
    new_contest(store).enter()
    activate_algorithm_for(store, install=install_as_owner(database.owner_url))
    space_of(store).capture(A)
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        for table, changed in COPIED.items():
            copy_rows(admin, table, changed, COPIES)
        admin.execute("ANALYZE")


def fill_history(database: PostgresServer) -> None:
    """Copy the changes under other ids until an index is worth its use, past every guard."""
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("ALTER TABLE indelible.history DISABLE TRIGGER USER")
        for number in range(8):
            admin.execute(
                """
                INSERT INTO indelible.history (
                    lifecycle, entity_id, seq, action, from_state, to_state, adds_version,
                    version, actor, reason, at, data, prev_hash, hash
                )
                SELECT lifecycle, entity_id || %s::text, seq, action, from_state, to_state,
                    adds_version, version, actor || (position %% 100)::text, reason, at, data,
                    prev_hash, hash
                FROM indelible.history
                """,
                (f"-{number}",),
            )
        admin.execute("ANALYZE indelible.history")
