"""The page of hooks: what a host passes in, implements, and listens to."""

import ast
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path

from attrs import NOTHING, fields
from docs.generators.markdown import coded, first_sentence, page, plain_types, table

import indelible_sql
from indelible.app import AppContext
from indelible.concepts import ConceptPolicy
from indelible.kernel import Clock, Ids, Store
from indelible.kernel.keys import KeyPolicy
from indelible.memory import MemoryStore
from indelible.policy import Policy
from indelible_web import Authenticator, WebSettings

PACKAGES = Path(__file__).parents[2] / "packages"
PROTOCOLS = (Authenticator, Clock, Ids, Store)
STORES: tuple[Callable[..., object], ...] = (
    indelible_sql.open_store,
    indelible_sql.open_async_store,
    MemoryStore,
)
OPTIONS = (AppContext, WebSettings, Policy, ConceptPolicy, KeyPolicy, indelible_sql.Pool)
ENGINE_HOOKS = ("listen", "listens_for")
FLASK_HOOKS = ("before_request", "after_request", "teardown_request")
LONG_DEFAULTS = ("Factory(", "frozenset(", "<function")
LEAD = """
This page lists where a host's own code connects to the library. The library discovers nothing:
you pass in everything that it uses.
"""
PROTOCOLS_NOTE = """
For your own lifecycle and table see [declare your own lifecycle](../../how-to/own-lifecycle.md) and
`indelible_sql` in [the library](api.md). For the ports of an adapter see [write an
adapter](../../how-to/adapter.md).
"""
LOGGERS_NOTE = """
These loggers belong to the standard library's `logging`. The library sets no level and adds no
handler. It logs no query text, bound value, key or content.
"""
LISTENERS_NOTE = """
The library listens to events of SQLAlchemy on its own engines (never on a host's engine) and of
Flask, in the order of this table.
"""


def hooks_page() -> str:
    """Return the page of hooks."""
    parts = [LEAD.lstrip(), "## Open a store\n"]
    for function in STORES:
        parts += _parameters_section(function)
    parts.append("## Options\n")
    for kind in OPTIONS:
        parts += _fields_section(kind)

    parts += ["## Protocols that a host may implement\n", protocol_list(), PROTOCOLS_NOTE.lstrip()]
    parts += ["## Loggers\n", LOGGERS_NOTE.lstrip()]
    parts.append(table(("logger", "file", "levels"), _logger_rows()))
    parts += ["## Events that the library listens to\n", LISTENERS_NOTE.lstrip()]
    parts.append(table(("file", "event", "listener"), _listener_rows()))

    return page("Hooks", *parts)


def _parameters_section(function: Callable[..., object]) -> Iterator[str]:
    rows: list[tuple[str, ...]] = []
    for name, parameter in inspect.signature(function).parameters.items():
        annotation = inspect.formatannotation(parameter.annotation)
        rows.append(option_row(name, annotation, parameter.default))

    yield f"### {function.__module__.partition('.')[0]}: {function.__name__}\n"
    yield table(("parameter", "type", "default"), rows)


def _fields_section(kind: type) -> Iterator[str]:
    rows: list[tuple[str, ...]] = []
    for attribute in fields(kind):
        annotation = attribute.type  # a text where the type is imported for type checkers alone
        if not isinstance(annotation, str):
            annotation = inspect.formatannotation(annotation)
        rows.append(option_row(attribute.alias or attribute.name, annotation, attribute.default))

    yield f"### {kind.__name__}\n"
    yield f"{first_sentence(kind)}\n"
    yield table(("field", "type", "default"), rows)


def option_row(name: str, annotation: str, default: object) -> tuple[str, ...]:
    """Return the name, type and default of a parameter or field."""
    return coded(name), coded(plain_types(annotation)), coded(default_text(default))


def default_text(default: object) -> str:
    """Return a default, or '' if there is none."""
    if default in (inspect.Parameter.empty, NOTHING):
        return ""
    text = repr(default)

    return "the library's default" if text.startswith(LONG_DEFAULTS) else text


def protocol_list() -> str:
    """Return a list of the protocols with their methods."""
    lines = ""
    for protocol in PROTOCOLS:
        lines += f"- **{protocol.__name__}**: {first_sentence(protocol)}\n"
        for name, method in vars(protocol).items():
            if inspect.isfunction(method) and not name.startswith("_"):
                lines += f"  - `{name}`: {first_sentence(method)}\n"

    return lines


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Yield the path of every shipped module below `src`, with its syntax tree."""
    for source in sorted(PACKAGES.glob("**/src")):
        for path in sorted(source.rglob("*.py")):
            name = path.relative_to(source).as_posix()
            yield name, ast.parse(path.read_text(encoding="utf-8"))


def method_calls(tree: ast.Module) -> Iterator[tuple[ast.Attribute, list[ast.expr]]]:
    """Yield the called attribute and the arguments of every method call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func, node.args


def _logger_rows() -> Iterator[tuple[str, ...]]:
    for path, tree in modules():
        names: list[ast.expr] = []
        levels: set[str] = set()
        for function, arguments in method_calls(tree):
            if function.attr == "getLogger":
                names += arguments
            if ast.unparse(function.value) == "logger":
                levels.add(function.attr.upper())
        if names and levels:
            name = logger_name(path, names[0])
            yield coded(name), coded(path), ", ".join(sorted(levels))


def logger_name(path: str, argument: ast.expr) -> str:
    """Return the name that a module passes to `getLogger`."""
    if ast.unparse(argument) == "__name__":
        return path.removesuffix(".py").replace("/", ".")
    return str(ast.literal_eval(argument))


def _listener_rows() -> Iterator[tuple[str, ...]]:
    for path, tree in modules():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            if isinstance(node.func, ast.Name) and node.func.id in ENGINE_HOOKS:
                _, event, listener = node.args
                yield coded(path), coded(str(ast.literal_eval(event))), coded(ast.unparse(listener))
            elif isinstance(node.func, ast.Attribute) and node.func.attr in FLASK_HOOKS:
                listeners = [coded(ast.unparse(argument)) for argument in node.args]
                yield coded(path), coded(node.func.attr), ", ".join(listeners)
