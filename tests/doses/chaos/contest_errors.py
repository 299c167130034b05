"""Kill the worker that brings a contest to ERROR, and leave ERROR in each of its three ways."""

from collections.abc import Iterator
from typing import Final

from attrs import frozen
from tests.contest_runs import ContestRun
from tests.doses.chaos.contest_kills import Kill, kill_worker
from tests.doses.chaos.contest_site import (
    EXPECTED_ACTIONS,
    ContestReport,
    ContestSite,
    expected_digest,
    fail_at,
    problems_of_runs,
)

from indelible.contests.commands.contests import ResolveError
from indelible.contests.entities.contests import Contest
from indelible.contests.entities.values import ResolveAction
from indelible.contests.handlers.transitions import resolve_error
from indelible.contests.lifecycle import ContestStatus
from indelible.contests.rules.tasks import (
    LOCK_CONTEST_STAGE,
    SETTLE_CONTEST_STAGE,
    START_CONTEST_STAGE,
)
from indelible.contests.tasks.failpoints import FAIL_FAILPOINTS, ContestFailpoint
from indelible.contests.tasks.settlement import settle_now
from indelible.kernel import Actor

OPERATOR: Final = Actor.user("ops")
REASON: Final = "the cause is mended"
RESUMPTIONS: Final = {
    LOCK_CONTEST_STAGE: "resume_scheduled",
    START_CONTEST_STAGE: "resume_locked",
    SETTLE_CONTEST_STAGE: "resume_live",
}


@frozen(kw_only=True)
class ErrorCase:
    """A stage that fails, the failpoint at which its worker is killed, and the way out of ERROR."""

    stage: str
    failpoint: ContestFailpoint
    action: ResolveAction

    @property
    def label(self) -> str:
        """Return the name of the case for a report."""
        return f"{self.stage} at {self.failpoint.name}, {self.action}"

    @property
    def expected_actions(self) -> list[str]:
        """Return the changes that the contest must have in the end."""
        transitions = EXPECTED_ACTIONS[self.stage]
        before = [*transitions[:-1], "fail"]
        if self.action is ResolveAction.CANCEL:
            return [*before, "resolve_cancel"]
        if self.action is ResolveAction.RETRY:
            return [*before, "resolve_complete"]

        return [*before, RESUMPTIONS[self.stage], transitions[-1]]


def error_cases() -> list[ErrorCase]:
    """Return each failpoint of the way to ERROR, with each way out of it."""
    cases: list[ErrorCase] = []
    for stage in RESUMPTIONS:
        for action in ResolveAction:
            if action is ResolveAction.RETRY and stage != SETTLE_CONTEST_STAGE:
                continue
            cases.extend(
                ErrorCase(stage=stage, failpoint=failpoint, action=action)
                for failpoint in FAIL_FAILPOINTS
            )

    return cases


def fail_and_resolve(site: ContestSite, cases: list[ErrorCase]) -> ContestReport:
    """Bring a contest to ERROR for each of the cases, and resolve it."""
    report = ContestReport()
    for case in cases:
        run, contest = site.prepare(case.stage)
        digest = expected_digest(run, contest, case.stage)
        kill_worker(site, report, Kill(stage=case.stage, failpoint=case.failpoint.name))
        site.finish(case.stage, contest.id, at_failpoint=fail_at(case.stage))
        if run.status(contest) is not ContestStatus.ERROR:
            report.problems.append(f"{case.label}: the contest is {run.status(contest)}")

        resolve(run, contest, case)
        if case.action is ResolveAction.CANCEL:
            digest = None
        problems = list(problems_of_end(run, contest, case, digest))
        report.problems.extend(f"{case.label}: {problem}" for problem in problems)
        report.finished += not problems
        site.retire(run, contest)

    return report


def resolve(run: ContestRun, contest: Contest, case: ErrorCase) -> None:
    """Leave ERROR, and let the stage go on where the contest is resumed."""
    if case.action is ResolveAction.RETRY:
        settle_now(run.store, contest.id, action="resolve_complete", actor=OPERATOR, reason=REASON)
        return

    command = ResolveError(contest_id=contest.id, action=case.action)
    run.store.run(resolve_error, command, actor=OPERATOR, reason=REASON)
    run.reconcile()
    run.process_all(case.stage)


def problems_of_end(
    run: ContestRun, contest: Contest, case: ErrorCase, digest: str | None
) -> Iterator[str]:
    """Yield what is wrong with a contest that has left ERROR."""
    actions = run.actions(contest)
    if actions != case.expected_actions:
        yield f"its changes are {actions}, expected {case.expected_actions}"
    yield from problems_of_runs(run, contest, digest)
