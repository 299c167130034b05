"""The contract of a service: read from its code, written to a folder, and compared."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Final, cast

from attrs import frozen

from indelible.kernel import Invalid
from indelible.kernel.contexts import Context
from indelible.kernel.json_numbers import ExactEncoder
from indelible_service.composition import web_contexts
from indelible_service.contract.breaks import breaking_changes
from indelible_service.contract.errors import all_errors, errors_of_modules
from indelible_service.files.access import atomic_file, translate_os_errors
from indelible_service.hosts.selection import selected_host_contexts
from indelible_service.settings.service import Settings, load
from indelible_sql.contexts import CATALOG, registrations_of
from indelible_sql.schema.catalog import Catalog
from indelible_web.app import admin_document, public_document

PUBLIC: Final = "openapi.json"
OPERATORS: Final = "openapi-operators.json"
OTHER: Final = "contract.json"  # error codes, states, events of the feed
READABLE: Final = 0o644  # a contract is no secret

Contract = Mapping[str, Mapping[str, Any]]  # the content of each file


@frozen
class ContractUnreadable(Invalid):
    """A file is no part of a contract that `indelible contract write` has written."""

    message: ClassVar[str] = "Contract {file} cannot be read: {problem}."
    file: str
    problem: str


def configured_contract(settings: Settings | None = None) -> Contract:
    """Return the contract of the contexts that are on; nothing is opened.

    Of a host's errors it has those of the modules that declare its aggregates.

    Raises: ContextsUnusable, HostModuleUnusable, SettingsWrong.
    """
    settings = settings or load()
    own = selected_host_contexts(settings)
    off = settings.contexts_off
    built_in = [context for context in CATALOG.contexts if context.name not in off]
    catalog = Catalog((*built_in, *registrations_of(own, settings.schema)))
    modules = {one.aggregate.__module__ for one in own if isinstance(one, Context)}

    states: dict[str, list[str]] = {}
    events: set[str] = set()
    for lifecycle in catalog.heads.values():
        states[lifecycle.name] = sorted({str(edge.to_state) for edge in lifecycle.edges})
        events.update(f"{lifecycle.name}.{edge.action}" for edge in lifecycle.edges)
    statuses: dict[str, int] = {}
    for error in (*all_errors(), *errors_of_modules(modules)):
        # Several errors of the libraries share a code; a caller over HTTP sees the lowest status.
        statuses[error.code] = min(error.http_status, statuses.get(error.code, error.http_status))

    contexts = web_contexts(settings)
    return {
        PUBLIC: _as_served(public_document(contexts)),
        OPERATORS: _as_served(admin_document(contexts)),
        OTHER: {
            "errors": dict(sorted(statuses.items())),
            "states": dict(sorted(states.items())),
            "events": sorted(events),
        },
    }


def _as_served(document: Mapping[str, Any]) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", json.loads(ExactEncoder().encode(document)))


def breaks(old: Contract, new: Contract) -> list[str]:
    """Return a line for each difference that breaks a caller of the old contract."""
    lines: list[str] = []
    for document in (PUBLIC, OPERATORS):
        lines.extend(breaking_changes(old[document], new[document]))
    before, after = old[OTHER], new[OTHER]
    for code, status in before["errors"].items():
        if code not in after["errors"]:
            lines.append(f"error code {code} is gone")
        elif after["errors"][code] != status:
            lines.append(f"error code {code} had status {status}, has {after['errors'][code]}")
    for lifecycle, states in before["states"].items():
        gone = set(states) - set(after["states"].get(lifecycle, ()))
        lines.extend(f"state {state} of {lifecycle} is gone" for state in sorted(gone, key=str))
    gone_events = set(before["events"]) - set(after["events"])
    lines.extend(f"event {event} is gone" for event in sorted(gone_events, key=str))
    return lines


def text_of(content: Mapping[str, Any]) -> str:
    """Return the text of a file of a contract."""
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def read_contract(folder: Path) -> Contract:
    """Return the contract in a folder.

    Raises: ContractUnreadable.
    """
    contract: dict[str, Any] = {}
    for name in (PUBLIC, OPERATORS, OTHER):
        path = folder / name
        try:
            contract[name] = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise ContractUnreadable(str(path), str(error)) from error
    try:
        # Compared with itself, it is read in all places where a comparison reads it.
        breaks(contract, contract)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError) as error:
        problem = f"it has not the shape of a contract ({error!r})"
        raise ContractUnreadable(str(folder), problem) from error
    return contract


def write_contract(folder: Path, contract: Contract, *, may_break: bool = False) -> list[str]:
    """Write a contract, or return what refuses to replace the one that is there.

    Raises: ContractUnreadable, FileUnusable, DiskFull.
    """
    with translate_os_errors(folder):
        folder.mkdir(exist_ok=True)
        is_there = any((folder / name).exists() for name in contract)
    if is_there and not may_break:
        broken = breaks(read_contract(folder), contract)
        if broken:
            return broken

    for name, content in contract.items():
        with atomic_file(folder / name) as file:
            file.write(text_of(content).encode())
        (folder / name).chmod(READABLE)
    return []
