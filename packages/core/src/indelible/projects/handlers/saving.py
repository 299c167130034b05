"""Save projects and jobs. Every handler of projects writes through here."""

from collections.abc import Sequence
from typing import TypeVar

from indelible.kernel import Head
from indelible.kernel.aggregates import Aggregate, change_for
from indelible.kernel.history import AggregateRepository, Record
from indelible.kernel.json_objects import JsonObject, JsonObjects
from indelible.projects.entities.jobs import Job
from indelible.projects.entities.projects import Project
from indelible.projects.entities.values import OutputBatch
from indelible.projects.repositories import ProjectsWrite

E = TypeVar("E", bound=Aggregate)


def with_nodes(tx: ProjectsWrite, head: Head[Project], nodes: JsonObjects) -> Head[Project]:
    """Save the project with other nodes; equal ones change nothing."""
    if head.entity.current_nodes == nodes:
        return head

    project = head.entity.with_nodes(nodes, now=tx.clock.now())
    return save(tx, tx.projects.projects, head, project, "set_nodes")


def with_prompt(
    tx: ProjectsWrite, head: Head[Project], prompt: str, metadata: JsonObject
) -> Head[Project]:
    """Save the project with one prompt more."""
    project = head.entity.with_prompt(now=tx.clock.now())
    record = project.new_prompt(prompt, metadata)
    return save(tx, tx.projects.projects, head, project, "add_prompt", (record,))


def save_job(
    tx: ProjectsWrite, head: Head[Job], job: Job, action: str, batch: OutputBatch
) -> Head[Job]:
    """Save the next state of a job with its output."""
    return save(tx, tx.projects.jobs, head, job, action, (job.new_output(batch),))


def save(
    tx: ProjectsWrite,
    repository: AggregateRepository[E],
    head: Head[E] | None,
    entity: E,
    action: str,
    records: Sequence[Record] = (),
) -> Head[E]:
    """Save an aggregate with its change and records, and return the new head."""
    change = change_for(tx, head, entity, action, records=records)
    repository.save(change, entity, records)
    return Head(entity=entity, revision=change.revision)
