"""Count how often commands and queries wait for PostgreSQL.

A wait is one answer of the server that the client needs before it goes on: a round trip. Statements
are not prepared here, since the first use of a prepared statement waits once more.
"""

import json
import os
import tempfile
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import Any, Final

from attrs import define, evolve, field, frozen
from tests.feeds import CompleteFeedStore, wait_for_complete_feed
from tests.sql.proxy import Proxy

from indelible.kernel import Feed
from indelible_sql import SqlStore

MEASURES: Final = "INDELIBLE_TEST_MEASURES_WAITS"  # names the file that the ranges are written to
MEASURED: Final = Path(__file__).with_name("measured.json")
OWN: Final = "indelible."
TESTING: Final = "indelible.testing."


@frozen
class Range:
    """The fewest and the most waits of a command or a query that has succeeded."""

    fewest: int
    most: int

    def including(self, waits: int) -> "Range":
        """Return the range with another number."""
        return Range(min(self.fewest, waits), max(self.most, waits))


@define(eq=False)
class Waits:
    """The waits of each command and query by name, of calls that no other call overlapped."""

    proxy: Proxy
    ranges: dict[str, Range] = field(factory=dict[str, Range], init=False)
    _calls: int = field(default=0, init=False)
    _running: int = field(default=0, init=False)
    _lock: Lock = field(factory=Lock, init=False)

    @contextmanager
    def of(self, name: str) -> Generator[None]:
        """Count the waits during the block, unless it fails or another block overlaps it."""
        with self._lock:
            is_alone = self._running == 0
            self._running += 1
            self._calls += 1
            call = self._calls
        before = self.proxy.round_trips
        try:
            yield
            waits = self.proxy.round_trips - before
        finally:
            with self._lock:
                self._running -= 1
                is_alone = is_alone and self._calls == call
        if is_alone and name:
            known = self.ranges.get(name, Range(waits, waits))
            self.ranges[name] = known.including(waits)


class CountedStore(CompleteFeedStore):
    """A store whose commands and queries are counted."""

    def __init__(self, inner: SqlStore, waits: Waits) -> None:
        super().__init__(inner)

        def run(handler: Callable[..., Any], command: object, **audit: Any) -> Any:  # noqa: ANN401 - of any handler
            with waits.of(command_of(command, has_key=audit.get("idempotency") is not None)):
                return inner.run(handler, command, **audit)

        def read(query: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - of any query
            with waits.of(query_of(query)):
                return inner.read(query, *args, **kwargs)

        self.run = run
        self.read = read
        self.waits = waits

    def feed(self, *, after: str = "", limit: int = 100) -> Feed:
        """Return the next changes, which the feed waits for uncounted."""
        complete = wait_for_complete_feed(self.store)
        with self.waits.of("kernel.feed()"):
            return complete.feed(after=after, limit=limit)


def command_of(command: object, *, has_key: bool) -> str:
    """Return the name of a command of ours with its context, '' for another one."""
    name = getattr(command, "command_name", "")
    context = context_of(type(command).__module__)
    if not name or not context:
        return ""
    return f"{context}.{name}{', with a key' if has_key else ''}"


def query_of(query: Callable[..., Any]) -> str:
    """Return the name of a public query of ours with its context, '' for another one."""
    context = context_of(getattr(query, "__module__", ""))
    name = getattr(query, "__name__", "_")  # an object that is called as a query has none
    is_public = bool(context) and not name.startswith("_")
    return f"{context}.{name}()" if is_public else ""


def context_of(module: str) -> str:
    """Return the context of a module of the core, '' for one of another distribution or a test."""
    if not module.startswith(OWN) or module.startswith(TESTING):
        return ""
    return module.split(".")[1]


def measured() -> dict[str, Range]:
    """Return the ranges that were measured last."""
    return read_ranges(MEASURED)


def read_ranges(file: Path) -> dict[str, Range]:
    """Return the ranges in a file."""
    document: dict[str, list[int]] = json.loads(file.read_text("utf-8"))
    return {name: Range(*numbers) for name, numbers in document.items()}


def write_ranges(ranges: Mapping[str, Range], file: Path) -> None:
    """Write ranges to a file, a line for each name."""
    document = {name: [found.fewest, found.most] for name, found in sorted(ranges.items())}
    lines = ",\n".join(f"{json.dumps(name)}: {numbers}" for name, numbers in document.items())
    file.write_text(f"{{\n{lines}\n}}\n", "utf-8")


def merged(*all_ranges: Mapping[str, Range]) -> dict[str, Range]:
    """Return the ranges that include those of each mapping."""
    ranges: dict[str, Range] = {}
    for name, found in chain.from_iterable(each.items() for each in all_ranges):
        known = ranges.get(name, found)
        ranges[name] = known.including(found.fewest).including(found.most)

    return ranges


def excesses(ranges: Mapping[str, Range], allowed: Mapping[str, Range]) -> list[str]:
    """Return a line for each name that is not measured, or waits more often than it did."""
    lines: list[str] = []
    for name, found in sorted(ranges.items()):
        limit = allowed.get(name)
        if limit is None:
            lines.append(f"{name} is not measured: run `python -m tests.waits`")
        elif found.most > limit.most:
            lines.append(f"{name} waits {found.most} times, expected at most {limit.most}")

    return lines


@contextmanager
def counted_waits(store: SqlStore, proxy: Proxy) -> Generator[CountedStore]:
    """Yield the store, counted; then compare with what was measured, or write a new measurement."""
    for engine in (store.engines.writer, store.engines.reader):
        with engine.connect():  # whose first steps are no wait of a command
            pass
    store = evolve(store)  # one that has not learned yet which queries read the feed
    store.feed()  # a store checks its database once
    waits = Waits(proxy)
    yield CountedStore(store, waits)
    proxy.messages.clear()  # nobody reads them here

    folder = os.environ.get(MEASURES)
    if folder:
        handle, file = tempfile.mkstemp(".json", dir=folder)
        os.close(handle)
        write_ranges(waits.ranges, Path(file))
        return
    problems = excesses(waits.ranges, measured())
    assert not problems, problems
