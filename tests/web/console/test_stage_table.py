"""Test the table of stages that live pages share: how often it is read, and by whom."""

from collections.abc import Collection
from datetime import timedelta
from threading import Event, Thread

import pytest
from tests.web.console.letters import TASKS, operator, report_hung
from tests.web.console.visitor import Site
from tests.web.minting import buried

from indelible.kernel.hung_threads import HUNG_SECONDS
from indelible_web.console import stage_table
from indelible_web.console.stage_table import StageRow, StageTable

WAIT_SECONDS = 30


def table_of(site: Site) -> StageTable:
    return StageTable(site.store)


def dead_text(rows: Collection[StageRow]) -> str:
    """Return the numbers of dead tasks, one word for each stage."""
    return " ".join(str(row.stage.dead) for row in rows)


@pytest.mark.parametrize(
    ("reading_seconds", "age_seconds"), [(0.0, 1), (0.05, 1), (0.5, 5), (3.0, 10)]
)
def test_what_takes_long_to_read_is_read_less_often(
    site: Site, monkeypatch: pytest.MonkeyPatch, reading_seconds: float, age_seconds: int
) -> None:
    instants = iter(range(100))
    monkeypatch.setattr(stage_table, "monotonic", lambda: next(instants) * reading_seconds)
    buried(site.store, "letters", "letter-1")
    table = table_of(site)
    now = site.clock.now()
    assert table.live_text(now, dead_text) == "1"
    buried(site.store, "letters", "letter-2")

    almost = now + timedelta(seconds=age_seconds - 0.01)
    assert table.live_text(almost, dead_text) == "1"
    assert table.live_text(now + timedelta(seconds=age_seconds), dead_text) == "2"


def test_a_live_page_does_not_wait_for_the_reading_of_another_one(site: Site) -> None:
    buried(site.store, "letters", "letter-1")
    table = table_of(site)
    now = site.clock.now()
    table.live_text(now, dead_text)
    buried(site.store, "letters", "letter-2")
    is_reading, may_end = Event(), Event()

    def render_slowly(rows: Collection[StageRow]) -> str:
        is_reading.set()
        assert may_end.wait(WAIT_SECONDS)
        return dead_text(rows)

    later = now + timedelta(minutes=1)
    reader = Thread(target=table.live_text, args=(later, render_slowly))
    reader.start()
    assert is_reading.wait(WAIT_SECONDS)
    assert table.live_text(later, dead_text) == "1"
    may_end.set()
    reader.join()
    assert table.live_text(later, dead_text) == "2"


def test_a_failed_reading_is_tried_again(site: Site) -> None:
    buried(site.store, "letters", "letter-1")
    table = table_of(site)

    def fail(_: Collection[StageRow]) -> str:
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - raised here, it has no text
        table.live_text(site.clock.now(), fail)

    assert table.live_text(site.clock.now(), dead_text) == "1"


@pytest.mark.slow
def test_hung_threads_are_shown_in_the_table_and_on_the_page_of_their_stage(any_site: Site) -> None:
    member = operator(any_site)
    report_hung(any_site, 2)

    table = member.get(f"{TASKS}-now")
    assert "2 hung threads" in " ".join(table.text.split())
    member.get(f"{TASKS}/letters")
    text = member.page.words
    assert "2 threads of process host:1 have been occupied by hung tasks since" in text

    report_hung(any_site, 1)
    member.get(f"{TASKS}/letters")
    assert "1 thread of process host:1 has been occupied by hung tasks since" in member.page.words

    any_site.clock.forward(seconds=HUNG_SECONDS)
    member.get(f"{TASKS}/letters")
    assert "occupied by hung tasks" not in member.page.words
    assert "hung thread" not in member.get(TASKS).text
