"""The public names of every package: what they take, what they give, and what they say of themselves."""

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType, NoneType
from typing import Any

import attrs
from docs.generators.markdown import first_sentence, page, plain_types

from indelible.kernel import IndelibleError, Lifecycle

GROUPED = re.compile(r"^    (?:# (.+)|\"(\w+)\",?)$", re.MULTILINE)
PLAIN = (bool, int, str, bytes, tuple, NoneType)


class Dots:
    """A default that is too long to show."""

    def __repr__(self) -> str:
        return "..."


ELLIPSIS = Dots()
MAX_DEFAULT_CHARACTERS = 200
MOST = 12  # members of an enumeration that are listed here
BOOK: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "kernel": (
        "What every context is made of",
        ("indelible.kernel", "indelible.kernel.keys", "indelible.policy", "indelible.app"),
    ),
    "concepts": ("The context of concepts", ("indelible.concepts",)),
    "sql": ("Stores on SQLite and PostgreSQL", ("indelible_sql",)),
    "evm": ("Tokens on a chain", ("indelible_evm",)),
    "wordllama": ("Embeddings of texts", ("indelible_wordllama",)),
    "web": ("The REST API", ("indelible_web",)),
    "workers": (
        "Stages at work",
        ("indelible_workers", "indelible.kernel.stages", "indelible.kernel.tasks"),
    ),
    "testing": (
        "The store in memory, servers that come in wheels, and what a store is held to",
        (
            "indelible.memory",
            "indelible_service.embedded",
            "indelible.testing.stores",
            "indelible.testing.concepts.conformance",
            "indelible.testing.concepts.repository",
            "indelible.testing.kernel.conformance",
        ),
    ),
}


def pages() -> dict[str, Callable[[], str]]:
    """The page of each chapter, and the one that leads there."""
    return {"reference/api.md": index} | {
        f"reference/api/{name}.md": lambda name=name: chapter(name) for name in BOOK
    }


def index() -> str:
    """Which chapter holds what."""
    lead = (
        "Every public name, with its signature and what it says of itself. As public are the names of the modules"
        " `errors` and `ports` of a context, and, for whoever writes a store, those of `indelible.kernel.history`,"
        " `.receipts`, `.config` and `.errors`. What is in neither may change without notice.\n"
    )
    lines = [
        f"- [{title}](api/{name}.md): {', '.join(f'`{each}`' for each in own)}"
        for name, (title, own) in BOOK.items()
    ]
    tree = "\n".join(("```{toctree}", ":hidden:", "", *(f"api/{name}" for name in BOOK), "```\n"))
    return page("The library", lead, "\n".join(lines) + "\n", tree)


def chapter(name: str) -> str:
    """One page of the book."""
    title, modules = BOOK[name]
    return page(title, *(part for each in modules for part in module_part(import_module(each))))


def module_part(module: ModuleType) -> Iterator[str]:
    """A module's names, grouped as its own list groups them."""
    yield f"## {module.__name__}\n"
    yield f"{first_sentence(module)}\n"
    group = ""
    for heading, name in grouped(module):
        if heading != group:
            yield f"### {heading[:1].upper()}{heading[1:]}\n"
            group = heading
        yield described(name, getattr(module, name))


def grouped(module: ModuleType) -> Iterator[tuple[str, str]]:
    """Each public name, with the comment that stands over it."""
    if not hasattr(module, "__all__"):
        yield from (
            ("", name) for name, value in vars(module).items() if is_own(module, name, value)
        )
        return
    source = Path(str(module.__file__)).read_text(encoding="utf-8").partition("__all__ = [")[2]
    heading = ""
    if source.startswith('"'):  # in one line
        yield from (("", name) for name in module.__all__)
    for comment, name in GROUPED.findall(source):
        heading = comment or heading
        if name:
            yield heading, name


