"""The first screen of `indelible up`: what a person needs to know, and what to type next."""

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from indelible_service.instance.record import POSTGRESQL, REDIS

if TYPE_CHECKING:
    from indelible_service.instance.startup import Started

COMMAND: Final = "indelible"
WIDTH: Final = 11  # of the labels
NEXT_LINE: Final = f"\n{'':{WIDTH}}"


def started_text(started: "Started") -> str:
    """Return the screen of an instance that is ready."""
    lines = {
        "Address": started.address,
        "Console": f"{started.address}/console",
        "API docs": f"{started.address}/docs",
    }
    if started.contexts:
        lines["Contexts"] = _contexts_text(started)
    lines["Key"] = _key_text(started)
    lines["Database"] = started.servers.get(POSTGRESQL, started.database)
    if REDIS in started.servers:
        lines["Redis"] = started.servers[REDIS]
    if started.logs is not None:
        lines["Logs"] = str(started.logs)
    lines["Metrics"] = _metrics_text(started)
    lines["Next"] = _next_text(started)
    lines["Stop"] = f"type Ctrl-C; the data stays in {started.data_dir}"

    return "\n".join(f"{label + ':':{WIDTH}}{text}" for label, text in lines.items())


def _next_text(started: "Started") -> str:
    text = "sign in to the console"
    if started.contexts:  # a host's own, and the built-in ones of the demonstrations may be off
        return text
    return f"{text}, or type `{command_name()} demo` in another terminal"


def _contexts_text(started: "Started") -> str:
    lines: list[str] = []
    for context in started.contexts:
        lines.append(f"{context.address} (scopes {' and '.join(context.scopes)})")
    return NEXT_LINE.join(lines)


def _metrics_text(started: "Started") -> str:
    if started.metrics_targets is None:
        return ", ".join(started.metrics.values())

    lines: list[str] = []
    for process, url in started.metrics.items():
        lines.append(f"{url} ({process})")
    lines.append(f"{started.metrics_targets} lists them for Prometheus")
    return NEXT_LINE.join(lines)


def _key_text(started: "Started") -> str:
    if started.first_key:
        return f"{started.first_key} (also in {started.key_file})"
    if started.key_file.exists():
        return f"in {started.key_file}"

    owner = "--owner user:NAME --scope admin"
    return f"{started.key_file} is missing; `{command_name()} key create {owner}` prints a new key"


def command_name() -> str:
    """Return how this command is called again: by its name, or by the path that was typed."""
    typed = Path(sys.argv[0])
    if typed.name != COMMAND:  # `python -m indelible_service`
        return COMMAND

    installed = shutil.which(COMMAND)
    if installed and Path(installed).samefile(typed):
        return COMMAND

    return str(typed)
