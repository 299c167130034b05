"""Test the windows of the rate limits, in memory and in Redis."""

import socket
import time
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st
from limits.errors import StorageError
from limits.storage import MemoryStorage
from tests.service.processes import free_port
from tests.web.harness import Web

from indelible_web.http import rates
from indelible_web.http.key_reads import RecentDecisions
from indelible_web.http.rates import (
    HOUR_SECONDS,
    MAX_KEYS,
    REDIS_SECONDS,
    RETRY_SECONDS,
    WINDOW_SECONDS,
    MemoryMarks,
    MemoryWindows,
    open_marks,
    open_windows,
)

KEYS = 10_000
MARGIN_SECONDS = 10
EVENTS = st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, WINDOW_SECONDS / 2)), max_size=60)


class ManualClock:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> ManualClock:
    clock = ManualClock()
    monkeypatch.setattr(rates, "time", clock)
    return clock


def test_a_claim_that_nobody_ends_lasts_for_one_window(clock: ManualClock, web: Web) -> None:
    decisions = RecentDecisions()
    claims: list[bool] = []
    with web.app.test_request_context(environ_base={"REMOTE_ADDR": "192.0.2.1"}):
        for _ in range(5):
            claims.append(decisions.claim("ind_a_b"))
            clock.now += WINDOW_SECONDS / 2

    assert claims == [True, False, True, False, True]


@pytest.mark.slow
def test_ten_thousand_keys_and_addresses_have_their_own_limits_and_are_forgotten(
    clock: ManualClock,
) -> None:
    windows = MemoryWindows()
    names = [f"requests/key-{number}" for number in range(KEYS)]
    names += [f"wrong keys/192.0.2.{number}" for number in range(KEYS)]

    counted = [[windows.hit(name, 2) for name in names] for _ in range(3)]
    assert counted == [[True] * len(names), [True] * len(names), [False] * len(names)]
    assert all(windows.is_full(name, 2) for name in names)
    assert len(windows) == 2 * KEYS

    clock.now += WINDOW_SECONDS
    windows.hit("another", 2)
    assert len(windows) == 1
    assert not windows.is_full(names[0], 2)


def test_windows_are_bounded_and_store_no_refused_events() -> None:
    windows = MemoryWindows(100)
    for number in range(1_000):
        windows.hit("busy", 5)
        windows.hit(f"once-{number}", 5)

    assert len(windows) <= 101
    assert windows.is_full("busy", 5)
    assert MAX_KEYS >= 2 * KEYS

    windows = MemoryWindows()
    assert [windows.hit("a", 3) for _ in range(1_000)].count(True) == 3
    assert not windows.is_full("a", 4)


@pytest.mark.slow
@given(EVENTS, st.integers(1, 5))
def test_a_window_moves_like_a_list_of_times(events: list[tuple[str, float]], limit: int) -> None:
    clock = ManualClock()
    windows = MemoryWindows()
    times: dict[str, deque[float]] = {name: deque() for name in "abc"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rates, "time", clock)
        for name, pause in events:
            clock.now += pause
            recent = [at for at in times[name] if at > clock.now - WINDOW_SECONDS]

            assert windows.is_full(name, limit) == (len(recent) >= limit)
            assert windows.hit(name, limit) == (len(recent) < limit)
            if len(recent) < limit:
                times[name].append(clock.now)


def test_events_are_counted_while_they_are_in_the_window(clock: ManualClock) -> None:
    windows = open_windows("memory://", HOUR_SECONDS)
    assert windows.count("a", 10) == 0

    windows.hit("a", 3)
    clock.now += HOUR_SECONDS / 2
    counted = [windows.hit("a", 3) for _ in range(4)]
    assert counted == [True, True, False, False]
    assert (windows.count("a", 3), windows.count("a", 2), windows.count("b", 3)) == (3, 2, 0)

    clock.now += HOUR_SECONDS / 2
    assert windows.count("a", 3) == 2
    clock.now += HOUR_SECONDS / 2
    assert windows.count("a", 3) == 0


@pytest.mark.slow
def test_processes_count_and_limit_the_events_of_all_in_redis(redis_url: str) -> None:
    first, second = (open_windows(redis_url, HOUR_SECONDS) for _ in range(2))
    name = f"counted/{free_port()}"
    assert first.count(name, 5) == 0

    first.hit(name, 5)
    second.hit(name, 5)

    assert (first.count(name, 5), second.count(name, 5)) == (2, 2)

    first, second = open_windows(redis_url), open_windows(redis_url)
    name = f"shared/{free_port()}"

    assert [first.hit(name, 3), second.hit(name, 3), first.hit(name, 3)] == [True] * 3
    assert not second.hit(name, 3)
    assert second.is_full(name, 3)


def test_without_its_redis_a_process_counts_for_itself() -> None:
    windows = open_windows(f"redis://127.0.0.1:{free_port()}", HOUR_SECONDS)
    windows.hit("a", 2)

    assert windows.count("a", 2) == 1

    windows = open_windows(f"redis://127.0.0.1:{free_port()}")

    assert [windows.hit("a", 2) for _ in range(3)] == [True, True, False]
    assert windows.is_full("a", 2)


def test_marks_are_forgotten_by_age_and_at_a_cap(clock: ManualClock) -> None:
    marks = MemoryMarks()
    marks.incr("a", 10)
    clock.now += 5
    marks.incr("b", 10)
    assert (marks.get("a"), marks.get("b"), marks.get("c")) == (1, 1, 0)

    clock.now += 5
    assert (marks.get("a"), marks.get("b")) == (0, 1)

    marks = MemoryMarks()
    for key in ("again", "old", "older"):
        marks.incr(key, 10)
    clock.now += 5
    marks.incr("again", 10)
    clock.now += 5
    marks.incr("new", 10)

    assert len(marks) == 2
    assert (marks.get("again"), marks.get("old"), marks.get("new")) == (1, 0, 1)

    marks = MemoryMarks(2)

    assert [marks.incr(key, 60) for key in ("one", "two", "one", "three")] == [1, 1, 2, 1]
    assert [marks.get(key) for key in ("one", "two", "three")] == [1, 0, 1]
    assert len(marks) == 2
    marks.remove("one")
    assert marks.get("one") == 0


class BreakableStorage(MemoryStorage):
    """A storage that can fail, and counts how often it is asked."""

    is_broken = True
    calls = 0

    def get(self, key: str) -> int:
        self.calls += 1
        if self.is_broken:
            raise StorageError(OSError())
        return super().get(key)


def test_marks_do_not_ask_a_storage_that_has_just_failed(clock: ManualClock) -> None:
    storage = BreakableStorage()
    marks = open_marks(storage)
    for _ in range(3):
        with pytest.raises(StorageError):
            marks.get("a key")
    with pytest.raises(StorageError):
        marks.incr("a key", 60)
    assert storage.calls == 1

    storage.is_broken = False
    clock.now += RETRY_SECONDS
    marks.incr("a key", 60)
    assert marks.get("a key") == 1


@pytest.mark.slow
def test_a_redis_that_accepts_and_never_answers_costs_one_event_its_limit() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        windows = open_windows(f"redis://127.0.0.1:{listener.getsockname()[1]}/0")
        start = time.monotonic()
        allowed = [windows.hit("a key", 5) for _ in range(6)]
        seconds = time.monotonic() - start

    assert allowed == [True] * 5 + [False]
    assert seconds < REDIS_SECONDS + MARGIN_SECONDS
