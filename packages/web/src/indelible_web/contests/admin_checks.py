"""The operator's checks of contests, which change nothing: dry runs, replays, validation.

Each has a reason and requires an Idempotency-Key, as every request of an operator, and leaves a
record of who has asked, and why. None stores a result, so that a repeated request computes it again
and adds no record.
"""

from collections.abc import Mapping
from typing import Any, Final

from indelible.contests import (
    Configuration,
    ConfigurationInvalid,
    Settlement,
    parse_configuration,
    result_document,
)
from indelible.contests.tasks.dry_runs import LineDifference, differences_of, settle_dry
from indelible.contests.tasks.replays import LogReplay, replay_log
from indelible_web.contests.admin_schemas import (
    ConfigurationFaultView,
    DryRunBody,
    DryRunResult,
    DryRunView,
    LineDifferenceView,
    LogProblemView,
    ReplayLog,
    ReplayView,
    ValidateConfiguration,
    ValidationView,
    VerifyLog,
    VerifyLogView,
)
from indelible_web.http.operation import OperationContext
from indelible_web.http.request import OPS
from indelible_web.http.responses import project
from indelible_web.http.routing import Routes

MAX_RESULT_LINES: Final = 1_000
MAX_DIFFERENCES: Final = 200

routes = Routes("contests_checks", "Checks of contests, for operators.")


@routes.add(
    "POST /contests/config/validate",
    OPS,
    request_type=ValidateConfiguration,
    response_type=ValidationView,
    requires_idempotency_key=True,
)
def validate_configuration(
    context: OperationContext, body: ValidateConfiguration
) -> ValidationView:
    """Check a configuration: all faults with their JSON paths, or its digest."""
    return context.run_check(lambda: validate(body), body)


def validate(body: ValidateConfiguration) -> ValidationView:
    """Return the faults of a configuration, or its digest."""
    try:
        configuration = parse_configuration(body.configuration, created_at=None)
    except ConfigurationInvalid as error:
        faults = [project(ConfigurationFaultView, fault) for fault in error.faults]
        return ValidationView(is_valid=False, configuration_digest=None, faults=tuple(faults))

    return ValidationView(is_valid=True, configuration_digest=configuration.digest, faults=())


@routes.add(
    "POST /contests/<contest_id>/settlement/dry-run",
    OPS,
    request_type=DryRunBody,
    response_type=DryRunView,
    requires_idempotency_key=True,
)
def dry_run_settlement(context: OperationContext, body: DryRunBody) -> DryRunView:
    """Compute the settlement of a contest without storing it.

    With a configuration, a second result is computed with it, and the differences are listed.
    """
    return context.run_check(lambda: compare(context, body.contest_id, body.configuration), body)


@routes.add(
    "POST /contests/<contest_id>/replay",
    OPS,
    request_type=ReplayLog,
    response_type=ReplayView,
    requires_idempotency_key=True,
)
def replay_contest_log(context: OperationContext, command: ReplayLog) -> ReplayView:
    """Fold a contest's log from its first event, and compare the state with the stored one."""
    replayed = context.run_check(lambda: replay_log(context.store, command.contest_id), command)
    return project(ReplayView, replayed, problems=problems_of(replayed))


@routes.add(
    "POST /contests/<contest_id>/verify-log",
    OPS,
    request_type=VerifyLog,
    response_type=VerifyLogView,
    requires_idempotency_key=True,
)
def verify_contest_log(context: OperationContext, command: VerifyLog) -> VerifyLogView:
    """Compute every hash of a contest's log again; name the first event that does not match."""
    return context.run_check(lambda: verify(context, command.contest_id), command)


def verify(context: OperationContext, contest_id: str) -> VerifyLogView:
    """Return the verdict on a contest's log.

    Raises:
        ContestNotFound: There is no such contest.
    """
    replayed = replay_log(context.store, contest_id)
    return project(
        VerifyLogView, replayed, is_sound=replayed.is_equal, problems=problems_of(replayed)
    )


def problems_of(replayed: LogReplay) -> tuple[LogProblemView, ...]:
    """Return the first problems of a log."""
    return tuple(project(LogProblemView, problem) for problem in replayed.problems)


def compare(
    context: OperationContext, contest_id: str, configuration: Mapping[str, Any] | None
) -> DryRunView:
    """Return the settlement of now and its difference to one with another configuration.

    Raises:
        ContestNotFound: There is no such contest.
        ConfigurationInvalid: The configuration has faults.
        LeaderboardNotKnown, RoundsNotOfficial: The tournament is not over.
        SettlementFailed: The stored records allow no settlement.
    """
    parsed: Configuration | None = None
    if configuration is not None:
        parsed = parse_configuration(configuration, created_at=None)
    settled = settle_dry(context.store, contest_id, parsed)
    own, other = settled.own, settled.other
    differences: tuple[LineDifference, ...] = ()
    if other is not None:
        differences = differences_of(own, other)

    views: list[LineDifferenceView] = []
    for difference in differences[:MAX_DIFFERENCES]:
        views.append(project(LineDifferenceView, difference))
    return DryRunView(
        contest_id=contest_id,
        run=result_of(own),
        other=None if other is None else result_of(other),
        difference_count=len(differences),
        differences=tuple(views),
    )


def result_of(settlement: Settlement) -> DryRunResult:
    """Return a computed settlement, with its lines unless there are very many."""
    line_count = len(settlement.lines)
    result = None
    if line_count <= MAX_RESULT_LINES:
        result = result_document(settlement)

    return project(DryRunResult, settlement, line_count=line_count, result=result)
