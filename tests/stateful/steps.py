"""The parts of a program: verbs, twists, steps, and the calls that steps become."""

from collections.abc import Callable, Sequence
from enum import StrEnum, auto
from typing import Any, TypeVar

from attrs import frozen

from indelible.app import WriteTx
from indelible.concepts import ConceptContent
from indelible.kernel import Actor, Idempotency
from indelible.testing.stores import MAYA

T = TypeVar("T")
NEAR = 3  # a step continues with one of the newest, so that some of them come far


class Verb(StrEnum):
    """The kinds of steps."""

    CREATE = auto()
    CORRECT = auto()
    EDIT = auto()
    SUBMIT = auto()
    APPROVE = auto()
    PUBLISH = auto()
    ISSUE = auto()
    REVOKE = auto()
    BEAR = auto()
    SAVE = auto()
    LOOK = auto()
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
    REOPEN = auto()


class Twist(StrEnum):
    """How a step is wrong, if it is."""

    RIGHT = auto()
    STALE = auto()
    ILLEGAL = auto()
    REPEATED = auto()


@frozen
class Step:
    """One step of a program; `pick` chooses among what there is by then."""

    verb: Verb
    twist: Twist
    pick: int
    content: ConceptContent
    actor: Actor
    is_once: bool


@frozen
class Program:
    """The steps, and the policy that they run under."""

    steps: tuple[Step, ...]
    four_eyes: bool


@frozen
class Call:
    """One command, ready to be run by every store."""

    handler: Callable[[WriteTx, Any], object]
    command: Any
    actor: Actor = MAYA
    idempotency: Idempotency[Any] | None = None


def pick_near(choices: Sequence[T], pick: int) -> T | None:
    """Return one of the newest choices, None where there are none."""
    if not choices:
        return None

    return choices[-1 - pick % min(len(choices), NEAR)]


def expected_seq(step: Step, seq: int) -> int:
    """Return the seq that a step expects: another one for a stale step."""
    if step.twist is not Twist.STALE:
        return seq

    return seq - 1 if seq > 1 else seq + 1
