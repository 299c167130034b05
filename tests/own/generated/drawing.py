"""Draw a declaration that no verifier refuses: states, fields of every kind, actions, choices."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Final

from attrs import evolve
from tests.own.generated.plans import (
    DEFAULTS,
    FILTER_KINDS,
    KEPT,
    KINDS,
    SEARCH_KINDS,
    STAMPED_KINDS,
    TWO_VALUED_KINDS,
    UNCOMPARED_KINDS,
    ActionPlan,
    AggregatePlan,
    ChoicePlan,
    FieldPlan,
    setters,
)
from tests.own.generated.records import appending

MIN_STATES: Final = 2
MAX_STATES: Final = 12
MAX_FIELDS: Final = 15
MAX_SOURCES: Final = 3
MAX_OTHERS: Final = 2  # from which a field differs
NAMES: Final = ("Thing", "OldThing", "MyOldThing")
STATE_NAMES: Final = ("S{}", "IN_USE_{}", "state{}")


def drawn(number: int, seed: int, earlier: Sequence[str]) -> AggregatePlan:
    """Return the plan of an aggregate; `earlier` are the classes that it can refer to."""
    random = Random(f"{seed} {number}")  # noqa: S311 - a test draws the same from the same seed
    name = f"{NAMES[number % len(NAMES)]}{number}"
    pattern = random.choice(STATE_NAMES)
    count = random.randint(MIN_STATES, MAX_STATES)
    states = [pattern.format(index) for index in range(count)]
    fields = [
        _field(index, states, (*earlier, name), random)
        for index in range(random.randint(1, MAX_FIELDS))
    ]
    actions = list(_skeleton(states, random))
    actions = [_with_derived(one, fields, random) for one in actions]
    fields = [_with_actor(plan, actions, random) for plan in fields]
    actions = [_with_parameters(one, fields, name, random) for one in actions]
    fields, actions = _complete(fields, actions)
    records, actions = appending(number, actions, earlier, random)
    choices, actions = _choices(actions, random)
    fields = [_fixed(plan, actions, states, random) for plan in fields]
    fields = [_different(plan, fields, states, random) for plan in fields]
    fields = _with_version(fields, actions, random)
    return AggregatePlan(
        class_name=name,
        states={state: state for state in states},
        fields=tuple(fields),
        actions=tuple(actions),
        choices=tuple(choices),
        records=tuple(records),
        filters=tuple(plan.name for plan in fields if plan.kind in FILTER_KINDS),
        search=tuple(plan.name for plan in fields if plan.kind in SEARCH_KINDS),
    )


def _field(index: int, states: Sequence[str], targets: Sequence[str], random: Random) -> FieldPlan:
    kind = random.choice([kind for kind in KINDS if kind != "version"])
    required: tuple[str, ...] | None = None
    allowed: tuple[str, ...] = ()
    target = ""
    if kind == "reference":
        target = targets[-1] if random.random() < 1 / 3 else random.choice(targets)
    is_self = bool(target) and target == targets[-1]
    # The first aggregate of its class has no other one to refer to.
    if is_self or kind in STAMPED_KINDS or random.random() < 1 / 2:
        marks = [random.choice("ran") for _ in states]
        required = tuple(s for s, mark in zip(states, marks, strict=True) if mark == "r")
        allowed = tuple(s for s, mark in zip(states, marks, strict=True) if mark == "a")
        if is_self or kind in STAMPED_KINDS or random.random() < 1 / 3:
            required, allowed = (), ()
        elif not required and len(allowed) == len(states):
            allowed = ()
    default = ""
    if required is None and kind in DEFAULTS and random.random() < 1 / 3:
        default = DEFAULTS[kind]
    return FieldPlan(
        name=f"f{index}_{kind}",
        kind=kind,
        is_unique=kind in ("identifier", "digest") and random.random() < 1 / 2,
        required_in=required,
        allowed_in=allowed,
        references=target,
        default=default,
    )


def _skeleton(states: Sequence[str], random: Random) -> Iterator[ActionPlan]:
    """Yield the actions without their fields; each state is reached from the first."""
    yield ActionPlan(name="begin", to=states[0])
    if random.random() < 1 / 3:
        yield ActionPlan(name="begin_elsewhere", to=random.choice(states))
    for index in range(1, len(states)):
        yield ActionPlan(
            name=f"move_{index}", from_states=(states[random.randrange(index)],), to=states[index]
        )
    for index in range(random.randint(1, len(states))):
        count = random.randint(1, min(MAX_SOURCES, len(states)))
        sources = tuple(random.sample(states, count))
        others = [state for state in states if state not in sources]
        retired = (random.choice(others),) if others and random.random() < 1 / 5 else ()
        yield ActionPlan(
            name=f"step_{index}",
            from_states=sources,
            to=random.choice((None, random.choice(states))),
            retired_from=retired,
            has_rule=random.random() < 1 / 4,
        )


def _with_derived(action: ActionPlan, fields: Sequence[FieldPlan], random: Random) -> ActionPlan:
    """Return an action with the fields that get its time, and what it computes."""
    times = [plan.name for plan in fields if plan.kind == "time"]
    sums = [
        plan
        for plan in fields
        if plan.kind == "sum" and all(plan.is_allowed(state) for state in action.targets)
    ]
    time_field = random.choice(times) if times and random.random() < 1 / 2 else ""
    sum_field = ""
    if sums and random.random() < 1 / 3:
        sum_field = random.choice(sums).name
    return evolve(action, time_field=time_field, sum_field=sum_field)


def _with_actor(plan: FieldPlan, actions: Sequence[ActionPlan], random: Random) -> FieldPlan:
    """Return a field that gets the actors, or the reasons, of one or two actions."""
    if plan.kind not in ("actor", "reason"):
        return plan
    names = [one.name for one in actions]
    stamping = tuple(random.sample(names, random.randint(1, min(2, len(names)))))
    if plan.kind == "reason":
        return evolve(plan, reason_of=stamping)
    return evolve(plan, actor_of=stamping)


def _with_parameters(
    action: ActionPlan, fields: Sequence[FieldPlan], class_name: str, random: Random
) -> ActionPlan:
    """Return an action that sets what its targets require, and some of what they allow."""
    for plan in fields:
        if plan.kind in STAMPED_KINDS or action.sets(plan):
            continue
        if not all(plan.is_allowed(state) for state in action.targets):
            continue
        must_have = any(plan.is_required(state) for state in action.targets)
        lacks = any(
            plan.is_required(after) and (not before or not plan.is_required(before))
            for before, after in action.edges
        )
        lacks = lacks and not (plan.default and action.is_creating)
        is_own = plan.references == class_name
        if must_have and (lacks or random.random() < 1 / 4):
            default = "" if action.is_creating or lacks or random.random() < 1 / 2 else KEPT
            action = action.with_parameter(plan, default)
        elif not must_have and (random.random() < 1 / 3 or (is_own and not action.is_creating)):
            default = "None" if action.is_creating or random.random() < 1 / 2 else KEPT
            action = action.with_parameter(plan, default)
    return action


def _complete(
    fields: Sequence[FieldPlan], actions: Sequence[ActionPlan]
) -> tuple[list[FieldPlan], list[ActionPlan]]:
    """Let an action set each field that none sets; remove a field that none can set."""
    remaining: list[FieldPlan] = []
    result = list(actions)
    for plan in fields:
        if setters(result, plan):
            remaining.append(plan)
            continue
        if not plan.is_passed and plan.kind != "sum":
            continue
        for index, one in enumerate(result):
            if all(plan.is_allowed(state) for state in one.targets):
                must_have = any(plan.is_required(state) for state in one.targets)
                result[index] = one.with_parameter(plan, "" if must_have else "None")
                remaining.append(plan)
                break
    if not remaining:
        plan = FieldPlan(name="f0_one_line", kind="one_line")
        remaining.append(plan)
        result = [one.with_parameter(plan, "") if one.is_creating else one for one in result]
    return remaining, result


def _with_version(
    fields: Sequence[FieldPlan], actions: Sequence[ActionPlan], random: Random
) -> list[FieldPlan]:
    """Return the fields, and now and then one that counts the versions of some of them."""
    changing = [one for one in actions if not one.is_creating]
    counted: list[str] = []
    for plan in fields:
        if plan.kind != "time" and any(one.sets(plan) for one in changing):
            counted.append(plan.name)
    if not counted or len(fields) == MAX_FIELDS or random.random() < 1 / 2:
        return list(fields)
    names = random.sample(counted, random.randint(1, len(counted)))
    version = FieldPlan(
        name=f"f{len(fields)}_version", kind="version", version_of=tuple(sorted(names))
    )
    return [*fields, version]


def _different(
    plan: FieldPlan, fields: Sequence[FieldPlan], states: Sequence[str], random: Random
) -> FieldPlan:
    """Return a field, now and then one that differs from others of its type."""
    others = [
        other.name
        for other in fields
        if other.name < plan.name and _can_differ(plan, other, states)
    ]
    if not others or random.random() < 1 / 2:
        return plan
    most = 1 if plan.kind in TWO_VALUED_KINDS else min(MAX_OTHERS, len(others))
    names = random.sample(others, random.randint(1, most))
    return evolve(plan, differs_from=tuple(names))


def _can_differ(plan: FieldPlan, other: FieldPlan, states: Sequence[str]) -> bool:
    is_compared = plan.kind not in UNCOMPARED_KINDS and KINDS[plan.kind] == KINDS[other.kind]
    is_stamped_together = bool(set(plan.actor_of) & set(other.actor_of))
    has_same_default = bool(plan.default) and plan.default == other.default
    have_state = any(plan.is_allowed(state) and other.is_allowed(state) for state in states)
    return is_compared and have_state and not is_stamped_together and not has_same_default


def _choices(
    actions: Sequence[ActionPlan], random: Random
) -> tuple[list[ChoicePlan], list[ActionPlan]]:
    """Return a choice between an action and a copy of it, and all actions."""
    candidates = [
        one
        for one in actions
        if one.name.startswith("step_") and not one.time_field and not one.sum_field
    ]
    if not candidates or random.random() < 1 / 2:
        return [], list(actions)
    first = evolve(random.choice(candidates), has_rule=False, retired_from=())
    second = evolve(first, name=f"{first.name}_again")
    result = [first if one.name == first.name else one for one in actions]
    result.insert(result.index(first) + 1, second)
    return [ChoicePlan(name=f"choose_{first.name}", first=first, second=second)], result


def _fixed(
    plan: FieldPlan, actions: Sequence[ActionPlan], states: Sequence[str], random: Random
) -> FieldPlan:
    """Return a field that is fixed where no action changes it, or once it is set."""
    open_states = {
        before for one in actions if one.affects(plan) for before, _ in one.edges if before
    }
    closed = [state for state in states if state not in open_states]
    if closed and open_states and random.random() < 1 / 3:
        return evolve(plan, fixed_in=tuple(random.sample(closed, random.randint(1, len(closed)))))
    changing = [one for one in actions if not one.is_creating and one.affects(plan)]
    optional = all(
        default for one in changing for field, default in one.parameters if field.name == plan.name
    )
    can_stay = plan.is_optional and not plan.has_states and plan.is_passed and optional
    if can_stay and changing and random.random() < 1 / 2:
        return evolve(plan, is_fixed_once_set=True)
    return plan
