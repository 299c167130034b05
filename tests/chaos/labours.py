"""Work of three kinds, while whoever does it, wakes them or remembers it is killed again and again."""

import os
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from signal import SIGKILL, SIGTERM
from statistics import quantiles
from subprocess import DEVNULL
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, Final

import psycopg
from attrs import define, field, frozen
from redis import RedisError
from tests.chaos.labour import COUNT, GENERATE, PERIODIC, POST, TICK, poison
from tests.chaos.restarts import Server
from tests.conftest import SHARED_MEMORY

from indelible import tokens
from indelible.kernel import Actor
from indelible.kernel.stages import RequeueTask, requeue_task
from indelible.kernel.tasks import Attempt, Task
from indelible_service.embedded import redis
from indelible_sql import open_store, verify
from indelible_workers import redis_client

WORKERS: Final = 3
OPERATOR: Final = Actor.user("operator")
WALLET: Final = "0x" + "cd" * 20
KINDS: Final = ("worker",) * 12 + ("clock",) * 2 + ("redis",) * 3 + ("postgresql",) * 3
STUCK_SECONDS: Final = 120
UNITS: Final = "CREATE TABLE public.units (kind text, id text, PRIMARY KEY (kind, id))"


@define
class Laboured:
    """What came of it."""

    killed: Counter[str] = field(factory=Counter[str])
    units: int = 0
    slots: int = 0
    dead: int = 0
    resumed: list[float] = field(factory=list[float])
    settled_seconds: float = 0.0
    wrong: list[str] = field(factory=list[str])

    def __str__(self) -> str:
        p95 = quantiles(self.resumed, n=100)[94] if len(self.resumed) > 1 else 0.0
        killed = ", ".join(f"{name} {times}" for name, times in sorted(self.killed.items()))
        return (
            f"{self.units} units and {self.slots} slots done once, {self.dead} dead with a reason and revived;"
            f" killed: {killed}; {len(self.resumed)} leases of killed workers resumed, p95 {p95:.1f} s;"
            f" nothing left {self.settled_seconds:.1f} s after the last kill; wrong: {self.wrong or 'nothing'}"
        )


@frozen
class Watched:
    """What a killed worker had in hand, and when it was killed."""

    rows: Mapping[tuple[str, str], int]
    killed_at: float


@define(eq=False)
class Works:
    """The servers and processes, all of them our own children."""

    directory: Path
    url: str
    redis_url: str
    postgresql: Server
    lease_seconds: int
    _redis: ExitStack
    children: dict[str, subprocess.Popen[bytes]] = field(factory=dict[str, subprocess.Popen[bytes]])
    names: dict[str, str] = field(factory=dict[str, str])
    _named: int = 0

    @property
    def outside(self) -> Path:
        """The outside system, which is a file of its own."""
        return self.directory / "outside.db"

    def begin(self, place: str) -> None:
        """Start a worker, or the clock, under a name that nobody had before."""
        self._named += 1
        self.names[place] = f"{place.replace(' ', '-')}-{self._named}"
        said = (
            place.partition(" ")[0],
            self.url,
            self.redis_url,
            str(self.outside),
            self.names[place],
        )
        with (self.directory / f"{place}.log").open("ab") as log:
            command = (sys.executable, "-m", "tests.chaos.labour", *said, str(self.lease_seconds))
            self.children[place] = subprocess.Popen[bytes](
                command, stdin=DEVNULL, stdout=log, stderr=log
            )

    def kill(self, kind: str, chance: Random) -> Watched | None:
        """Kill one of a kind, and start it again."""
        if kind == "redis":
            self._kill_redis(is_flushed=chance.random() < 0.5)
        elif kind == "postgresql":
            self.postgresql.stop(is_killed=chance.random() < 0.7)
            self.postgresql.start()
        else:
            place = "clock" if kind == "clock" else f"worker {chance.randrange(WORKERS)}"
            child, actor = self.children[place], f"system:{self.names[place]}"
            child.send_signal(SIGKILL)
            child.wait()
            held = _held(self.url, actor) if kind == "worker" else {}
            self.begin(place)
            return Watched(held, time.monotonic())
        return None

    def _kill_redis(self, *, is_flushed: bool) -> None:
        with suppress(RedisError), redis_client(self.redis_url) as client:
            if is_flushed:
                client.execute_command("FLUSHALL")  # pyright: ignore[reportUnknownMemberType] - it has no types
        port = int(self.redis_url.rpartition(":")[2].partition("/")[0])
        self._redis.close()
        self._redis.enter_context(redis(self.directory / f"redis-{time.monotonic_ns()}", port=port))

    def end(self) -> None:
        """Let all of them finish what they have in hand."""
        for child in self.children.values():
            child.send_signal(SIGTERM)
        for child in self.children.values():
            child.wait()


