"""Interleave transactions that change several aggregates, and check the feed."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from random import Random

from attrs import define, field, frozen
from tests.feeds import wait_for_complete_feed

from indelible.kernel import Change, Stale, StoreBusy
from indelible.testing.stores import MAYA
from indelible.tokens.repositories import SystemStateRepository
from indelible_sql import SqlReading, SqlStore, SqlTransaction, verify

TRANSACTIONS = 3
KEYS = 3
MAX_WRITES = 4
COMMIT_SHARE = 0.8
READ_SHARE = 0.2
PAGE = 5
MAX_ATTEMPTS = 20


@frozen
class Plan:
    """The writes of one transaction, in order, and whether it commits."""

    keys: tuple[str, ...]
    commits: bool


@define
class Player:
    """A transaction of an interleaving, in a thread of its own."""

    plan: Plan
    store: SqlStore
    thread: ThreadPoolExecutor = field(factory=lambda: ThreadPoolExecutor(1))
    written: int = 0
    attempts: int = 1
    _opened: AbstractContextManager[SqlTransaction] | None = None
    _tx: SqlTransaction | None = None

    @property
    def is_open(self) -> bool:
        """Return whether the transaction has begun."""
        return self._tx is not None

    @property
    def next_key(self) -> str | None:
        """Return the key of the next write, None when only the end is left."""
        if self.written == len(self.plan.keys):
            return None
        return self.plan.keys[self.written]

    @property
    def locked_keys(self) -> set[str]:
        """Return the keys whose heads the open transaction has changed."""
        return set(self.plan.keys[: self.written])

    def write(self) -> None:
        """Write the next key; open the transaction before the first."""
        self.thread.submit(self._write).result()

    def end(self, *, commits: bool) -> None:
        """Commit or roll back."""
        self.thread.submit(self._end, commits=commits).result()

    def retry(self) -> None:
        """Roll back, and begin again from the first write."""
        self.end(commits=False)
        self.written = 0
        self.attempts += 1
        assert self.attempts <= MAX_ATTEMPTS, "a transaction is refused again and again"

    def _write(self) -> None:
        if self._tx is None:
            self._opened = self.store.transaction(actor=MAYA, reason="an interleaving")
            self._tx = self._opened.__enter__()
        key = self.plan.keys[self.written]
        SystemStateRepository(self._tx).set_state(key, self.written)
        self.written += 1

    def _end(self, *, commits: bool) -> None:
        opened, self._opened, self._tx = self._opened, None, None
        if opened is None:
            return
        if commits:
            opened.__exit__(None, None, None)
            return
        with suppress(RolledBack):
            opened.__exit__(RolledBack, RolledBack(), None)


class RolledBack(Exception):
    """The plan ends with a rollback."""


@define
class Subscriber:
    """Reads the feed in pages, and remembers every change."""

    store: SqlStore
    cursor: str = ""
    changes: list[Change] = field(factory=list[Change])

    def read(self) -> bool:
        """Read one page; return whether it had a change."""
        page = self.store.feed(after=self.cursor, limit=PAGE)
        self.cursor = page.cursor
        self.changes += page.changes
        return bool(page.changes)


@define
class Tally:
    """The events of many interleavings."""

    interleavings: int = 0
    events: Counter[str] = field(factory=Counter[str])


def play(store: SqlStore, subscriber: Subscriber, name: str, random: Random, tally: Tally) -> None:
    """Play one interleaving, whose keys begin with its name."""
    waiting = [Player(plan, store) for plan in _plans(name, random)]
    everyone = tuple(waiting)
    try:
        while waiting:
            if random.random() < READ_SHARE:
                subscriber.read()
            player = _choose(waiting, random, is_sqlite=_is_sqlite(store))
            if _step(player, tally):
                waiting.remove(player)
    finally:
        for player in everyone:
            player.end(commits=False)
            player.thread.shutdown()
    tally.interleavings += 1


def check(store: SqlStore, subscriber: Subscriber) -> None:
    """Check that the subscriber got each committed change once, in the order of each aggregate."""
    wait_for_complete_feed(store)
    while subscriber.read():
        pass

    last: dict[tuple[str, str], int] = {}
    for change in subscriber.changes:
        aggregate = (change.lifecycle, change.entity_id)
        expected = last.get(aggregate, 0) + 1
        assert change.seq == expected, f"{aggregate}: seq {change.seq} came, expected {expected}"
        last[aggregate] = change.seq

    for (_, key), seq in last.items():
        history = store.read(_history_of, key)
        assert len(history) == seq, f"{key}: {len(history)} changes are stored, {seq} came"
    assert verify(store) == ()


def _history_of(tx: SqlReading, key: str) -> tuple[Change, ...]:
    return tx.history.of("system_state", key)


def _plans(name: str, random: Random) -> Iterator[Plan]:
    for _ in range(TRANSACTIONS):
        keys: list[str] = []
        for _ in range(random.randint(1, MAX_WRITES)):
            keys.append(f"{name}-{random.randrange(KEYS)}")
        yield Plan(tuple(keys), commits=random.random() < COMMIT_SHARE)


def _choose(waiting: list[Player], random: Random, *, is_sqlite: bool) -> Player:
    """Return a transaction that can go on: no other open one has locked what it writes next.

    Where all of them wait for each other, one that is open is begun again.
    """
    ready: list[Player] = []
    for player in waiting:
        others = [other for other in waiting if other is not player and other.is_open]
        locked = set[str]().union(*(other.locked_keys for other in others))
        waits_for_writer = is_sqlite and not player.is_open and others
        if not waits_for_writer and player.next_key not in locked:
            ready.append(player)

    if not ready:
        victim = random.choice([player for player in waiting if player.is_open])
        victim.retry()
        return _choose(waiting, random, is_sqlite=is_sqlite)
    return random.choice(ready)


def _step(player: Player, tally: Tally) -> bool:
    """Let a transaction write or end; return whether it has ended."""
    if player.next_key is None:
        player.end(commits=player.plan.commits)
        tally.events["committed" if player.plan.commits else "rolled back"] += 1
        return True

    try:
        player.write()
        tally.events["written"] += 1
    except (StoreBusy, Stale) as error:
        tally.events[error.code] += 1
        player.retry()
    return False


def _is_sqlite(store: SqlStore) -> bool:
    return store.engines.writer.dialect.name == "sqlite"


def play_many(store: SqlStore, number: int, seed: int) -> Tally:
    """Play many interleavings on one database, and check its feed at the end."""
    random = Random(seed)  # noqa: S311 - plays, no secrets
    subscriber = Subscriber(store)
    tally = Tally()
    for index in range(number):
        play(store, subscriber, f"{seed}-{index}", random, tally)
    check(store, subscriber)
    return tally
