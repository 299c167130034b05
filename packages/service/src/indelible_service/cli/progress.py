"""Show on standard error how far a long command is."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from threading import Event, Thread
from typing import Final

import click

from indelible.kernel.progress import Progress
from indelible_service.cli.output import ENCODER, wants_json

BAR_SECONDS: Final = 0.2
LINE_SECONDS: Final = 10.0


@contextmanager
def shown_progress(command: str) -> Generator[Progress]:
    """Yield a progress and show it until the block ends, by a thread of its own.

    A terminal gets a bar. Elsewhere a line is printed every ten seconds, as JSON with `--json`.
    """
    progress = Progress()
    has_ended = Event()
    show: Callable[[str, Progress, Event], None]
    if wants_json():
        show = partial(_print_lines, _json_line)
    elif sys.stderr.isatty():
        show = _show_bar
    else:
        show = partial(_print_lines, _line)

    thread = Thread(target=show, args=(command, progress, has_ended), daemon=True)
    thread.start()
    try:
        yield progress
    finally:
        has_ended.set()
        thread.join()


def _show_bar(command: str, progress: Progress, has_ended: Event) -> None:
    """Draw a bar once the total is known."""
    while not progress.total:
        if has_ended.wait(BAR_SECONDS):
            return

    with click.progressbar(length=progress.total, label=command, file=sys.stderr) as bar:
        is_drawn_last = False
        while not is_drawn_last:
            is_drawn_last = has_ended.wait(BAR_SECONDS)
            bar.update(min(progress.done, progress.total) - bar.pos)


def _print_lines(
    line_of: Callable[[str, Progress], str], command: str, progress: Progress, has_ended: Event
) -> None:
    while not has_ended.wait(LINE_SECONDS):
        click.echo(line_of(command, progress), err=True)


def _line(command: str, progress: Progress) -> str:
    if not progress.total:
        return f"{command}: {progress.done:,} {progress.unit}"

    done = min(progress.done, progress.total)
    percent = 100 * done // progress.total
    return f"{command}: {done:,} of {progress.total:,} {progress.unit} ({percent} %)"


def _json_line(command: str, progress: Progress) -> str:
    """Return the progress as a line of JSON; `total` is null while it is unknown."""
    document = {
        "command": command,
        "done": progress.done,
        "total": progress.total or None,
        "unit": progress.unit,
    }
    return ENCODER.encode({"progress": document})
