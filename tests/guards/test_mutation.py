"""Test that each guard is needed: without it, an attack is accepted or another guard refuses it."""

from difflib import unified_diff

import pytest
from tests.guards.attacks import by_name
from tests.guards.attacks_on_contests import WITHOUT_CONTEST_RECORD
from tests.guards.attacks_on_heads import (
    REFERENCES_TO_NOTHING,
    TWO_STEPS,
    UNDECLARED_STATES,
    WITHOUT_CHANGE,
)
from tests.guards.attacks_on_money import WITHOUT_MOVEMENT
from tests.guards.attacks_on_projects import WITHOUT_PROJECT_RECORD
from tests.guards.attacks_on_settlements import WITHOUT_SETTLEMENT_RECORD
from tests.guards.bare_database import field_guards
from tests.guards.lifting import PostgresLifting
from tests.guards.mutations import UNREACHED, Report
from tests.guards.page_rows import DOCUMENT, page_rows, repeated_attacks, repeated_rows
from tests.guards.raw_database import postgresql_engine
from tests.guards.repeats import REPEATS_ALL
from tests.guards.situated import Situated
from tests.guards.table import (
    findings_table,
    guard_rows,
    kinds_table,
    privileges_table,
    render,
)

from indelible_service.embedded import ADMIN, PostgresServer

pytestmark = pytest.mark.slow

MIN_REPEATED_ROWS = 100

# These attacks are refused by foreign keys alone.
ONLY_BY_FOREIGN_KEYS = {
    *WITHOUT_CHANGE,
    *by_name(WITHOUT_PROJECT_RECORD),
    *by_name(WITHOUT_CONTEST_RECORD),
    *by_name(WITHOUT_SETTLEMENT_RECORD),
    *by_name(WITHOUT_MOVEMENT),
    "a log of another tournament",
    "an entry for another fee",
    "an entry in another currency",
    "an error that is settled although a lock failed",
    "an event after another one than the last",
    "a contest that leaves a version without its configuration",
    "an entry that leaves a roster that is not stored",
    "a feed that leaves a fetch that is not stored",
    "a log that leaves a fetch to come",
    "a log that leaves a tournament without a feed",
    "a log that leaves an event that is not stored",
    "a job of another user's project",
    "a job that starts without its specification",
    "a centroid that is created without its signal",
    "a centroid that moves without its signal",
    "a signal by no algorithm",
    "an artifact that is created without its signal",
    "an artifact that moves without its signal",
    "two captures with one signal, of a centroid",
    "two captures with one signal, of an artifact",
    "a TEMP table of edges",
    "a birth in REVIEW",
    "a birth without a version",
    "a birth without warnings",
    "a change of an undeclared lifecycle",
    "a head alone in an undeclared state",
    "a head that returns to a state alone",
    "a head that is created at seq 7",
    "a head with another concept's change",
    "a head with the hash of no change",
    "a head that skips a state alone",
    "a key that is created revoked",
    "a name key that is not its version's",
    "a padded state",
    "a predecessor in another state",
    "a birth in PUBLISHED without records",
    "a published concept that is approved again",
    "a publication from another state than the stored one",
    "warnings of no version",
    "a rejection to DRAFT",
    "a review that is published",
    "a revoked key that is active again",
    "a state in lower case",
    "a submission to DRAFT",
    "a version far ahead",
    "a wrong predecessor",
    "an approval that adds a version",
    "an approval that publishes",
    "an edit of a published concept",
    "an edit without warnings",
    "an edit that adds no version",
    "an edit with its version after a gap",
    "an edit of a published concept from REVIEW",
    "an edit that skips a version",
    "an edit without a version",
    "an undeclared action",
    "another concept's predecessor",
    "two steps with one change",
    "a seal that leaves out changes",
    "a seal after another one than the last",
    "a seal that covers changes again",
    "a record of a seal that does not exist",
    "a seal that skips a number",
}
# A foreign key refuses these too, and for some heads another guard.
BY_FOREIGN_KEYS = {
    *ONLY_BY_FOREIGN_KEYS,
    *TWO_STEPS,
    *UNDECLARED_STATES,
    *REFERENCES_TO_NOTHING,
}


