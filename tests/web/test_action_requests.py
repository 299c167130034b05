"""Requests of actions have the parameters of the action; wrong ones are refused when made."""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Final, cast

import pytest
from attrs import field, fields, frozen
from tests.core.kernel.tickets import Ticket
from tests.web.harness import Web, memory

from indelible.app import WriteTx
from indelible.kernel import Lifecycle, UsageError
from indelible.kernel.actions import Action, Fields, action, creates
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.kinds import Identifier, Kind, Natural, OneLine, kinds
from indelible.kernel.values import is_digest
from indelible.money import Payee
from indelible_web.context import WebContext
from indelible_web.contexts import CONTEXTS
from indelible_web.http.action_requests import ActionRequest, request_of, run_request
from indelible_web.http.operation import OperationContext
from indelible_web.http.routing import Routes
from indelible_web.http.schemas import Side, schema_of
from indelible_web.http.views import fields_of, view_of

LONG: Final = "x" * 201

OpenTicket = request_of(Ticket.open, leave_out=("id",))
AssignTicket = request_of(Ticket.assign)
ResolveTicket = request_of(Ticket.resolve)
WorkOnTicket = request_of(
    Ticket.work, name="WorkOnTicket", command_name="work_on_ticket", target_field="number"
)
# The document needs another name than that of the class in core.
RegisterParty = request_of(Payee.register, name="RegisterParty", command_name="register_party")
AttachAccount = request_of(Payee.attach, name="AttachAccount", target_field="party")
CloseParty = request_of(Payee.close, name="CloseParty", target_field="party", expects_seq=False)

routes: Final = Routes("parties", "Parties, by the actions of payees.")


@frozen(kw_only=True, field_transformer=fields_of(Payee))
class PartyView:
    """A party."""

    id: str
    seq: int


class Light(StrEnum):
    RED = "RED"
    GREEN = "GREEN"


def change_party(tx: WriteTx, request: ActionRequest[Payee]) -> PartyView:
    """Run the action of a request."""
    return view_of(PartyView, run_request(tx, tx.money.payees, request))


@routes.add(
    "POST /parties",
    "parties",
    request_type=RegisterParty,
    response_type=PartyView,
    location_id=lambda view: view.id,
)
def register_party(context: OperationContext, request: ActionRequest[Payee]) -> PartyView:
    """Register a party."""
    return context.run(change_party, request)


@routes.add(
    "POST /parties/<party>/account",
    "parties",
    request_type=AttachAccount,
    response_type=PartyView,
)
def attach_account(context: OperationContext, request: ActionRequest[Payee]) -> PartyView:
    """Store an account."""
    return context.run(change_party, request)


@routes.add(
    "POST /parties/<party>/close", "parties", request_type=CloseParty, response_type=PartyView
)
def close_party(context: OperationContext, request: ActionRequest[Payee]) -> PartyView:
    """Close a party."""
    return context.run(change_party, request)


def body_of(request_type: type) -> dict[str, Any]:
    """Return the fields of a request's whole schema by name, as the document shows them."""
    schema = cast("Any", schema_of(request_type, Side.BODY)())
    return {name: dict(one.metadata) for name, one in schema.fields.items()}


def names_of(request_type: type) -> list[str]:
    """Return the names of the fields of a request."""
    return [attribute.name for attribute in fields(cast("Any", request_type))]


def test_a_request_has_the_parameters_of_its_action_with_their_limits() -> None:
    assert names_of(AssignTicket) == ["ticket_id", "expected_seq", "assignee"]
    assert names_of(WorkOnTicket) == ["number", "expected_seq", "spent"]
    assert names_of(CloseParty) == ["party"]

    assert names_of(OpenTicket) == ["reporter", "title"]
    assert names_of(RegisterParty) == ["id"]

    assert (AssignTicket.__name__, AssignTicket.command_name) == ("AssignTicket", "assign_ticket")
    assert WorkOnTicket.__name__ == "WorkOnTicket"
    assert WorkOnTicket.command_name == "work_on_ticket"
    assert AssignTicket.__doc__ == Ticket.assign.__doc__

    body = body_of(ResolveTicket)

    assert body["ticket_id"]["maxLength"] == 200
    assert body["resolution"]["maxLength"] == 20_000
    assert body_of(WorkOnTicket)["spent"]["minimum"] == 1

    required = {
        attribute.name: attribute.default is not None
        for attribute in fields(cast("Any", ResolveTicket))
    }

    assert required["resolution"]
    assert not required["note"]

    make_request = cast("Any", OpenTicket)

    command = make_request(reporter="ann", title="Fire").command_on(id="T-1")

    expected = Ticket.open(id="T-1", reporter="ann", title="Fire")
    assert command == expected
    command.use()
    expected.use()


@pytest.fixture(scope="module")
def web() -> Web:
    """An application with routes that run actions."""
    own = WebContext(name="parties", routes=(routes,), commands=("register_party",))
    return Web(memory(), contexts=(*CONTEXTS, own))


def test_routes_run_actions_as_the_signatures_say(web: Web) -> None:
    key = web.new_key("parties")
    registered = web.post("/v1/parties", json={"id": "ann", "reason": "new"}, key=key)
    assert (registered.status_code, registered.json) == (
        201,
        {**cast("Any", registered.json), "id": "ann", "status": "NEW", "seq": 1},
    )

    account = {"destination": "acct_1", "reason": "opened"}
    attached = web.post("/v1/parties/ann/account", json=account, seq=1, key=key)
    assert attached.status_code == 200
    assert attached.headers["ETag"] == '"2"'
    assert cast("Any", attached.json)["destination"] == "acct_1"

    closed = web.post("/v1/parties/ann/close", json={"reason": "gone"}, key=key)
    assert (closed.status_code, cast("Any", closed.json)["status"]) == (200, "CLOSED")


