"""Generated aggregates pass the suites of a host, and all else that a host gets for its own."""

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
from tests.examples.conftest import HostDatabase, host
from tests.own.generated import KINDS, family, module_of, others_of, plans_of
from tests.own.generated.drawing import MAX_FIELDS, MAX_STATES, MIN_STATES
from tests.own.generated.places import file_place, server_place
from tests.own.generated.plans import AggregatePlan, FieldPlan
from tests.own.generated.records import ROW_KINDS
from tests.own.generated.trials import TrialReport, try_group
from tests.own.played import play

from indelible.testing.own import conformance
from indelible_service.embedded import PostgresServer
from indelible_sql.testing import Database, sql_conformance

__all__ = ["host"]  # the fixture

SEED = 37
NUMBERS = range(3)
MANY = 200
GROUP = 3
LARGE_GROUP = 10
PLANS = plans_of(range(MANY), SEED)


def defaults_of(plan: AggregatePlan) -> set[str]:
    """Return the defaults of all parameters."""
    return {default for action in plan.actions for _, default in action.parameters}


FIELD_OPTIONS: dict[str, Callable[[FieldPlan], object]] = {
    "unique": lambda one: one.is_unique,
    "required in states": lambda one: one.required_in,
    "allowed in states": lambda one: one.allowed_in,
    "optional in every state": lambda one: one.is_optional and not one.has_states,
    "fixed in states": lambda one: one.fixed_in,
    "fixed once set": lambda one: one.is_fixed_once_set,
    "actor of one action": lambda one: len(one.actor_of) == 1,
    "actor of two actions": lambda one: len(one.actor_of) == 2,
    "reason of one action": lambda one: len(one.reason_of) == 1,
    "reason of two actions": lambda one: len(one.reason_of) == 2,
    "with a default": lambda one: one.default,
    "reference": lambda one: one.references,
    "different from another": lambda one: len(one.differs_from) == 1,
    "different from two others": lambda one: len(one.differs_from) == 2,
    "number of versions": lambda one: one.version_of,
}
RECORD_OPTIONS: dict[str, Callable[[FieldPlan], object]] = {
    "optional": lambda one: one.is_optional,
    "with a default": lambda one: one.default,
    "reference": lambda one: one.references,
}
PLAN_OPTIONS: dict[str, Callable[[AggregatePlan], object]] = {
    "several actions that create": lambda one: sum(a.is_creating for a in one.actions) > 1,
    "an action of several states": lambda one: any(len(a.from_states) > 1 for a in one.actions),
    "an action that stays": lambda one: any(
        not a.is_creating and a.to is None for a in one.actions
    ),
    "a retired edge": lambda one: any(a.retired_from for a in one.actions),
    "a field that gets the time": lambda one: any(a.time_field for a in one.actions),
    "a computed field": lambda one: any(a.sum_field for a in one.actions),
    "a rule": lambda one: any(a.has_rule for a in one.actions),
    "a parameter that keeps": lambda one: any(
        "KEEP" in d for a in one.actions for _, d in a.parameters
    ),
    "an optional parameter": lambda one: any(
        "None" in d for a in one.actions for _, d in a.parameters
    ),
    "a choice": lambda one: one.choices,
    "a final state": lambda one: one.final,
    "no final state": lambda one: not one.final,
    "filters": lambda one: one.filters,
    "a search": lambda one: one.search,
    "a record": lambda one: len(one.records) == 1,
    "two records": lambda one: len(one.records) == 2,
    "a record that gets the time": lambda one: any(r.time_field for r in one.records),
    "a record that gets the actor": lambda one: any(r.actor_field for r in one.records),
    "an action that creates and appends": lambda one: any(
        a.is_creating and a.appends for a in one.actions
    ),
    "an action that moves and appends": lambda one: any(
        a.from_states and a.to and a.appends for a in one.actions
    ),
    "an action that only appends": lambda one: any(a.only_appends for a in one.actions),
    "an action that computes its rows": lambda one: any(a.max_rows for a in one.actions),
    "an action that computes a field and its rows": lambda one: any(
        a.max_rows and a.sum_field for a in one.actions
    ),
    "a choice that appends": lambda one: any(c.first.appends for c in one.choices),
    "a reference to another": lambda one: any(
        f.references not in ("", one.class_name) for f in one.fields
    ),
    "a reference to its own class": lambda one: any(
        f.references == one.class_name for f in one.fields
    ),
}


