"""The page of error codes."""

from collections.abc import Iterator

from docs.generators.markdown import cell, page, table

from indelible.kernel import IndelibleError
from indelible_service.cli.output import exit_code_of
from indelible_service.contract.errors import ErrorType, all_errors, package_of

NOT_USED = "-"
LEAD = """
This page lists all {count} error codes. Programs use `code`, whose meaning never changes; people
read the message, in which braces stand for values. The kind says what the caller can do: see the
[glossary](../../reference/glossary.md). HTTP is the status of `indelible_web`, exit the exit code
of the `indelible` command; `-` means that it never returns this error. `http_problem(error)` of
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


def errors_page() -> str:
    """Return the page with every error code."""
    head = ("code", "message", "kind", "HTTP", "exit", "package")
    lead = LEAD.lstrip().format(count=len(all_errors()))

    replaced = [f"- `{code}`: now `{new_code}`\n" for code, new_code in REPLACED_BY.items()]
    return page("Errors", lead, table(head, _rows()), REPLACED, "".join(replaced))


def _rows() -> Iterator[tuple[str, ...]]:
    for error in all_errors():
        message = cell(error.message).replace("*", "\\*")
        code, own_package = f"`{error.code}`", f"`{package_of(error)}`"
        yield code, message, kind(error), http_status(error), exit_code(error), own_package


def kind(error: ErrorType) -> str:
    """Return the name of the class that a caller can catch."""
    parent = error.__mro__[1]
    return error.__name__ if parent is IndelibleError else parent.__name__


def http_status(error: ErrorType) -> str:
    """Return the HTTP status for the error."""
    if package_of(error) == "indelible_service":
        return NOT_USED
    return str(error.http_status)


def exit_code(error: ErrorType) -> str:
    """Return the exit code of the command line for the error."""
    if package_of(error) == "indelible_web":
        return NOT_USED
    return str(exit_code_of(error))
