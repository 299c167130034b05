"""Pages and drawings of the lifecycles, from the tables that the contexts have registered."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from importlib import import_module
from pkgutil import iter_modules

from docs.generators.drawings import MARGIN, arrow, svg, text
from docs.generators.markdown import page, table

import indelible
from indelible.kernel import Edge, Lifecycle, Readers
from indelible.kernel.aggregates import Aggregate
from indelible_sql.contexts import CATALOG

AnyLifecycle = Lifecycle[StrEnum]

BOX_WIDTH, BOX_HEIGHT, GAP = 104, 34, 104  # pixels
LANE_HEIGHT, LOOP_HEIGHT, LINE_HEIGHT = 26, 38, 15
LEAD = """
Each lifecycle is declared once. From the declaration come the checks of the entity, the rows of the
table `lifecycle_edges`, the enum in the OpenAPI document, the labels of the metrics, and this page.
An edge from nothing creates the aggregate. An edge may add a version of the aggregate's content.

The last column names the fields that an action changes, beside the state, the time of the change
and the number of the version. All others keep their value: the core refuses another one with
`FIELD_NOT_OF_ACTION`, and the databases with the guards `*_keeps_fields`.
An edge from nothing sets the fixed fields, and of the others those in the last column. The rest has
its initial value, which the guards `*_initial_fields` require.
"""


def lifecycles() -> tuple[AnyLifecycle, ...]:
    """Return every registered lifecycle, by name."""
    return tuple(sorted(CATALOG.heads.values(), key=lambda lifecycle: lifecycle.name))


def declaring_module(lifecycle: AnyLifecycle) -> str:
    """Return the path of the module that declares a lifecycle, below a distribution's `src`."""
    names = [f"indelible.kernel.{module}" for module in sorted(_submodules("indelible.kernel"))]
    # An entity that imports its lifecycle does not declare it, so entities are searched last.
    for part in ("lifecycle", "entities"):
        for module in iter_modules(indelible.__path__):
            package = f"indelible.{module.name}"
            if module.ispkg and part in _submodules(package):
                names += _modules_of(f"{package}.{part}")
    for name in names:
        for value in vars(import_module(name)).values():
            if value is lifecycle or _is_entity_of(value, lifecycle, name):
                return name.replace(".", "/") + ".py"

    message = f"no module declares the lifecycle {lifecycle.name}"
    raise LookupError(message)


def _is_entity_of(value: object, lifecycle: AnyLifecycle, module: str) -> bool:
    """Return whether a value is the aggregate of a lifecycle, defined in a module."""
    if not isinstance(value, type) or value.__module__ != module:
        return False
    return issubclass(value, Aggregate) and value.__dict__.get("lifecycle") is lifecycle


def _modules_of(name: str) -> list[str]:
    """Return a module, or the modules of a package."""
    if not hasattr(import_module(name), "__path__"):
        return [name]

    return [f"{name}.{module}" for module in sorted(_submodules(name))]


def _submodules(package: str) -> set[str]:
    return {module.name for module in iter_modules(import_module(package).__path__)}


def lifecycles_page() -> str:
    """Return the page with the edges and the drawing of every lifecycle."""
    parts = [LEAD.lstrip()]
    for lifecycle in lifecycles():
        parts += _section(lifecycle)

    return page("Lifecycles", *parts)


def _section(lifecycle: AnyLifecycle) -> Iterator[str]:
    rows = []
    for edge in lifecycle.edges:
        adds_version = "yes" if edge.adds_version else "no"
        from_state = edge.from_state or "(nothing)"
        rows.append(
            (
                from_state,
                f"`{edge.action}`",
                edge.to_state.value,
                adds_version,
                _changed_fields(lifecycle, edge),
            )
        )

    yield f"## {lifecycle.name}\n"
    module, head = declaring_module(lifecycle), _table(lifecycle)
    readers = _readers(lifecycle.readers)
    yield f"Declared in `{module}`; its heads are the rows of `{head}`.\n"
    yield f"The data of its changes is read by {readers}.\n"
    yield table(("from", "action", "to", "adds a version", "changes"), rows)
    yield f"![The lifecycle {lifecycle.name}]({drawing_name(lifecycle)})\n"
    yield f"```text\n{lifecycle.to_mermaid()}\n```\n"


def _readers(readers: Readers) -> str:
    """Return who reads the data of changes in the history of the REST API."""
    if readers.everyone:
        return "everyone"
    owner = f"the user in `{readers.owner_field}`"

    return f"{owner} and operators" if readers.operators else owner


def _changed_fields(lifecycle: AnyLifecycle, edge: Edge[StrEnum]) -> str:
    """Return the fields that an edge changes; one that creates an aggregate sets all, or these."""
    if not edge.from_state and lifecycle.initial is None:
        return "all fields"
    names = (lifecycle.changes or {}).get(edge.action, ())
    return ", ".join(f"`{name}`" for name in names)


def _table(lifecycle: AnyLifecycle) -> str:
    return next(head.name for head, own in CATALOG.heads.items() if own is lifecycle)