def test_every_kind_and_every_number_of_states_and_fields_occurs() -> None:
    assert {field.kind for plan in PLANS for field in plan.fields} == set(KINDS)
    assert {len(plan.states) for plan in PLANS} == set(range(MIN_STATES, MAX_STATES + 1))
    assert {len(plan.fields) for plan in PLANS} == set(range(1, MAX_FIELDS + 1))


def test_every_kind_occurs_in_records() -> None:
    kinds = {field.kind for plan in PLANS for record in plan.records for field in record.fields}
    assert kinds == set(ROW_KINDS)


@pytest.mark.parametrize("option", RECORD_OPTIONS)
def test_every_option_of_the_fields_of_records_occurs(option: str) -> None:
    has_option = RECORD_OPTIONS[option]
    fields = [field for plan in PLANS for record in plan.records for field in record.fields]
    assert sum(bool(has_option(field)) for field in fields) > 1


@pytest.mark.parametrize("option", FIELD_OPTIONS)
def test_every_option_of_fields_occurs(option: str) -> None:
    has_option = FIELD_OPTIONS[option]
    assert sum(bool(has_option(field)) for plan in PLANS for field in plan.fields) > 1


@pytest.mark.parametrize("option", PLAN_OPTIONS)
def test_every_option_of_aggregates_occurs(option: str) -> None:
    has_option = PLAN_OPTIONS[option]
    assert sum(bool(has_option(plan)) for plan in PLANS) > 1


@pytest.mark.dose
def test_no_verifier_refuses_a_generated_declaration() -> None:
    assert len(module_of(PLANS).contexts) == MANY


@pytest.mark.slow
@pytest.mark.parametrize("number", NUMBERS)
def test_a_generated_aggregate_passes_in_memory(number: int) -> None:
    contexts = family(range(number + 1), SEED)
    context = contexts[number]
    walk = play(conformance(context, others=others_of(context, contexts)))

    edges = {(edge.from_state, edge.action) for edge in context.aggregate.lifecycle.edges}
    assert set(walk.taken) == edges


@pytest.mark.dose
@pytest.mark.parametrize("number", NUMBERS)
def test_a_generated_aggregate_passes_in_a_database(number: int, host: HostDatabase) -> None:
    contexts = family(range(number + 1), SEED)
    context = contexts[number]
    database = Database(host.url, host.owner_url)
    others = others_of(context, contexts)
    play(sql_conformance(context, others=others, database=lambda: nullcontext(database)))


@pytest.mark.slow
def test_generated_aggregates_hold_in_a_file(
    template_file: Path, tmp_path: Path, add_summary_line: Callable[[str], None]
) -> None:
    report = TrialReport()
    module = module_of(plans_of(range(GROUP), SEED))
    try_group(module, SEED, [file_place(template_file, tmp_path)], report)
    add_summary_line(f"generated aggregates: {report}")
    assert report.problems == []


@pytest.mark.dose
def test_generated_aggregates_hold_on_a_server(
    server: PostgresServer, template: PostgresServer, add_summary_line: Callable[[str], None]
) -> None:
    report = TrialReport()
    module = module_of(plans_of(range(LARGE_GROUP), SEED + 1))
    place = server_place(server, template.url.rpartition("/")[2])
    try_group(module, SEED, [place], report)
    add_summary_line(f"generated aggregates: {report}")
    assert report.problems == []
