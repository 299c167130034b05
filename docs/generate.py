# noqa: INP001 - a script beside its pages, no package
"""Writes the pages that say what the code says: `python -m docs.generate`; a test compares them."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

from docs.generators import api, settings
from docs.generators.code import page_with_code, pages_with_code
from docs.generators.database import database_page
from docs.generators.drawings import schema_drawing
from docs.generators.http import http_page
from docs.generators.lifecycles import drawings, lifecycle_drawing, lifecycles_page, overview
from docs.generators.markdown import page, table

from indelible.concepts import ConceptPolicy, WarningCode
from indelible.concepts.entities import OBSERVABLE_VERBS
from indelible.concepts.rules.warnings import RULES
from indelible.kernel import IndelibleError
from indelible.kernel.errors import error_types
from indelible_service.cli.output import CODES, DEFECT
from indelible_web.http.errors import status_of

DOCS = Path(__file__).parent
PACKAGES = (
    "indelible",
    "indelible_sql",
    "indelible_evm",
    "indelible_wordllama",
    "indelible_web",
    "indelible_workers",
    "indelible_service",
)
RUN_BY_ALEMBIC = "indelible_sql.schema.migrations"  # works when it is imported, and only then
BEGIN, END = "<!-- generated: lifecycles -->\n", "<!-- end -->\n"


@cache
def errors() -> tuple[type[IndelibleError], ...]:
    """Every leaf of every package, in order of code and package."""
    for package in map(import_module, PACKAGES):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.startswith((f"{RUN_BY_ALEMBIC}.", "indelible_service.__main__")):
                import_module(module.name)
    ours = {
        each
        for each in error_types()
        if each.__module__.partition(".")[0] in PACKAGES and is_real(each)
    }
    return tuple(sorted(ours, key=lambda error: (error.code, error.__module__)))


def is_real(error: type[IndelibleError]) -> bool:
    """Whether it is the class that its module has: attrs leaves the one without slots behind for a while."""
    return getattr(import_module(error.__module__), error.__qualname__) is error


def errors_page() -> str:
    """Every code, with its sentence, its kind, and what the web and the command line answer."""
    rows = [
        (
            f"`{error.code}`",
            sentence(error),
            kind(error),
            http_status(error),
            exit_code(error),
            f"`{package(error)}`",
        )
        for error in errors()
    ]
    lead = (
        f"All {len(rows)} refusals there are. `code` is for programs and never changes its meaning; the sentence is for"
        " people. The kind says what a caller can do: see the [glossary](glossary.md). HTTP is the status of the answer"
        " of `indelible_web`, exit the exit code of the `indelible` command; `-` where neither is ever given.\n"
    )
    return page(
        "Errors", lead, table(("code", "sentence", "kind", "HTTP", "exit", "package"), rows)
    )


def warnings_page() -> str:
    """Every warning: how much it should worry, what it says, about which field, and when it is found."""
    lead = (
        "A warning never blocks and never changes content. Those *kept* are computed in the transaction that writes a"
        " version, and stored beside it for good; those *at read* depend on other concepts or on later approvals, and"
        " are computed whenever they are asked for. Braces stand for values; the limits are those of `ConceptPolicy`.\n"
    )
    found = places()
    rows: list[tuple[str, ...]] = []
    for code in WarningCode:
        severity, says = code.severity, code.template
        where = found.get(
            code, ("`prerequisites`" if code.startswith("PREREQ") else "the concept", "at read")
        )
        rows.append((f"`{code}`", severity.value, says.replace("|", "\\|"), *where))
    return page(
        "Warnings",
        lead,
        table(("code", "severity", "what it says", "about", "when"), rows),
        policy_part(),
    )


def places() -> Mapping[str, tuple[str, str]]:
    """Of each warning that is kept with a version: which field it is about."""
    fields: dict[str, list[str]] = {WarningCode.RULE_CRASHED: ["any"]}
    for rule in RULES:
        for code in rule.codes:
            fields.setdefault(code, []).append(f"`{rule.field}`")

    return {
        code: ("any text" if len(names) > 1 else names[0], "kept") for code, names in fields.items()
    }


def policy_part() -> str:
    """The limits, and what they are unless a store's owner says otherwise."""
    policy = ConceptPolicy()
    names = [attribute for attribute in dir(policy) if not attribute.startswith("_")]
    rows = [(f"`{name}`", shown(getattr(policy, name))) for name in names]
    return (
        "## Limits\n\n`open_store(policy=Policy(concepts=ConceptPolicy(...)))` sets them.\n\n"
        + table(("limit", "default"), rows)
    )


def shown(value: object) -> str:
    """A default, in short."""
    return f"{len(OBSERVABLE_VERBS)} verbs" if value == OBSERVABLE_VERBS else str(value)


def sentence(error: type[IndelibleError]) -> str:
    """What the error says."""
    return error.message.replace("|", "\\|").replace("*", "\\*")


def kind(error: type[IndelibleError]) -> str:
    """The kind that a caller can catch."""
    name = error.__mro__[1].__name__
    return error.__name__ if name == "IndelibleError" else name


def package(error: type[IndelibleError]) -> str:
    """The package that raises it."""
    return error.__module__.partition(".")[0]


def http_status(error: type[IndelibleError]) -> str:
    """What the web answers."""
    return "-" if package(error) == "indelible_service" else str(status_of(error))


def exit_code(error: type[IndelibleError]) -> str:
    """What the command line answers."""
    if package(error) == "indelible_web":
        return "-"
    return str(next((code for each, code in CODES if issubclass(error, each)), DEFECT))


def architecture_page() -> str:
    """Return the page on the architecture with its table of lifecycles written again."""
    before, _, rest = (DOCS / "architecture.md").read_text(encoding="utf-8").partition(BEGIN)
    return f"{before}{BEGIN}\n{overview()}\n{END}{rest.partition(END)[2]}"


def drawing_pages() -> dict[str, Callable[[], str]]:
    """Return the writer of every drawing by its file name."""
    pages: dict[str, Callable[[], str]] = {"drawings/schema.svg": schema_drawing}
    for name, lifecycle in drawings().items():
        pages[name] = partial(lifecycle_drawing, lifecycle)

    return pages


PAGES: Mapping[str, Callable[[], str]] = {
    "architecture.md": architecture_page,
    **drawing_pages(),
    "reference/command-line.md": settings.commands_page,
    "reference/database.md": database_page,
    "reference/errors.md": errors_page,
    "reference/hooks.md": settings.hooks_page,
    "reference/http.md": http_page,
    "reference/lifecycles.md": lifecycles_page,
    "reference/metrics.md": settings.metrics_page,
    "reference/settings.md": settings.settings_page,
    "reference/warnings.md": warnings_page,
    **api.pages(),
}
PAGES_WITH_CODE = tuple(pages_with_code())

if __name__ == "__main__":
    for name, text in PAGES.items():
        (DOCS / name).write_text(text(), encoding="utf-8")
    for name in PAGES_WITH_CODE:
        (DOCS / name).write_text(page_with_code(name), encoding="utf-8")
