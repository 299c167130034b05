"""The plan of a simulation: everything that people and faults do, as one JSON document.

A plan follows from a seed. It can be stored, reduced and replayed: leaving a part out moves no draw
of the other parts.
"""

import json
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar, Final

import cattrs
from attrs import frozen
from cattrs.errors import BaseValidationError

from indelible.kernel import Invalid

FORMAT: Final = 1
WRONG_CLOCK: Final = "the clock of"
DAY: Final = 86_400
HOUR: Final = 3_600
MINUTE: Final = 60


class Profile(StrEnum):
    """The kinds of simulations: what happens in them most."""

    CALM = "calm"
    MONEY = "money"
    GIT = "git"
    CHAIN = "chain"
    STORM = "storm"
    ABSENCE = "absence"


class Ending(StrEnum):
    """The ways in which a tournament ends."""

    PLAYED = "played"
    CANCELED = "canceled"


class Fate(StrEnum):
    """The fates of the payment of an entry."""

    PAID = "paid"
    UNPAID = "never paid"
    DECLINED = "declined, then paid"
    LATE = "paid after the lock"
    REFUNDED = "refunded in Stripe's dashboard before the lock"
    DISPUTE_WON = "disputed, and won before the lock"
    DISPUTE_LOST = "disputed, and lost before the lock"


PAYING: Final = (Fate.PAID, Fate.DECLINED)  # they end with a payment before the lock


class FaultKind(StrEnum):
    """The kinds of faults."""

    STRIPE_OUTAGE = "Stripe is out"
    STRIPE_ERRORS = "Stripe fails"
    STRIPE_SILENCE = "Stripe does not answer"
    WEBHOOK_NOISE = "webhooks are repeated, reordered, delayed and lost"
    PROVIDER_FAILS = "the provider fails"
    GIT_OUTAGE = "the Git host fails"
    GIT_SILENCE = "the answers of pushes are lost"
    GIT_REFUSAL = "the Git host refuses pushes"
    GIT_RIVALS = "others push to the repositories of jobs"
    CHAIN_OUTAGE = "the node of the chain fails"
    CHAIN_LAG = "nodes of the chain are behind"
    CHAIN_FORK = "nodes of the chain serve a fork that was dropped"
    CHAIN_LOGS = "nodes of the chain lack logs, or return too many"
    CRASH = "a process dies"
    CLOCK = "the clock of a process is wrong"
    TRANSFER_TIMEOUT = "Stripe does not answer transfers"
    WEBHOOK_TWICE = "each webhook comes twice"
    WEBHOOK_DELAY = "webhooks are delayed"
    WEBHOOK_OUTAGE = "no webhook arrives"
    PROVIDER_SCHEMA = "the provider leaves out fields"
    STAGE_FAILS = "a stage of the workers fails"


@frozen(kw_only=True)
class PlannedTournament:
    """A tournament of the provider; times are seconds since the start of the simulation."""

    event_id: str
    seed: int  # of its players and scores
    first_day: int  # the number of the day of its first round
    rounds: int
    players: int
    has_playoff: bool = False
    ending: Ending = Ending.PLAYED


@frozen(kw_only=True)
class PlannedContest:
    """A contest of a tournament, which the organizer publishes."""

    name: str
    event_id: str
    published_at: int
    lock_at: int
    start_at: int
    end_at: int
    fee_minor: int
    rake_bps: int
    min_entries: int
    shares_bps: tuple[int, ...] = ()  # of the prizes by rank; without them those of the sample


@frozen(kw_only=True)
class PlannedEntry:
    """An entry of a user, its payment, and when the user enrolls as a payee after a win."""

    name: str
    contest: str
    user: str
    at: int
    roster: tuple[int, ...]  # the numbers of players of the tournament
    fate: Fate
    pay_after_seconds: int
    enroll_after_seconds: int  # after the end of the tournament


@frozen(kw_only=True)
class PlannedProject:
    """A project of a user."""

    name: str
    user: str
    at: int


@frozen(kw_only=True)
class PlannedJob:
    """A job of a project, which is created anew after a failure unless its user cancels it.

    `parts` are names of a catalogue. The files follow from the parts and the revision.
    """

    name: str
    project: str
    at: int
    parts: tuple[str, ...]
    revision: int
    cancel_after_seconds: int | None = None


@frozen(kw_only=True)
class PlannedBlocks:
    """New blocks of the chain, each with the ids of its minted tokens; they may replace others.

    `wallet` chooses the wallets that the tokens are minted to. The blocks come after so many more
    requests to the node, or with the next ones at the latest.
    """

    name: str
    at: int
    blocks: tuple[tuple[int, ...], ...]
    replaced: int = 0
    wallet: int = 0
    after_requests: int = 0

    def text(self) -> str:
        """Return the blocks in words, without their time."""
        mints = sum(len(ids) for ids in self.blocks)
        return f"{len(self.blocks)} blocks with {mints} mints replace {self.replaced}"


