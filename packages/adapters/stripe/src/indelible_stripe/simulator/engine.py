"""A simulator without its socket: what it answers to a request of the API."""

import json
import threading
from base64 import b64decode
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import stripe
from attrs import define, evolve, field

from indelible_stripe.simulator import balance
from indelible_stripe.simulator.accounts import set_account
from indelible_stripe.simulator.answers import Answer, ApiError, JsonObject
from indelible_stripe.simulator.chance import Chance
from indelible_stripe.simulator.clock import SimulatorClock
from indelible_stripe.simulator.connect_objects import new_platform
from indelible_stripe.simulator.descriptions import Descriptions, Judgement
from indelible_stripe.simulator.expansions import check_expansions, expand
from indelible_stripe.simulator.faults import (
    REFUSED,
    SILENT_AFTER,
    SILENT_BEFORE,
    STORED_BEFORE,
    FaultKind,
    FaultRule,
    Faults,
)
from indelible_stripe.simulator.forms import parse_form
from indelible_stripe.simulator.idempotency import IdempotencyStore
from indelible_stripe.simulator.journal import Journal, JournalEntry
from indelible_stripe.simulator.operations import Operation, find_operation
from indelible_stripe.simulator.parameters import tracked, unread_names
from indelible_stripe.simulator.parts import (
    Unimplemented,
    unimplemented,
    unimplemented_value,
)
from indelible_stripe.simulator.problems import Problem
from indelible_stripe.simulator.routes import serve
from indelible_stripe.simulator.state import State
from indelible_stripe.simulator.story import LIVE_PREFIXES, Story
from indelible_stripe.simulator.webhooks import WebhookSender

KEY_PREFIXES: Final = ("sk_test_", "sk_live_", "rk_test_", "rk_live_")
HANGING: Final = (FaultKind.TIMEOUT_BEFORE, FaultKind.TIMEOUT_AFTER)
FORM: Final = "application/x-www-form-urlencoded"
STRIPE_HEADER: Final = "stripe-"
VERSION_HEADER: Final = "stripe-version"
HEADERS: Final = (VERSION_HEADER,)  # of Stripe's; the simulator refuses the others
SILENT: Final = Answer(status=0, body={}, is_silent=True)


@define
class _Request:
    """A request on its way through the engine."""

    method: str
    path: str
    key: str | None
    operation: Operation | None = None
    ids: tuple[str, ...] = ()
    parameters: JsonObject = field(factory=dict[str, Any])
    judgement: Judgement = field(factory=Judgement)
    fault: FaultRule | None = None
    is_replay: bool = False
    response_problems: tuple[str, ...] = ()
    unimplemented: str | None = None
    ignored: tuple[str, ...] = ()

    def refused(self, error: ApiError) -> Answer:
        """Return the answer of an error, and remember what is not implemented."""
        if isinstance(error, Unimplemented):
            self.unimplemented = error.param or error.message
        return error.answer()


