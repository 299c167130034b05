"""Test the settings cache: rare reads, one reader at a time, and a log line for each fallback."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from indelible.kernel.settings import Config, ConfigKey, ConfigUnavailable, SystemConfigCache

THRESHOLD = ConfigKey("threshold", float, 0.05)
MODEL: ConfigKey[str] = ConfigKey("model", str)


class Reader:
    """A store of settings that can be broken, and counts how often it is asked."""

    def __init__(self, **texts: str) -> None:
        self.texts, self.asked, self.error = texts, 0, None

    def __call__(self) -> dict[str, str]:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return self.texts

    error: Exception | None
    now: float = 0.0


def run(work: Callable[[], None]) -> None:
    work()


def cache_of(
    reader: Reader, spawn: Callable[[Callable[[], None]], object] = run
) -> SystemConfigCache:
    return SystemConfigCache(
        fetch=reader, monotonic=lambda: reader.now, spawn=spawn, pause=lambda _: None
    )


def test_a_value_is_read_once_for_as_long_as_it_is_fresh() -> None:
    reader = Reader(threshold="0.1")
    cache = cache_of(reader)
    found = [cache.get_with_provenance(THRESHOLD) for _ in range(3)]

    assert [(each.value, each.source, each.error) for each in found] == [(0.1, "db", None)] * 3
    assert reader.asked == 1
    reader.now = 53.9
    cache.snapshot()
    assert reader.asked == 1
    reader.now = 66.1
    cache.snapshot()
    assert reader.asked == 2


def test_the_hand_off_s_get_never_raises_and_tells_none_from_absent() -> None:
    reader = Reader(threshold="0.1")
    cache = cache_of(reader)

    assert (cache.get("threshold", "x"), cache.get("other", None)) == ("0.1", None)
    reader.error = OSError("gone")
    cache.invalidate()
    assert cache.get("threshold", "x") == "0.1"
    assert cache_of(reader).get("threshold", "x") == "x"


def test_while_one_looks_again_the_others_are_given_what_there_is() -> None:
    reader = Reader(threshold="0.1")
    late: list[Callable[[], None]] = []
    cache = cache_of(reader, late.append)
    cache.snapshot()
    reader.now, reader.texts = 100.0, {"threshold": "0.2"}
    before = [cache.get_with_provenance(THRESHOLD).value for _ in range(3)]

    assert (before, len(late)) == ([0.1] * 3, 1)
    late[0]()
    assert cache.get_with_provenance(THRESHOLD).value == 0.2


def test_a_failed_look_leaves_the_old_answer_which_says_that_it_is_stale(
    caplog: pytest.LogCaptureFixture,
) -> None:
    reader = Reader(threshold="0.1")
    cache = cache_of(reader)
    cache.snapshot()
    reader.error, reader.now = OSError("gone"), 100.0
    with caplog.at_level(logging.WARNING):
        found = [cache.get_with_provenance(THRESHOLD) for _ in range(5)][-1]

    assert (found.value, found.source, found.age_seconds, found.error) == (
        0.1,
        "stale",
        100.0,
        "OSError",
    )
    assert cache.snapshot().error
    assert cache.fallbacks == {("threshold", "stale"): 5}
    assert len(caplog.records) == 1
    reader.now += 61
    with caplog.at_level(logging.WARNING):
        cache.get_with_provenance(THRESHOLD)
    assert len(caplog.records) == 2


def test_failures_are_repeated_after_one_two_four_and_at_most_sixty_seconds() -> None:
    reader = Reader()
    reader.error = OSError("gone")
    cache, asked_at = cache_of(reader), list[float]()
    for second in range(400):
        reader.now, before = float(second), reader.asked
        cache.snapshot()
        asked_at += [reader.now] * (reader.asked - before)

    assert asked_at == [0, 1, 3, 7, 15, 31, 63, 123, 183, 243, 303, 363]


def test_after_a_failure_the_next_good_answer_ends_it() -> None:
    reader = Reader(threshold="0.1")
    reader.error = OSError("gone")
    cache = cache_of(reader)
    cold = cache.get_with_provenance(THRESHOLD)
    reader.error, reader.now = None, 2.0

    assert (cold.value, cold.source, cold.age_seconds) == (0.05, "default", None)
    assert cache.get_with_provenance(THRESHOLD).value == 0.1
    assert not cache.snapshot().error


@pytest.mark.parametrize("text", ['"0.1"', "", "a lot", "0,1"])
def test_a_text_that_is_no_value_fails_its_own_key_alone(text: str) -> None:
    cache = cache_of(Reader(threshold=text, model="m"))
    found = cache.get_with_provenance(THRESHOLD)

    assert (found.value, found.source) == (0.05, "default")
    assert found.error is not None
    assert found.error.startswith("invalid")
    assert cache.fallbacks == {("threshold", "invalid"): 1}
    assert cache.get_with_provenance(MODEL).value == "m"


def test_a_setting_that_was_never_chosen_is_its_default_and_no_fallback() -> None:
    cache = cache_of(Reader())

    assert cache.get_with_provenance(THRESHOLD).source == "default"
    assert cache.fallbacks == {}


def test_a_key_without_a_default_is_never_guessed() -> None:
    reader = Reader()
    with pytest.raises(ConfigUnavailable, match="never changed"):
        cache_of(reader).get_with_provenance(MODEL)
    reader.error = OSError("gone")
    with pytest.raises(ConfigUnavailable, match="OSError"):
        cache_of(reader).get_with_provenance(MODEL)


def test_a_command_keeps_to_what_it_saw_first() -> None:
    reader = Reader(threshold="0.1")
    cache = cache_of(reader)
    seen = Config(cache)
    first = seen.get(THRESHOLD)
    reader.texts = {"threshold": "0.2"}
    cache.invalidate()

    assert (first, seen.get(THRESHOLD), Config(cache).get(THRESHOLD)) == (0.1, 0.1, 0.2)


def test_many_cold_callers_ask_once_and_wait_for_the_answer() -> None:
    entered, leave = Event(), Event()
    reader = Reader(threshold="0.1")

    def slowly() -> dict[str, str]:
        entered.set()
        leave.wait(10)
        return reader()

    cache = SystemConfigCache(fetch=slowly, cold_wait_seconds=10)
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(cache.get_with_provenance, THRESHOLD)
        entered.wait(10)
        others = [pool.submit(cache.get_with_provenance, THRESHOLD) for _ in range(7)]
        leave.set()
        found = [each.result().value for each in (first, *others)]

    assert (found, reader.asked) == ([0.1] * 8, 1)


def test_a_cold_caller_waits_no_longer_than_it_may() -> None:
    entered, leave = Event(), Event()

    def slowly() -> dict[str, str]:
        entered.set()
        leave.wait(10)
        return {}

    cache = SystemConfigCache(fetch=slowly, cold_wait_seconds=0.05)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(cache.snapshot)
        entered.wait(10)
        found = cache.get_with_provenance(THRESHOLD)
        leave.set()
        first.result()

    assert (found.value, found.source, found.error) == (0.05, "default", "not read yet")


def test_where_nothing_can_run_beside_the_caller_the_old_answer_stands() -> None:
    def nowhere(_: Callable[[], None]) -> None:
        raise RuntimeError("no thread")

    reader = Reader(threshold="0.1")
    cache = cache_of(reader, nowhere)
    cache.snapshot()
    reader.now = 100.0

    assert cache.get_with_provenance(THRESHOLD).value == 0.1
    assert cache.snapshot().error
    reader.now = 102.0
    assert cache.get_with_provenance(THRESHOLD).error == "RuntimeError"


def test_what_stops_the_program_is_not_swallowed() -> None:
    def stopped() -> dict[str, str]:
        raise KeyboardInterrupt

    cache = SystemConfigCache(fetch=stopped)
    with pytest.raises(KeyboardInterrupt):
        cache.snapshot()
    cache.fetch = dict
    assert cache.get_with_provenance(THRESHOLD).value == 0.05
