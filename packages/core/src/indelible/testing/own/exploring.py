"""Explore a lifecycle: run each operation from each state, and try what must be refused."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

from indelible.kernel import Head, Stale
from indelible.kernel.actions import At, actions_of
from indelible.kernel.aggregate_errors import FieldFixed
from indelible.kernel.one_per_parent import OnePerParent
from indelible.kernel.references import references_of
from indelible.testing.own.finders import finder_faults
from indelible.testing.own.operations import Operation
from indelible.testing.own.references import UNKNOWN_ID, with_ids
from indelible.testing.own.walks import ACTORS, Rule, Trial, Walk

ATTEMPTS: Final = 60  # of an operation that a rule of the host may refuse
STEP_ATTEMPTS: Final = 5  # of one step of a long way, which a rule may refuse to some actors
SEARCHED_CHARACTERS: Final = 8


def explore(walk: Walk, steps: int) -> None:
    """Run each operation from each state, then `steps` random ones, and check what is stored.

    An aggregate is left in each state.
    """
    for operation in walk.operations:
        if operation.is_creating:
            _attempt(walk, operation, "")
    for state in _states(walk):
        for operation in walk.operations:
            if operation.allowed_in(state):
                _attempt(walk, operation, state)
    _refuse_other_operations(walk)
    _wander(walk, steps)
    for state in _states(walk):
        if not walk.resting_in(state):
            enter(walk, state)
    refuse_stale(walk)
    repeat_commands(walk)
    refuse_taken_values(walk)
    refuse_unknown_targets(walk)
    check_lists(walk)
    walk.check_heads()


def enter(walk: Walk, state: str) -> int | None:
    """Take a new aggregate to a state by edges that were taken; None if each way is refused."""
    path = _path(walk, state)
    if path is None:
        return None
    for _ in range(ATTEMPTS):
        # A field that keeps its first value must be empty for the next action that sets it.
        is_short = walk.random.randrange(2) == 0
        number = walk.create(path[0], is_short=is_short)
        if number is None:
            continue
        for operation in path[1:]:
            if not _change(walk, operation, number, is_short=is_short):
                break
        if walk.heads[number][-1].state == state:
            return number
    return None


def _change(walk: Walk, operation: Operation, number: int, *, is_short: bool) -> bool:
    """Run a step of a way until it is accepted, and return whether it was."""
    attempts = range(STEP_ATTEMPTS)
    return any(walk.change(operation, number, is_short=is_short) for _ in attempts)


def _attempt(walk: Walk, operation: Operation, state: str) -> None:
    """Run an operation in a state until each of its edges from there is taken."""
    for _ in range(ATTEMPTS):
        if not _missing(walk, operation, state):
            return
        if operation.is_creating:
            walk.create(operation)
            continue
        resting = walk.resting_in(state)
        # A rule may refuse what one aggregate has, so a new one is tried as often.
        is_new = not resting or walk.random.randrange(2) == 0
        number = enter(walk, state) if is_new else walk.random.choice(resting)
        if number is None:
            walk.fault(Rule.RUNS, f"no aggregate comes to {state}")
            return
        walk.change(operation, number)

    for action in _missing(walk, operation, state):
        codes = sorted(code for name, code in walk.refused if name == operation.name)
        name = operation.name if action == operation.name else f"{operation.name}, by {action},"
        source = f"from {state}" if state else "to create"
        refusals = f"; it was refused with {', '.join(codes)}" if codes else ""
        text = f"{name} has never run {source} in {ATTEMPTS} attempts{refusals}"
        walk.fault(Rule.RUNS, text)


def _missing(walk: Walk, operation: Operation, state: str) -> list[str]:
    """Return the actions of an operation that were never taken from a state."""
    actions: list[str] = []
    for edge in operation.edges:
        if edge.from_state == state and not walk.taken[state, edge.action]:
            actions.append(edge.action)
    return actions


def _states(walk: Walk) -> list[str]:
    """Return the states in the order in which edges lead to them."""
    edges = walk.context.aggregate.lifecycle.edges
    reached = [""]
    for state in reached:
        for edge in edges:
            if edge.from_state == state and str(edge.to_state) not in reached:
                reached.append(str(edge.to_state))
    return reached[1:]


def _path(walk: Walk, state: str) -> list[Operation] | None:
    """Return the shortest way to a state by edges that were taken, None if there is none."""
    paths: dict[str, list[Operation]] = {"": []}
    for source in _growing(paths):
        for operation in walk.operations:
            for edge in operation.edges:
                is_taken = walk.taken[source, edge.action] > 0
                target = str(edge.to_state)
                if edge.from_state == source and is_taken and target not in paths:
                    paths[target] = [*paths[source], operation]
    return paths.get(state)


def _growing(paths: dict[str, list[Operation]]) -> Iterator[str]:
    """Yield the keys of a dict, also those that are added meanwhile."""
    position = 0
    while position < len(paths):
        yield list(paths)[position]
        position += 1


def _refuse_other_operations(walk: Walk) -> None:
    """Run each operation from each state that does not allow it."""
    for state in _states(walk):
        for operation in walk.operations:
            if operation.is_creating or operation.allowed_in(state):
                continue
            resting = walk.resting_in(state)
            number = resting[0] if resting else enter(walk, state)
            if number is not None:
                walk.change(operation, number)


def _wander(walk: Walk, steps: int) -> None:
    """Run operations that are drawn, on aggregates that are drawn."""
    for _ in range(steps):
        operation = walk.random.choice(walk.operations)
        if operation.is_creating:
            walk.create(operation)
        elif walk.heads:
            walk.change(operation, walk.random.randrange(len(walk.heads)))


def refuse_stale(walk: Walk) -> None:
    """Run each operation on a seq that is not the last one."""
    for number, former in enumerate(walk.heads):
        last = former[-1].head
        for operation in walk.operations:
            if operation.is_creating or not operation.allowed_in(former[-1].state):
                continue
            for seq in {last.seq + 1, max(last.seq - 1, 1)} - {last.seq}:
                arguments = operation.arguments(walk.random)
                command = walk.command(operation, At(last.id, seq), arguments)
                error = _refusal(partial(walk.execute, command, ACTORS[0]))
                if not isinstance(error, Stale):
                    text = f"{operation.name} at seq {seq} of {last.seq} got {error or 'accepted'}"
                    walk.fault(Rule.STALE, text)
            if walk.changes_of(number):
                walk.fault(Rule.STALE, f"a stale {operation.name} has changed history")


def repeat_commands(walk: Walk) -> None:
    """Run a command of each operation twice with the same idempotency key."""
    for operation in walk.operations:
        states = sorted({edge.from_state for edge in operation.edges})
        for _ in range(ATTEMPTS):
            if _repeat(walk, operation, walk.random.choice(states)):
                break


def _repeat(walk: Walk, operation: Operation, state: str) -> bool:
    """Run a command twice, and return whether it was accepted at first."""
    number = None
    target = None
    if not operation.is_creating:
        resting = walk.resting_in(state)
        if not resting:
            return False
        number = walk.random.choice(resting)
        target = walk.heads[number][-1].head
    arguments = operation.arguments(walk.random)
    sent = with_ids(arguments, walk.ids_of)  # a new aggregate can be a target too
    actor = walk.random.choice(walk.actors)
    newest = walk.heads[-1][-1].head.id if walk.heads else ""
    once = walk.context.once(f"{operation.name}-{newest}-{len(walk.trials)}")
    try:
        first = walk.execute(walk.command(operation, target, sent), actor, once)
    except Exception:  # noqa: BLE001 - what a body raises is reported by the other commands
        return False

    trial = Trial(operation=operation, arguments=arguments, actor=actor, number=number)
    walk.follow(trial, first)
    count = len(walk.stored())
    repeated = walk.command(operation, target, sent)
    error = _refusal(lambda: _require_same(first, walk.execute(repeated, actor, once)))
    if error is not None:
        walk.fault(Rule.ONCE, f"a repeated {operation.name} got {error}")
    has_changed = number is not None and walk.changes_of(number)
    if has_changed or len(walk.stored()) != count:
        walk.fault(Rule.ONCE, f"a repeated {operation.name} has run twice")
    return True


def _require_same(first: Head[Any], second: Head[Any]) -> None:
    if first != second:
        message = f"another answer: {second}, expected {first}"
        raise AssertionError(message)


def refuse_taken_values(walk: Walk) -> None:
    """Run operations with a value of a unique field that another aggregate has."""
    states = set(_states(walk))
    for rule in walk.context.aggregate.one_per_parent:
        if set(rule.states) != states:
            continue
        setters = [one for one in walk.operations if rule.parent_field in one.draws]
        for operation in setters:
            _refuse_taken(walk, operation, rule)


def _refuse_taken(walk: Walk, operation: Operation, rule: OnePerParent) -> None:
    """Try one operation with a taken value until the error is that of the rule."""
    name = rule.parent_field
    expected = ""
    codes: set[str] = set()
    for _ in range(ATTEMPTS):
        candidates = [n for n, heads in enumerate(walk.heads) if heads[-1].values[name] is not None]
        if not candidates:
            return
        other = walk.random.choice(candidates)
        value = walk.heads[other][-1].values[name]
        expected = rule.error(str(value)).code
        target = _other_target(walk, operation, other)
        if target is None and not operation.is_creating:
            return
        arguments = {**operation.arguments(walk.random), name: value}
        command = walk.command(operation, target, arguments)
        actor = walk.random.choice(walk.actors)
        error = _refusal(partial(walk.execute, command, actor))
        if error is None:
            walk.fault(Rule.UNIQUE, f"{operation.name} accepts a {name} that another one has")
            return
        code = getattr(error, "code", type(error).__name__)
        if code == expected:
            return
        codes.add(code)
    if FieldFixed.code not in codes:  # else each of them keeps the value that it has
        answers = " and ".join(sorted(codes))
        text = f"{operation.name} with a taken {name} got {answers}, not {expected}"
        walk.fault(Rule.UNIQUE, text)


def _other_target(walk: Walk, operation: Operation, other: int) -> Head[Any] | None:
    """Return the head of another aggregate that allows an operation, None if there is none."""
    allowed: list[Head[Any]] = []
    for number, former in enumerate(walk.heads):
        if number != other and operation.allowed_in(former[-1].state):
            allowed.append(former[-1].head)
    return walk.random.choice(allowed) if allowed else None


def refuse_unknown_targets(walk: Walk) -> None:
    """Run each operation that sets a reference with an id that no aggregate has."""
    entity = walk.context.aggregate
    actions = actions_of(entity)
    own_names = [reference.field for reference in entity.references]
    for operation in walk.operations:
        # What computes rows from a reference may compute none.
        row_names = actions[operation.edges[0].action].row_parameters
        for name in dict.fromkeys(reference.field for reference in references_of(entity)):
            if name in operation.draws and name in (*own_names, *row_names):
                _refuse_unknown(walk, operation, name)


def _refuse_unknown(walk: Walk, operation: Operation, name: str) -> None:
    """Try one operation with an unknown id, on each aggregate that allows it."""
    targets: list[Head[Any] | None] = [None]
    if not operation.is_creating:
        targets.clear()
        for former in walk.heads:
            if operation.allowed_in(former[-1].state):
                targets.append(former[-1].head)
    for target in targets:
        arguments = {**operation.arguments(walk.random), name: UNKNOWN_ID}
        command = walk.command(operation, target, arguments)
        if _refusal(partial(walk.execute, command, walk.random.choice(walk.actors))) is None:
            walk.fault(Rule.REFERENCES, f"{operation.name} accepts an unknown id as {name}")
            return


def check_lists(walk: Walk) -> None:
    """Compare each filter, each finder and the search with the values of all heads."""
    stored = walk.stored()
    context = walk.context
    for fault in finder_faults(context, walk.store, stored):
        walk.fault(Rule.LISTS, fault)
    for former in walk.heads:
        for name in context.filters:
            value = getattr(former[-1].head.entity, name)
            expected = [head.id for head in stored if getattr(head.entity, name) == value]
            actual = [head.id for head in walk.stored(**{name: value})]
            if actual != expected:
                walk.fault(Rule.LISTS, f"the filter {name} finds {actual}, expected {expected}")
        for name in context.search_fields:
            text = (getattr(former[-1].head.entity, name) or "")[:SEARCHED_CHARACTERS]
            if text and not _is_listed(walk, text, former[-1].head.id):
                walk.fault(Rule.LISTS, f"a search for {text!r} in {name} does not find it")


def _is_listed(walk: Walk, text: str, entity_id: str) -> bool:
    """Return whether a search for a text finds an aggregate; a search has several pages."""
    after = ""
    while True:
        page = walk.store.read(walk.context.search, text, after=after, limit=1_000)
        if any(head.id == entity_id for head in page):
            return True
        if not page:
            return False
        after = page[-1].id


def _refusal(act: Callable[[], object]) -> Exception | None:
    """Return what a call raises, None if it raises nothing."""
    try:
        act()
    except Exception as error:  # noqa: BLE001 - the body of an action can raise anything
        return error
    return None
