"""The answers of the simulator, and the errors that Stripe describes."""

from http import HTTPStatus
from typing import Any, Final

from attrs import field, frozen

TYPE_OF_STATUS: Final = {
    HTTPStatus.PAYMENT_REQUIRED: "card_error",
    HTTPStatus.INTERNAL_SERVER_ERROR: "api_error",
    HTTPStatus.SERVICE_UNAVAILABLE: "api_error",
}

JsonObject = dict[str, Any]  # an object of Stripe's: the description says which fields it has


@frozen
class Answer:
    """A response to a request of the API.

    `is_silent` leaves the client without a response: it hangs, or its socket is closed.
    """

    status: int
    body: JsonObject
    headers: dict[str, str] = field(factory=dict[str, str])
    is_silent: bool = False
    hangs: bool = False


@frozen
class ApiError(Exception):
    """An error of Stripe's API with the fields of its `error` object."""

    message: str
    code: str | None = None
    status: int = HTTPStatus.BAD_REQUEST
    param: str | None = None
    type: str | None = None
    headers: dict[str, str] = field(factory=dict[str, str])
    details: JsonObject = field(factory=dict[str, Any])

    def answer(self) -> Answer:
        """Return the response that tells the client of this error."""
        default = TYPE_OF_STATUS.get(HTTPStatus(self.status), "invalid_request_error")
        error: JsonObject = {"type": self.type or default, "message": self.message}
        if self.code is not None:
            error["code"] = self.code
        if self.param is not None:
            error["param"] = self.param
        return Answer(
            status=self.status, body={"error": {**error, **self.details}}, headers=self.headers
        )


def missing(kind: str, object_id: object, param: str = "id") -> ApiError:
    """Return the error for an object that does not exist."""
    status = HTTPStatus.NOT_FOUND if param == "id" else HTTPStatus.BAD_REQUEST
    return ApiError(
        f"No such {kind.replace('_', ' ')}: '{object_id}'",
        code="resource_missing",
        status=status,
        param=param,
    )
