"""The cache of settings reads rarely, has one reader at a time, and reports each fallback."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from attrs import evolve
from tests.logs import messages_of

from indelible.kernel import TimeOrderedIds
from indelible.kernel.settings import Config, ConfigKey, ConfigUnavailable, SystemConfigCache

THRESHOLD = ConfigKey("threshold", float, 0.05)
MODEL: ConfigKey[str] = ConfigKey("model", str)
WAIT_SECONDS = 10  # for another thread; far longer than a test takes

Work = Callable[[], None]


class Reader:
    """Stored settings whose reads are counted and can fail, and the clock of their cache."""

    def __init__(self, **texts: str) -> None:
        self.texts = texts
        self.reads = 0
        self.error: Exception | None = None
        self.now = 0.0

    def __call__(self) -> dict[str, str]:
        self.reads += 1
        if self.error is not None:
            raise self.error
        return self.texts


class KnownSecret(TimeOrderedIds):
    """Ids whose secret is known, which the cache takes for a random number."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def secret(self) -> str:
        return self._secret


class BlockedReader(Reader):
    """Stored settings whose read lasts until it is released."""

    def __init__(self, **texts: str) -> None:
        super().__init__(**texts)
        self.entered = Event()
        self.released = Event()

    def __call__(self) -> dict[str, str]:
        self.entered.set()
        self.released.wait(WAIT_SECONDS)
        return super().__call__()


def run_at_once(work: Work) -> None:
    """Run the background work in the calling thread."""
    work()


def cache_of(reader: Reader, spawn: Callable[[Work], object] = run_at_once) -> SystemConfigCache:
    """Return a cache on the reader's clock that never pauses."""
    return SystemConfigCache(
        fetch=reader, monotonic=lambda: reader.now, spawn=spawn, pause=lambda _: None
    )


def test_a_value_is_read_once_for_as_long_as_it_is_fresh() -> None:
    reader = Reader(threshold="0.1")
    cache = cache_of(reader)

    for _ in range(3):
        setting = cache.get_with_provenance(THRESHOLD)
        assert (setting.value, setting.source, setting.error) == (0.1, "db", None)
    assert reader.reads == 1


@pytest.mark.parametrize(("secret", "ttl_seconds"), [("0" * 8, 54), ("f" * 8, 66)])
def test_the_jitter_has_limits(secret: str, ttl_seconds: float) -> None:
    reader = Reader(threshold="0.1")
    cache = evolve(cache_of(reader), ids=KnownSecret(secret))
    cache.snapshot()

    for passed_seconds, reads in ((ttl_seconds - 0.1, 1), (ttl_seconds + 0.1, 2)):
        reader.now = passed_seconds
        cache.snapshot()
        assert reader.reads == reads


def test_the_hand_off_s_get_returns_the_value_or_the_default() -> None:
    reader = Reader(threshold="0.1", level="3", weights="[0.5, 1]", model='"m"', name="true")
    cache = cache_of(reader)
    cache.keys = {"level": ConfigKey("level", lambda text: int(text) * 2)}

    assert cache.get("threshold", "x") == 0.1
    assert cache.get("level", "x") == 6
    assert cache.get("weights", "x") == [0.5, 1]
    assert cache.get("model", "x") == "m"
    assert cache.get("name", "x") is True
    assert cache.get("other", None) is None
    assert cache.fallbacks == {}


@pytest.mark.parametrize("text", ["", "a lot", "0,1", "[" * 100_000])
def test_an_invalid_text_is_a_counted_fallback_of_the_hand_off_s_get(
    text: str, caplog: pytest.LogCaptureFixture
) -> None:
    cache = cache_of(Reader(threshold=text))

    with caplog.at_level(logging.WARNING):
        assert [cache.get("threshold", "x") for _ in range(3)] == ["x", "x", "x"]

    assert cache.fallbacks == {("threshold", "invalid"): 3}
    assert len(messages_of("indelible.config", caplog)) == 1


def test_the_parser_of_a_registered_setting_decides_for_the_hand_off_s_get() -> None:
    cache = cache_of(Reader(threshold="7"))
    cache.keys = {"threshold": ConfigKey("threshold", refuse)}

    assert cache.get("threshold", 0.5) == 0.5
    assert cache.fallbacks == {("threshold", "invalid"): 1}


def refuse(text: str) -> float:
    """Raise ValueError."""
    raise ValueError(text)


def test_the_hand_off_s_get_never_raises() -> None:
    reader = Reader(threshold="0.1")
    cache = cache_of(reader)
    cache.snapshot()

    reader.error = OSError("gone")
    cache.invalidate()

    unread = cache_of(reader)
    assert cache.get("threshold", "x") == 0.1
    assert unread.get("threshold", "x") == "x"
    assert cache.fallbacks == {("threshold", "stale"): 1}
    assert unread.fallbacks == {("threshold", "unreadable"): 1}


def test_callers_get_the_known_value_while_one_reads_again() -> None:
    reader = Reader(threshold="0.1")
    pending: list[Work] = []
    cache = cache_of(reader, pending.append)
    cache.snapshot()

    reader.now = 100.0
    reader.texts = {"threshold": "0.2"}
    values = [cache.get_with_provenance(THRESHOLD).value for _ in range(3)]
    assert values == [0.1, 0.1, 0.1]

    (refresh,) = pending
    refresh()
    assert cache.get_with_provenance(THRESHOLD).value == 0.2


def test_a_changed_setting_is_read_before_the_next_value() -> None:
    reader = Reader(threshold="0.1")
    cache = cache_of(reader)
    cache.snapshot()

    reader.texts = {"threshold": "0.2"}
    cache.invalidate()

    assert cache.get_with_provenance(THRESHOLD).value == 0.2


