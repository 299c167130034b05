"""Draw the records that the actions of a declaration append."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Final

from attrs import evolve
from tests.own.generated.plans import (
    DEFAULTS,
    DERIVED_KINDS,
    KINDS,
    ActionPlan,
    FieldPlan,
    RecordPlan,
)

CLASS_NAMES: Final = ("Line", "Scan")
MAX_ROW_FIELDS: Final = 7
MAX_RETURNED: Final = 3  # fewer than a drawn list of texts has now and then
MAX_NOTED: Final = 2  # states of an action that only appends
ROW_KINDS: Final = tuple(kind for kind in KINDS if kind not in DERIVED_KINDS)


def appending(
    number: int, actions: Sequence[ActionPlan], earlier: Sequence[str], random: Random
) -> tuple[list[RecordPlan], list[ActionPlan]]:
    """Return the records of an aggregate, and its actions with those that append them.

    `earlier` are the classes to which a row can refer.
    """
    result = list(actions)
    count = random.choice((0, 0, 1, 1, 2))
    records = [_record(f"{name}{number}", earlier, random) for name in CLASS_NAMES[:count]]
    for record in records:
        chosen = {random.randrange(len(result))}
        if random.random() < 1 / 2:
            chosen.update(random.sample(range(len(result)), random.randint(1, len(result))))
        for index in sorted(chosen):
            if result[index].appends is None:
                result[index] = _appends(result[index], record, random)
        result.append(_appends(_note(record, actions, random), record, random))
    return records, result


def _record(name: str, earlier: Sequence[str], random: Random) -> RecordPlan:
    kinds = [kind for kind in ROW_KINDS if earlier or kind != "reference"]
    plans: list[FieldPlan] = []
    for index in range(random.randint(1, MAX_ROW_FIELDS)):
        kind = random.choice(kinds)
        is_optional = random.random() < 1 / 4
        has_default = not is_optional and kind in DEFAULTS and random.random() < 1 / 3
        plan = FieldPlan(
            name=f"r{index}_{kind}",
            kind=kind,
            required_in=() if is_optional else None,
            references=random.choice(earlier) if kind == "reference" else "",
            default=DEFAULTS[kind] if has_default else "",
        )
        plans.append(plan)
    time_field = actor_field = ""
    if random.random() < 1 / 2:
        time_field = f"r{len(plans)}_at"
        plans.append(FieldPlan(name=time_field, kind="instant"))
    if random.random() < 1 / 2:
        actor_field = f"r{len(plans)}_by"
        plans.append(FieldPlan(name=actor_field, kind="identifier"))
    return RecordPlan(
        class_name=name, fields=tuple(plans), time_field=time_field, actor_field=actor_field
    )


def _note(record: RecordPlan, actions: Sequence[ActionPlan], random: Random) -> ActionPlan:
    """Return an action that only appends, in some of the states."""
    states = list(dict.fromkeys(state for one in actions for state in one.targets))
    count = random.randint(1, min(MAX_NOTED, len(states)))
    return ActionPlan(
        name=f"note_{record.class_name.lower()}", from_states=tuple(random.sample(states, count))
    )


def _appends(action: ActionPlan, record: RecordPlan, random: Random) -> ActionPlan:
    """Return an action that appends one row, or those that its body returns."""
    parameters = list(_row_parameters(record, random))
    if not parameters:
        parameters.append((record.settable[0], ""))
    max_rows = random.randint(1, MAX_RETURNED) if random.random() < 1 / 3 else 0
    return evolve(action, appends=record, row_parameters=tuple(parameters), max_rows=max_rows)


def _row_parameters(record: RecordPlan, random: Random) -> Iterator[tuple[FieldPlan, str]]:
    """Yield the fields that callers pass, with the defaults of their parameters."""
    for plan in record.settable:
        can_miss = plan.is_optional or bool(plan.default)
        if can_miss and random.random() < 1 / 3:
            continue
        can_be_none = plan.is_optional and random.random() < 1 / 2
        yield plan, "None" if can_be_none else ""
