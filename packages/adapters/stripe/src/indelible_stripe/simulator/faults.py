"""Faults of the API: by rule and seed, and outages by the clock."""

from enum import StrEnum
from http import HTTPStatus
from typing import Final

from attrs import define, field, frozen

from indelible_stripe.simulator.answers import Answer, ApiError
from indelible_stripe.simulator.chance import Chance
from indelible_stripe.simulator.clock import SimulatorClock
from indelible_stripe.simulator.fields import Fields
from indelible_stripe.simulator.operations import OPERATIONS
from indelible_stripe.simulator.transfers import insufficient_balance, restricted_account


class FaultKind(StrEnum):
    """The faults; BEFORE happens without the effect of the request, AFTER with it."""

    CONFLICT = "conflict"
    RATE_LIMIT = "rate_limit"
    SERVER_ERROR_BEFORE = "server_error_before"
    SERVER_ERROR_AFTER = "server_error_after"
    TIMEOUT_BEFORE = "timeout_before"
    TIMEOUT_AFTER = "timeout_after"
    CLOSE_BEFORE = "close_before"
    CLOSE_AFTER = "close_after"
    BALANCE_INSUFFICIENT = "balance_insufficient"
    ACCOUNT_RESTRICTED = "account_restricted"


REFUSED: Final = (FaultKind.CONFLICT, FaultKind.RATE_LIMIT)  # not stored under the key
STORED_BEFORE: Final = (
    FaultKind.SERVER_ERROR_BEFORE,
    FaultKind.BALANCE_INSUFFICIENT,
    FaultKind.ACCOUNT_RESTRICTED,
)
SILENT_BEFORE: Final = (FaultKind.TIMEOUT_BEFORE, FaultKind.CLOSE_BEFORE)
SILENT_AFTER: Final = (FaultKind.TIMEOUT_AFTER, FaultKind.CLOSE_AFTER)
OF_TRANSFERS: Final = (FaultKind.BALANCE_INSUFFICIENT, FaultKind.ACCOUNT_RESTRICTED)
TRANSFER: Final = "POST /v1/transfers"


@frozen(kw_only=True)
class FaultRule:
    """A fault with the share of requests that it hits; `times` limits the number of hits."""

    kind: FaultKind
    rate: float = 1.0
    operation: str | None = None  # `POST /v1/transfers`; None is every operation
    times: int | None = None
    retry_after_seconds: int | None = None
    should_retry: bool | None = None

    @classmethod
    def read(cls, fields: Fields) -> "FaultRule":
        """Return the rule that a story describes."""
        rule = cls(
            kind=fields.choice("kind", FaultKind),
            rate=fields.fraction("rate", 1.0),
            operation=fields.optional_text("operation"),
            times=fields.optional_whole("times", minimum=1),
            retry_after_seconds=fields.optional_whole("retry_after_seconds"),
            should_retry=fields.optional_boolean("should_retry"),
        )
        fields.finish()
        titles = [operation.title for operation in OPERATIONS]
        if rule.operation is not None and rule.operation not in titles:
            raise fields.wrong("operation", f"one of {', '.join(titles)}")
        return rule

    def matches(self, operation: str) -> bool:
        """Return whether the rule is about this operation."""
        if self.kind in OF_TRANSFERS:
            return operation == TRANSFER
        return self.operation in (None, operation)

    def answer(self) -> Answer:
        """Return the answer to a request that this fault hits."""
        match self.kind:
            case FaultKind.CONFLICT:
                error = ApiError(
                    "This object cannot be accessed right now because another request is"
                    " accessing it.",
                    code="lock_timeout",
                    status=HTTPStatus.CONFLICT,
                    headers=self._headers(),
                )
            case FaultKind.RATE_LIMIT:
                error = ApiError(
                    "Too many requests hit the API too quickly.",
                    code="rate_limit",
                    status=HTTPStatus.TOO_MANY_REQUESTS,
                    headers=self._headers(),
                )
            case FaultKind.BALANCE_INSUFFICIENT:
                error = insufficient_balance()
            case FaultKind.ACCOUNT_RESTRICTED:
                error = restricted_account()
            case _:
                error = server_error(self._headers())
        return error.answer()

    def _headers(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        if self.retry_after_seconds is not None:
            headers["Retry-After"] = str(self.retry_after_seconds)
        if self.should_retry is not None:
            headers["Stripe-Should-Retry"] = str(self.should_retry).lower()
        return headers


def server_error(headers: dict[str, str]) -> ApiError:
    """Return the error of a failed server."""
    return ApiError(
        "An unknown error occurred.", status=HTTPStatus.INTERNAL_SERVER_ERROR, headers=headers
    )


@define
class Faults:
    """The rules in force, and the outages. The caller serializes access."""

    chance: Chance
    clock: SimulatorClock
    rules: tuple[FaultRule, ...] = ()
    is_out: bool = False
    outages: list[tuple[float, float]] = field(factory=list[tuple[float, float]])
    hits: dict[str, int] = field(factory=dict[str, int], init=False)
    _attempts: dict[tuple[int, str], int] = field(factory=dict[tuple[int, str], int], init=False)
    _used: dict[int, int] = field(factory=dict[int, int], init=False)

    def replace(self, rules: tuple[FaultRule, ...]) -> None:
        """Put other rules in force."""
        self.rules = rules
        self._attempts.clear()
        self._used.clear()

    def pick(self, operation: str, subject: str) -> FaultRule | None:
        """Return the fault that hits this attempt of a request, decided by the seed."""
        for number, rule in enumerate(self.rules):
            if not rule.matches(operation) or self._is_used_up(number, rule):
                continue
            attempt = self._attempts.get((number, subject), 0) + 1
            self._attempts[number, subject] = attempt
            if self.chance.fraction("fault", number, rule.kind, subject, attempt) < rule.rate:
                self._used[number] = self._used.get(number, 0) + 1
                self.hits[rule.kind] = self.hits.get(rule.kind, 0) + 1
                return rule

        return None

    def plan_outage(self, *, after_seconds: int, seconds: int) -> None:
        """Let the API be out for a time."""
        start = self.clock.now() + after_seconds
        self.outages.append((start, start + seconds))

    def outage(self) -> Answer | None:
        """Return the answer of an API that is out, or None while it works."""
        now = self.clock.now()
        if not self.is_out and not any(start <= now < end for start, end in self.outages):
            return None
        self.hits["outage"] = self.hits.get("outage", 0) + 1
        error = ApiError("The API is unavailable.", status=HTTPStatus.SERVICE_UNAVAILABLE)
        return error.answer()

    def _is_used_up(self, number: int, rule: FaultRule) -> bool:
        return rule.times is not None and self._used.get(number, 0) >= rule.times
