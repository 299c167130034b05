"""The operator's checks of contests, which change nothing: dry runs, replays, validation.

Each has a reason and requires an Idempotency-Key, as every request of an operator; none stores a
result, so that a repeated request computes it again.
"""

from typing import Final


from indelible.contests import ConfigurationInvalid, parse_configuration
from indelible.contests.errors import EventChainBroken
from indelible.contests.tasks import DryRun, dry_run, replay_log
from indelible_web.contests.admin_schemas import (
    ConfigurationFaultView,
    DryRunBody,
    DryRunResult,
    DryRunView,
    LineDifferenceView,
    ReplayView,
    ValidateConfiguration,
    ValidationView,
    VerifyLogView,
)
from indelible_web.contests.queries import ContestQuery
from indelible_web.http.operation import OperationContext
from indelible_web.http.request import ADMIN
from indelible_web.http.responses import project
from indelible_web.http.routing import Routes

MAX_RESULT_LINES: Final = 1_000
MAX_DIFFERENCES: Final = 200

routes = Routes("contests_checks", "Checks of contests, for operators.")


@routes.add(
    "POST /contests/config/validate",
    ADMIN,
    request_type=ValidateConfiguration,
    response_type=ValidationView,
    requires_idempotency_key=True,
)
def validate_configuration(_: OperationContext, body: ValidateConfiguration) -> ValidationView:
    """Check a configuration: all faults with their JSON paths, or its digest."""
    try:
        configuration = parse_configuration(body.configuration, created_at=None)
    except ConfigurationInvalid as error:
        faults = [project(ConfigurationFaultView, fault) for fault in error.faults]
        return ValidationView(is_valid=False, configuration_digest=None, faults=tuple(faults))

    return ValidationView(is_valid=True, configuration_digest=configuration.digest, faults=())


@routes.add(
    "POST /contests/<contest_id>/settlement/dry-run",
    ADMIN,
    request_type=DryRunBody,
    response_type=DryRunView,
    requires_idempotency_key=True,
)
def run_dry(context: OperationContext, body: DryRunBody) -> DryRunView:
    """Compute the settlement of a contest without storing it.

    With a configuration, a second result is computed with it, and the differences are listed.
    """
    comparison = dry_run(context.store, body.contest_id, configuration=body.configuration)
    differences: list[LineDifferenceView] = []
    for difference in comparison.differences[:MAX_DIFFERENCES]:
        differences.append(project(LineDifferenceView, difference))
    other = None
    if comparison.other is not None:
        other = result_of(comparison.other)

    return DryRunView(
        contest_id=body.contest_id,
        run=result_of(comparison.run),
        other=other,
        difference_count=len(comparison.differences),
        differences=tuple(differences),
    )


@routes.add(
    "POST /contests/<contest_id>/replay",
    ADMIN,
    request_type=ContestQuery,
    response_type=ReplayView,
    requires_idempotency_key=True,
)
def replay_contest_log(context: OperationContext, query: ContestQuery) -> ReplayView:
    """Fold a contest's log from its first event, and compare the state with the stored one."""
    return project(ReplayView, replay_log(context.store, query.contest_id))


@routes.add(
    "POST /contests/<contest_id>/verify-log",
    ADMIN,
    request_type=ContestQuery,
    response_type=VerifyLogView,
    requires_idempotency_key=True,
)
def verify_contest_log(context: OperationContext, query: ContestQuery) -> VerifyLogView:
    """Compute every hash of a contest's log again; name the first event that does not match."""
    return verify(context, query.contest_id)


def verify(context: OperationContext, contest_id: str) -> VerifyLogView:
    """Return the verdict on a contest's log."""
    try:
        replayed = replay_log(context.store, contest_id)
    except EventChainBroken as error:
        return VerifyLogView(
            contest_id=contest_id,
            is_intact=False,
            event_number=error.number,
            problem=error.describe(),
        )

    return VerifyLogView(
        contest_id=contest_id,
        is_intact=replayed.is_equal,
        event_number=replayed.event_number,
        problem=None if replayed.is_equal else "The replay leads to another state.",
    )


def result_of(run: DryRun) -> DryRunResult:
    """Return a computed settlement, with its lines unless there are very many."""
    line_count = len(run.result["results"])
    result = run.result if line_count <= MAX_RESULT_LINES else None
    return project(DryRunResult, run, line_count=line_count, result=result)
