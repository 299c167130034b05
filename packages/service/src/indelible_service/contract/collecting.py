"""Read the contract of a service from its code: each part from what declares it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

import click
from attrs import fields_dict

from indelible.kernel import IndelibleError, Lifecycle
from indelible.kernel.history import Change
from indelible_service.cli import EXIT_CODES, main
from indelible_service.cli.output import exit_code_of
from indelible_service.contract.differences import (
    ALWAYS,
    KNOWN,
    OPTIONAL,
    REQUIRED,
    Part,
    Parts,
)
from indelible_service.contract.metrics import metrics_of
from indelible_service.contract.routes import routes_of
from indelible_service.settings.service import Settings, all_setting_fields
from indelible_web.app import admin_document, public_document
from indelible_web.context import WebContext

ROUTES: Final = "routes"
OPERATORS: Final = "operators' routes"
WEBHOOKS: Final = "webhooks"
ERRORS: Final = "error codes"
LIFECYCLES: Final = "lifecycles"
FEED: Final = "feed"
METRICS: Final = "metrics"
SETTINGS: Final = "settings"
COMMANDS: Final = "commands"
NAMES: Final = "Python names"

EXIT_CODE: Final = re.compile(r"(\d) ([^;.]+)")
COMMON_OPTIONS: Final = frozenset({"--help", "--json"})  # of every command
AnyLifecycle = Lifecycle[StrEnum]


def contract_of(
    settings: Settings,
    contexts: tuple[WebContext, ...],
    *,
    lifecycles: Iterable[AnyLifecycle],
    errors: Iterable[type[IndelibleError]],
) -> Parts:
    """Return the contract of a service with these contexts; Python names are added by `names_of`.

    `lifecycles` and `errors` are those that its database and its code know.
    """
    lifecycles = tuple(lifecycles)
    return {
        ROUTES: routes_of(public_document(contexts)),
        OPERATORS: routes_of(admin_document(contexts)),
        WEBHOOKS: _webhooks(contexts),
        ERRORS: _errors(errors),
        LIFECYCLES: _lifecycles(lifecycles),
        FEED: _feed(lifecycles),
        METRICS: metrics_of(settings, contexts),
        SETTINGS: _settings(),
        COMMANDS: _commands(),
    }


def _webhooks(contexts: Iterable[WebContext]) -> Part:
    part: dict[str, dict[str, str]] = {}
    for context in contexts:
        for webhook in context.webhooks:
            outcomes = {f"outcome {outcome}": KNOWN for outcome in webhook.outcomes}
            part[f"POST {webhook.rule}"] = {"authentication": "signature", **outcomes}
    return part


def _errors(errors: Iterable[type[IndelibleError]]) -> Part:
    """Return the codes; of several errors with one code, what all of them have."""
    part: dict[str, dict[str, str]] = {}
    for error in sorted(errors, key=lambda one: (one.code, one.__module__)):
        facts = {"HTTP status": str(error.http_status), "exit code": str(exit_code_of(error))}
        facts.update({f"field {name}": ALWAYS for name in fields_dict(error)})
        known = part.get(error.code, facts)
        part[error.code] = {key: known[key] for key in known if known[key] == facts.get(key)}
    return part


def _lifecycles(lifecycles: Sequence[AnyLifecycle]) -> Part:
    part: dict[str, dict[str, str]] = {}
    for lifecycle in lifecycles:
        facts: dict[str, str] = {}
        for edge in lifecycle.edges:
            facts[f"state {edge.to_state}"] = KNOWN
            source = edge.from_state or "(nothing)"
            facts[f"{edge.action} from {source} to {edge.to_state}"] = KNOWN
        part[lifecycle.name] = facts
    return part


def _feed(lifecycles: Sequence[AnyLifecycle]) -> Part:
    """Return the events of the feed, and the fields that each of them has."""
    part: dict[str, dict[str, str]] = {"change": dict.fromkeys(fields_dict(Change), ALWAYS)}
    for lifecycle in lifecycles:
        for edge in lifecycle.edges:
            facts = part.setdefault(f"{lifecycle.name}.{edge.action}", {})
            facts[f"to {edge.to_state}"] = KNOWN
    return part


def _settings() -> Part:
    part: dict[str, dict[str, str]] = {}
    for attribute in all_setting_fields():
        part[attribute.metadata["variable"]] = {"default": setting_default(attribute)}
    return part


def setting_default(attribute: Any) -> str:  # noqa: ANN401 - attrs leaves it open
    """Return the default of a setting as an operator would write it."""
    value = attribute.default
    if isinstance(value, bool):
        return "on" if value else "off"
    if value in (None, b"", ()):
        return ""
    return str(value)


def _commands() -> Part:
    part: dict[str, Mapping[str, str]] = {"exit codes": dict(EXIT_CODE.findall(EXIT_CODES))}
    for path, command in _leaves("indelible", main):
        part[path] = dict(_parameters(command))
    return part


def _leaves(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    """Yield the commands that do something, by the words that call them.

    `ops` is one of them: its commands are the operations of a service.
    """
    if not isinstance(command, click.Group) or not command.commands:
        yield path, command
        return
    for name, child in command.commands.items():
        yield from _leaves(f"{path} {name}", child)


def _parameters(command: click.Command) -> Iterator[tuple[str, str]]:
    for parameter in command.params:
        if COMMON_OPTIONS.intersection(parameter.opts):
            continue
        need = REQUIRED if parameter.required else OPTIONAL
        names = [f"argument {parameter.human_readable_name}"]
        if isinstance(parameter, click.Option):
            names = [f"option {name}" for name in (*parameter.opts, *parameter.secondary_opts)]
            yield f"{names[0]} takes", "nothing" if parameter.is_flag else "a value"
        for name in names:
            yield name, need
        if isinstance(parameter.type, click.Choice):
            for choice in parameter.type.choices:
                yield f"{names[0]} value {choice}", KNOWN
