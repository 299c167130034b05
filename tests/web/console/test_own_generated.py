"""The pages of generated aggregates: a form of each kind of field does what a command does."""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any
from urllib.parse import urlencode

import pytest
from tests.doses import dose
from tests.own.generated import KINDS, ActionPlan, FieldPlan, Generated, generated
from tests.web.console.own_site import assert_sound, member_of, now, own_site
from tests.web.console.visitor import Site, Visitor

from indelible.kernel import Head, IndelibleError
from indelible.kernel.json_objects import JsonObject
from indelible.testing.stores import MAYA

SEED = 37
NUMBERS = range(dose(12, small=8))
STEPS = 12
PLANS = [generated(number, SEED) for number in NUMBERS]


@pytest.fixture(scope="module")
def site() -> Site:
    return own_site(*[plan.context for plan in PLANS])


def typed(plan: FieldPlan, value: Any, *, is_optional: bool) -> object:  # noqa: ANN401 - of each kind
    """Return a value as a person types it; None is a box that is not sent."""
    if plan.kind == "texts":
        return list(value or ())
    if plan.kind == "flag":
        checked, unchecked = ("true", "false") if is_optional else ("true", None)
        return "" if value is None else (checked if value else unchecked)
    return "" if value is None else text_of_value(value)


def text_of_value(value: object) -> str:
    """Return a single value as a person types it."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(sep=" ")
    if isinstance(value, JsonObject):
        return json.dumps(value.json_value(), ensure_ascii=False)
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value)


def as_form(action: ActionPlan, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of an action as the fields of its form."""
    fields: dict[str, Any] = {"reason": "a walk"}
    for plan in action.required:
        fields[plan.name] = typed(plan, arguments[plan.name], is_optional=False)
    for plan in action.optional:
        fields[plan.name] = typed(plan, arguments[plan.name], is_optional=True)
    return fields


def as_form_says(
    action: ActionPlan, arguments: Mapping[str, Any], before: Head[Any] | None
) -> dict[str, Any]:
    """Return the arguments that a form can say: an empty box of an optional field is no value.

    It is the empty text, or the empty list, that the aggregate has.
    """
    result = dict(arguments)
    for plan in action.optional:
        value = arguments[plan.name]
        old = getattr(before.entity, plan.name) if before else None
        if value in ("", ()) or (value is None and old in ("", ())):
            result[plan.name] = old if old in ("", ()) else None
    return result


def head_at(site: Site, plan: Generated, location: str) -> Head[Any]:
    return now(site, plan.context, location.rpartition("/")[2])


def step(
    site: Site, member: Visitor, plan: Generated, random: Random, head: Head[Any]
) -> Head[Any]:
    """Take an allowed action in its form, which refuses what the command refuses."""
    path = f"/console/{plan.context.name}/{head.id}"
    assert member.get(path).status_code == 200
    assert_sound(member)
    names = plan.context.allowed_actions(head)
    for name in names:
        assert member.page.form(f"/{name.replace('_', '-')}").action.startswith(path)
    if not names:
        return head

    name = random.choice(names)
    (action,) = [one for one in plan.changing if one.name == name]
    arguments = as_form_says(action, action.arguments(random), head)
    answer = member.send(f"/{name.replace('_', '-')}", **as_form(action, arguments))
    if answer.status_code != 303:
        store: Any = site.store
        command = getattr(plan.context.aggregate, name)(head, **arguments)
        with pytest.raises(IndelibleError) as refusal:
            store.run(plan.context.execute, command, actor=MAYA, reason="a walk")
        assert refusal.value.code in member.page.words
        return head

    after = head_at(site, plan, answer.location)
    assert after.seq == head.seq + 1
    for field_name, value in arguments.items():
        assert getattr(after.entity, field_name) == value, field_name
    return after


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.context.name)
def test_forms_of_every_kind_do_what_commands_do(site: Site, plan: Generated) -> None:
    random = Random(SEED)  # noqa: S311 - a test draws the same from the same seed
    member = member_of(site, plan.context)
    base = f"/console/{plan.context.name}"
    for _ in range(3):
        assert member.get(f"{base}/new/begin").status_code == 200
        assert_sound(member)
        arguments = as_form_says(plan.creating, plan.creating.arguments(random), None)
        answer = member.send("begin", **as_form(plan.creating, arguments))
        assert answer.status_code == 303, member.page.words
        head = head_at(site, plan, answer.location)
        for name, value in arguments.items():
            assert getattr(head.entity, name) == value, name
        for _ in range(STEPS):
            head = step(site, member, plan, random, head)

        member.get(f"{base}/{head.id}")
        pasts = [link for link in member.page.links if "/as-of?" in link]
        assert len(pasts) == head.seq
        for past in pasts:
            assert member.get(past).status_code == 200
            assert_sound(member)
        for name in ("status", *plan.context.filters):
            value = getattr(head.entity, name)
            if value is not None:
                query = urlencode({name: text_of_value(value)})
                answer = member.get(f"{base}?{query}")
                assert answer.status_code == 200, name
                assert f'href="{base}/{head.id}"' in answer.text, name
                assert_sound(member)


def test_the_plans_have_fields_of_every_kind() -> None:
    assert {one.kind for plan in PLANS for one in plan.fields} == set(KINDS)
