"""A small dose of `instances`: an instance survives kills under load, and starts at once again."""

from collections.abc import Callable, Sequence
from random import Random

import pytest
from tests.doses.chaos.instance_kills import kill_instance

pytestmark = pytest.mark.slow

SUPERVISOR = ("supervisor", "starting", "SIGTERM")
SUPERVISOR_AND_PARTS = ("postgresql", "supervisor", "backend", "web")


@pytest.mark.parametrize(
    ("kinds", "is_full"),
    [(SUPERVISOR, False), (SUPERVISOR_AND_PARTS, True)],
    ids=["up", "up --full"],
)
def test_a_killed_instance_loses_no_answer_and_starts_at_the_first_try(
    kinds: Sequence[str],
    is_full: bool,  # noqa: FBT001 - a parameter of the test
    add_summary_line: Callable[[str], None],
) -> None:
    report = kill_instance(kinds, Random(7), is_full=is_full)  # noqa: S311 - no secret

    add_summary_line(f"Kills under HTTP load: {report}")
    assert report.problems == []
    assert report.kills == len(kinds)
    assert report.comparison.answers > len(kinds)
