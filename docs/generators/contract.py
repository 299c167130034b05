"""The page of the contract, from the committed contract and the tests that assert its codes."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from docs.generators.markdown import coded, page, table
from tests.architecture.code_tests import asserting_tests

from indelible_service.contract.collecting import (
    COMMANDS,
    ERRORS,
    FEED,
    LIFECYCLES,
    METRICS,
    NAMES,
    OPERATORS,
    ROUTES,
    SETTINGS,
    WEBHOOKS,
)
from indelible_service.contract.differences import Part, Parts
from indelible_service.contract.files import digests_of, read_contract

COMMITTED = Path(__file__).parents[1] / "reference" / "contract.json"
PAGE = Path(__file__).parents[1] / "reference" / "contract.md"
ROW = re.compile(r"^\| `([A-Z0-9_]+)` \|.*\| `([\w./]+::\w+)` \|$", re.MULTILINE)  # code, test
OPERATION = re.compile(r"[A-Z]+ /")
LEAD = """
This is what a program that uses indelible may rely on. [contract.json](contract.json) has each
promise as a fact of a name, such as the type of a parameter; this page lists the names. Both are
generated from the code, and the tests compare them with it.

## What is promised

- **What is in the contract stays as it is until the next major version.** A name is not removed, a
  fact of it is not changed, nothing more is required, and no limit of what you send gets tighter.
- **What is added breaks nobody.** An answer may get a field, an enumeration a value, a list of
  choices another one, and a limit may get wider: ignore what you do not know. The changelog names
  each addition.
- **What is deprecated works for two more minor versions.** The changelog names it and what replaces
  it. In Python it gives a `DeprecationWarning`; over HTTP its answers have the headers
  `Deprecation` and `Sunset`, with the date after which it may be gone. Nothing is deprecated now.
- **What is not here may change**: names that begin with `_`, modules that
  [the reference of the library](api.md) does not list, texts of messages and pages, the order of
  JSON properties, tables of the database beside [those that are described](database.md).

A difference that breaks a promise fails the tests, and so does an addition that the changelog does
not name. `python -m docs.contract` writes the file again.
[Freeze your contract](../how-to/freeze-your-contract.md) does the same for a service with contexts
of your own.
"""
DIGESTS = """
## The parts and their digests

A digest is the SHA-256 of the names and facts of a part.
"""
DETAILS = {
    ROUTES: ("the public routes", "http.md"),
    OPERATORS: ("the operators' routes", "operator-scopes.md"),
    WEBHOOKS: ("the webhooks", "payment-contract.md"),
    ERRORS: ("the error codes", "errors.md"),
    LIFECYCLES: ("the states and edges of every lifecycle", "lifecycles.md"),
    FEED: ("the events of the feed", "../how-to/follow-the-feed.md"),
    METRICS: ("the metrics", "metrics.md"),
    SETTINGS: ("the settings", "settings.md"),
    COMMANDS: ("the commands and their exit codes", "command-line.md"),
    NAMES: ("the public names of Python", "api.md"),
}


def contract_page() -> str:
    """Return the page with the promise, the digests, and the names of each part."""
    parts = read_contract(COMMITTED)
    sections = [section for part in parts for section in _section(part, parts[part])]
    head = ("part", "names", "facts", "digest")
    return page(
        "The contract", LEAD.lstrip(), DIGESTS.lstrip(), table(head, _rows(parts)), *sections
    )


def _rows(parts: Parts) -> Iterator[tuple[str, ...]]:
    digests = digests_of(parts)
    for part, names in parts.items():
        text, link = DETAILS[part]
        facts = sum(len(of_name) for of_name in names.values())
        yield f"[{text}]({link})", f"{len(names):,}", f"{facts:,}", coded(digests[part])


def _section(part: str, names: Part) -> Iterator[str]:
    text, link = DETAILS[part]
    yield f"## {text[0].upper()}{text[1:]}\n"
    if part == ERRORS:
        yield "Each code with the test that triggers it.\n"
        yield table(("code", "HTTP", "exit", "test"), _error_rows(names))
        return

    yield f"[Details]({link}).\n"
    if part in (ROUTES, OPERATORS):
        operations = [name for name in names if OPERATION.match(name)]
        schemas = [name for name in names if not OPERATION.match(name)]
        yield f"{_listed(operations)}\n"
        yield f"Their schemas: {_listed(schemas)}\n"
    else:
        yield f"{_listed(names)}\n"


def _error_rows(names: Part) -> Iterator[tuple[str, ...]]:
    tests = asserting_tests(dict(ROW.findall(PAGE.read_text(encoding="utf-8"))))
    for code, facts in names.items():
        status, exit_code = facts.get("HTTP status", ""), facts.get("exit code", "")
        yield coded(code), status, exit_code, coded(tests.get(code, ""))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) + "."
