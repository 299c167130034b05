"""The reference of the library: the public names of every package."""

import inspect
import re
from collections.abc import Iterator, Mapping
from enum import Enum
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import FunctionType, ModuleType, NoneType
from typing import Any

import attrs
from docs.generators.markdown import first_sentence, page, plain_types

from indelible.kernel import IndelibleError, Lifecycle
from indelible_sql.contexts import CONTEXTS

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS_FOLDER = "_build/library"  # below docs
LIST_START = "__all__ = ["
ENUM_MEMBER = re.compile(r"<(\w+\.\w+): [^>]*>")
LIST_LINE = re.compile(r"^    (?:# (.+)|\"(\w+)\",?)$", re.MULTILINE)
SHORT_TYPES = (bool, int, float, str, bytes, tuple, NoneType)
MAX_DEFAULT_CHARACTERS = 200
MAX_ENUM_VALUES = 12
LEAD = """
Each chapter has every public name of its modules, with its signature and its docstring. Other names
may change without notice.
"""

KERNEL_MODULES = (
    "indelible.declare",
    "indelible.kernel.actions",
    "indelible.kernel.contexts",
    "indelible.kernel.claims",
    "indelible.kernel.conditions",
    "indelible.kernel.kinds",
    "indelible.kernel",
    "indelible.kernel.keys",
    "indelible.kernel.key_issue",
    "indelible.kernel.aggregate_errors",
    "indelible.kernel.aggregates",
    "indelible.kernel.one_per_parent",
    "indelible.kernel.json_objects",
    "indelible.kernel.money",
    "indelible.kernel.payloads",
    "indelible.kernel.rejections",
    "indelible.kernel.webhooks",
    "indelible.kernel.history",
    "indelible.kernel.commit_signal",
    "indelible.kernel.lost_races",
    "indelible.kernel.standbys",
    "indelible.kernel.idempotency",
    "indelible.kernel.settings",
    "indelible.kernel.transaction",
    "indelible.kernel.values",
    "indelible.policy",
    "indelible.app",
)
WORKER_MODULES = (
    "indelible_workers",
    "indelible_workers.recurring.cron",
    "indelible.kernel.stages",
    "indelible.kernel.silence",
    "indelible.kernel.lease_handles",
    "indelible.kernel.rates",
    "indelible.kernel.breakers",
    "indelible.kernel.breaker_commands",
    "indelible.kernel.tasks",
    "indelible.kernel.task_lists",
    "indelible.kernel.task_commands",
    "indelible.kernel.task_arguments",
    "indelible.kernel.task_retention",
    "indelible.kernel.retention",
    "indelible.kernel.task_errors",
    "indelible.kernel.subscriber_checks",
    "indelible.kernel.subscribers",
    "indelible.kernel.feed_stage",
    "indelible.kernel.feed_delays",
    "indelible.kernel.open_writers",
)
WEB_MODULES = (
    "indelible_web",
    "indelible_web.console.home_parts",
    "indelible_web.own",
)
SQL_MODULES = (
    "indelible_sql",
    "indelible_sql.schema.hosts",
    "indelible_sql.schema.own_upgrade",
    "indelible_sql.schema.admission",
)
STORE_MODULES = (
    "indelible.memory",
    "indelible.memory.store",
    "indelible_service.embedded",
    "indelible_service.simulation.hosts",
)

Chapter = tuple[str, tuple[str, ...]]


class Dots:
    """A placeholder for a default that is too long to show."""

    def __repr__(self) -> str:
        return "..."


