"""The suites of a host's context find what is planted: in its bodies, its store, its database."""

import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from random import Random
from typing import Any, cast

import pytest
from attrs import frozen
from sqlalchemy import create_engine, text
from tests.examples.consents import consents
from tests.examples.orders import orders
from tests.examples.tickets import tickets
from tests.own.faulty import (
    Blind,
    Careless,
    Facade,
    Forgetful,
    Generous,
    Hasty,
    Lenient,
    Lossy,
    Modern,
    Newest,
    Owner,
    Restless,
    boxes,
    changing,
    counting,
    defective,
    fair,
    never,
    one_sided,
    opened,
    owner_id,
    owners,
    parcels,
    store_with_owner,
)
from tests.own.played import broken, play

from indelible.declare import Context
from indelible.kernel import UsageError
from indelible.testing.own import conformance, machine
from indelible.testing.own.values import Draw
from indelible.testing.own.walks import Rule
from indelible_sql import SqlStore
from indelible_sql.testing import Database, new_sqlite, sql_conformance

BODIES = {
    "an action that can never run": (
        parcels(never),
        "test_each_action_runs_from_each_of_its_states",
        "close has never run from OPEN in 60 attempts; it was refused with REFUSED",
    ),
    "a choice that never takes an action": (
        one_sided(),
        "test_each_action_runs_from_each_of_its_states",
        "decide, by keep, has never run from OPEN",
    ),
    "a body with a defect": (
        parcels(defective),
        "test_a_body_returns_or_refuses_with_an_error_of_indelible",
        "close raises KeyError",
    ),
    "a body that changes what a caller has": (
        parcels(changing),
        "test_nothing_changes_a_head_that_a_caller_has",
        "note of a head is",
    ),
    "a body with a state that all commands share": (
        parcels(counting()),
        "test_a_memory_store_gives_the_same_answers",
        "close: got Answer(code='REFUSED'",
    ),
}
STORES: dict[type[Facade], Rule] = {
    Forgetful: Rule.ONCE,
    Careless: Rule.STALE,
    Hasty: Rule.REFUSALS,
    Restless: Rule.STEPS,
    Lenient: Rule.STATES,
    Generous: Rule.UNIQUE,
    Modern: Rule.PAST,
    Newest: Rule.VERSIONS,
    Blind: Rule.LISTS,
    Lossy: Rule.FIELDS,
}


@pytest.mark.parametrize("name", BODIES)
def test_a_fault_in_a_body_is_found(name: str) -> None:
    context, test, message = BODIES[name]

    assert message in broken(conformance(context))[test]


@pytest.mark.parametrize("facade", STORES)
def test_a_store_that_breaks_a_rule_is_found(facade: type[Facade]) -> None:
    context = parcels(fair)
    messages = broken(conformance(context, store=opened(facade, context)))

    assert any(message.startswith(f"broken: {STORES[facade]}\n") for message in messages.values())


def test_a_fair_context_passes_and_its_refusals_are_counted() -> None:
    walk = play(conformance(tickets))

    edges = {(edge.from_state, edge.action) for edge in tickets.aggregate.lifecycle.edges}
    assert set(walk.taken) == edges
    assert walk.refused["assign", "INVALID_TRANSITION"] > 0
    assert {heads[-1].state for heads in walk.heads} == {"OPEN", "ASSIGNED", "CLOSED"}


@pytest.mark.slow
def test_a_suite_runs_again_after_its_store_was_closed() -> None:
    suite = sql_conformance(tickets)

    play(suite)  # runners that share tests among processes close a class between its tests
    play(suite)


def test_a_choice_and_a_rule_about_actors_are_explored() -> None:
    walk = play(conformance(orders))

    assert walk.taken["DRAFT", "accept"] > 0
    assert walk.taken["DRAFT", "submit"] > 0
    assert walk.taken["PLACED", "approve"] > 0


@pytest.mark.dose
@pytest.mark.parametrize("rule", [never, defective, changing])
def test_a_machine_finds_a_fault_or_walks_on(rule: Any) -> None:  # noqa: ANN401 - a body
    case = machine(parcels(rule))
    test = cast("Any", case)()

    if rule is never:
        test.runTest()  # a refusal by a rule of the host is fair
        return
    with pytest.raises(AssertionError, match="broken: "):
        test.runTest()


@frozen
class Unguarded(Database):
    """A database whose guard is dropped after its tables are made."""

    statement: str = ""

    def opened(self, *contexts: Context[Any]) -> SqlStore:
        """Return a store with contexts."""
        store = super().opened(*contexts)
        engine = create_engine(self.url)
        with engine.begin() as connection:
            connection.execute(text(self.statement))
        engine.dispose()
        return store