@contextmanager
def works(lease_seconds: int) -> Generator[Works]:
    """A PostgreSQL, a Redis, and what works between them."""
    place = SHARED_MEMORY if os.access(SHARED_MEMORY, os.W_OK) else None
    with (
        TemporaryDirectory(prefix="indelible-", dir=place) as own,
        TemporaryDirectory(prefix="indelible-", dir=place) as data,
    ):
        server, stack = Server(Path(data)), ExitStack()
        found = server.start()
        store = open_store(found.url)
        store.upgrade(found.owner_url)
        store.dispose()
        with psycopg.connect(found.admin_url, autocommit=True) as admin:
            admin.execute(UNITS)
            admin.execute("GRANT SELECT, INSERT ON public.units TO indelible_app")
        cache = stack.enter_context(redis(Path(own) / "redis"))
        made = Works(Path(own), found.url, cache.url, server, lease_seconds, stack)
        with sqlite3.connect(made.outside) as outside:
            outside.execute("PRAGMA journal_mode = WAL")
            outside.execute("CREATE TABLE posted (key TEXT PRIMARY KEY, asked INTEGER DEFAULT 1)")
        try:
            yield made
        finally:
            made.end()
            stack.close()
            server.stop(is_killed=False)


def labour(
    units: int, kills: int, seconds: float, chance: Random, lease_seconds: int = 60
) -> Laboured:
    """So many units, while so many are killed in so many seconds."""
    laboured = Laboured(units=units)
    with works(lease_seconds) as made:
        wanted = _put(made.url, units, seconds * 0.95)
        for place in (*(f"worker {number}" for number in range(WORKERS)), "clock"):
            made.begin(place)
        watchers = list[Thread]()
        for _ in range(kills):
            time.sleep(chance.uniform(0.5, 1.5) * seconds / kills)
            kind = chance.choice(KINDS)
            laboured.killed[kind] += 1
            watched = made.kill(kind, chance)
            if watched and watched.rows:
                watchers.append(Thread(target=_watch, args=(made.url, watched, laboured)))
                watchers[-1].start()
        last = time.monotonic()
        _settle(made.url, laboured)
        laboured.settled_seconds = time.monotonic() - last
        laboured.wrong += [
            f"{place} ended by itself"
            for place, child in made.children.items()
            if child.poll() is not None
        ]
        for watcher in watchers:
            watcher.join()
        _revive(made.url, laboured)
        _settle(made.url, laboured)
        made.end()
        _compare(made, wanted, laboured)
    return laboured


def _put(url: str, units: int, seconds: float) -> Mapping[str, set[str]]:
    """Two fifths tokens, two fifths to be counted, one fifth to be posted; they become due one after the other."""
    store, many, few = open_store(url), units * 2 // 5, units - 2 * (units * 2 // 5)
    begun = datetime.now(UTC) + timedelta(seconds=10)

    def due(number: int, count: int) -> datetime:
        return begun + timedelta(seconds=seconds * number / count)

    def author(tx: Any, _: None) -> str:  # noqa: ANN401 - any transaction
        born = tokens.Author.create(
            "create", now=tx.clock.now(), id=tx.ids.new(), wallet_address=WALLET
        )
        return tokens.Repositories.over(tx).authors.add(born).id

    def minted(tx: Any, numbers: range) -> list[str]:  # noqa: ANN401 - as above
        now, kept = tx.clock.now(), tokens.Repositories.over(tx).tokens
        said = [
            {"token_id": each, "mint_timestamp": due(each, many), "author_id": author_id}
            for each in numbers
        ]
        return [
            kept.add(tokens.Token.create("detect", now=now, id=tx.ids.new(), **each)).id
            for each in said
        ]

    def put(tx: Any, work: tuple[str, Mapping[str, datetime]]) -> None:  # noqa: ANN401 - as above
        tx.tasks.enqueue(*work)

    try:
        author_id = store.run(author, None, actor=OPERATOR, reason="a labour begins")
        ids = set[str]()
        for first in range(1, many + 1, 200):
            numbers = range(first, min(first + 200, many + 1))
            ids.update(store.run(minted, numbers, actor=OPERATOR, reason="a labour begins"))
        wanted = {GENERATE: ids}
        for stage, count in ((COUNT, many), (POST, few)):
            dues = {f"{stage}-{number}": due(number, count) for number in range(count)}
            store.run(put, (stage, dues), actor=OPERATOR, reason="a labour begins")
            wanted[stage] = set(dues)
        return wanted
    finally:
        store.dispose()


def _held(url: str, actor: str) -> dict[tuple[str, str], int]:
    """What the actor has in hand."""
    with psycopg.connect(url) as connection:
        asked = "SELECT stage, entity_id, fence FROM indelible.tasks WHERE lease_owner = %s AND lease_until > now()"
        return {
            (stage, entity_id): fence
            for stage, entity_id, fence in connection.execute(asked, (actor,))
        }


