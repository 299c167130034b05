"""The answers of the API to the people of a simulation."""

from http import HTTPStatus
from typing import Any, Final

from attrs import define

MAY_SUCCEED_LATER: Final = frozenset(
    {"CHARGE_NOT_FOUND", "FIELD_UNKNOWN", "IDEMPOTENCY_IN_PROGRESS"}
)


@define
class Answer:
    """An answer of the API; status 0 means that there was none."""

    status: int
    document: dict[str, Any]
    tag: str = ""  # of the version that was seen

    @property
    def code(self) -> str:
        """Return the status, and the code of a refusal."""
        code = self.document.get("code")
        return f"{self.status} {code}" if code else str(self.status)

    @property
    def is_success(self) -> bool:
        """Return True if the request was done."""
        return self.status in (HTTPStatus.OK, HTTPStatus.CREATED)

    @property
    def may_succeed_later(self) -> bool:
        """Return True for a fault of the server, and for a refusal that time may lift."""
        is_fault = self.status == 0 or self.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        is_early = self.document.get("code") in MAY_SUCCEED_LATER
        return is_fault or is_early or self.status == HTTPStatus.TOO_MANY_REQUESTS
