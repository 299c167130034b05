"""Every part of the benchmark runs, does its work, and returns figures, whatever their size."""

import sys
import time
from collections.abc import Generator

import psycopg
import pytest
from tests.doses.bench import report
from tests.doses.bench.__main__ import parse_options
from tests.doses.bench.gaps import measure_gaps
from tests.doses.bench.line import through_a_line
from tests.doses.bench.parts import PARTS
from tests.doses.bench.rounds import SMALL, Goal, Measured, Table, Way, measure_in_turns
from tests.doses.chaos import testbed as beds

FIGURES = report.FIGURES.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def bed() -> Generator[beds.Testbed]:
    with beds.testbed() as testbed:
        yield testbed


@pytest.mark.parametrize("part", PARTS)
def test_the_smallest_dose_of_a_part_returns_figures_that_are_shown(
    part: str, bed: beds.Testbed
) -> None:
    tables = tuple(PARTS[part](bed, SMALL))

    assert tables
    for table in tables:
        assert bool(table.statements) == (part == "edits")
        assert table.rows
        for row, ratio in table.compared():
            assert len(row.values) == SMALL.rounds
            assert min(row.values) > 0
            assert row.name != table.baseline or ratio == 1
        assert f"(../../docs/images/{report.drawing_of(table)})" in FIGURES
        assert (report.DRAWINGS / report.drawing_of(table)).exists()


def test_missing_tokens_are_found_on_both_databases(bed: beds.Testbed) -> None:
    durations = measure_gaps(bed, 2_000)

    assert durations.keys() == {"PostgreSQL", "SQLite"}
    for own in durations.values():
        assert min(own) > 0


def test_each_round_trip_through_a_line_takes_longer(bed: beds.Testbed) -> None:
    with through_a_line(bed, 20) as far:
        database = far.postgresql()
        for url in (database.url, database.owner_url, database.admin_url):
            with psycopg.connect(url, autocommit=True) as connection:
                started = time.perf_counter()
                connection.execute("SELECT 1")
                assert time.perf_counter() - started >= 0.02


@pytest.mark.parametrize(
    "words", ["--round-trip -1", "--round-trip 1001", "--round-trip 1 --write"]
)
def test_an_option_that_makes_no_sense_is_refused(
    words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["bench", *words.split()])
    with pytest.raises(SystemExit, match="2"):
        parse_options()
    assert "error: a r" in capsys.readouterr().err


def test_a_way_that_does_nothing_is_refused() -> None:
    with pytest.raises(AssertionError, match="idle"):
        measure_in_turns({"idle": Way(lambda: None, lambda: 0)}, SMALL)


def test_a_figure_that_is_measured_once_is_compared_with_the_middle_round() -> None:
    rounds = Measured(name="a", unit="s", values=(1.0, 4.0, 2.0))
    once = Measured(name="b", unit="s", values=(3.0,))

    assert once.over(rounds) == 1.5


def test_a_ratio_is_the_median_of_the_ratios_of_the_rounds() -> None:
    ours = Measured(name="ours", unit="ms", values=(1.0, 10.0, 1.0))
    other = Measured(name="other", unit="ms", values=(2.0, 20.0, 3.0))

    assert other.over(ours) == 2
    assert other.median == 3


@pytest.mark.parametrize(
    ("goal", "is_reached"),
    [
        (Goal(promise="fast", value=0.3, at_least=0.3), True),
        (Goal(promise="fast", value=0.29, at_least=0.3), False),
        (Goal(promise="quick", value=30.0, at_most=30), True),
        (Goal(promise="quick", value=30.1, at_most=30), False),
    ],
)
def test_a_goal_is_reached_or_missed(goal: Goal, *, is_reached: bool) -> None:
    assert goal.is_reached is is_reached


def test_a_page_shows_a_missed_promise() -> None:
    row = Measured(name="ours", group="here", unit="ms", values=(1.0,))
    goal = Goal(promise="times as fast", value=1.0, at_least=2)
    table = Table(
        name="t", title="T", description="D.", rows=(row,), baseline="ours", goals=(goal,)
    )
    section = report.section_of(table, "*Measured on a quiet machine.*")
    page = report.page((section,), SMALL, ("a machine",))

    assert "| T | times as fast | at least 2 | 1.00 | **missed** |" in page
    assert "- a machine\n" in page
    assert report.drawing(table).count('class="ours"') == 1


def test_two_promises_of_a_table_with_one_name_are_refused() -> None:
    row = Measured(name="ours", unit="s", values=(1.0,))
    goals = (Goal(promise="seconds", value=1.0), Goal(promise="seconds", value=2.0))

    with pytest.raises(AssertionError, match=r"table t .*'seconds'"):
        Table(name="t", title="T", description="D.", rows=(row,), baseline="ours", goals=goals)


def test_each_promise_of_the_page_has_a_name_of_its_own() -> None:
    names: list[str] = []
    for section in report.sections_of(FIGURES):
        names += [promise.rsplit(" | ", 3)[0] for promise in section.promises]

    assert len(names) > 30
    assert sorted(set(names)) == sorted(names)


def test_a_page_says_whether_the_machine_was_quiet() -> None:
    assert "quiet" in report.quietness(0.1)
    assert "busy" in report.quietness(100)


def test_a_written_part_replaces_its_section_and_keeps_the_others() -> None:
    earlier = tuple(report.sections_of(FIGURES))
    titles = [section.title for section in earlier]
    first = earlier[0]
    again = report.Section(
        title=first.title, promises=("| new |",), text=f"## {first.title}\n\nAgain.\n"
    )
    new = report.Section(title="New", promises=(), text="## New\n\nNew.\n")
    page = report.page(report.merged(earlier, (again, new)), SMALL, ("a machine",))
    later = tuple(report.sections_of(page))

    assert [section.title for section in later] == [*titles, "New"]
    assert later[0].text == again.text
    assert later[1:-1] == earlier[1:]
    assert "| new |" in page
    assert not set(first.promises) & set(page.splitlines())
