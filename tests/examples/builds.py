"""The builds of projects: a host's own lifecycle with at most one running build per project."""

from enum import StrEnum
from typing import ClassVar

from attrs import frozen
from sqlalchemy import Column, Connection, MetaData, Table, Text

from indelible.kernel import Conflict, Edge, Lifecycle, NotFound
from indelible.kernel.aggregates import Aggregate, save_change
from indelible.kernel.one_per_parent import OnePerParent
from indelible_sql import (
    HeadMapping,
    SqlAggregateRepository,
    SqlTransaction,
    declare_lifecycle,
    guard_head,
    head_columns,
    one_per_parent_indexes,
)


class BuildStatus(StrEnum):
    """The states of a build."""

    WAITING = "WAITING"
    RUNNING = "RUNNING"
    ENDED = "ENDED"


BUILD = Lifecycle(
    name="build",
    edges=(
        Edge("", "create", BuildStatus.WAITING, 0),
        Edge("", "create_running", BuildStatus.RUNNING, 0),
        Edge(BuildStatus.WAITING, "start", BuildStatus.RUNNING, 0),
        Edge(BuildStatus.RUNNING, "report", BuildStatus.RUNNING, 0),
        Edge(BuildStatus.RUNNING, "end", BuildStatus.ENDED, 0),
    ),
)


@frozen
class BuildRunning(Conflict):
    """Another build of the project is running."""

    message: ClassVar[str] = "Project {project_id} has a running build already."
    project_id: str


@frozen
class BuildNotFound(NotFound):
    """No build has this id."""

    message: ClassVar[str] = "Build {build_id} not found."
    build_id: str


@frozen(kw_only=True)
class Build(Aggregate):
    """A build of a project."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = BUILD
    missing_error = BuildNotFound
    fixed: ClassVar[tuple[str, ...]] = ("project_id",)
    one_per_parent: ClassVar[tuple[OnePerParent, ...]] = (
        OnePerParent(parent_field="project_id", states=("RUNNING",), error=BuildRunning),
    )

    project_id: str | None
    status: BuildStatus


BUILDS = Table(
    "builds",
    MetaData(),
    *head_columns(BUILD),
    Column("project_id", Text),
    *one_per_parent_indexes("builds", Build),
    sqlite_with_rowid=False,
)
HEADS = HeadMapping(table=BUILDS, entity=Build)


def migrate(connection: Connection) -> None:
    """Create the table with its edges, its index and its guards."""
    declare_lifecycle(connection, BUILD)
    BUILDS.create(connection)
    guard_head(connection, BUILDS, BUILD)


def create(tx: SqlTransaction, command: tuple[str | None, str]) -> Build:
    """Create a build, waiting (`create`) or running at once (`create_running`)."""
    project_id, action = command
    build = Build.create(action, now=tx.clock.now(), id=tx.ids.new(), project_id=project_id)
    save_change(tx, SqlAggregateRepository(tx.session, HEADS), None, build, action)
    return build


def move(tx: SqlTransaction, command: tuple[str, str]) -> Build:
    """Start a build, report on it, or end it."""
    build_id, action = command
    builds = SqlAggregateRepository(tx.session, HEADS)
    head = builds.lock(build_id)
    build = head.entity.transition(action, now=tx.clock.now())
    save_change(tx, builds, head, build, action)
    return build