@frozen(kw_only=True)
class PlannedFault:
    """A fault that lasts for a time, or a crash, after which the process is down for that time.

    `rate` is the share of what the fault hits. A process dies at the `failpoints`-th failpoint that
    it reaches after `at`; with `is_inside` just before the COMMIT that follows.
    """

    kind: FaultKind
    at: int
    seconds: int
    rate: float = 1.0
    process: str = ""
    failpoints: int = 0
    is_inside: bool = False
    skew_seconds: int = 0  # of a wrong clock
    stage: str = ""  # that fails

    def text(self) -> str:
        """Return the fault in words, without its time."""
        minutes = max(1, self.seconds // MINUTE)
        if self.kind is FaultKind.CRASH:
            return f"{self.process} dies at its failpoint {self.failpoints}, for {minutes} minutes"
        if self.kind is FaultKind.CLOCK:
            return (
                f"{WRONG_CLOCK} {self.process} is {self.skew_seconds} s off, for {minutes} minutes"
            )
        if self.kind is FaultKind.STAGE_FAILS:
            return f"stage {self.stage} fails, for {minutes} minutes"
        return f"{self.kind} for {minutes} minutes, rate {self.rate:.2f}"


@frozen(kw_only=True)
class PlannedHostStep:
    """A step of an actor of a host: a function of its module (`SimulatedHost.per_day`)."""

    name: str
    module: str
    action: str
    at: int

    def text(self) -> str:
        """Return the step in words, without its time."""
        return f"{self.name} of {self.module}"


@frozen(kw_only=True)
class PlannedRestore:
    """A backup, and the loss of the machine, which is replaced from the backup after a time."""

    backup_at: int
    at: int
    seconds: int

    def text(self) -> str:
        """Return the restore in words, without its time."""
        hours = (self.at - self.backup_at) / HOUR
        minutes = max(1, self.seconds // MINUTE)
        return f"the machine is lost for {minutes} minutes; its backup is {hours:.1f} hours old"


@frozen(kw_only=True)
class PlannedUpgrade:
    """An upgrade to a generated additive revision, and the downgrade after a time."""

    at: int
    seconds: int

    def text(self) -> str:
        """Return the upgrade in words, without its time."""
        return f"the schema is upgraded, and downgraded after {self.seconds // MINUTE} minutes"


@frozen(kw_only=True)
class Plan:
    """A simulation from its first second to its last day."""

    format: int = FORMAT
    seed: int
    days: int
    profile: Profile
    tournaments: tuple[PlannedTournament, ...] = ()
    contests: tuple[PlannedContest, ...] = ()
    entries: tuple[PlannedEntry, ...] = ()
    projects: tuple[PlannedProject, ...] = ()
    jobs: tuple[PlannedJob, ...] = ()
    chain: tuple[PlannedBlocks, ...] = ()
    faults: tuple[PlannedFault, ...] = ()
    modules: tuple[str, ...] = ()  # of hosts, which are imported
    host_steps: tuple[PlannedHostStep, ...] = ()
    restores: tuple[PlannedRestore, ...] = ()
    upgrades: tuple[PlannedUpgrade, ...] = ()
    available_after_seconds: int = 0  # from a payment until Stripe lets its money be transferred

    def tournament_of(self, contest: PlannedContest) -> PlannedTournament:
        """Return the tournament of a contest."""
        for tournament in self.tournaments:
            if tournament.event_id == contest.event_id:
                return tournament
        raise KeyError(contest.event_id)

    def document(self) -> dict[str, Any]:
        """Return the plan as a JSON object."""
        document: dict[str, Any] = CONVERTER.unstructure(self)
        return document


@frozen
class PlanUnreadable(Invalid):
    """A file that holds no plan of this release."""

    message: ClassVar[str] = "Plan {file} cannot be read: {problem}."
    file: str
    problem: str


CONVERTER: Final = cattrs.Converter(forbid_extra_keys=True)


def write_plan(plan: Plan, file: Path) -> None:
    """Write a plan as a readable JSON document."""
    file.write_text(json.dumps(plan.document(), indent=1) + "\n", encoding="utf-8")


def read_plan(file: Path) -> Plan:
    """Return the plan of a file.

    Raises: PlanUnreadable.
    """
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PlanUnreadable(str(file), type(error).__name__) from error
    try:
        plan = CONVERTER.structure(document, Plan)
    except (BaseValidationError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise PlanUnreadable(str(file), "it is no plan of this release") from error
    if plan.format != FORMAT:
        raise PlanUnreadable(str(file), f"expected format {FORMAT}, got {plan.format}")

    return plan
