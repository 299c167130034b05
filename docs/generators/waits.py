"""The page of waits: how often each command and query waits for PostgreSQL."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from itertools import groupby

from docs.generators.markdown import coded, page, table
from tests.waits.counting import TESTING, Range, context_of, measured
from tests.web.keyed_reads import keyed_routes

import indelible
from indelible_web.contexts import CONTEXTS

LEAD = """
A wait is a round trip: the server's answer that a command or a query needs before it goes on. Where
the database is on another machine, each costs 0.3 to 2 ms. The numbers were counted by a proxy
while the suites of the stores ran on PostgreSQL: the fewest and the most waits of all calls that
succeeded, with BEGIN and COMMIT. A command that is repeated with its key only reads, and one that
changes more entities waits more often. `python -m tests.waits` measures them again, and the gate
fails if a command waits more often than here.
"""
HTTP_LEAD = """
## HTTP

These routes wait once, with the read of the API key (`tests/web/test_keyed_reads.py` counts them),
and so do the list and the single aggregate of a host's context. Every other `GET` waits for the key
first, and then as often as its query. So does each of these where it may read from a standby, and
for a minute after its key or its address was refused:

"""
UNMEASURED_LEAD = """
## Not measured

The suites of the stores call none of these:
"""


def waits_page() -> str:
    """Return the page with the waits of each context."""
    ranges = measured()
    parts: list[str] = []
    for context, names in groupby(sorted(ranges), key=lambda name: name.partition(".")[0]):
        parts.append(f"## {context.capitalize()}\n")
        rows = (_row(name.partition(".")[2], ranges[name]) for name in names)
        parts.append(table(("command or query", "fewest", "most"), rows))

    routes = "".join(f"- {coded(f'GET {route}')}\n" for route in keyed_routes(CONTEXTS))
    missing = sorted(command_names().difference(ranges))
    unmeasured = "".join(f"- {coded(name)}\n" for name in missing)
    parts += [HTTP_LEAD.lstrip() + routes, UNMEASURED_LEAD.lstrip(), unmeasured]
    return page("Waits", LEAD.lstrip(), *parts)


def _row(name: str, found: Range) -> tuple[str, str, str]:
    command, _, way = name.partition(", ")
    shown = f"{coded(command)}, {way}" if way else coded(command)
    return shown, str(found.fewest), str(found.most)


def command_names() -> set[str]:
    """Return the name of every command of the core with its context."""
    return {f"{context}.{name}" for context, name in _commands()}


def _commands() -> Iterator[tuple[str, str]]:
    for module in pkgutil.walk_packages(indelible.__path__, f"{indelible.__name__}."):
        if module.name.startswith(TESTING.rstrip(".")):
            continue
        for _, cls in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            names: Mapping[str, object] = vars(cls)
            name = names.get("command_name")
            if cls.__module__ == module.name and isinstance(name, str):
                yield context_of(module.name), name
