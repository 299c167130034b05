"""Requirements on the output of jobs: log lines and warnings, in order, bounded and masked."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from indelible import projects
from indelible.projects import Job, JobOutput, LogEntry, LogLevel
from indelible.projects.entities.jobs import WARNINGS_FULL
from indelible.projects.entities.values import (
    MAX_JOB_WARNINGS,
    MAX_LINES_PER_OUTPUT,
    MAX_WARNINGS_PER_OUTPUT,
    TRUNCATED,
)
from indelible.testing.captures.scenarios import code
from indelible.testing.projects.scenarios import (
    OWNER,
    ProjectScenario,
    line,
    new_project,
    with_jobs,
)
from indelible.testing.stores import AnyStore
from indelible.testing.suite import Suite

SECRET = "ghp_" + "a1B2" * 9
WRITERS = 3
BATCHES = 4


def messages(logs: tuple[LogEntry, ...]) -> list[str]:
    """Return the messages of log lines."""
    return [entry.message for entry in logs]


def outputs(scenario: ProjectScenario, job: Job, *, after: int, limit: int) -> list[JobOutput]:
    """Return a page of a job's outputs."""
    page = scenario.store.read(projects.job_logs, OWNER, job.id, after=after, limit=limit)
    assert page.job.id == job.id
    return list(page.outputs)


class JobOutputConformance(Suite):
    """Requirements on the logs and warnings of jobs."""

    def test_logs_and_warnings_are_separate_lists_in_order(self, store: AnyStore) -> None:
        scenario = new_project(store)
        job = scenario.running_job()
        first = line("first", LogLevel.WARNING)
        scenario.progress(job, logs=(first, line("second")), warnings=("one", "two"))
        scenario.progress(job, logs=(line("third", LogLevel.ERROR),))
        scenario.finish(job, logs=(line("fourth"),), warnings=("three",))
        details = scenario.details(job)

        assert details.logs[0] == first
        assert messages(details.logs) == ["first", "second", "third", "fourth"]
        assert details.warnings == ("one", "two", "three")
        assert details.job.warning_count == len(details.warnings)
        assert details.skipped_outputs == 0

    def test_output_is_appended_by_the_methods_of_the_seed(self, store: AnyStore) -> None:
        scenario = new_project(store)
        job = scenario.running_job()
        with_jobs(store, lambda jobs: jobs.append_job_logs(OWNER, job.id, [line("a line")]))
        with_jobs(store, lambda jobs: jobs.append_job_warnings(OWNER, job.id, ["one", "two"]))
        details = scenario.details(job)

        assert messages(details.logs) == ["a line"]
        assert details.warnings == ("one", "two")

    def test_each_change_of_a_job_adds_one_output(self, store: AnyStore) -> None:
        scenario = new_project(store)
        job = scenario.running_job()
        scenario.progress(job, logs=(line("a line"),))
        ended = scenario.fail(job)
        numbers = [output.number for output in outputs(scenario, job, after=0, limit=9)]

        assert numbers == [1, 2, 3, 4]
        assert ended.output_number == numbers[-1]
        assert [output.number for output in outputs(scenario, job, after=1, limit=2)] == [2, 3]
        assert outputs(scenario, job, after=4, limit=9) == []
        assert [output.number for output in outputs(scenario, job, after=-1, limit=2)] == [1, 2]

    def test_concurrent_writers_lose_nothing_and_keep_their_order(self, store: AnyStore) -> None:
        scenario = new_project(store)
        job = scenario.running_job()

        def write(writer: int) -> None:
            for number in range(BATCHES):
                text = f"{writer}-{number}"
                scenario.progress(job, logs=(line(text),), warnings=(text,))

        with ThreadPoolExecutor(WRITERS) as threads:
            list(threads.map(write, range(WRITERS)))
        details = scenario.details(job)

        assert details.job.warning_count == WRITERS * BATCHES
        for texts in (messages(details.logs), list(details.warnings)):
            for writer in range(WRITERS):
                own = [text for text in texts if text.startswith(f"{writer}-")]
                assert own == [f"{writer}-{number}" for number in range(BATCHES)]

    def test_a_long_message_is_cut_with_a_mark(self, store: AnyStore) -> None:
        scenario = new_project(store)
        job = scenario.running_job()
        longest = "x" * 4_000
        scenario.progress(job, logs=(line(longest), line(longest + "y")), warnings=(longest + "y",))
        details = scenario.details(job)

        assert details.logs[0].message == longest
        for message in (details.logs[1].message, details.warnings[0]):
            assert len(message) == len(longest)
            assert message.endswith(TRUNCATED)

    def test_characters_that_no_database_stores_are_replaced(self, store: AnyStore) -> None:
        scenario = new_project(store)
        job = scenario.running_job()
        scenario.progress(job, logs=(line("a\0b"),), warnings=("c\ud800d",))
        scenario.fail(job, "e\0f")
        details = scenario.details(job)

        assert details.logs[0].message == "a\ufffdb"
        assert details.warnings == ("c\ufffdd",)
        assert details.job.failure_reason == "e\ufffdf"

    def test_secrets_are_masked_before_they_are_stored(self, store: AnyStore) -> None:
        scenario = new_project(store)
        job = scenario.running_job()
        scenario.progress(
            job,
            logs=(line(f"cloning https://maya:{SECRET}@example.org/x"),),
            warnings=(f"Authorization: Bearer {SECRET}",),
        )
        scenario.fail(job, f"the host refused {SECRET}")
        changes = store.read(lambda tx: tx.history.of("job", job.id))

        for text in (repr(scenario.details(job)), repr(changes)):
            assert SECRET not in text
        assert "***" in scenario.details(job).warnings[0]

    def test_a_batch_with_too_many_items_is_refused(self, store: AnyStore) -> None:
        scenario = new_project(store)
        job = scenario.running_job()
        lines = (line("a line"),) * (MAX_LINES_PER_OUTPUT + 1)
        warnings = ("a warning",) * (MAX_WARNINGS_PER_OUTPUT + 1)

        assert code(partial(scenario.progress, job, logs=lines)) == "LIST_TOO_LONG"
        assert code(partial(scenario.progress, job, warnings=warnings)) == "LIST_TOO_LONG"
        saved = scenario.progress(job, logs=lines[1:], warnings=warnings[1:])
        assert saved.entity.warning_count == MAX_WARNINGS_PER_OUTPUT

    def test_warnings_end_at_their_limit_with_a_last_one(self, store: AnyStore) -> None:
        scenario = new_project(store)
        job = scenario.running_job()
        batch = tuple(f"warning {number}" for number in range(MAX_WARNINGS_PER_OUTPUT))
        batches = MAX_JOB_WARNINGS // MAX_WARNINGS_PER_OUTPUT
        for _ in range(batches):
            scenario.progress(job, warnings=batch)
        full = scenario.details(job)
        later = scenario.progress(job, warnings=("one more",))
        scenario.finish(job, warnings=("the last",))

        assert full.job.warning_count == MAX_JOB_WARNINGS
        assert full.warnings[-1] == WARNINGS_FULL
        assert str(len(full.warnings[:-1])) in WARNINGS_FULL
        assert full.warnings[:-1] == (batch * batches)[: MAX_JOB_WARNINGS - 1]
        assert later.entity == full.job
        assert scenario.details(job).warnings == full.warnings