def chapters() -> dict[str, Chapter]:
    """Return the title and the modules of every chapter, by the name of its page."""
    contexts: dict[str, Chapter] = {}
    for context in CONTEXTS:
        name = f"indelible.{context}"
        modules = (name, *parts(f"{name}.ports"), *parts(f"{name}.errors"))
        contexts[context] = (f"The context {context}", modules)

    return {
        "kernel": ("The kernel", KERNEL_MODULES),
        **contexts,
        "sql": ("SQLite and PostgreSQL stores", SQL_MODULES),
        "evm": ("Ethereum chains", ("indelible_evm",)),
        "git": ("Git repositories", ("indelible_git",)),
        "stripe": ("Stripe", ("indelible_stripe", "indelible_stripe.simulator")),
        "wordllama": ("Local embeddings", ("indelible_wordllama",)),
        "web": ("The REST API and console", WEB_MODULES),
        "workers": ("Stages and workers", WORKER_MODULES),
        "testing": (
            "Memory store, embedded servers and conformance suites",
            (*STORE_MODULES, *_suites()),
        ),
    }


def parts(name: str) -> tuple[str, ...]:
    """Return the modules of a package, or the name of a module."""
    module = import_module(name)
    if not hasattr(module, "__path__"):
        return (name,)
    return tuple(part.name for part in iter_modules(module.__path__, f"{name}."))


def _suites() -> tuple[str, ...]:
    """Return the conformance suites of every context and of the kernel."""
    suites = ["indelible.testing.stores", "indelible.testing.kernel.conformance"]
    for context in CONTEXTS:
        suites.append(f"indelible.testing.{context}.conformance")

    return (
        *suites,
        "indelible.testing.concepts.repository",
        "indelible.testing.captures.scenarios",
        "indelible.testing.own",
        "indelible_sql.testing",
    )


def write_chapters(docs: Path) -> None:
    """Write the page of every chapter, for a build of the site."""
    folder = docs / CHAPTERS_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, (title, modules) in chapters().items():
        (folder / f"{name}.md").write_text(chapter_page(title, modules), encoding="utf-8")


def index_page() -> str:
    """Return the page that lists every chapter."""
    lines = ""
    for title, modules in chapters().values():
        lines += f"- {title}: {', '.join(f'`{module}`' for module in modules)}\n"
    entries = [f"/{CHAPTERS_FOLDER}/{name}" for name in chapters()]
    toctree = "\n".join(("```{toctree}", ":maxdepth: 1", "", *entries, "```\n"))

    return page("The library", LEAD.lstrip(), lines, toctree)


def chapter_page(title: str, modules: tuple[str, ...]) -> str:
    """Return the page of one chapter."""
    parts: list[str] = []
    for module in modules:
        parts += _module_section(import_module(module))

    return page(title, *parts)


def _module_section(module: ModuleType) -> Iterator[str]:
    yield f"## {module.__name__}\n"
    yield f"{first_sentence(module)}\n"
    current_group = ""
    for group, name in public_names(module):
        if group != current_group:
            yield f"### {group[:1].upper()}{group[1:]}\n"
            current_group = group
        yield _entry(name, getattr(module, name))


def public_names(module: ModuleType) -> Iterator[tuple[str, str]]:
    """Yield each public name with the comment above its group in `__all__`, or ''."""
    if not hasattr(module, "__all__"):
        for name, value in vars(module).items():
            if is_defined_in(module, name, value):
                yield "", name
        return

    source = Path(str(module.__file__)).read_text(encoding="utf-8").partition(LIST_START)[2]
    is_on_one_line = source.startswith('"')
    if is_on_one_line:
        for name in module.__all__:
            yield "", name
        return

    group = ""
    for comment, name in LIST_LINE.findall(source):
        group = comment or group
        if name:
            yield group, name


def is_defined_in(module: ModuleType, name: str, value: object) -> bool:
    """Return whether a public function or class is defined in this module."""
    if name.startswith("_") or getattr(value, "__module__", "") != module.__name__:
        return False
    return inspect.isroutine(value) or inspect.isclass(value)


def _entry(name: str, value: Any) -> str:  # noqa: ANN401 - of any type
    lines = [f"`{signature(name, value)}`", f": {description(value)}"]
    members = member_lines(value) if inspect.isclass(value) else []
    if members:
        lines.append("")
    for member in members:
        lines.append(f"  - {member}")

    return "\n".join(lines) + "\n"