@pytest.mark.slow
@pytest.mark.parametrize(
    ("statement", "test", "attack"),
    [
        (
            "DROP TRIGGER tickets_keeps_fields",
            "test_forged_changes_are_refused",
            "assign from OPEN, with another title",
        ),
        (
            "DROP TRIGGER tickets_assignee_of_status_on_update",
            "test_forged_changes_are_refused",
            "assign from OPEN, without assignee",
        ),
        (
            "DROP TRIGGER tickets_one_step",
            "test_raw_sql_of_the_owner_is_refused",
            "UPDATE tickets SET title = title",
        ),
    ],
)
def test_a_guard_that_is_missing_is_found(statement: str, test: str, attack: str) -> None:
    @contextmanager
    def without_guard() -> Generator[Database]:
        with new_sqlite() as database:
            yield Unguarded(database.url, statement=statement)

    messages = broken(sql_conformance(tickets, database=without_guard))

    assert attack in messages[test]
    assert "is missing or disabled" in messages["test_verify_finds_nothing"]


@pytest.mark.slow
def test_a_missing_guard_of_versions_is_found() -> None:
    statement = "DROP TRIGGER consents_counts_consent_version"

    @contextmanager
    def without_guard() -> Generator[Database]:
        with new_sqlite() as database:
            yield Unguarded(database.url, statement=statement)

    values: dict[str, Draw] = {"approved_version": lambda random: random.randint(1, 3)}
    messages = broken(sql_conformance(consents, database=without_guard, values=values))

    forged = messages["test_forged_changes_are_refused"]
    assert "revise from DRAFT, with the consent_version after the next" in forged
    assert "is missing or disabled" in messages["test_verify_finds_nothing"]


def test_an_own_function_draws_the_values_of_a_field() -> None:
    def number(random: Random) -> str:
        return f"T-{random.randrange(10**9)}"

    def renamed(_: Random) -> str:
        return "renamed"

    values: dict[str, Draw] = {"number": number, "rename.title": renamed}
    walk = play(conformance(tickets, values=values))

    titles = {heads[-1].values["title"] for heads in walk.heads}
    assert "renamed" in titles
    assert all(str(heads[0].values["number"]).startswith("T-") for heads in walk.heads)


@pytest.mark.slow
def test_a_lifecycle_with_references_gets_a_store_with_the_others() -> None:
    values: dict[str, Draw] = {"owner": owner_id}
    walk = play(conformance(boxes, memory=store_with_owner, values=values))
    test = cast("Any", machine(boxes, memory=store_with_owner, values=values))()
    test.runTest()

    assert {heads[-1].values["owner"] for heads in walk.heads} == {"id-00000001"}
    assert walk.refused == {}


@pytest.mark.slow
def test_the_suites_create_what_a_lifecycle_refers_to() -> None:
    walk = play(conformance(boxes, others=(owners,)))
    stored = play(sql_conformance(boxes, others=(owners,)))
    test = cast("Any", machine(boxes, others=(owners,)))()
    test.runTest()

    for one in (walk, stored):
        assert {heads[-1].values["owner"] for heads in one.heads} == set(one.targets[Owner])


@pytest.mark.slow
def test_a_guard_of_references_that_is_missing_is_found() -> None:
    @contextmanager
    def without_guard() -> Generator[Database]:
        with new_sqlite() as database:
            guard = "DROP TRIGGER boxes_owner_exists_on_insert"
            yield Unguarded(database.url, statement=guard)

    messages = broken(sql_conformance(boxes, others=(owners,), database=without_guard))

    forged = "pack from nothing, with an unknown id as owner"
    assert forged in messages["test_forged_changes_are_refused"]
    accepted = messages["test_a_reference_to_an_unknown_id_is_refused"]
    assert accepted.startswith(f"broken: {Rule.REFERENCES}\n")


def test_an_unknown_name_among_the_values_is_refused() -> None:
    values: dict[str, Draw] = {"titel": Random.random, "open.seal": Random.random}

    with pytest.raises(UsageError, match=r"neither a field nor a parameter open\.seal, titel"):
        conformance(tickets, values=values)


@pytest.mark.slow
def test_a_machine_without_hypothesis_names_the_extra() -> None:
    program = (
        "import sys; sys.modules['hypothesis'] = None\n"
        "from indelible.testing.own import conformance\n"
        "from indelible.testing.own import machine\n"
    )
    done = subprocess.run(
        (sys.executable, "-c", program), check=False, capture_output=True, text=True
    )

    assert done.returncode == 1
    assert "DISTRIBUTION_MISSING" in done.stderr
    assert "indelible[testing]" in done.stderr