def is_own(module: ModuleType, name: str, value: object) -> bool:
    """Whether the module defines it for others."""
    is_made_here = getattr(value, "__module__", "") == module.__name__
    return (
        is_made_here
        and not name.startswith("_")
        and inspect.isroutine(value) | inspect.isclass(value)
    )


def described(name: str, value: Any) -> str:  # noqa: ANN401 - of any type
    """A name with all that is said of it."""
    lines = [f"`{signature(name, value)}`", f": {said(value)}"]
    if inspect.isclass(value):
        lines += [f"  - {each}" for each in members(value)]
        lines[1:2] = [lines[1], ""] if len(lines) > 2 else [lines[1]]  # noqa: PLR2004 - a list stands apart
    return "\n".join(lines) + "\n"


def signature(name: str, value: object) -> str:
    """How it is called, in one line."""
    is_enum = inspect.isclass(value) and issubclass(value, Enum)
    if (
        isinstance(value, Lifecycle)
        or not callable(value)
        or is_enum
        or getattr(value, "_is_protocol", False)
    ):
        return name
    try:
        found = inspect.signature(value)
    except ValueError:
        return name
    return name + shown(
        found.replace(return_annotation=inspect.Signature.empty)
        if inspect.isclass(value)
        else found
    )


def shown(found: inspect.Signature) -> str:
    """Parameters with plain defaults as they are, and three dots for one that is a value of its own."""
    parameters = [
        each
        if each.default is each.empty or is_short(each.default)
        else each.replace(default=ELLIPSIS)
        for each in found.parameters.values()
        if each.name not in ("self", "cls")
    ]
    return plain_types(str(found.replace(parameters=parameters))).replace("'", '"')


def is_short(default: object) -> bool:
    """Return True if a default of a plain type is short enough to show."""
    return isinstance(default, PLAIN) and len(repr(default)) <= MAX_DEFAULT_CHARACTERS


def said(value: object) -> str:
    """The whole docstring; of an error also its code, of a constant what it is."""
    if isinstance(value, Lifecycle):
        return f"The lifecycle of a {value.name}: [its edges](../lifecycles.md)."
    if isinstance(value, ModuleType):
        names = ", ".join(
            f"`{name}`" for name, each in vars(value).items() if is_own(value, name, each)
        )
        return f"{first_sentence(value)} {names}."
    if not (inspect.isclass(value) or isinstance(value, FunctionType)):
        return f"`{plain_types(str(value))}`"
    text = " ".join((inspect.getdoc(value) or "").split())
    if inspect.isclass(value) and issubclass(value, IndelibleError) and value.code:
        kind = value.__mro__[1].__name__
        text += f" `{value.code}`" + (f", a kind of {kind}." if kind != "IndelibleError" else ".")
    return text.replace("*", "\\*")


def members(kind: type) -> Iterable[str]:
    """An enumeration's values, or the methods and properties that a class adds."""
    own = [method(name, value) for name, value in vars(kind).items() if is_shown(kind, name, value)]
    if issubclass(kind, Enum):
        values = [f"`{each.value}`" for each in kind]
        return [", ".join(values)] if len(values) <= MOST else []
    return [] if issubclass(kind, IndelibleError) and kind is not IndelibleError else own


def is_shown(kind: type, name: str, value: object) -> bool:
    """Whether it is a method or property for others, and no test of a suite."""
    is_method = isinstance(value, FunctionType | property | classmethod | staticmethod)
    is_field = attrs.has(kind) and name in {each.name for each in attrs.fields(kind)}
    return is_method and not is_field and not name.startswith(("_", "test_"))


def method(name: str, value: Any) -> str:  # noqa: ANN401 - of any kind
    """A method or property in one line."""
    inner: Any = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
    words = first_sentence(inner).replace("*", "\\*")
    if isinstance(value, property):
        return f"`.{name}`: {words}" if words else f"`.{name}`"
    return f"`.{name}{shown(inspect.signature(inner))}`" + (f": {words}" if words else "")
