"""The events that must happen in some seeds: what never happens is not simulated."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from indelible_service.simulation.absence.steps import MODES
from indelible_service.simulation.plan import Profile
from indelible_service.simulation.running import SimulationReport

Happened = Callable[[SimulationReport], bool]


def _edge(*names: str) -> Happened:
    """Return whether one of these edges was taken."""
    return lambda report: any(report.edges.get(name, 0) for name in names)


def _count(name: str) -> Happened:
    return lambda report: report.counts.get(name, 0) > 0


def _executed(slug: str) -> Happened:
    """Return whether an operator has executed a runbook."""
    name = MODES[slug].name
    return lambda report: bool(report.absence and report.absence["runbooks"].get(name))


EVENTS: Final[Mapping[str, Happened]] = {
    "a contest is settled": _edge("contest.complete"),
    "a transfer is made": _count("transfers"),
    "the books are compared with the reference": _count("comparisons of balances"),
    "a configuration is refused because its contest is live": _count("refused configurations"),
    "a request is sent twice": _count("repeated requests"),
    "payments are halted and resumed": _edge("payment_switch.resume"),
    "a refund succeeds": _edge("refund.succeed"),
    "a dispute is lost": _edge("dispute.lose"),
    "a dispute is won": _edge("dispute.win"),
    "a process dies": _count("crashes"),
    "a process dies at a failpoint of the store": _count("crashes of commits"),
    "a request gets no answer": _count("silent requests"),
    "a fetch fails": _count("failed fetches"),
    "a webhook comes twice": _count("repeated webhooks"),
    "a webhook is lost": _count("lost webhooks"),
    "a lost event is read from Stripe's list": _edge("stripe_event.backfill"),
    "the clock of a process is wrong": _count("wrong clocks"),
    "a tournament is canceled": _edge("contest.cancel_by_provider"),
    "the schema is upgraded": _count("upgrades"),
    "the schema is downgraded": _count("downgrades"),
    "a backup is restored": _count("restores"),
    "an entry is lost by a restore": _count("lost entries"),
    "a payment of a lost entry is given back": _count("refunds of lost payments"),
    "a transfer is tried again": _edge("transfer.retry"),
    "a transfer waits for its payee": _edge("transfer.park"),
    "a job completes": _edge("job.complete"),
    "a job fails": _edge("job.fail"),
    "a job is canceled": _count("canceled jobs"),
    "a commit of a job is found on the host": _count("pushed_before pushes"),
    "a push comes second, and its commit is made anew": _count("rejected pushes"),
    "a push fails": _count("failed pushes"),
    "a job changes nothing": _count("unchanged pushes"),
    "a token is detected": _edge("token.detect"),
    "a mint is orphaned": _edge("mint_event.orphan"),
    "a dropped token is minted again": _edge("token.retry"),
    "the chain is reorganised during a scan": _count("reorganisations during scans"),
    "the node of the chain fails": _count("failed requests to the node"),
    "the node of the chain is behind": _count("answers of a node that is behind"),
    "the node of the chain serves a dropped fork": _count("answers of a dropped fork"),
    "the node of the chain lacks logs": _count("answers without new logs"),
    "the node of the chain repeats a log": _count("answers with a repeated log"),
    "the node of the chain returns removed logs": _count("answers with removed logs"),
    "a token is lost by a restore": _count("lost tokens"),
    "a lost token is detected again": _count("lost tokens that are detected again"),
    "an operator lets a contest in ERROR go on": _edge(
        "contest.resume_live", "contest.resume_scheduled"
    ),
    "an operator locks a contest": _edge("contest.force_lock"),
    "an operator requeues dead tasks": _executed("dead-task"),
    "an operator replays dead letters": _executed("unknown-intent"),
    "an operator reads lost events": _executed("webhook-outage"),
}
OF_CALM: Final = (
    "a contest is settled",
    "a transfer is made",
    "the books are compared with the reference",
    "a configuration is refused because its contest is live",
    "a request is sent twice",
)
OF_MONEY: Final = (
    *OF_CALM,
    "a refund succeeds",
    "a dispute is lost",
    "a dispute is won",
)
OF_GIT: Final = (
    *OF_CALM,
    "a process dies",
    "a job completes",
    "a job fails",
    "a job is canceled",
    "a commit of a job is found on the host",
    "a push comes second, and its commit is made anew",
    "a push fails",
    "a job changes nothing",
)
OF_TOKENS: Final = (
    "a token is detected",
    "a mint is orphaned",
    "a dropped token is minted again",
    "the chain is reorganised during a scan",
    "the node of the chain fails",
    "the node of the chain is behind",
    "the node of the chain serves a dropped fork",
    "the node of the chain lacks logs",
    "the node of the chain repeats a log",
    "the node of the chain returns removed logs",
)
ONLY_OF_ABSENCE: Final = (
    "an operator lets a contest in ERROR go on",
    "an operator locks a contest",
    "an operator requeues dead tasks",
    "an operator replays dead letters",
    "an operator reads lost events",
)
OF_ABSENCE: Final = (
    "a process dies",
    "a request gets no answer",
    "a fetch fails",
    "a webhook comes twice",
    "a webhook is lost",
    "a refund succeeds",
    "a dispute is won",
    "a dispute is lost",
    "a transfer is tried again",
    "a transfer waits for its payee",
    *ONLY_OF_ABSENCE,
)
SOMETIMES: Final[Mapping[Profile, tuple[str, ...]]] = {
    Profile.CALM: OF_CALM,
    Profile.MONEY: OF_MONEY,
    Profile.GIT: OF_GIT,
    Profile.CHAIN: (*OF_CALM, "a process dies", *OF_TOKENS),
    Profile.STORM: tuple(name for name in EVENTS if name not in ONLY_OF_ABSENCE),
    Profile.ABSENCE: (*OF_CALM, *OF_ABSENCE),
}


def reached_by(report: SimulationReport) -> Iterator[str]:
    """Yield the events that have happened in a simulation."""
    for name, happened in EVENTS.items():
        if happened(report):
            yield name
