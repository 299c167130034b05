"""The parts of a program: verbs, twists and steps, and the calls that steps become."""

from collections.abc import Callable, Sequence
from enum import StrEnum, auto
from typing import Any, TypeVar

from attrs import define, field, frozen

from indelible.app import WriteTx
from indelible.concepts import ConceptContent
from indelible.kernel import Actor, Idempotency
from indelible.testing.stores import MAYA, AnyStore

T = TypeVar("T")
Handler = Callable[[WriteTx, Any], object]
ALL = 1_000  # a limit that no list of a program reaches
NEWEST = 3  # a step continues one of the newest items, so that some items get far


class Verb(StrEnum):
    """The kinds of steps."""

    CREATE = auto()
    CORRECT = auto()
    EDIT = auto()
    SUBMIT = auto()
    APPROVE = auto()
    PUBLISH = auto()
    CREATE_KEY = auto()
    REVOKE_KEY = auto()
    SPACE = auto()
    SUBSPACE = auto()
    RENAME = auto()
    CAPTURE = auto()
    SETTING = auto()
    ALGORITHM = auto()
    MINT = auto()
    ROLL_BACK = auto()
    RECOVER = auto()
    PROMPT = auto()
    TOKEN = auto()
    RETRY = auto()
    REVEAL = auto()
    PROJECT = auto()
    CHANGE_PROJECT = auto()
    JOB = auto()
    CHANGE_JOB = auto()
    CONTEST = auto()
    CHANGE_CONTEST = auto()
    ENTRY = auto()
    CHANGE_ENTRY = auto()
    FEE = auto()
    SETTLE = auto()
    PAY_OUT = auto()
    REVERSE_PAYOUT = auto()
    TOP_UP = auto()
    PROPOSE_REVERSAL = auto()
    APPROVE_REVERSAL = auto()
    PAYEE = auto()
    REOPEN = auto()


class Twist(StrEnum):
    """The ways in which a step can be wrong."""

    RIGHT = auto()
    STALE = auto()
    ILLEGAL = auto()
    REPEATED = auto()


@frozen
class Step:
    """A step of a program; `pick` chooses among the items that exist when it is played."""

    verb: Verb
    twist: Twist
    pick: int
    content: ConceptContent
    actor: Actor
    has_idempotency_key: bool


@frozen
class Program:
    """The steps, and the policy under which they are played."""

    steps: tuple[Step, ...]
    four_eyes: bool


@frozen
class Call:
    """A command with its handler; every store runs it."""

    handler: Handler
    command: Any
    actor: Actor = MAYA
    idempotency: Idempotency[Any] | None = None


@define
class World:
    """The oracle, whose items the steps refer to, and the calls that were made so far."""

    oracle: AnyStore
    calls: list[Call] = field(factory=list[Call])
    idempotency_keys: int = 0


Resolver = Callable[[World, Step], Call]


def pick_newest(items: Sequence[T], pick: int) -> T | None:
    """Return one of the newest items, or None if there are none."""
    if not items:
        return None

    return items[-1 - pick % min(len(items), NEWEST)]


def expected_seq(step: Step, seq: int) -> int:
    """Return the seq that a step expects: a wrong one for a stale step."""
    if step.twist is not Twist.STALE:
        return seq

    return seq - 1 if seq > 1 else seq + 1
