"""The pages of generated aggregates: a form of each kind of field does what a command does."""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from random import Random
from types import NoneType
from typing import Any, TypeAlias, cast, get_args, get_type_hints
from urllib.parse import urlencode

import pytest
from attrs import fields, fields_dict
from tests.own.generated import KINDS, generated
from tests.web.console.own_site import assert_sound, member_of, now, own_site
from tests.web.console.visitor import Site, Visitor

from indelible.kernel import Head, IndelibleError
from indelible.kernel.actions import Action, actions_of
from indelible.kernel.choices import Choice, choices_of
from indelible.kernel.contexts import Context
from indelible.kernel.json_objects import JsonObject
from indelible.testing.own.values import draw_for
from indelible.testing.stores import MAYA

AnyAction: TypeAlias = Action[Any, ...] | Choice[Any, ...]
SEED = 2  # whose first eight contexts have fields of every kind
STEPS = 12
CONTEXTS = [generated(number, SEED) for number in range(12)]


@pytest.fixture(scope="module")
def site() -> Site:
    return own_site(*CONTEXTS)


def operations_of(context: Context[Any]) -> dict[str, Action[Any, ...] | Choice[Any, ...]]:
    return {**actions_of(context.aggregate), **choices_of(context.aggregate)}


def is_optional(action: AnyAction, name: str) -> bool:
    hints = get_type_hints(action.method, include_extras=True)
    return NoneType in get_args(hints[name])


def drawn(action: AnyAction, random: Random, before: Head[Any] | None) -> dict[str, Any]:
    """Return arguments that a form can say: an empty box of an optional field is no value.

    It is the empty text, or the empty list, that the aggregate has.
    """
    hints = get_type_hints(action.method, include_extras=True)
    result: dict[str, Any] = {}
    for name in action.parameters:
        value: Any = draw_for(hints[name], name)(random)
        if name.endswith("_reference"):
            value = before.id if before else None
        if name == "copies" and isinstance(action, Action) and action.appending is not None:
            value = value[: action.appending.max_rows]
        if is_optional(action, name):
            old = getattr(before.entity, name, None) if before else None
            is_empty = value in ("", ()) or (value is None and old in ("", ()))
            if is_empty:
                value = old if old in ("", ()) else None
        result[name] = value
    return result


def typed(action: AnyAction, name: str, value: Any) -> object:  # noqa: ANN401 - of each kind
    """Return a value as a person types it; None is a box that is not sent."""
    if name.endswith(("copies", "_texts")):
        return list(value or ())
    if name.endswith("_flag"):
        checked, unchecked = ("true", "false") if is_optional(action, name) else ("true", None)
        return "" if value is None else (checked if value else unchecked)
    return "" if value is None else text_of_value(value)


def text_of_value(value: object) -> str:
    """Return a single value as a person types it."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(sep=" ")
    if isinstance(value, JsonObject):
        return json.dumps(value.json_value(), ensure_ascii=False)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value)


def as_form(action: AnyAction, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of an action as the fields of its form."""
    form: dict[str, Any] = {"reason": "a walk"}
    for name, value in arguments.items():
        form[name] = typed(action, name, value)
    return form


def base_of(context: Context[Any]) -> str:
    return f"/console/{context.name.replace('_', '-')}"


def head_at(site: Site, context: Context[Any], location: str) -> Head[Any]:
    return now(site, context, location.rpartition("/")[2])


def step(
    site: Site, member: Visitor, context: Context[Any], random: Random, head: Head[Any]
) -> Head[Any]:
    """Take an allowed action in its form, which refuses what the command refuses."""
    path = f"{base_of(context)}/{head.id}"
    assert member.get(path).status_code == 200
    assert_sound(member)
    names = context.allowed_actions(head)
    for name in names:
        assert member.page.form(f"/{name.replace('_', '-')}").action.startswith(path)
    if not names:
        return head

    name = random.choice(names)
    action = operations_of(context)[name]
    arguments = drawn(action, random, head)
    answer = member.send(f"/{name.replace('_', '-')}", **as_form(action, arguments))
    if answer.status_code != 303:
        store: Any = site.store
        command = getattr(context.aggregate, name)(head, **arguments)
        with pytest.raises(IndelibleError) as refusal:
            store.run(context.execute, command, actor=MAYA, reason="a walk")
        assert refusal.value.code in member.page.words
        return head

    after = head_at(site, context, answer.location)
    assert after.seq == head.seq + 1
    assert_has(after, arguments)
    return after


@pytest.mark.dose
@pytest.mark.parametrize("context", CONTEXTS, ids=lambda context: context.name)
def test_forms_of_every_kind_do_what_commands_do(site: Site, context: Context[Any]) -> None:
    random = Random(SEED)  # noqa: S311 - a test draws the same from the same seed
    member = member_of(site, context)
    base = base_of(context)
    begin = actions_of(context.aggregate)["begin"]
    for _ in range(3):
        assert member.get(f"{base}/new/begin").status_code == 200
        assert_sound(member)
        arguments = drawn(begin, random, None)
        answer = member.send("begin", **as_form(begin, arguments))
        assert answer.status_code == 303, member.page.words
        head = head_at(site, context, answer.location)
        assert_has(head, arguments)
        for _ in range(STEPS):
            head = step(site, member, context, random, head)

        member.get(f"{base}/{head.id}")
        pasts = [link for link in member.page.links if "/as-of?" in link]
        assert len(pasts) == head.seq
        for past in pasts:
            assert member.get(past).status_code == 200
            assert_sound(member)
        assert_filtered(member, context, head)


def assert_has(head: Head[Any], arguments: Mapping[str, Any]) -> None:
    """Check that the fields have the values of arguments; the others are of rows, or computed."""
    known = fields_dict(cast("Any", type(head.entity)))
    for name, value in arguments.items():
        if name in known:
            assert getattr(head.entity, name) == value, name


def assert_filtered(member: Visitor, context: Context[Any], head: Head[Any]) -> None:
    """Check that each filter finds an aggregate by its value."""
    base = base_of(context)
    for name in ("status", *context.filters):
        value = getattr(head.entity, name)
        if value is None:
            continue
        query = urlencode({name: text_of_value(value)})
        answer = member.get(f"{base}?{query}")
        assert answer.status_code == 200, name
        assert f'href="{base}/{head.id}"' in answer.text, name
        assert_sound(member)


def test_the_contexts_have_fields_of_every_kind() -> None:
    names = {one.name for context in CONTEXTS for one in fields(context.aggregate)}
    kinds = {name.partition("_")[2] for name in names if name.startswith("f")}
    assert kinds == set(KINDS)
