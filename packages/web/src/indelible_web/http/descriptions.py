"""Descriptions of fields and parameters, which the OpenAPI document shows."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, cast

from attrs import frozen

from indelible_web.http.json_fields import DESCRIPTION_TEXT, LIMITS_TEXT
from indelible_web.http.schemas import Side

SCHEMA_PREFIX: Final = "#/components/schemas/"

COMMON: Final[Mapping[str, str]] = {
    "action": "The edge of the lifecycle that the change took, such as `submit`.",
    "actor": "The author of the change, or of the latest one: such as `user:maya`.",
    "adds_version": "1 if the change added a version to the entity, otherwise 0.",
    "allowed": "The actions that the lifecycle allows from the entity's state, in a 409 only.",
    "at": "The instant at which the change was made.",
    "code": "A stable name of the problem, which a program may compare.",
    "created_at": "The instant at which the entity was created.",
    "cursor": "The `next` of the page before this one; leave it out for the first page.",
    "data": "The entity's fields that the change set; empty where the caller may not read them.",
    "detail": "The problem in one sentence, with the values that caused it.",
    "entity_id": "The id of the entity that the change belongs to.",
    "fields": "The problems of single fields, by their names.",
    "from_state": "The state before the change; empty for the first change.",
    "digest_scheme": "The number of the rules that say which fields `hash` covers.",
    "hash": "The SHA-256 of the change and of `prev_hash`, in hexadecimal digits.",
    "id": "The entity's id, which never changes.",
    "list_refused_commands.command": "List only records of the command with this name.",
    "items": "The entries of this page.",
    "lifecycle": "The kind of the entity, such as `concept`.",
    "limit": "The largest number of entries to return.",
    "next": "The `cursor` of the following page; null on the last page.",
    "offset": "The number of entries to pass over.",
    "prev_hash": "The `hash` of the entity's change before this one; empty for the first.",
    "problem": "The problem that refused this item; null if it succeeded.",
    "reason": "The reason for the change, in the author's words; history keeps it for ever.",
    "request_id": "The id of the request, as in the header `X-Request-Id` and in the log.",
    "result": "The outcome of this item; null if it was refused.",
    "seq": "The number of the entity's changes so far; the ETag has the same value.",
    "Change.seq": "The position of the change in the entity's history, from 1.",
    "name_prefix": "List only what has a name that begins with this text.",
    "order": (
        "The order of the list: `oldest` or `newest` by creation, `changed` with the latest change"
        " first, or `name`. Without it, entries are in the order of their ids. An entry that"
        " changes meanwhile moves to the front of `changed`, in no other order."
    ),
    "since": "List only what was last changed at this instant or later.",
    "list_changes.since": "The first instant of the changes to list.",
    "status": "The entity's state in its lifecycle.",
    "Problem.status": "The HTTP status.",
    "title": "The HTTP status in words.",
    "to_state": "The state after the change.",
    "type": "The address of the code's description.",
    "until": "List only what was last changed before this instant.",
    "list_changes.until": "The first instant after the changes to list.",
    "updated_at": "The instant of the entity's latest change.",
    "value": "The value, as JSON in a text.",
    "version": "The number of the entity's current version.",
    "warnings": "Warnings about the content; they never block a change.",
    "Idempotency-Key": (
        "A text of the caller's choice. A request that is repeated with the same key changes"
        " nothing more and gets the first answer."
    ),
    "If-Match": "The ETag of the state that the change is made for.",
    "Attempt.outcome": "How the attempt ended, such as `FAILED`.",
    "RejectionView.code": "The code of the refusal; `NO_EFFECT` if the command changed nothing.",
    "RejectionView.command": "The name of the command, or of the operation without its scope.",
    "RejectionView.command_digest": "The SHA-256 of the command, which is not stored itself.",
    "RejectionView.message": "Why the command had no effect, in one sentence.",
    "RequeuedTasks.number": (
        "The number of requeued tasks; repeat the request while it is the limit."
    ),
    "Task.attempts": "The number of claims since the task was enqueued.",
    "TaskView.attempts": "The last attempts of the task, newest first.",
    "arguments": "The arguments of the task's present run; null without any.",
    "Task.result": "The result of the completed run; null before it and without one.",
    "cancel_reason": "Why the task was canceled; null unless it was.",
    "dead": "The number of dead tasks, at most 10,000.",
    "dead_reason": "Why the task is dead; null unless it is.",
    "due": "The number of tasks that are due, at most 10,000.",
    "due_at": "The instant from which the task can be claimed; null once it is done.",
    "error_class": "The class of the last failure; null without one.",
    "fence": "The number of the claim; only the newest claim can complete the task.",
    "Task.finished_at": "The instant at which the task was completed or canceled; null before it.",
    "Task.succeeded_at": (
        "The instant of its last completion, which later runs keep; null before the first."
    ),
    "FeedDelay.database": "The database in which the transaction is open.",
    "FeedDelay.program": "The program of the transaction; null if the server does not know it.",
    "FeedDelay.role": "The role of the transaction; null if the server does not know it.",
    "FeedDelay.seconds": "The time for which the transaction has been open.",
    "FeedDelay.since": "The instant at which the transaction began.",
    "FeedDelay.transaction": "What has to end: a process of the server, or a prepared transaction.",
    "ForgetSubject.kind": "The kind of the subject, such as `recurring`.",
    "ForgetSubject.name": "The name of the subject, unique in its kind.",
    "RestartSubscriber.position": "`beginning`, `end`, or a cursor of the feed; null with `since`.",
    "RestartSubscriber.since": "The first instant of the changes to handle; null with `position`.",
    "restart_subscriber.name": "The name of the subscriber.",
    "SubjectView.kind": "The kind of the subject, such as `recurring`.",
    "SubjectView.known_since": "The instant at which the subject was first declared.",
    "SubjectView.longest_silence_seconds": (
        "The time after which a subject without a success is missed; null to miss it never."
    ),
    "SubjectView.name": "The name of the subject, unique in its kind.",
    "SubjectView.problem": "What the subject does instead of succeeding; null unless it is silent.",
    "SubjectView.succeeded_at": "The instant of the last success; null before the first.",
    "SubscriberView.problem": "Why the subscriber has stopped; null unless it has.",
    "SubscriberView.seconds": "The age of the first change that it has not handled; 0 without one.",
    "changed_at": "The instant of the last handled change; null before the first.",
    "feed_cursor": "The position in the feed behind the last handled change; null before it.",
    "SubscriberCursor.name": "The name of the subscriber.",
    "SubscriberView.name": "The name of the subscriber.",
    "list_subjects.is_silent": "List only subjects that are silent, or only those that are not.",
    "list_subjects.kind": "List only subjects of this kind.",
    "restarted_at": "The instant of the last restart; null before the first.",
    "restarted_by": "Who restarted the subscriber last; null if nobody has.",
    "restart_reason": "Why the subscriber was restarted last; null before the first time.",
    "restarts": "The number of its restarts by operators.",
    "hung_threads": "The number of threads whose task has passed its time limit and still runs.",
    "is_paused": "True if no more tasks of the stage are claimed.",
    "paused_at": "The instant at which the stage was paused; null unless it is.",
    "paused_by": "Who has paused the stage; null unless it is paused.",
    "pause_reason": "Why the stage was paused; null unless it is.",
    "show_stages.is_stuck": (
        "List only stages with hung threads, or with a task that no worker takes for 5 minutes"
        " although the stage is not paused; or only the other ones."
    ),
    "lease_owner": "The worker that has claimed the task; null while it is not claimed.",
    "lease_until": "The instant until which the claim lasts; null while it is not claimed.",
    "list_tasks.state": "The state of the tasks to list.",
    "oldest": "The instant since which the oldest due task has waited; null if none is due.",
    "priority": "The priority: a smaller number is claimed first.",
    "progress": "The progress in percent, as last reported; null before a report.",
    "running": "The number of claimed tasks, at most 10,000.",
    "slot": "The newest time of a recurring task; null for other tasks.",
    "stage": "The name of the stage.",
    "task": "The task.",
    "tasks": "The number of dead tasks whose last error has this class.",
}


@frozen
class Descriptions:
    """Descriptions by field: `Schema.field` first, then `field`."""

    _by_name: Mapping[str, str] = COMMON

    def of_field(self, schema_name: str, field_name: str) -> str:
        """Return the description of a schema's field; '' if there is none."""
        names = (
            f"{schema_name}.{field_name}",
            f"{schema_name.removesuffix(Side.BODY)}.{field_name}",
            field_name,
        )
        for name in names:
            if name in self._by_name:
                return self._by_name[name]

        return ""


