"""The plan of a job: the files that it will write."""

from enum import StrEnum

from attrs import frozen

from indelible.projects.entities import ArchitectureSpec


class FileKind(StrEnum):
    """The kind of a planned file."""

    CONFIG = "config"
    MODEL = "model"
    SCHEMA = "schema"
    ROUTE = "route"
    PAGE = "page"
    COMPONENT = "component"
    UTILITY = "utility"
    STYLE = "style"
    TEST = "test"
    DOCUMENTATION = "documentation"


class AppType(StrEnum):
    """The type of the application that a specification describes."""

    ADMIN_DASHBOARD = "admin_dashboard"
    FULLSTACK_APP = "fullstack_app"
    API_BACKEND = "api_backend"
    STATIC = "static"


@frozen(kw_only=True)
class PlannedFile:
    """A file to write: its path, its kind, the nodes that it is for, and its purpose.

    `template` names the template of its content, and `subject` what the template is filled with.
    """

    path: str
    kind: FileKind
    template: str
    subject: str
    node_ids: tuple[str, ...]
    purpose: str


@frozen(kw_only=True)
class Plan:
    """The files that a job will write, in order of path, and the digest of the plan."""

    app_name: str
    app_type: AppType
    files: tuple[PlannedFile, ...]
    digest: str


def plan_files(spec: ArchitectureSpec) -> Plan:
    """Plan the files of a specification; README.md is always one of them. Linear time.

    Raises:
        PlanPathForbidden: A path is forbidden, or two files have the same path.
        PlanTooLarge: The plan has too many files.
    """
    raise NotImplementedError
