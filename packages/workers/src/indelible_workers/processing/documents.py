"""The documents of a task in a worker: refuse secret arguments, and check results."""

from typing import Any

from indelible.kernel import IndelibleError
from indelible.kernel.stages import PermanentFailure, Stage
from indelible.kernel.task_arguments import check_no_secret, normalize_result
from indelible.kernel.task_errors import TaskArgumentSecret
from indelible.kernel.tasks import Lease

AnyStage = Stage[Any, Any, Any]


def refusal_of(stage: AnyStage, lease: Lease) -> PermanentFailure | None:
    """Return the reason for which a claimed task must not be performed, None if it may be.

    Processes that died have used up its attempts, or a program that does not know the stage's
    declaration has enqueued it with a secret. Where time limits the retries, attempts that ended
    without a record are not limited: a pause may have used up the time before.
    """
    if stage.retry_seconds is None and lease.attempt > stage.max_attempts:
        started = lease.attempt - 1
        return PermanentFailure(f"{started} attempts started and the last one never ended")
    if not stage.secret_arguments or lease.arguments is None:
        return None

    try:
        check_no_secret(lease.arguments, stage.secret_arguments)
    except TaskArgumentSecret as error:
        refusal = PermanentFailure(str(error))
        refusal.__cause__ = error
        return refusal
    return None


def checked_result(stage: AnyStage, outcome: object) -> Any:  # noqa: ANN401 - whatever JSON knows
    """Return the outcome as it is stored with the completed task, None if it is not.

    Raises:
        PermanentFailure: It cannot be stored. The task was performed, so it must not be retried.
    """
    if not stage.store_results:
        return None

    try:
        result = normalize_result(outcome)
        check_no_secret(result, stage.secret_arguments)
    except IndelibleError as error:
        reason = f"the task was performed, but its result cannot be stored: {error}"
        raise PermanentFailure(reason) from error
    return result