def drawings() -> Mapping[str, AnyLifecycle]:
    """Return every lifecycle by the file name of its drawing."""
    return {drawing_name(lifecycle): lifecycle for lifecycle in lifecycles()}


def drawing_name(lifecycle: AnyLifecycle) -> str:
    """Return the file name of a drawing, below `docs`."""
    return f"drawings/lifecycle-{lifecycle.name.replace('_', '-')}.svg"


def states_of(lifecycle: AnyLifecycle) -> list[str]:
    """Return the states that edges lead to, in the order of their enum."""
    reached = {edge.to_state for edge in lifecycle.edges}
    kind = type(lifecycle.edges[0].to_state)
    return [state.value for state in kind if state in reached]


def lifecycle_drawing(lifecycle: AnyLifecycle) -> str:
    """Draw the states from left to right, with the actions between them."""
    states = states_of(lifecycle)
    steps = _steps(lifecycle, states)
    loops = [len(actions) for (start, end), actions in steps.items() if start == end]
    ahead = [step for step in steps if step[1] > step[0] + 1]
    back = [step for step in steps if step[1] < step[0]]

    loop_height = LOOP_HEIGHT + LINE_HEIGHT * max(loops) if loops else 0
    top = MARGIN + loop_height + LANE_HEIGHT * len(back)
    bottom = top + BOX_HEIGHT
    height = bottom + LANE_HEIGHT * len(ahead) + 2 * MARGIN

    parts = [f'<circle cx="{MARGIN}" cy="{top + BOX_HEIGHT // 2}" r="6"/>']
    for number, state in enumerate(states):
        parts += _box(_left(number), top, state)
    for (start, end), actions in steps.items():
        if start == end:
            parts += _loop(start, top, actions)
        elif end == start + 1:
            parts += _straight(start, top, actions)
    for number, (start, end) in enumerate(sorted(ahead, key=_distance)):
        lane = bottom + LANE_HEIGHT * (number + 1)
        parts += _lane(start, end, bottom, lane, steps[start, end])
    for number, (start, end) in enumerate(sorted(back, key=_distance)):
        lane = top - loop_height - LANE_HEIGHT * number
        parts += _lane(start, end, top, lane, steps[start, end])

    if any(edge.adds_version for edge in lifecycle.edges):
        note = "+1: the action adds a version"
        parts.append(text(MARGIN, height - 10, note, "small", "start"))
    width = _left(len(states)) - GAP + MARGIN
    return svg(f"The lifecycle {lifecycle.name}", width, height, parts)


def _steps(lifecycle: AnyLifecycle, states: list[str]) -> dict[tuple[int, int], list[str]]:
    """Return the actions between two states, by the numbers of the states; -1 is nothing."""
    steps: dict[tuple[int, int], list[str]] = {}
    for edge in lifecycle.edges:
        start = states.index(edge.from_state) if edge.from_state else -1
        action = f"{edge.action} +1" if edge.adds_version else edge.action
        steps.setdefault((start, states.index(edge.to_state)), []).append(action)

    return steps


def _distance(step: tuple[int, int]) -> tuple[int, tuple[int, int]]:
    return abs(step[1] - step[0]), step


def _left(number: int) -> int:
    """Return the left edge of the box of a state."""
    return MARGIN + GAP + number * (BOX_WIDTH + GAP)


def _box(x: int, top: int, state: str) -> Iterator[str]:
    yield f'<rect x="{x}" y="{top}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="6"/>'
    yield text(x + BOX_WIDTH // 2, top + 22, state, "title")


def _loop(number: int, top: int, actions: list[str]) -> Iterator[str]:
    x = _left(number) + BOX_WIDTH // 2
    yield arrow(f"M{x - 22} {top}C{x - 34} {top - 44} {x + 34} {top - 44} {x + 22} {top}")
    for line, action in enumerate(reversed(actions)):
        yield text(x, top - LOOP_HEIGHT - LINE_HEIGHT * line, action, "small")


def _straight(number: int, top: int, actions: list[str]) -> Iterator[str]:
    middle = top + BOX_HEIGHT // 2
    start = MARGIN + 6 if number < 0 else _left(number) + BOX_WIDTH
    end = _left(number + 1)
    yield arrow(f"M{start} {middle}L{end} {middle}")
    for line, action in enumerate(reversed(actions)):
        yield text((start + end) // 2, middle - 8 - LINE_HEIGHT * line, action, "small")


def _lane(start: int, end: int, side: int, lane: int, actions: list[str]) -> Iterator[str]:
    """Draw an arrow that leaves a box, runs along a lane, and enters another box."""
    is_below = lane > side
    x = MARGIN if start < 0 else _left(start) + BOX_WIDTH * 2 // 3
    y = side - BOX_HEIGHT // 2 + 6 if start < 0 else side
    goal = _left(end) + BOX_WIDTH // 3
    if not is_below:
        x, goal = _left(start) + BOX_WIDTH // 6, _left(end) + BOX_WIDTH * 5 // 6
    yield arrow(f"M{x} {y}V{lane}H{goal}V{side}")
    yield text((x + goal) // 2, lane - 5, ", ".join(actions), "small")
