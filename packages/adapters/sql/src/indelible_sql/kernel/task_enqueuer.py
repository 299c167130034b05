"""Enqueueing in SQL."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from attrs import frozen
from sqlalchemy.sql.base import Executable

from indelible.kernel import canonical_json, instant_text
from indelible.kernel.due_times import check_due
from indelible.kernel.task_arguments import normalize_arguments_of
from indelible.kernel.task_errors import (
    TaskArgumentsDiffer,
    TaskEnded,
    TaskEntityNotFound,
)
from indelible.kernel.task_ports import NO_DOCUMENTS
from indelible.kernel.tasks import (
    AttemptOutcome,
    Priority,
    TaskKey,
)
from indelible_sql.kernel import task_enqueueing as enqueueing
from indelible_sql.kernel import task_queries as queries
from indelible_sql.kernel.task_recorder import SqlTaskRecorder


@frozen
class SqlTaskEnqueuer(SqlTaskRecorder):
    """Enqueues tasks."""

    def enqueue(
        self,
        stage: str,
        dues: Mapping[str, datetime],
        *,
        arguments: Mapping[str, Mapping[str, Any]] = NO_DOCUMENTS,
        priority: Priority = Priority.NORMAL,
    ) -> None:
        """Make each task due at its time, or leave it due sooner."""
        self._session.schedules_tasks = True
        now = self._tx.clock.now()
        self._check_entities(stage, dues)
        normal = normalize_arguments_of(dues, arguments, self._policy.secrets_of(stage))
        if self._session.is_sqlite:
            self._enqueue_in_turn(stage, dues, now, normal, priority)
        else:
            self._enqueue_all(stage, dues, now, normal, priority)
        self._check_arguments(stage, normal)

    def reschedule(self, stage: str, entity_id: str, *, due_at: datetime) -> None:
        """Make a task due at exactly that time, or raise TaskNotFound or TaskEnded."""
        self._session.schedules_tasks = True
        now = self._tx.clock.now()
        check_due(due_at, now)
        task = self._lock(stage, entity_id)
        if task.due_at is None:
            raise TaskEnded(stage, entity_id, task.state(now).value)

        key = {"task_stage": stage, "task_id": entity_id}
        self._session.run(enqueueing.END_EXPIRED_LEASE, {**key, "now": now})
        self._session.run(enqueueing.MOVE_DUE_TIME, {**key, "due": due_at})

    def enqueue_slot(self, stage: str, entity_id: str, *, slot: datetime) -> bool:
        """Make a recurring task due at a slot, once; return False if the slot is not newer."""
        self._session.schedules_tasks = True
        self._check_entities(stage, (entity_id,))
        now = self._tx.clock.now()
        if self._insert(stage, entity_id, slot, now, slot=slot):
            return True

        task = self._lock(stage, entity_id)
        if task.slot is not None and task.slot >= slot:
            return False

        values: dict[str, object] = {
            "task_stage": stage,
            "task_id": entity_id,
            "slot": slot,
            "due": slot,
        }
        if task.is_halted:
            self._record_unleased(task.lease, AttemptOutcome.REQUEUED)
            self._session.run(enqueueing.REVIVE_AT_SLOT, values)
        else:
            self._session.run(enqueueing.MOVE_TO_SLOT, {**values, "now": now})
        return True

    def _insert(
        self,
        stage: str,
        entity_id: str,
        due_at: datetime,
        now: datetime,
        *,
        slot: datetime | None = None,
        arguments: Mapping[str, Any] | None = None,
        priority: Priority = Priority.NORMAL,
    ) -> bool:
        """Add the task unless it exists, and return whether it was added."""
        TaskKey(stage, entity_id)
        check_due(due_at, now)
        statement: Executable = enqueueing.INSERT_ON_POSTGRESQL
        if self._session.is_sqlite:
            statement = enqueueing.INSERT_ON_SQLITE
        values = {
            "task_stage": stage,
            "task_id": entity_id,
            "due": due_at,
            "priority": priority.value,
            "arguments": arguments,
            "slot": slot,
        }
        return self._session.run(statement, values) == 1

    def _check_entities(self, stage: str, entity_ids: Collection[str]) -> None:
        """Raise TaskEntityNotFound for a missing aggregate, where the stage requires one."""
        lifecycle = self._lifecycles.get(stage)
        if lifecycle is None:
            return

        others: list[str] = []
        for entity_id in entity_ids:
            TaskKey(stage, entity_id)
            if not self._session.has_change_of(lifecycle.name, entity_id):
                others.append(entity_id)
        if not others:
            return

        values = {"lifecycle": lifecycle.name, "ids": others}
        rows = self._session.rows(queries.EXISTING_ENTITIES, values)
        existing = {row["entity_id"] for row in rows}
        for entity_id in others:
            if entity_id not in existing:
                raise TaskEntityNotFound(stage, entity_id, lifecycle.name)

    def _enqueue_in_turn(
        self,
        stage: str,
        dues: Mapping[str, datetime],
        now: datetime,
        arguments: Mapping[str, Mapping[str, Any]],
        priority: Priority,
    ) -> None:
        for entity_id, due_at in dues.items():
            own_arguments = arguments.get(entity_id)
            self._insert(stage, entity_id, due_at, now, arguments=own_arguments, priority=priority)
            values = {
                "task_stage": stage,
                "task_id": entity_id,
                "due": due_at,
                "now": now,
                "priority": priority.value,
                "arguments": own_arguments,
            }
            self._session.run(enqueueing.RESCHEDULE, values)

    def _enqueue_all(
        self,
        stage: str,
        dues: Mapping[str, datetime],
        now: datetime,
        arguments: Mapping[str, Mapping[str, Any]],
        priority: Priority,
    ) -> None:
        texts: dict[str, str] = {}
        for entity_id, due_at in dues.items():
            TaskKey(stage, entity_id)
            check_due(due_at, now)
            texts[entity_id] = instant_text(due_at)

        values = {
            "task_stage": stage,
            "dues": json.dumps(texts),
            "now": now,
            "priority": priority.value,
            "documents": document_texts(arguments),
        }
        self._session.run_later(enqueueing.ENQUEUE_ALL, values)

    def _check_arguments(self, stage: str, arguments: Mapping[str, Mapping[str, Any]]) -> None:
        """Raise TaskArgumentsDiffer for an enqueued task that has other arguments."""
        if not arguments:
            return

        values = {"task_stage": stage, "ids": list(arguments)}
        for row in self._session.rows(enqueueing.ARGUMENTS_OF_TASKS, values):
            if row["arguments"] != arguments[row["entity_id"]]:
                raise TaskArgumentsDiffer(stage, row["entity_id"])


def document_texts(values: Mapping[str, Any]) -> str:
    """Return the JSON object of the canonical texts of documents; None has no text."""
    texts: dict[str, str] = {}
    for entity_id, document in values.items():
        if document is not None:
            texts[entity_id] = canonical_json(document)

    return json.dumps(texts, ensure_ascii=False)