@define
class Engine:
    """The simulated account with its faults, keys, webhooks and journal."""

    story: Story
    seed: int
    clock: SimulatorClock = field(init=False)
    state: State = field(init=False)
    faults: Faults = field(init=False)
    keys: IdempotencyStore = field(init=False)
    sender: WebhookSender = field(init=False)
    journal: Journal = field(factory=Journal, init=False)
    descriptions: Descriptions = field(factory=Descriptions, init=False)
    lock: threading.RLock = field(factory=threading.RLock, init=False)
    _controls: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        chance = Chance(self.seed)
        self.clock = SimulatorClock(self.story.stopped_at)
        self.sender = WebhookSender(self.story.webhooks, self.clock, chance)
        self.state = State(self.story.settings, self.clock, chance, self.sender.publish)
        self.faults = Faults(chance, self.clock, self.story.faults)
        self.keys = IdempotencyStore(self.clock)
        for outage in self.story.outages:
            self.faults.plan_outage(after_seconds=outage.after_seconds, seconds=outage.seconds)
        self.state.begin("story", request_id=None, key=None)
        self.state.platform = new_platform(self.state)
        for account_id, status in self.story.accounts:
            set_account(self.state, account_id, status)
        for currency, amount in self.story.balance_minor:
            balance.add_transaction(self.state, "topup", None, amount, currency)

    def next_control(self) -> int:
        """Return the number of the next test control, from which its ids derive."""
        self._controls += 1
        return self._controls

    def answer(
        self, method: str, path: str, text: str, headers: Mapping[str, str | None]
    ) -> Answer:
        """Answer a request of the API, and write it into the journal.

        `text` is the query of a GET or the body of a POST; the names of headers are lower-case.
        """
        request = _Request(method, path, headers.get("idempotency-key"))
        with self.lock:
            try:
                answer = self._answer(request, text, headers)
            except ApiError as error:
                answer = request.refused(error)
            number = self.journal.next_number
            self._write(request, answer)
        request_id = f"req_{self.state.chance.token(14, 'request', number)}"
        return evolve(answer, headers={"Request-Id": request_id, **answer.headers})

    def _answer(self, request: _Request, text: str, headers: Mapping[str, str | None]) -> Answer:
        self._authenticate(headers.get("authorization") or "")
        operation = self._find_operation(request)
        self._check_headers(headers)
        self._parse(request, operation, text)
        outage = self.faults.outage()
        if outage is not None:
            return outage
        if request.judgement.problems:
            raise request.judgement.problems[0].error()
        operation.implemented.check("", request.judgement.values)
        check_expansions(
            self.descriptions.response_schema(operation),
            request.judgement.values.get("expand", []),
            self.descriptions,
        )

        subject = request.key or f"{request.method} {request.path} {text}"
        request.fault = self.faults.pick(operation.title, subject)
        if request.fault is not None and request.fault.kind in REFUSED:
            return request.fault.answer()
        if request.fault is not None and request.fault.kind in SILENT_BEFORE:
            return self._silence(request.fault)
        answer = self._answer_once(request, operation, subject)
        if request.fault is not None and request.fault.kind in SILENT_AFTER:
            return self._silence(request.fault)
        return answer

    def _authenticate(self, authorization: str) -> None:
        key = _secret_key(authorization)
        own = self.state.settings.api_key
        is_known = key.startswith(KEY_PREFIXES) and own in (None, key)
        is_mode = key.startswith(LIVE_PREFIXES) is self.state.settings.livemode
        if not is_known or not is_mode:
            raise ApiError("Invalid API Key provided.", status=HTTPStatus.UNAUTHORIZED)

    def _check_headers(self, headers: Mapping[str, str | None]) -> None:
        """Refuse the headers that the simulator does not implement.

        Raises: ApiError.
        """
        for name, value in headers.items():
            if name.startswith(STRIPE_HEADER) and name not in HEADERS:
                raise unimplemented(name.title())
            versions = (stripe.api_version, self.state.settings.api_version)
            if name == VERSION_HEADER and value not in versions:
                raise unimplemented_value(VERSION_HEADER.title(), " or ".join(sorted({*versions})))
        content_type = headers.get("content-type") or FORM
        if content_type.partition(";")[0].strip().lower() != FORM:
            raise unimplemented_value("Content-Type", FORM)

    def _find_operation(self, request: _Request) -> Operation:
        match = find_operation(request.method, request.path)
        if match is None:
            message = f"Unrecognized request URL ({request.method}: {request.path})."
            request.judgement = Judgement(problems=(Problem("url", message),))
            raise Unimplemented(message, status=HTTPStatus.NOT_FOUND)
        request.operation, request.ids = match
        return request.operation

    def _parse(self, request: _Request, operation: Operation, text: str) -> None:
        """Read the parameters, and judge them by both descriptions."""
        try:
            request.parameters = parse_form(text)
        except ApiError as error:
            request.judgement = Judgement(problems=(Problem("form", error.message),))
            raise
        request.judgement = self.descriptions.judge(operation, request.parameters)

    def _answer_once(self, request: _Request, operation: Operation, subject: str) -> Answer:
        """Answer from the store of keys, or execute the request and store the answer."""
        if request.method != "POST" or request.key is None:
            return self._execute(request, operation, f"{subject} {self.journal.next_number}")

        stored = self.keys.begin(request.key, request.path, request.parameters)
        if stored is not None:
            request.is_replay = True
            return stored
        try:
            answer = self._execute(request, operation, subject)
        except BaseException:
            self.keys.release(request.key)
            raise
        self.keys.finish(request.key, answer)
        return answer

    def _execute(self, request: _Request, operation: Operation, subject: str) -> Answer:
        """Change the account and return the answer, or that of a fault."""
        fault = request.fault
        if fault is not None and fault.kind in STORED_BEFORE:
            return fault.answer()
        request_id = f"req_{self.state.chance.token(14, 'execution', subject)}"
        self.state.begin(subject, request_id=request_id, key=request.key)
        parameters: JsonObject = tracked(request.judgement.values)
        try:
            body = serve(operation.name, self.state, request.ids, parameters)
        except ApiError as error:
            answer = request.refused(error)
        else:
            request.response_problems = self.descriptions.problems_of_response(operation, body)
            answer = Answer(status=HTTPStatus.OK, body=json.loads(json.dumps(body)))
            for path in parameters.get("expand", ()):
                expand(answer.body, path, self.state)
            request.ignored = tuple(unread_names(parameters, operation.implemented))
        if fault is not None and fault.kind is FaultKind.SERVER_ERROR_AFTER:
            return fault.answer()
        return answer

    def _silence(self, fault: FaultRule) -> Answer:
        return evolve(SILENT, hangs=fault.kind in HANGING)

    def _write(self, request: _Request, answer: Answer) -> None:
        error = answer.body.get("error", {})
        self.journal.add(
            JournalEntry(
                number=self.journal.next_number,
                at=self.clock.seconds(),
                method=request.method,
                path=request.path,
                operation=request.operation.title if request.operation else None,
                parameters=request.parameters,
                idempotency_key=request.key,
                status=answer.status,
                error_code=error.get("code") or error.get("type"),
                fault=request.fault.kind.value if request.fault else None,
                is_replay=request.is_replay,
                problems=tuple(problem.text for problem in request.judgement.problems),
                response_problems=request.response_problems,
                newer_parameters=request.judgement.newer,
                unimplemented=request.unimplemented,
                ignored=request.ignored,
            )
        )


def _secret_key(authorization: str) -> str:
    """Return the secret key of a header, '' if there is none.

    Stripe's library sends a bearer token; `curl -u sk_test_...:` sends the key as a user's name.
    """
    scheme, _, value = authorization.partition(" ")
    if scheme == "Bearer":
        return value
    if scheme != "Basic":
        return ""
    try:
        user, _, _ = b64decode(value, validate=True).decode("ascii").partition(":")
    except ValueError:
        return ""
    return user
