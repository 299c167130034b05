"""Requests of actions have the parameters of the action; wrong ones are refused when made."""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Final, assert_type, cast

import pytest
from attrs import field, fields, frozen
from tests.core.kernel.tickets import Ticket
from tests.web.harness import Web, memory

from indelible.app import WriteTx
from indelible.kernel import Lifecycle, UsageError
from indelible.kernel.actions import Action, Fields, action, creates
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.kinds import Identifier, Kind, Natural, OneLine, kinds
from indelible.kernel.values import is_digest, is_identifier
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


Colour = Annotated[str, Kind(is_identifier, {"max_length": 20}, description="The colour.")]


@frozen(kw_only=True, field_transformer=kinds)
class Paint(Aggregate):
    """An aggregate whose fields have sentences of their own."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = Lifecycle(name="paint")

    status: Light
    colour: Colour
    base: Colour = field(metadata={"description": "The colour below it."})

    @creates(Light.RED)
    def mix(self, id: Identifier, colour: Colour, base: Colour) -> None:
        """Mix a paint."""

    @action(Light.RED, to=Light.GREEN)
    def dry(self) -> None:
        """Wait."""


@frozen(kw_only=True, field_transformer=fields_of(Paint))
class PaintView:
    """A paint."""


@routes.add("POST /paints", "parties", request_type=request_of(Paint.mix), response_type=PaintView)
def mix_paint(context: OperationContext, request: ActionRequest[Paint]) -> PaintView:
    """Mix a paint; the document describes it, and nothing runs it."""
    raise NotImplementedError


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


def test_a_request_has_the_target_the_seq_and_the_parameters() -> None:
    assert names_of(AssignTicket) == ["ticket_id", "expected_seq", "assignee"]
    assert names_of(WorkOnTicket) == ["number", "expected_seq", "spent"]
    assert names_of(CloseParty) == ["party"]


def test_a_request_that_creates_has_the_parameters_that_are_not_left_out() -> None:
    assert names_of(OpenTicket) == ["reporter", "title"]
    assert names_of(RegisterParty) == ["id"]


def test_names_follow_from_the_action_unless_they_are_given() -> None:
    assert (AssignTicket.__name__, AssignTicket.command_name) == ("AssignTicket", "assign_ticket")
    assert WorkOnTicket.__name__ == "WorkOnTicket"
    assert WorkOnTicket.command_name == "work_on_ticket"
    assert AssignTicket.__doc__ == Ticket.assign.__doc__


def test_a_field_has_the_limits_of_its_kind() -> None:
    body = body_of(ResolveTicket)

    assert body["ticket_id"]["maxLength"] == 200
    assert body["resolution"]["maxLength"] == 20_000
    assert body_of(WorkOnTicket)["spent"]["minimum"] == 1


def test_a_parameter_that_may_be_none_may_be_left_out() -> None:
    required = {
        attribute.name: attribute.default is not None
        for attribute in fields(cast("Any", ResolveTicket))
    }

    assert required["resolution"]
    assert not required["note"]


def test_a_request_is_the_command_of_its_action() -> None:
    make_request = cast("Any", OpenTicket)

    command = make_request(reporter="ann", title="Fire").command_on(id="T-1")

    expected = Ticket.open(id="T-1", reporter="ann", title="Fire")
    assert command == expected
    command.use()
    expected.use()


def test_the_action_still_belongs_to_its_aggregate() -> None:
    assert Ticket.assign.entity is Ticket


def test_a_request_knows_its_aggregate() -> None:
    assert_type(AssignTicket, type[ActionRequest[Ticket]])


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


@pytest.mark.parametrize(
    ("body", "seq", "status", "code"),
    [
        ({"destination": "acct_2"}, 2, 412, "STALE"),
        ({"destination": ""}, 1, 422, "TEXT_BLANK"),
        ({"destination": LONG}, 1, 422, "TEXT_TOO_LONG"),
        ({"destination": 7}, 1, 422, "INVALID_FIELDS"),
        ({"destination": "acct_2", "colour": "red"}, 1, 422, "INVALID_FIELDS"),
        ({}, 1, 422, "INVALID_FIELDS"),
    ],
)
def test_a_wrong_request_is_refused(
    web: Web, body: dict[str, Any], seq: int, status: int, code: str
) -> None:
    key = web.new_key("parties")
    party = f"bob-{code}-{len(str(body))}"
    web.post("/v1/parties", json={"id": party, "reason": "new"}, key=key)

    answer = web.post(
        f"/v1/parties/{party}/account", json={**body, "reason": "opened"}, seq=seq, key=key
    )

    assert (answer.status_code, cast("Any", answer.json)["code"]) == (status, code)


def test_a_repeated_request_runs_once(web: Web) -> None:
    key = web.new_key("parties")
    body = {"id": "dora", "reason": "new"}

    first = web.post("/v1/parties", json=body, key=key, once="register-dora")
    second = web.post("/v1/parties", json=body, key=key, once="register-dora")

    assert (first.json, second.status_code) == (second.json, 201)


def test_an_action_that_the_state_excludes_is_refused(web: Web) -> None:
    key = web.new_key("parties")
    web.post("/v1/parties", json={"id": "carl", "reason": "new"}, key=key)
    web.post("/v1/parties/carl/close", json={"reason": "gone"}, key=key)

    again = web.post("/v1/parties/carl/close", json={"reason": "gone"}, key=key)

    assert (again.status_code, cast("Any", again.json)["code"]) == (409, "INVALID_TRANSITION")


def test_the_document_shows_the_parameters_with_their_limits(web: Web) -> None:
    schema = web.document["components"]["schemas"]["AttachAccountBody"]

    assert list(schema["properties"]) == ["destination", "reason"]
    assert schema["properties"]["destination"]["maxLength"] == 200
    assert schema["required"] == ["destination", "reason"]


def test_the_document_shows_the_sentences_of_kinds_and_of_fields(web: Web) -> None:
    schemas = web.document["components"]["schemas"]
    body, view = schemas["MixPaintBody"]["properties"], schemas["PaintView"]["properties"]

    assert body["colour"]["description"] == "The colour."
    assert view["colour"]["description"] == "The colour."
    assert body["base"]["description"] == "The colour below it."
    assert view["base"]["description"] == "The colour below it."
    assert view["id"]["description"] == "The entity's id, which never changes."


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


@pytest.mark.parametrize(("declare", "fault"), FAULTS.values(), ids=FAULTS)
def test_a_wrong_request_type_is_refused_with_file_and_line(
    declare: Callable[[], object], fault: str
) -> None:
    with pytest.raises(UsageError) as refused:
        declare()

    assert fault in refused.value.problem
    assert f"{__file__}:" in refused.value.problem


def test_all_faults_of_a_request_are_named_at_once() -> None:
    with pytest.raises(UsageError) as refused:
        request_of(Lamp.show, target_field="photo", leave_out=("colour",))

    assert len(refused.value.problem.splitlines()) == 4


@pytest.mark.parametrize(
    "wrong", [Ticket.assign("T-1", assignee="ann"), Ticket, Ticket.create, "assign"]
)
def test_what_is_no_action_is_refused(wrong: object) -> None:
    with pytest.raises(UsageError, match="is no action of an aggregate"):
        request_of(cast("Action[Any, ...]", wrong))


def test_a_parameter_that_is_left_out_may_have_a_name_of_requests() -> None:
    request_type = cast("Any", request_of(Lamp.count, leave_out=("expected_seq",)))

    request = request_type(lamp_id="L-1", expected_seq=3)

    assert request.arguments() == {}


def test_a_left_out_parameter_that_nobody_passes_is_refused() -> None:
    make_request = cast("Any", OpenTicket)

    with pytest.raises(TypeError, match="missing a required argument: 'id'"):
        make_request(reporter="ann", title="Fire").command_on()
