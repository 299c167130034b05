"""Every part of the bench runs, does the work that it claims, and gives figures, however large they are."""

from collections.abc import Generator

import pytest
from tests.bench import report
from tests.bench.gaps import gaps
from tests.bench.parts import PARTS
from tests.bench.rounds import SMALL, Dose, Goal, Measured, Table, Way, measure_in_turns
from tests.chaos import testbed as beds

pytestmark = pytest.mark.slow

PAGE = report.PAGE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def bed() -> Generator[beds.Testbed]:
    with beds.testbed() as found:
        yield found


@pytest.mark.parametrize("part", PARTS)
def test_the_smallest_dose_of_a_part_gives_figures_for_which_the_page_has_a_place(
    part: str, bed: beds.Testbed
) -> None:
    tables = tuple(PARTS[part](bed, SMALL))

    assert tables
    assert part != "edits" or all(table.statements for table in tables)
    for table in tables:
        assert table.rows
        assert all(value > 0 for row in table.rows for value in row.values)
        assert all(len(row.values) == SMALL.rounds for row in table.rows)
        assert all(ratio == 1 for row, ratio in table.compared() if row.name == table.baseline)
        assert f"(../images/{report.drawing_of(table)})" in PAGE
        assert (report.DRAWINGS / report.drawing_of(table)).exists()


def test_missing_tokens_are_found_on_both_databases(bed: beds.Testbed) -> None:
    taken = gaps(bed, 2_000)

    assert taken.keys() == {"PostgreSQL", "SQLite"}
    assert all(each > 0 for rounds in taken.values() for each in rounds)


def test_a_way_that_does_nothing_is_found_out() -> None:
    with pytest.raises(AssertionError, match="idle"):
        measure_in_turns({"idle": Way(lambda: None, lambda: 0)}, SMALL)


def test_a_ratio_is_the_median_of_the_rounds_own() -> None:
    ours, other = (
        Measured(name="ours", unit="ms", values=(1.0, 10.0, 1.0)),
        Measured(name="other", unit="ms", values=(2.0, 20.0, 3.0)),
    )

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
def test_a_goal_is_reached_or_missed(goal: Goal, is_reached: bool) -> None:  # noqa: FBT001 - a parameter
    assert goal.is_reached is is_reached


def test_a_page_says_which_promise_was_missed() -> None:
    row = Measured(name="ours", group="here", unit="ms", values=(1.0,))
    goal = Goal(promise="times as fast", value=1.0, at_least=2)
    table = Table(
        name="t", title="T", description="S.", rows=(row,), baseline="ours", goals=(goal,)
    )
    dose: Dose = SMALL

    assert "| T | times as fast | at least 2 | 1.00 | **missed** |" in report.page(
        (table,), dose, ("a machine",)
    )
    assert "- a machine\n" in report.page((table,), dose, ("a machine",))
    assert report.drawing(table).count('class="ours"') == 1


def test_a_page_says_whether_the_machine_was_quiet() -> None:
    assert "quiet" in report.quietness(0.1)
    assert "busy" in report.quietness(100)
