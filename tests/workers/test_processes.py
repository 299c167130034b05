"""Worker processes: one that is killed is followed by others, one that is told to end finishes what it has in hand."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from signal import SIGKILL, SIGTERM

import pytest
from tests.architecture.sources import ROOT
from tests.conftest import POLICY, copied, folder
from tests.workers.scenes import WorkStore, is_finished, put, redis_at, until, work

from indelible_service.embedded import PostgresServer, postgres
from indelible_sql import open_store

Baker = subprocess.Popen[str]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    found: str | PostgresServer = request.getfixturevalue(
        "sqlite_url" if request.param == "sqlite" else "database"
    )
    return found if isinstance(found, str) else found.url


@pytest.fixture
def store(url: str) -> Generator[WorkStore]:
    opened = open_store(url, policy=POLICY)
    yield opened
    opened.dispose()


@contextmanager
def baker(url: str, redis: str, seconds: float, path: Path) -> Generator[Baker]:
    command = (sys.executable, "-m", "tests.workers.baker", url, redis, str(seconds), str(path))
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "at work\n"
            yield process
        finally:
            process.kill()


def said(path: Path) -> Counter[str]:
    return Counter(path.read_text().splitlines()) if path.exists() else Counter()


def test_the_work_of_a_killed_process_is_done_by_another(
    url: str, store: WorkStore, redis_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "said"
    put(store, "loaf")
    with baker(url, redis_url, 60, path) as first:
        until(lambda: said(path)["begun loaf"] == 1)
        time.sleep(2.5)  # longer than the lease: it is extended
        first.send_signal(SIGKILL)
        first.wait()
    with baker(url, redis_url, 0, path):
        until(lambda: is_finished(store, "loaf"))

    assert said(path) == {"begun loaf": 2, "ended loaf": 1}
    assert work(store, "loaf").fence == 2


def test_a_process_that_is_told_to_end_finishes_what_it_has_in_hand_and_takes_no_more(
    url: str, store: WorkStore, redis_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "said"
    put(store, *(f"loaf-{number}" for number in range(6)))
    with baker(url, redis_url, 1.0, path) as process:
        until(lambda: len(said(path)) >= 2)
        process.send_signal(SIGTERM)
        assert process.wait(30) == 0

    ended = [line.removeprefix("ended ") for line in said(path) if line.startswith("ended")]
    assert 1 <= len(ended) <= 2
    assert is_finished(store, *ended)
    assert {name.removeprefix("begun ") for name in said(path) if name.startswith("begun")} == set(
        ended
    )
    waiting = [f"loaf-{number}" for number in range(6) if f"loaf-{number}" not in ended]
    assert {work(store, each).lease_owner for each in waiting} == {None}


def test_processes_that_are_killed_again_and_again_with_redis_flushed_do_all_work_once(
    url: str, store: WorkStore, redis_url: str, tmp_path: Path
) -> None:
    path, chance = tmp_path / "said", Random(5)  # noqa: S311 - which one is killed is no secret
    names = [f"loaf-{number:02}" for number in range(60)]
    put(store, *names)
    with redis_at(redis_url) as client:
        for _ in range(5):
            with (
                baker(url, redis_url, 0.02, path) as one,
                baker(url, redis_url, 0.02, path) as other,
            ):
                time.sleep(chance.random() / 2)
                chance.choice((one, other)).kill()
                client.flushall()
        with baker(url, redis_url, 0, path):
            until(lambda: is_finished(store, *names), 60)

    assert all(said(path)[f"ended {name}"] >= 1 for name in names)
    assert {work(store, name).due_at for name in names} == {None}


def test_a_postgresql_that_is_killed_and_comes_back_is_worked_for_again(
    cluster: Path, tmp_path: Path
) -> None:
    path = tmp_path / "said"
    with folder() as directory, postgres(copied(cluster, directory), durable=False) as first:
        store = open_store(first.url, policy=POLICY)
        store.upgrade(first.owner_url)
        put(store, "loaf")
        store.dispose()
        with baker(first.url, "", 0.5, path) as process:
            until(lambda: said(path)["begun loaf"] == 1)
            first.child.kill()
            first.child.wait()
            time.sleep(1.5)
            with postgres(directory, durable=False, port=first.port) as second:
                store = open_store(second.url, policy=POLICY)
                until(lambda: is_finished(store, "loaf"), 60)
                put(store, "second")
                until(lambda: is_finished(store, "second"))
                store.dispose()
                process.send_signal(SIGTERM)
                assert process.wait(30) == 0
