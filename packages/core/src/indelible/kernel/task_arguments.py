"""The documents of a task: its arguments and its result, within limits and without secrets."""

from collections.abc import Collection, Mapping
from typing import Any, Final, cast

from attrs import field, frozen

from indelible.kernel.errors import UsageError
from indelible.kernel.json_limits import JsonLimits, values_in
from indelible.kernel.json_values import normalize_json
from indelible.kernel.task_errors import TaskArgumentSecret
from indelible.kernel.values import wrong_type

# Of the arguments of a task, and of its result.
TASK_LIMITS: Final = JsonLimits(max_depth=16, max_bytes=16_384, max_values=1_000)

# Names that no store accepts in arguments. A stage declares further ones.
ALWAYS_SECRET: Final = frozenset(
    (
        "password",
        "passwd",
        "passphrase",
        "secret",
        "clientsecret",
        "apikey",
        "accesskey",
        "privatekey",
        "accesstoken",
        "refreshtoken",
        "authorization",
        "cookie",
    )
)


@frozen(kw_only=True)
class TaskPolicy:
    """The further secret names of a store's tasks, by their stages.

    A stage declares its names itself (`Stage.secret_arguments`), but `TaskQueue.enqueue` knows
    only the name of the stage. With this policy it refuses them too.
    """

    secret_arguments: Mapping[str, frozenset[str]] = field(
        factory=dict[str, frozenset[str]], hash=False
    )

    def secrets_of(self, stage: str) -> frozenset[str]:
        """Return the further names that the arguments of a stage's tasks must not have."""
        return self.secret_arguments.get(stage, frozenset())


def normalize_arguments(
    arguments: Mapping[str, Any], secrets: Collection[str] = ()
) -> Mapping[str, Any]:
    """Return the arguments of a task as a store returns them.

    Raises:
        WrongType: The arguments are no mapping.
        TaskArgumentSecret: A name at any depth is one of `secrets` or of ALWAYS_SECRET.
        Others: those of `normalize_json`.
    """
    if not isinstance(cast("object", arguments), Mapping):
        raise wrong_type("arguments", "mapping", arguments)

    normal: Mapping[str, Any] = normalize_json(arguments, TASK_LIMITS, "arguments")
    check_no_secret(normal, secrets)
    return normal


def normalize_arguments_of(
    task_ids: Collection[str],
    arguments: Mapping[str, Mapping[str, Any]],
    secrets: Collection[str] = (),
) -> dict[str, Mapping[str, Any]]:
    """Return the arguments of tasks by their ids, as a store returns them.

    Raises:
        UsageError: There are arguments for a task that is not one of `task_ids`.
        Others: those of `normalize_arguments`.
    """
    for task_id in arguments:
        if task_id not in task_ids:
            raise UsageError(f"arguments are given for task {task_id!r}, which is not enqueued")

    normal: dict[str, Mapping[str, Any]] = {}
    for task_id in task_ids:
        if task_id in arguments:
            normal[task_id] = normalize_arguments(arguments[task_id], secrets)

    return normal


def normalize_result(result: object) -> Any:  # noqa: ANN401 - whatever JSON knows
    """Return the result of a task as a store returns it.

    Raises: the errors of `normalize_json`.
    """
    return normalize_json(result, TASK_LIMITS, "result")


def check_no_secret(document: object, secrets: Collection[str] = ()) -> None:
    """Raise TaskArgumentSecret for a name of a secret in a JSON value, at any depth.

    Case, hyphens and underscores make no difference.
    """
    refused = ALWAYS_SECRET.union(_folded(name) for name in secrets)
    for value in values_in(document):
        if not isinstance(value, Mapping):
            continue
        for name in cast("Mapping[str, Any]", value):
            if _folded(name) in refused:
                raise TaskArgumentSecret(name)


def _folded(name: str) -> str:
    return name.casefold().replace("_", "").replace("-", "")
