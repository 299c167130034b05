"""Test that each guard is needed: without it, an attack gets through or meets another guard."""

import pytest
from tests.guards.arena import postgresql_engine
from tests.guards.attacks_on_tokens import ALONE_OF_TOKENS, ON_TOKENS
from tests.guards.lifting import PostgresLifting
from tests.guards.minted import HEADS_OF_TOKENS
from tests.guards.mutations import UNREACHED, Report, every_attack
from tests.guards.places import Place
from tests.guards.table import DOCUMENT, render

from indelible_service.embedded import ADMIN, PostgresServer

pytestmark = [pytest.mark.slow, pytest.mark.runs_first]

# What nothing but a foreign key refuses: a superuser in replica mode puts those to sleep.
BY_KEYS_ALONE = {
    "a centroid that is born without its signal",
    "a centroid that moves without its signal",
    "a setting that is changed without its change",
    "a signal by no algorithm",
    "a space that is renamed without its change",
    "a subspace of no space",
    "a subspace that is seeded without its change",
    "an algorithm that is replaced without its change",
    "an artifact that is born without its signal",
    "an artifact that moves without its signal",
    "two captures with one signal, of a centroid",
    "two captures with one signal, of an artifact",
    *(name for kind in ALONE_OF_TOKENS.values() for name in kind),
    *ON_TOKENS["what tokens point at"],
    *(f"two steps in {head.name} with one change" for head in HEADS_OF_TOKENS),
    *(f"{head.name} in a state that nobody declared" for head in HEADS_OF_TOKENS),
    *(f"two steps with one change: {name}" for name in ("rename", "seed", "replace", "choose")),
    "a TEMP table of edges",
    "a birth in REVIEW",
    "a birth without a version",
    "a birth without remarks",
    "a change of an undeclared lifecycle",
    "a head alone in an undeclared state",
    "a head that goes back alone",
    "a head that is born late",
    "a head that is born without its change",
    "a head that moves without its change",
    "a head that shows another's change",
    "a head that shows no change",
    "a head that skips a state alone",
    "a key born revoked",
    "a key that is granted without its change",
    "a name's key that is not its version's",
    "a key that is revoked twice over",
    "a key that is revoked without its change",
    "a padded state",
    "a predecessor in another state",
    "a published birth without anything",
    "a published concept that is approved again",
    "a publishing from a state it was not in",
    "a remark on no version",
    "a review that is a draft again",
    "a review that is published",
    "a revoked key that is active again",
    "a state in small letters",
    "a submission taken backward",
    "a version out of nowhere",
    "a wrong predecessor",
    "an approval that adds a version",
    "an approval that publishes",
    "an edit of a published concept",
    "an edit without remarks",
    "an edit that adds none",
    "an edit that goes on after a gap",
    "an edit that says it was in review",
    "an edit that skips a version",
    "an edit without a version",
    "an undeclared action",
    "an undeclared state",
    "another's predecessor",
    "two steps with one change",
    "two steps, of which the first leaves no change",
}


@pytest.mark.parametrize("database", ["postgresql", "sqlite"])
def test_every_guard_that_refuses_first_is_missed(database: str, report: Report) -> None:
    first = {
        guard: held for guard, held in report.holdings[database].held.items() if not held.before
    }

    assert len(first) >= 100
    assert [guard for guard, held in first.items() if held.without == guard] == []


@pytest.mark.parametrize("database", ["postgresql", "sqlite"])
def test_every_guard_that_another_covers_refuses_when_that_one_is_gone(
    database: str, report: Report
) -> None:
    covered = {guard: held for guard, held in report.holdings[database].held.items() if held.before}

    assert [guard for guard, held in covered.items() if held.without in (guard, *held.before)] == []


@pytest.mark.parametrize("database", ["postgresql", "sqlite"])
def test_a_guard_that_nothing_reaches_is_explained(database: str, report: Report) -> None:
    found = report.holdings[database]

    assert found.guards - found.held.keys() == UNREACHED[database].keys()


def test_a_guard_is_behind_every_privilege(report: Report) -> None:
    assert len(report.privileges) >= 20
    assert [name for name, held in report.privileges.items() if held.without in ("", name)] == []


def test_the_committed_table_is_the_measured_one(report: Report) -> None:
    """`python -m tests.guards.table` writes it."""
    assert DOCUMENT.read_text(encoding="utf-8") == render(report)


def test_in_replica_mode_a_superuser_passes_the_foreign_keys_and_nothing_else(
    report: Report,
) -> None:
    assert report.replica.keys() == BY_KEYS_ALONE


def test_what_a_superuser_writes_in_replica_mode_is_named_by_verify(report: Report) -> None:
    assert [name for name, finding in report.replica.items() if not finding] == []


def test_without_replica_mode_a_superuser_meets_the_owner_s_guards(
    report: Report, situated_database: Place[PostgresServer]
) -> None:
    engine = postgresql_engine(situated_database.where.admin_url)
    lifting = PostgresLifting(engine, ADMIN)
    written = every_attack("postgresql")
    met = {
        name: lifting.refusal(tuple(write(situated_database.situation)), ())
        for name, write in written.items()
    }
    engine.dispose()

    assert met == report.holdings["postgresql"].first
