"""Values of projects and jobs, and the limits of their fields."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final, cast

from attrs import Attribute, field, frozen
from attrs.validators import optional

from indelible.kernel import digest
from indelible.kernel.json_objects import (
    JSON_OBJECT,
    JSON_OBJECTS,
    JsonObject,
    JsonObjects,
    freeze_object,
    freeze_objects,
)
from indelible.kernel.kinds import Kind, kinds
from indelible.kernel.values import (
    IDENTIFIER,
    LINE,
    TEXT,
    UNSTORABLE,
    ListTooLong,
    instance_of,
    is_identifier,
    is_instant,
    is_text,
    non_blank_line,
    non_blank_text,
    text_tuple,
    wrong_type,
)
from indelible.projects.errors import AddressHasCredentials

MAX_LINES_PER_OUTPUT: Final = 100
MAX_WARNINGS_PER_OUTPUT: Final = 100
MAX_MESSAGE_LENGTH: Final = 4_000
MAX_MESSAGE: Final = {"max_length": MAX_MESSAGE_LENGTH}
MAX_PLAN_FILES: Final = 10_000

# After this many outputs a job stores no more log lines, but still its phases and warnings.
MAX_JOB_OUTPUTS: Final = 10_000
MAX_JOB_WARNINGS: Final = 1_000

NATURAL: Final = {"minimum": 0, "maximum": 2**63 - 1}
LINES: Final = {"max_items": MAX_LINES_PER_OUTPUT}
WARNINGS: Final = {"max_items": MAX_WARNINGS_PER_OUTPUT, "max_length": MAX_MESSAGE_LENGTH}
FILES: Final = {"max_items": MAX_PLAN_FILES, "max_length": 1_000}
TRUNCATED: Final = " [truncated]"
UNREADABLE: Final = "\ufffd"  # in place of a character that no database can store
# `scheme://user@`, as urllib reads it: the host begins behind the last @.
USER_IN_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#]*@", re.IGNORECASE)
NO_METADATA: Final = JsonObject.of({})


class Phase(StrEnum):
    """The eight phases of a job."""

    LOAD = "load"
    RUNNING = "running"
    WORKSPACE = "workspace"
    GENERATE = "generate"
    COMMIT = "commit"
    PUSH = "push"
    FINALIZE = "finalize"
    CLEANUP = "cleanup"


class LogLevel(StrEnum):
    """The level of a log line."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class DisplayStatus(StrEnum):
    """The status of a project as it is displayed; it is derived and never stored."""

    DRAFT = "draft"
    ACTIVE = "active"
    COMPLETED = "completed"


def clean_message(message: str) -> str:
    """Return a message that can be stored: without NUL and unpaired surrogates, and not too long.

    A message that is cut ends with a mark. A clean message is returned as it is.
    """
    storable = UNSTORABLE.sub(UNREADABLE, message)
    if len(storable) <= MAX_MESSAGE_LENGTH:
        return storable

    return storable[: MAX_MESSAGE_LENGTH - len(TRUNCATED)] + TRUNCATED


def clean_text(value: Any) -> Any:  # noqa: ANN401 - the validator refuses other types
    """Return a text as `clean_message` does, and any other value as it is."""
    return clean_message(value) if isinstance(value, str) else value


def _clean_texts(value: Any) -> Any:  # noqa: ANN401 - the validator refuses other types
    if not isinstance(value, list | tuple):
        return value

    items = cast("list[object]", value)
    return tuple(clean_text(item) for item in items)


def _as_tuple(value: Any) -> Any:  # noqa: ANN401 - the validator refuses other types
    if not isinstance(value, list):
        return value

    return tuple(cast("list[object]", value))


def freeze_nodes(value: object) -> JsonObjects:
    """Return nodes as frozen JSON objects; WRONG_TYPE, LIST_TOO_LONG or JSON_LIMIT_EXCEEDED."""
    return freeze_objects(value, field="nodes")


def freeze_edges(value: object) -> JsonObjects:
    """Return edges as frozen JSON objects; the errors are those of `freeze_nodes`."""
    return freeze_objects(value, field="edges")


def freeze_metadata(value: object) -> JsonObject:
    """Return metadata as a frozen JSON object; WRONG_TYPE or JSON_LIMIT_EXCEEDED."""
    return freeze_object(value, field="metadata")