@pytest.mark.dose
@pytest.mark.parametrize("database", ["postgresql", "sqlite"])
def test_a_guard_that_refuses_first_does_not_refuse_once_removed(
    database: str, report: Report
) -> None:
    first = {
        guard: refusal
        for guard, refusal in report.databases[database].refusals.items()
        if not refusal.before
    }

    assert len(first) >= 100
    assert [guard for guard, refusal in first.items() if refusal.without == guard] == []


@pytest.mark.dose
@pytest.mark.parametrize("database", ["postgresql", "sqlite"])
def test_a_guard_behind_others_refuses_once_they_are_removed(database: str, report: Report) -> None:
    still_refusing: list[str] = []
    for guard, refusal in report.databases[database].refusals.items():
        if refusal.before and refusal.without in (guard, *refusal.before):
            still_refusing.append(guard)

    assert still_refusing == []


@pytest.mark.dose
@pytest.mark.parametrize("database", ["postgresql", "sqlite"])
def test_every_guard_that_no_attack_reaches_is_explained(database: str, report: Report) -> None:
    measured = report.databases[database]

    # `test_fields_of_actions.py` reaches each guard of a field.
    of_fields = {guard.name for guard in field_guards(database)}
    unreached = measured.guards - page_rows(database).keys() - of_fields
    assert unreached == UNREACHED[database].keys()
    assert measured.refusals.keys() >= repeated_rows(database).keys()


@pytest.mark.dose
def test_a_guard_is_behind_every_missing_privilege(report: Report) -> None:
    unguarded = [
        name for name, refusal in report.privileges.items() if refusal.without in ("", name)
    ]

    assert len(report.privileges) >= 20
    assert unguarded == []


@pytest.mark.dose
@pytest.mark.parametrize("database", ["postgresql", "sqlite"])
def test_a_repeated_row_of_a_guard_is_the_measured_one(database: str, report: Report) -> None:
    """Compare the rows that `python -m tests.guards.table` writes: here a part, or all of them."""
    measured = guard_rows(report.databases[database])
    repeated = repeated_rows(database)

    assert len(repeated) >= MIN_REPEATED_ROWS
    assert {guard: measured[guard] for guard in repeated} == repeated


@pytest.mark.dose
def test_the_other_tables_of_the_page_are_the_measured_ones(report: Report) -> None:
    """Compare the whole page where each row is repeated."""
    page = DOCUMENT.read_text(encoding="utf-8").splitlines()
    tables = (
        kinds_table(report),
        privileges_table(report.privileges),
        findings_table(report.foreign_keys_off),
        findings_table(report.replica_mode),
    )

    assert [line for table in tables for line in table.splitlines() if line not in page] == []
    if REPEATS_ALL:
        assert list(unified_diff(page, render(report).splitlines(), n=0, lineterm="")) == []


@pytest.mark.dose
def test_in_replica_mode_a_superuser_bypasses_only_foreign_keys(report: Report) -> None:
    repeated = repeated_attacks("postgresql").keys()
    accepted = report.replica_mode.keys()

    assert accepted <= BY_FOREIGN_KEYS
    assert accepted >= ONLY_BY_FOREIGN_KEYS & repeated


@pytest.mark.dose
def test_verify_names_what_a_superuser_writes_in_replica_mode(report: Report) -> None:
    assert [name for name, finding in report.replica_mode.items() if not finding] == []


@pytest.mark.dose
def test_without_replica_mode_a_superuser_meets_the_owners_guards(
    report: Report, situated_database: Situated[PostgresServer]
) -> None:
    engine = postgresql_engine(situated_database.location.admin_url)
    lifting = PostgresLifting(engine, ADMIN)

    guards: dict[str, str] = {}
    for name, write in repeated_attacks("postgresql").items():
        statements = tuple(write(situated_database.situation))
        guards[name] = lifting.refusing_guard(statements, ())
    lifting.close()

    first_guards = report.databases["postgresql"].first_guards
    assert guards == {name: first_guards[name] for name in guards}