def test_a_wrong_request_is_refused(web: Web) -> None:
    refusals: list[tuple[dict[str, object], int, int, str]] = [
        ({"destination": "acct_2"}, 2, 412, "STALE"),
        ({"destination": ""}, 1, 422, "TEXT_BLANK"),
        ({"destination": LONG}, 1, 422, "TEXT_TOO_LONG"),
        ({"destination": 7}, 1, 422, "INVALID_FIELDS"),
        ({"destination": "acct_2", "colour": "red"}, 1, 422, "INVALID_FIELDS"),
        ({}, 1, 422, "INVALID_FIELDS"),
    ]
    key = web.new_key("parties")
    for body, seq, status, code in refusals:
        party = f"bob-{code}-{len(str(body))}"
        web.post("/v1/parties", json={"id": party, "reason": "new"}, key=key)

        answer = web.post(
            f"/v1/parties/{party}/account", json={**body, "reason": "opened"}, seq=seq, key=key
        )

        assert (answer.status_code, cast("Any", answer.json)["code"]) == (status, code)

    key = web.new_key("parties")
    web.post("/v1/parties", json={"id": "carl", "reason": "new"}, key=key)
    web.post("/v1/parties/carl/close", json={"reason": "gone"}, key=key)

    again = web.post("/v1/parties/carl/close", json={"reason": "gone"}, key=key)

    assert (again.status_code, cast("Any", again.json)["code"]) == (409, "INVALID_TRANSITION")

    key = web.new_key("parties")
    body = {"id": "dora", "reason": "new"}

    first = web.post("/v1/parties", json=body, key=key, once="register-dora")
    second = web.post("/v1/parties", json=body, key=key, once="register-dora")

    assert (first.json, second.status_code) == (second.json, 201)


# Its validator bounds the values, and no limit says so to a schema.
Unlimited = Annotated[str, Kind(is_digest, is_bounded=True)]


@frozen(kw_only=True, field_transformer=kinds)
class Lamp(Aggregate):
    """An aggregate whose actions no request can have."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = Lifecycle(name="lamp")

    status: Light
    expected_seq: Natural = 0
    lamp_id: OneLine = ""
    proof: Unlimited | None = None
    photo: bytes = field(default=b"", converter=bytes)

    @creates(Light.RED)
    def build(self, id: Identifier) -> None: ...
    @action(Light.RED, to=Light.GREEN, computes=("lamp_id",))
    def measure(self, size: int) -> Fields:
        return {"lamp_id": str(size)}

    @action(Light.RED, Light.GREEN)
    def show(self, photo: bytes) -> None: ...
    @action(Light.RED, Light.GREEN)
    def count(self, expected_seq: Natural) -> None: ...
    @action(Light.RED, Light.GREEN)
    def rename(self, lamp_id: OneLine) -> None: ...
    @action(Light.RED, Light.GREEN)
    def prove(self, proof: Unlimited) -> None: ...


FAULTS: Final[dict[str, tuple[Callable[[], object], str]]] = {
    "a parameter of a type without bounds": (
        lambda: request_of(Lamp.measure),
        "parameter size has no kind with limits",
    ),
    "a parameter that no body can have": (
        lambda: request_of(Lamp.show),
        "parameter photo cannot be in a request: <class 'bytes'> has no schema",
    ),
    "a text whose schema has no limit": (
        lambda: request_of(Lamp.prove),
        "parameter proof cannot be in a request: a field of a request has no limit",
    ),
    "a parameter with a name of requests": (
        lambda: request_of(Lamp.count),
        "parameter expected_seq has a name that every request has: leave it out",
    ),
    "a parameter with the name of the target": (
        lambda: request_of(Lamp.rename),
        "parameter lamp_id has the name of the target: pass another target_field",
    ),
    "an unknown parameter that is left out": (
        lambda: request_of(Lamp.rename, target_field="id", leave_out=("colour",)),
        "Lamp.rename has no parameter colour that could be left out",
    ),
    "a target of an action that creates": (
        lambda: request_of(Lamp.build, target_field="number"),
        "Lamp.build creates: there is no target whose id number could be",
    ),
    "a seq of an action that creates": (
        lambda: request_of(Lamp.build, expects_seq=True),
        "Lamp.build creates: there is no seq to expect",
    ),
}


def test_a_wrong_request_type_is_refused_with_file_and_line_and_all_faults() -> None:
    for declare, fault in FAULTS.values():
        with pytest.raises(UsageError) as refused:
            declare()

        assert fault in refused.value.problem
        assert f"{__file__}:" in refused.value.problem

    with pytest.raises(UsageError) as refused:
        request_of(Lamp.show, target_field="photo", leave_out=("colour",))

    assert len(refused.value.problem.splitlines()) == 4

    for wrong in [Ticket, Ticket.create, "assign"]:
        with pytest.raises(UsageError, match="is no action of an aggregate"):
            request_of(cast("Action[Any, ...]", wrong))


def test_a_parameter_is_left_out_and_passed_by_the_view() -> None:
    request_type = cast("Any", request_of(Lamp.count, leave_out=("expected_seq",)))

    request = request_type(lamp_id="L-1", expected_seq=3)

    assert request.arguments() == {}

    make_request = cast("Any", OpenTicket)

    with pytest.raises(TypeError, match="missing a required argument: 'id'"):
        make_request(reporter="ann", title="Fire").command_on()