def _watch(url: str, watched: Watched, laboured: Laboured) -> None:
    """Note when each piece of a killed worker's work was taken up again."""
    left = dict(watched.rows)
    while left and time.monotonic() - watched.killed_at < STUCK_SECONDS * 2:
        time.sleep(0.5)
        with suppress(psycopg.Error), psycopg.connect(url) as connection:
            ids = list({entity_id for _, entity_id in left})
            asked = "SELECT stage, entity_id, fence, due_at FROM indelible.tasks WHERE entity_id = ANY(%s)"
            for stage, entity_id, fence, due_at in connection.execute(asked, (ids,)):
                if (stage, entity_id) in left and (
                    fence > left[stage, entity_id] or due_at is None
                ):
                    del left[stage, entity_id]
                    laboured.resumed.append(time.monotonic() - watched.killed_at)
    laboured.wrong += [f"{stage} {entity_id} was not taken up again" for stage, entity_id in left]


def _settle(url: str, laboured: Laboured) -> None:
    """Wait until nothing is due, but for slots that the clock makes."""
    asked = (
        "SELECT count(*) FROM indelible.tasks WHERE due_at IS NOT NULL AND stage IN (%s, %s, %s)"
    )
    begun = time.monotonic()
    while time.monotonic() - begun < STUCK_SECONDS:
        with suppress(psycopg.Error), psycopg.connect(url) as connection:
            row = connection.execute(asked, (GENERATE, COUNT, POST)).fetchone()
            if row == (0,):
                return
        time.sleep(0.5)
    laboured.wrong.append(f"something was left after {STUCK_SECONDS} s")


def _revive(url: str, laboured: Laboured) -> None:
    """Mend what the outside system would not take, and let it be done."""
    store = open_store(url)
    try:
        for work in store.read(_dead_posts):
            (last, *_) = store.read(_last_attempt, work.entity_id)
            if not (
                work.dead_reason and last.reason == work.dead_reason and poison(work.entity_id)
            ):
                laboured.wrong.append(f"{work.entity_id} is dead without its reason")
            with psycopg.connect(url) as connection:
                connection.execute(
                    "INSERT INTO public.units VALUES ('mended', %s)", (work.entity_id,)
                )
            store.run(
                requeue_task,
                RequeueTask(stage=POST, entity_id=work.entity_id),
                actor=OPERATOR,
                reason="mended",
            )
            laboured.dead += 1
    finally:
        store.dispose()


def _dead_posts(tx: Any) -> tuple[Task, ...]:  # noqa: ANN401 - any transaction
    found: tuple[Task, ...] = tx.tasks.dead(POST, after="", limit=100_000)
    return found


def _last_attempt(tx: Any, unit: str) -> tuple[Attempt, ...]:  # noqa: ANN401 - any transaction
    found: tuple[Attempt, ...] = tx.tasks.attempts_of(POST, unit, limit=1)
    return found


def _compare(made: Works, wanted: Mapping[str, set[str]], laboured: Laboured) -> None:
    """Every unit was done once, every slot was done once, and history follows."""
    store = open_store(made.url)
    with psycopg.connect(made.url) as connection:
        kept = connection.execute("SELECT kind, id FROM public.units").fetchall()
        of_clock = connection.execute(
            "SELECT entity_id FROM indelible.tasks WHERE stage = %s", (TICK,)
        )
        slots = {entity_id for (entity_id,) in of_clock}
        asked = "SELECT entity_id FROM indelible.history WHERE lifecycle = 'token' AND action = 'upload'"
        uploaded = Counter(entity_id for (entity_id,) in connection.execute(asked))
    with sqlite3.connect(made.outside) as outside:
        posted = {key for (key,) in outside.execute("SELECT key FROM posted")}
    done = {kind: {unit for of, unit in kept if of == kind} for kind in (COUNT, POST, TICK)}
    laboured.slots = len(done[TICK])
    pairs = {
        COUNT: (wanted[COUNT], done[COUNT]),
        POST: (wanted[POST], done[POST]),
        "outside": (wanted[POST], posted),
        GENERATE: (wanted[GENERATE], set(uploaded)),
    }
    laboured.wrong += [
        f"{kind}: {len(one ^ other)} differ" for kind, (one, other) in pairs.items() if one != other
    ]
    laboured.wrong += [
        f"token {each} was uploaded {times} times" for each, times in uploaded.items() if times > 1
    ]
    now = datetime.now(UTC) - timedelta(seconds=3 * PERIODIC.every_seconds)
    late = {
        each for each in slots - done[TICK] if each < f"{PERIODIC.name}@{now:%Y-%m-%dT%H:%M:%SZ}"
    }
    laboured.wrong += [f"{len(late)} slots were not done"] if late else []
    laboured.wrong += [str(each) for each in verify(store)]
    store.dispose()
