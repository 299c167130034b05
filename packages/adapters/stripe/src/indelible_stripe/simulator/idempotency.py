"""The store of idempotency keys: replays, mismatches, and forgetting after 24 hours."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Final, cast

from attrs import define, evolve, field

from indelible_stripe.simulator.answers import Answer, ApiError
from indelible_stripe.simulator.clock import SimulatorClock

FORGET_SECONDS: Final = 24 * 60 * 60
MAX_KEY_LENGTH: Final = 255
REPLAYED: Final = {"Idempotent-Replayed": "true"}


@define
class StoredKey:
    """A key with its first request; `answer` is None while that request runs."""

    digest: str
    created_at: int
    answer: Answer | None = None


@define
class IdempotencyStore:
    """The first answers by key. The caller serializes access."""

    clock: SimulatorClock
    keys: dict[str, StoredKey] = field(factory=dict[str, StoredKey], init=False)

    def begin(self, key: str, path: str, parameters: Mapping[str, Any]) -> Answer | None:
        """Return the answer to replay, or None and reserve the key for this request.

        Raises:
            ApiError: The key belongs to another request, or its first request still runs.
        """
        if len(key) > MAX_KEY_LENGTH:
            message = f"Idempotency keys have at most {MAX_KEY_LENGTH} characters: got {len(key)}"
            raise ApiError(message, param="idempotency_key")
        digest = _digest(path, parameters)
        stored = self.keys.get(key)
        now = self.clock.seconds()
        if stored is None or now - stored.created_at >= FORGET_SECONDS:
            self.keys[key] = StoredKey(digest=digest, created_at=now)
            return None

        if stored.digest != digest:
            raise ApiError(
                "Keys for idempotent requests can only be used with the same parameters and"
                " endpoint they were first used with.",
                type="idempotency_error",
            )
        if stored.answer is None:
            raise ApiError(
                "There is currently another in-progress request using this Idempotent Key.",
                code="idempotency_key_in_use",
                status=HTTPStatus.CONFLICT,
            )
        return evolve(stored.answer, headers={**stored.answer.headers, **REPLAYED})

    def finish(self, key: str, answer: Answer) -> None:
        """Store the first answer to a key."""
        self.keys[key].answer = answer

    def release(self, key: str) -> None:
        """Forget a key whose request was not executed."""
        self.keys.pop(key, None)


def _digest(path: str, parameters: Mapping[str, Any]) -> str:
    return sha256(f"{path}\n{_ordered(parameters)}".encode()).hexdigest()


def _members(value: Mapping[str, object]) -> Iterator[str]:
    for name, member in value.items():
        yield f"{name!r}:{_ordered(member)}"


def _ordered(value: object) -> str:
    """Return a text that is the same for equal parameters in another order."""
    if isinstance(value, Mapping):
        members = sorted(_members(cast("Mapping[str, object]", value)))
        return f"{{{','.join(members)}}}"
    return repr(value)