def test_the_known_value_is_stale_after_a_failed_read() -> None:
    reader = Reader(threshold="0.1")
    cache = cache_of(reader)
    cache.snapshot()

    reader.error = OSError("gone")
    reader.now = 100.0
    cache.snapshot()
    setting = cache.get_with_provenance(THRESHOLD)

    assert setting.value == 0.1
    assert setting.source == "stale"
    assert setting.age_seconds == 100.0
    assert setting.error == "OSError"


def test_each_fallback_is_counted_and_logged_once_a_minute(
    caplog: pytest.LogCaptureFixture,
) -> None:
    reader = Reader(threshold="0.1")
    cache = cache_of(reader)
    cache.snapshot()
    reader.error = OSError("gone")
    reader.now = 100.0
    cache.snapshot()

    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            cache.get_with_provenance(THRESHOLD)
        assert len(messages_of("indelible.config", caplog)) == 1

        reader.now += 61
        cache.get_with_provenance(THRESHOLD)
        assert len(messages_of("indelible.config", caplog)) == 2

    assert cache.fallbacks == {("threshold", "stale"): 6}


def test_failed_reads_are_repeated_after_doubling_pauses_of_at_most_a_minute() -> None:
    reader = Reader()
    reader.error = OSError("gone")
    cache = cache_of(reader)

    read_at: list[int] = []
    for second in range(400):
        reader.now = float(second)
        reads_before = reader.reads
        cache.snapshot()
        if reader.reads > reads_before:
            read_at.append(second)

    assert read_at == [0, 1, 3, 7, 15, 31, 63, 123, 183, 243, 303, 363]


def test_a_successful_read_ends_a_failure() -> None:
    reader = Reader(threshold="0.1")
    reader.error = OSError("gone")
    cache = cache_of(reader)
    unread = cache.get_with_provenance(THRESHOLD)

    reader.error = None
    reader.now = 2.0
    setting = cache.get_with_provenance(THRESHOLD)

    assert (unread.value, unread.source, unread.age_seconds) == (0.05, "default", None)
    assert (setting.value, setting.source, setting.error) == (0.1, "db", None)


@pytest.mark.parametrize("text", ['"0.1"', "", "a lot", "0,1"])
def test_an_invalid_text_fails_only_its_own_setting(text: str) -> None:
    cache = cache_of(Reader(threshold=text, model="m"))
    threshold = cache.get_with_provenance(THRESHOLD)
    model = cache.get_with_provenance(MODEL)

    assert (threshold.value, threshold.source) == (0.05, "default")
    assert threshold.error is not None
    assert threshold.error.startswith("invalid")
    assert model.value == "m"
    assert cache.fallbacks == {("threshold", "invalid"): 1}


def test_a_setting_without_a_default_that_was_never_changed_is_unavailable() -> None:
    with pytest.raises(ConfigUnavailable, match="never changed"):
        cache_of(Reader()).get_with_provenance(MODEL)


def test_a_setting_without_a_default_that_cannot_be_read_is_unavailable() -> None:
    reader = Reader()
    reader.error = OSError("gone")

    with pytest.raises(ConfigUnavailable, match="OSError"):
        cache_of(reader).get_with_provenance(MODEL)


def test_a_command_sees_the_settings_as_it_read_them_first() -> None:
    reader = Reader(threshold="0.1")
    cache = cache_of(reader)
    config = Config(cache)
    assert config.get(THRESHOLD) == 0.1

    reader.texts = {"threshold": "0.2"}
    cache.invalidate()

    assert config.get(THRESHOLD) == 0.1
    assert Config(cache).get(THRESHOLD) == 0.2


def test_many_first_callers_share_one_read() -> None:
    reader = BlockedReader(threshold="0.1")
    cache = SystemConfigCache(fetch=reader, cold_wait_seconds=WAIT_SECONDS)

    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(cache.get_with_provenance, THRESHOLD)]
        reader.entered.wait(WAIT_SECONDS)
        for _ in range(7):
            calls.append(pool.submit(cache.get_with_provenance, THRESHOLD))
        reader.released.set()
        values = [call.result().value for call in calls]

    assert values == [0.1] * 8
    assert reader.reads == 1


def test_a_caller_waits_for_the_first_read_no_longer_than_allowed() -> None:
    reader = BlockedReader()
    cache = SystemConfigCache(fetch=reader, cold_wait_seconds=0.05)

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(cache.snapshot)
        reader.entered.wait(WAIT_SECONDS)
        setting = cache.get_with_provenance(THRESHOLD)
        reader.released.set()
        first.result()

    assert (setting.value, setting.source) == (0.05, "default")
    assert setting.error == "not read yet"


def test_the_known_value_stays_where_no_thread_can_start() -> None:
    attempts: list[Work] = []

    def no_thread(work: Work) -> None:
        attempts.append(work)
        raise RuntimeError("no thread")

    reader = Reader(threshold="0.1")
    cache = cache_of(reader, no_thread)
    cache.snapshot()

    reader.now = 100.0
    assert cache.get_with_provenance(THRESHOLD).value == 0.1
    assert cache.snapshot().error == "RuntimeError"

    # The first attempt released the lock, so there is a second one after the pause.
    reader.now = 102.0
    assert cache.get_with_provenance(THRESHOLD).value == 0.1
    assert len(attempts) == 2


def test_an_interrupt_is_raised_and_the_next_read_succeeds() -> None:
    def interrupted() -> dict[str, str]:
        raise KeyboardInterrupt

    cache = SystemConfigCache(fetch=interrupted)
    with pytest.raises(KeyboardInterrupt):
        cache.snapshot()

    cache.fetch = dict
    assert cache.get_with_provenance(THRESHOLD).value == 0.05
