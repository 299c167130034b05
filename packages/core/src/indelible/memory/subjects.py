"""The subjects of a store in memory: what must succeed again and again."""

from collections.abc import Collection
from datetime import datetime

from attrs import evolve, frozen

from indelible.kernel import Clock
from indelible.kernel.silence import Subject, SubjectKind, SubjectState
from indelible.memory.task_reader import MemoryTaskReader

SubjectRows = dict[tuple[str, str, str], SubjectState]  # without what their tasks say


@frozen
class MemorySubjects:
    """The subjects of a store; a write needs the clock of a transaction."""

    _rows: SubjectRows
    _tasks: MemoryTaskReader
    _clock: Clock | None = None

    def states(self) -> tuple[SubjectState, ...]:
        """Return every stored subject, in order of kind, stage and id."""
        return tuple(self._with_tasks(state) for _, state in sorted(self._rows.items()))

    def declare(self, subjects: Collection[Subject]) -> None:
        """Store subjects that are new, and the longest silences that have changed."""
        for subject in subjects:
            state = self._rows.get(subject.key, self._new(subject))
            seconds = subject.longest_silence_seconds
            self._rows[subject.key] = evolve(state, longest_silence_seconds=seconds)

    def record_success(self, subject: Subject) -> None:
        """Store that a subject which is no task has succeeded now."""
        state = self._rows.get(subject.key, self._new(subject))
        now = self._now
        self._rows[subject.key] = evolve(state, kept_at=max(now, state.kept_at or now))

    def _new(self, subject: Subject) -> SubjectState:
        return SubjectState(
            kind=subject.kind,
            stage=subject.stage,
            entity_id=subject.entity_id,
            longest_silence_seconds=subject.longest_silence_seconds,
            known_since=self._now,
        )

    @property
    def _now(self) -> datetime:
        assert self._clock is not None  # noqa: S101 - readers cannot write
        return self._clock.now()

    def _with_tasks(self, state: SubjectState) -> SubjectState:
        """Return a subject with its successes and with what its task or stage waits for."""
        if state.kind is SubjectKind.BACKUP:
            return state

        if state.kind is SubjectKind.STAGE:
            return evolve(
                state,
                task_succeeded_at=self._tasks.last_success(state.stage),
                due_at=self._tasks.due_since(state.stage),
            )

        task = self._tasks.find(state.stage, state.entity_id)
        last_success = self._tasks.last_success(state.stage, state.entity_id)
        if task is None:
            return evolve(state, task_succeeded_at=last_success)
        return evolve(
            state,
            task_succeeded_at=last_success,
            due_at=task.due_at,
            dead_reason=task.dead_reason,
            cancel_reason=task.cancel_reason,
        )
