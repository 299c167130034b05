"""The page of error codes."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pkgutil import walk_packages

from docs.generators.markdown import cell, page, table

from indelible.kernel import IndelibleError
from indelible.kernel.errors import error_types
from indelible_service.cli.output import CODES, DEFECT

PACKAGES = (
    "indelible",
    "indelible_sql",
    "indelible_evm",
    "indelible_git",
    "indelible_stripe",
    "indelible_wordllama",
    "indelible_web",
    "indelible_workers",
    "indelible_service",
)
NOT_IMPORTABLE = ("indelible_sql.schema.migrations.", "indelible_service.__main__")
NOT_USED = "-"
LEAD = """
This page lists all {count} error codes. Programs use `code`, whose meaning never changes; people
read the message, in which braces stand for values. The kind says what the caller can do: see the
[glossary](glossary.md). HTTP is the status of `indelible_web`, exit the exit code of the
`indelible` command; `-` means that it never returns this error. `http_problem(error)` of
`indelible.kernel` makes the same answer for any web framework: `status`, `headers` and the `body`,
a problem document of RFC 9457. Your own error has the status of its kind, or its own `http_status`
and `http_headers`.
"""

REPLACED = """\
## Replaced codes

These codes are returned no more.
"""
REPLACED_BY = {
    "CHAIN_ADAPTER_MISSING": "DISTRIBUTION_MISSING",
    "EMBEDDER_MISSING": "DISTRIBUTION_MISSING",
    "IDEMPOTENCY_KEY_REUSED": "IDEMPOTENCY_KEY_CONFLICT",
    "STRIPE_ADAPTER_MISSING": "DISTRIBUTION_MISSING",
}

ErrorType = type[IndelibleError]


@cache
def errors() -> tuple[ErrorType, ...]:
    """Return every error of every package, in order of code and module."""
    import_all_modules()
    own_errors = set()
    for error in error_types():
        if package(error) in PACKAGES and is_current(error):
            own_errors.add(error)

    return tuple(sorted(own_errors, key=lambda error: (error.code, error.__module__)))


def import_all_modules() -> None:
    """Import every module, so that every error class is defined."""
    for name in PACKAGES:
        for module in walk_packages(import_module(name).__path__, f"{name}."):
            if not module.name.startswith(NOT_IMPORTABLE):
                import_module(module.name)


def is_current(error: ErrorType) -> bool:
    """Return whether the module still has this class.

    attrs replaces a class by one with slots, and the garbage collector may not have removed the
    first one yet. No module has a derived leaf: it belongs to its aggregate.
    """
    return getattr(import_module(error.__module__), error.__qualname__, None) is error


def errors_page() -> str:
    """Return the page with every error code."""
    head = ("code", "message", "kind", "HTTP", "exit", "package")
    lead = LEAD.lstrip().format(count=len(errors()))

    replaced = [f"- `{code}`: now `{new_code}`\n" for code, new_code in REPLACED_BY.items()]
    return page("Errors", lead, table(head, _rows()), REPLACED, "".join(replaced))


def _rows() -> Iterator[tuple[str, ...]]:
    for error in errors():
        message = cell(error.message).replace("*", "\\*")
        code, own_package = f"`{error.code}`", f"`{package(error)}`"
        yield code, message, kind(error), http_status(error), exit_code(error), own_package


def package(error: ErrorType) -> str:
    """Return the package that raises the error."""
    return error.__module__.partition(".")[0]


def kind(error: ErrorType) -> str:
    """Return the name of the class that a caller can catch."""
    parent = error.__mro__[1]
    return error.__name__ if parent is IndelibleError else parent.__name__


def http_status(error: ErrorType) -> str:
    """Return the HTTP status for the error."""
    if package(error) == "indelible_service":
        return NOT_USED
    return str(error.http_status)


def exit_code(error: ErrorType) -> str:
    """Return the exit code of the command line for the error."""
    if package(error) == "indelible_web":
        return NOT_USED
    for error_kind, code in CODES:
        if issubclass(error, error_kind):
            return str(code)

    return str(DEFECT)
