"""Standing tasks, which run again and again, and the longest silence of each."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from attrs import frozen

from indelible.kernel.json import instant_text
from indelible.kernel.stages import TasksRead
from indelible.kernel.task_errors import TaskNotFound
from indelible.kernel.tasks import Task, TaskKey

# Longer than any pause between two runs, of polls or of retries.
LONGEST_SILENCE: Final = timedelta(hours=1)


@frozen(kw_only=True)
class StandingTask:
    """A task that runs again and again: it enqueues itself, or a schedule does.

    It is a problem if it does not run for more than `longest_silence`.
    """

    key: TaskKey
    longest_silence: timedelta = LONGEST_SILENCE


@frozen
class SilentTask:
    """A standing task that does not run; `problem` says why, after "the task"."""

    key: TaskKey
    problem: str

    def __str__(self) -> str:
        return f"task {self.key.entity_id} of stage {self.key.stage} {self.problem}"


@frozen(kw_only=True)
class StandingTasks:
    """The standing tasks of an application, and since when it watches them."""

    tasks: Sequence[StandingTask]
    watched_since: datetime

    def silent(self, tx: TasksRead, now: datetime) -> tuple[SilentTask, ...]:
        """Return the tasks that have not run within their longest silence."""
        silent: list[SilentTask] = []
        for standing in self.tasks:
            problem = self._problem_of(tx, standing, now)
            if problem is not None:
                silent.append(SilentTask(standing.key, problem))

        return tuple(silent)

    def _problem_of(self, tx: TasksRead, standing: StandingTask, now: datetime) -> str | None:
        try:
            task = tx.tasks.get(standing.key.stage, standing.key.entity_id)
        except TaskNotFound:
            is_silent = now - self.watched_since > standing.longest_silence
            return "was never enqueued" if is_silent else None

        if task.dead_reason is not None:
            return f"is dead: {task.dead_reason}"
        if task.cancel_reason is not None:
            return f"is canceled: {task.cancel_reason}"
        return silence_of(task, now, standing.longest_silence)


def stop_of(task: Task, now: datetime) -> str | None:
    """Return why a subscriber with this task has stopped, None if it has not."""
    if task.is_halted:
        return task.dead_reason or task.cancel_reason

    silence = silence_of(task, now)
    return None if silence is None else f"its task {silence}"


def silence_of(
    task: Task, now: datetime, longest_silence: timedelta = LONGEST_SILENCE
) -> str | None:
    """Return what a task does instead of running, None if it is dead, is canceled or runs."""
    if task.due_at is not None:
        return _silence_before_run(task, task.due_at, now, longest_silence)
    if task.finished_at is not None and now - task.finished_at > longest_silence:
        return f"has not run since {instant_text(task.finished_at)}"
    return None


def _silence_before_run(
    task: Task, due_at: datetime, now: datetime, longest_silence: timedelta
) -> str | None:
    if due_at - now > longest_silence:
        return f"is put off until {instant_text(due_at)}"
    if task.is_free(now) and now - due_at > longest_silence:
        return f"has been due since {instant_text(due_at)}"
    return None