def is_address(
    instance: object,
    attribute: "Attribute[Any]",
    value: Any,  # noqa: ANN401 - other types are refused
) -> None:
    """Validate an address or a path: a line that is not blank, and no user or password in it."""
    non_blank_line(instance, attribute, value)
    if USER_IN_ADDRESS.match(value):
        raise AddressHasCredentials(attribute.name)


def items_of(kind: type) -> Any:  # noqa: ANN401 - a validator of attrs
    """Return a validator of a tuple of values of one type; `max_items` is in the metadata."""

    def check(_: object, attribute: "Attribute[Any]", value: object) -> None:
        if not isinstance(value, tuple):
            raise wrong_type(attribute.name, f"tuple of {kind.__name__}", value)
        items = cast("tuple[object, ...]", value)
        if len(items) > attribute.metadata["max_items"]:
            raise ListTooLong(attribute.name, attribute.metadata["max_items"])
        for item in items:
            if not isinstance(item, kind):
                raise wrong_type(attribute.name, kind.__name__, item)

    return check


# The kinds of fields that projects and jobs have of their own.
Nodes = Annotated[
    JsonObjects, Kind(instance_of(tuple), JSON_OBJECTS, freeze_nodes, column="json_array")
]
FailureReason = Annotated[
    str, Kind(non_blank_text, MAX_MESSAGE, clean_text, column="nonblank_text")
]
Metadata = Annotated[
    JsonObject, Kind(instance_of(JsonObject), JSON_OBJECT, freeze_metadata, column="json_details")
]


@frozen(kw_only=True)
class LogEntry:
    """A line of a job's log. A message that is too long is cut, with a mark at its end."""

    ts: datetime = field(validator=is_instant)
    level: LogLevel = field(validator=instance_of(LogLevel))
    message: str = field(converter=clean_text, validator=is_text, metadata=MAX_MESSAGE)


LogLines = Annotated[
    tuple[LogEntry, ...], Kind(items_of(LogEntry), LINES, _as_tuple, column="json_array")
]
Warnings = Annotated[tuple[str, ...], Kind(text_tuple, WARNINGS, _clean_texts, column="json_array")]


@frozen(kw_only=True, field_transformer=kinds)
class OutputBatch:
    """Log lines and warnings that a change adds to the output of a job, in their order."""

    logs: LogLines = ()
    warnings: Warnings = ()

    @property
    def is_empty(self) -> bool:
        """Return True if there is neither a line nor a warning."""
        return not self.logs and not self.warnings


NO_OUTPUT: Final = OutputBatch()


@frozen(kw_only=True)
class Repository:
    """A repository on a host.

    `repository_id` is the host's own id, which a rename keeps. `url` is the address that a project
    stores as `github_repo_url`; it carries no credentials.
    """

    host: str = field(validator=is_identifier, metadata=IDENTIFIER)
    repository_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    name: str = field(validator=non_blank_line, metadata=LINE)
    url: str = field(validator=is_address, metadata=LINE)
    branch: str = field(default="main", validator=non_blank_line, metadata=LINE)


@frozen(kw_only=True)
class ArchitectureSpec:
    """The complete description that a job builds: a snapshot, taken when the job is created.

    Nodes, edges and metadata are copied and frozen, so that no change of the caller's own lists
    and dicts reaches the snapshot.
    """

    name: str = field(validator=non_blank_line, metadata=LINE)
    description: str = field(default="", validator=is_text, metadata=TEXT)
    prompt: str = field(default="", validator=is_text, metadata=TEXT)
    nodes: JsonObjects = field(default=(), converter=freeze_nodes, metadata=JSON_OBJECTS)
    edges: JsonObjects = field(default=(), converter=freeze_edges, metadata=JSON_OBJECTS)
    metadata: JsonObject = field(
        default=NO_METADATA, converter=freeze_metadata, metadata=JSON_OBJECT
    )

    def digest(self) -> str:
        """Return the digest of all fields."""
        return digest(self)


@frozen(kw_only=True)
class GeneratedFile:
    """A file to write into a checkout: a relative path with `/`, and its content."""

    path: str
    content: bytes


@frozen(kw_only=True)
class JobResult:
    """The outcome of a successful job: the commit, if one was made, and the planned files."""

    commit: str | None = field(default=None, validator=optional(is_identifier), metadata=IDENTIFIER)
    commit_url: str | None = field(default=None, validator=optional(non_blank_line), metadata=LINE)
    files: tuple[str, ...] = field(
        default=(), converter=_as_tuple, validator=text_tuple, metadata=FILES
    )
    push_skipped: bool = field(default=False, validator=instance_of(bool))