def descriptions_of(named: Mapping[str, str]) -> Descriptions:
    """Return a context's own descriptions, with the common ones for all other fields."""
    return Descriptions({**COMMON, **named})


def describe_fields(document: Mapping[str, Any], tag: str, descriptions: Descriptions) -> None:
    """Describe each parameter of the operations with a tag, and each field of their schemas.

    The sentence of a field's kind, or of the field itself, counts before that of its name. A
    description that is there already stays.
    """
    schemas = document["components"]["schemas"]
    described: set[str] = set()
    for operation in operations_of(document):
        if tag not in operation["tags"]:
            continue
        for parameter in operation.get("parameters", ()):
            own_text = parameter["schema"].pop(DESCRIPTION_TEXT, "")
            text = own_text or descriptions.of_field(operation["operationId"], parameter["name"])
            if text:
                parameter.setdefault("description", text)
        for name in _schemas_below(operation, schemas, described):
            _describe_schema(name, schemas[name], descriptions)


def operations_of(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every operation of an OpenAPI document."""
    for by_method in document["paths"].values():
        yield from by_method.values()


def _schemas_below(node: object, schemas: Mapping[str, object], yielded: set[str]) -> Iterator[str]:
    """Yield the name of each schema that a part of the document refers to, once."""
    children: Iterable[object] = ()
    if isinstance(node, dict):
        parts = cast("dict[str, object]", node)
        children = parts.values()
        name = str(parts.get("$ref", "")).removeprefix(SCHEMA_PREFIX)
        if name in schemas and name not in yielded:
            yielded.add(name)
            yield name
            yield from _schemas_below(schemas[name], schemas, yielded)
    elif isinstance(node, list):
        children = cast("list[object]", node)

    for child in children:
        yield from _schemas_below(child, schemas, yielded)


def _describe_schema(name: str, schema: Mapping[str, Any], descriptions: Descriptions) -> None:
    """Describe the fields of a schema, with limits and the default of a body's field in the text.

    Generators of clients take a field with a `default` for one that is always there.
    """
    for field_name, field_schema in schema.get("properties", {}).items():
        own_text = field_schema.pop(DESCRIPTION_TEXT, "")
        text = own_text or descriptions.of_field(name, field_name)
        limits = field_schema.pop(LIMITS_TEXT, "")
        text = f"{text} {limits}".strip()
        default = field_schema.pop("default", None)
        if default is not None:
            text = f"{text} If it is left out, it is `{default}`.".strip()
        if text:
            field_schema.setdefault("description", text)
