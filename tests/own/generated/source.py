"""The text of drawn declarations, as a host would write them."""

from collections.abc import Iterable, Iterator
from typing import Final

from tests.own.generated.plans import (
    KINDS,
    ActionPlan,
    AggregatePlan,
    ChoicePlan,
    FieldPlan,
    RecordPlan,
)

HEADER: Final = '''"""Generated declarations."""

from datetime import date
from decimal import Decimal
from enum import StrEnum, auto
from typing import Annotated, Any

from indelible.declare import *
from indelible.kernel.json_objects import JsonObject


class Colour(StrEnum):
    """The values of a field that is an enumeration."""

    RED = "red"
    GREEN = "green"


Price = Annotated[Decimal, decimal_kind(digits=12, places=2)]
Ratio = Annotated[Decimal, decimal_kind(digits=18, places=18)]
Units = Annotated[Decimal, decimal_kind(digits=18, places=0, minimum=-5, maximum=10**17)]
'''


def source_of(plans: Iterable[AggregatePlan]) -> str:
    """Return the module that declares aggregates, and exports their contexts."""
    lines = [HEADER]
    names: list[str] = []
    for plan in plans:
        lines.extend(_aggregate(plan))
        names.append(f"context_of_{plan.class_name}")
    lines.append(f"contexts = ({''.join(f'{name}, ' for name in names)})")
    return "\n".join(lines) + "\n"


def _aggregate(plan: AggregatePlan) -> Iterator[str]:
    for record in plan.records:
        yield from _record(record)
    states = f"StatusOf{plan.class_name}"
    yield f"class {states}(States):"
    yield f'    """The states of {plan.class_name}."""\n'
    for state in plan.states:
        yield f"    {state} = auto()"
    yield f"\n\n@aggregate(final={_states(states, plan.final)})"
    yield f"class {plan.class_name}(Aggregate):"
    yield f'    """The generated {plan.class_name}."""\n'
    yield f"    status: {states}"
    for field in plan.fields:
        yield f"    {field.name}: {_annotation(field)} = {_field(field, states, plan.class_name)}"
    for action in plan.actions:
        yield from _action(action, states, plan.fields)
    for choice in plan.choices:
        yield from _choice(choice, plan.class_name)
    yield f"\n\ncontext_of_{plan.class_name} = Context("
    yield f"    {plan.class_name},"
    yield f"    filters={('status', *plan.filters)!r},"
    yield f"    search={plan.search!r},"
    yield ")\n\n"


def _record(plan: RecordPlan) -> Iterator[str]:
    stamps: list[str] = []
    for option in ("time_field", "actor_field"):
        if getattr(plan, option):
            stamps.append(f"{option}={getattr(plan, option)!r}")
    yield f"@record({', '.join(stamps)})"
    yield f"class {plan.class_name}(AppendedRecord):"
    yield '    """Generated rows."""\n'
    for field in plan.fields:
        yield f"    {field.name}: {_annotation(field)} = {_field(field, '', '')}"
    yield "\n"


def _states(states: str, names: Iterable[str]) -> str:
    return f"({''.join(f'{states}.{name}, ' for name in names)})"


def _annotation(plan: FieldPlan) -> str:
    annotation = KINDS[plan.kind]
    return f"{annotation} | None" if plan.is_optional else annotation


def _field(plan: FieldPlan, states: str, class_name: str) -> str:
    options: list[str] = []
    if plan.default:
        options.append(f"default={plan.default}")
    if plan.is_unique:
        options.append("unique=True")
    for name in ("required_in", "allowed_in", "fixed_in"):
        if getattr(plan, name):
            options.append(f"{name}={_states(states, getattr(plan, name))}")
    if plan.is_fixed_once_set:
        options.append("fixed_once_set=True")
    for name in ("actor_of", "reason_of", "differs_from", "version_of"):
        if getattr(plan, name):
            options.append(f"{name}={getattr(plan, name)!r}")
    if plan.references:
        is_own = plan.references == class_name
        options.append(f"references={f'{class_name!r}' if is_own else plan.references}")
    return f"field({', '.join(options)})"


def _action(plan: ActionPlan, states: str, fields: Iterable[FieldPlan]) -> Iterator[str]:
    decorator = "creates" if plan.is_creating else "action"
    yield f"    @{decorator}({', '.join(_options(plan, states, fields))})"
    yield f"    def {plan.name}({_parameters(plan)}) -> {'Fields' if plan.returns else 'None'}:"
    yield f'        """Do {plan.name}."""'
    if plan.has_rule:
        yield '        if current_actor().id == "sol":'
        yield '            raise Refused("sol may not")'
    if plan.returns:
        yield f"        return {{{', '.join(_returned(plan))}}}"


def _options(plan: ActionPlan, states: str, fields: Iterable[FieldPlan]) -> list[str]:
    """Return the arguments of the decorator of an action."""
    options = [f"{states}.{state}" for state in plan.from_states]
    if plan.is_creating:
        options = [f"{states}.{plan.to}"]
    elif plan.to is not None:
        options.append(f"to={states}.{plan.to}")
    if plan.retired_from:
        options.append(f"retired_from={_states(states, plan.retired_from)}")
    emptied = tuple(field.name for field in fields if plan.empties(field))
    if emptied:
        options.append(f"empties={emptied!r}")
    if plan.time_field:
        options.append(f"time_field={plan.time_field!r}")
    if plan.sum_field:
        options.append(f"computes=({plan.sum_field!r},)")
    if plan.appends is not None:
        options.append(f"appends={plan.appends.class_name}")
    if plan.max_rows:
        options.append(f"max_rows={plan.max_rows}")
    return options


def _returned(plan: ActionPlan) -> Iterator[str]:
    """Yield the items of what a body returns."""
    if plan.sum_field:
        yield f"{plan.sum_field!r}: len(pieces)"
    if plan.max_rows and plan.appends is not None:
        values = ", ".join(f"{field.name!r}: {field.name}" for field, _ in plan.row_parameters)
        yield f"{plan.appends.row_name!r}: [{{{values}}} for _ in copies]"


def _parameters(plan: ActionPlan) -> str:
    parameters = (*plan.parameters, *plan.row_parameters)
    parts = ["self", "*"] if parameters or plan.returns else ["self"]
    if plan.sum_field:
        parts.append("pieces: Colour")
    if plan.max_rows:
        parts.append("copies: Texts")
    for field, default in parameters:
        annotation = f"{KINDS[field.kind]} | None" if default == "None" else KINDS[field.kind]
        if default == "KEEP":
            annotation = _annotation(field)
        parts.append(f"{field.name}: {annotation}" + (f" = {default}" if default else ""))
    return ", ".join(parts)


def _choice(plan: ChoicePlan, class_name: str) -> Iterator[str]:
    yield f"    @chooses({plan.first.name}, {plan.second.name})"
    yield f"    def {plan.name}({_parameters(plan.first)}) -> Any:"
    yield f'        """Choose {plan.first.name}, or do it again."""'
    first, second = f"{class_name}.{plan.first.name}", f"{class_name}.{plan.second.name}"
    yield f'        return {first} if current_actor().id < "n" else {second}'