def signature(name: str, value: object) -> str:
    """Return the name with its parameters, in one line."""
    is_enum = inspect.isclass(value) and issubclass(value, Enum)
    is_protocol = getattr(value, "_is_protocol", False)
    if isinstance(value, Lifecycle) or not callable(value) or is_enum or is_protocol:
        return name
    try:
        own = inspect.signature(value)
    except ValueError:
        return name
    if inspect.isclass(value):
        own = own.replace(return_annotation=inspect.Signature.empty)

    return name + parameters(own)


def parameters(own: inspect.Signature) -> str:
    """Return the parameters without `self`, with long defaults replaced by dots."""
    shortened: list[inspect.Parameter] = []
    for parameter in own.parameters.values():
        if parameter.name in ("self", "cls"):
            continue
        if parameter.default is parameter.empty or is_short(parameter.default):
            shortened.append(parameter)
        else:
            shortened.append(parameter.replace(default=Dots()))

    shown = ENUM_MEMBER.sub(r"\1", str(own.replace(parameters=shortened)))
    return plain_types(shown).replace("'", '"')


def is_short(default: object) -> bool:
    """Return whether a default of a plain type is short enough to show."""
    return isinstance(default, SHORT_TYPES) and len(repr(default)) <= MAX_DEFAULT_CHARACTERS


def description(value: object) -> str:
    """Return the docstring; for an error also its code, for a constant its value."""
    if isinstance(value, Lifecycle):
        return f"The lifecycle of a {value.name}: [its edges](../reference/lifecycles.md)."
    if isinstance(value, ModuleType):
        return _module_description(value)
    if not (inspect.isclass(value) or isinstance(value, FunctionType)):
        return _constant_description(value)

    text = " ".join((inspect.getdoc(value) or "").split())
    if inspect.isclass(value) and issubclass(value, IndelibleError) and value.code:
        parent = value.__mro__[1]
        kind = "" if parent is IndelibleError else f", a kind of {parent.__name__}"
        text += f" `{value.code}`{kind}."

    return text.replace("*", "\\*")


def _constant_description(value: object) -> str:
    if isinstance(value, Mapping):
        keys = ", ".join(f"`{key}`" for key in value)
        return f"A mapping with the keys {keys}."
    if isinstance(value, frozenset):  # its own order differs from run to run
        return ", ".join(sorted(f"`{member}`" for member in value))
    text = plain_types(str(value))
    if "\n" in text:
        return f"A text of {len(text.splitlines())} lines."
    return f"`{text}`"


def _module_description(module: ModuleType) -> str:
    names = [
        f"`{name}`" for name, value in vars(module).items() if is_defined_in(module, name, value)
    ]
    return f"{first_sentence(module)} {', '.join(names)}."


def member_lines(kind: type) -> list[str]:
    """Return an enumeration's values, or the methods and properties that a class adds."""
    if issubclass(kind, Enum):
        values = [f"`{member.value}`" for member in kind]
        return [", ".join(values)] if len(values) <= MAX_ENUM_VALUES else []
    if issubclass(kind, IndelibleError) and kind is not IndelibleError:
        return []

    lines: list[str] = []
    for name, value in vars(kind).items():
        if is_public_member(kind, name, value):
            lines.append(member_line(name, value))

    return lines


def is_public_member(kind: type, name: str, value: object) -> bool:
    """Return whether a member is a public method or property, and not a test of a suite."""
    is_method = isinstance(value, FunctionType | property | classmethod | staticmethod)
    if not is_method or name.startswith(("_", "test_")):
        return False
    is_field = attrs.has(kind) and name in attrs.fields_dict(kind)

    return not is_field


def member_line(name: str, value: Any) -> str:  # noqa: ANN401 - of any kind
    """Return a method or property with its first sentence."""
    if isinstance(value, property):
        function: Any = value.fget
        shown_name = f"`.{name}`"
    else:
        function = getattr(value, "__func__", value)
        shown_name = f"`.{name}{parameters(inspect.signature(function))}`"
    sentence = first_sentence(function).replace("*", "\\*")

    return f"{shown_name}: {sentence}" if sentence else shown_name
