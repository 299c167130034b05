"""Lines and warnings of a job are masked, and written in batches and in their order."""

from datetime import timedelta

import pytest
from attrs import define, field
from tests.project_jobs import AheadClock

from indelible.projects.entities.values import LogLevel, Phase
from indelible.projects.tasks.job_log import MAX_BUFFERED, JobLog, Lines, Warnings


@define
class Written:
    """The batches that a log has written."""

    batches: list[tuple[Phase | None, Lines, Warnings]] = field(
        factory=list[tuple[Phase | None, Lines, Warnings]]
    )

    def write(self, phase: Phase | None, lines: Lines, warnings: Warnings) -> None:
        self.batches.append((phase, lines, warnings))


@pytest.fixture
def clock() -> AheadClock:
    return AheadClock()


@pytest.fixture
def written() -> Written:
    return Written()


@pytest.fixture
def output(clock: AheadClock, written: Written) -> JobLog:
    return JobLog(clock=clock, write=written.write, known_warnings={"known"})


def test_twenty_lines_are_one_batch(output: JobLog, written: Written) -> None:
    for number in range(MAX_BUFFERED + 1):
        output.info(f"line {number}")

    ((_, lines, _),) = written.batches
    assert [line.message for line in lines] == [f"line {number}" for number in range(20)]


def test_a_line_after_a_second_writes_the_earlier_ones(
    output: JobLog, clock: AheadClock, written: Written
) -> None:
    output.info("first")
    clock.advance(1)
    output.info("second")

    ((_, lines, _),) = written.batches
    assert [line.message for line in lines] == ["first", "second"]
    assert lines[1].ts - lines[0].ts >= timedelta(seconds=1)


def test_a_phase_that_begins_is_written_at_once(output: JobLog, written: Written) -> None:
    output.info("before")
    output.begin(Phase.PUSH, "Push the commit.")

    ((phase, lines, _),) = written.batches
    assert phase is Phase.PUSH
    assert [line.message for line in lines] == ["before", "Push the commit."]


def test_a_known_warning_is_not_repeated(output: JobLog, written: Written) -> None:
    output.warn_all(["known", "new", "new"])
    output.flush()
    output.flush()

    assert written.batches == [(None, (), ("new",))]


def test_the_last_lines_are_left_to_the_caller(output: JobLog, written: Written) -> None:
    output.error("the reason")
    output.warn("a warning")

    lines, warnings = output.take()

    assert [(line.level, line.message) for line in lines] == [(LogLevel.ERROR, "the reason")]
    assert warnings == ("a warning",)
    assert (output.take(), written.batches) == (((), ()), [])


def test_secrets_and_characters_that_no_database_stores_are_replaced(output: JobLog) -> None:
    token = "ghp_" + "a" * 36
    output.info(f"push with {token}\x00")
    output.warn(f"https://x:{token}@example.com/a.git")

    (line,), (warning,) = output.take()

    assert token not in f"{line}{warning}"
    assert "\x00" not in line.message
