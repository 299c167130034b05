"""Purchase orders: a computed total, an approval limit, and an approver who is the actor."""

from enum import auto

from indelible.declare import (
    Aggregate,
    Amount,
    ChangingAction,
    Context,
    Count,
    Fields,
    Identifier,
    OneLine,
    States,
    action,
    aggregate,
    chooses,
    creates,
    field,
)

LIMIT_CENTS = 50_000  # a larger order needs an approval


class Status(States):
    """The states of an order."""

    DRAFT = auto()
    PLACED = auto()
    APPROVED = auto()
    REJECTED = auto()


@aggregate(final=(Status.APPROVED, Status.REJECTED))
class Order(Aggregate):
    """An order of goods."""

    status: Status
    number: Identifier = field(unique=True)
    buyer: Identifier = field(actor_of="draft")
    pieces: Count
    piece_cents: Amount
    total_cents: Amount
    approver: Identifier | None = field(
        allowed_in=(Status.APPROVED,), actor_of="approve", differs_from="buyer"
    )
    sized_by: Identifier = field(actor_of=("draft", "resize"))
    rejection: OneLine | None = field(required_in=(Status.REJECTED,), reason_of="reject")

    @creates(Status.DRAFT, computes=("total_cents",))
    def draft(
        self,
        number: Identifier,  # noqa: ARG002 - a field that needs no computing
        pieces: Count,
        piece_cents: Amount,
    ) -> Fields:
        """Begin an order."""
        return {"total_cents": pieces * piece_cents}

    @action(Status.DRAFT, computes=("total_cents",))
    def resize(self, pieces: Count) -> Fields:
        """Order more or fewer pieces."""
        return {"total_cents": pieces * self.piece_cents}

    @action(Status.DRAFT, to=Status.APPROVED)
    def accept(self) -> None: ...
    @action(Status.DRAFT, to=Status.PLACED)
    def submit(self) -> None: ...
    @chooses(accept, submit)
    def place(self) -> "ChangingAction[Order, []]":
        """Send the order: a small one needs nobody's approval."""
        return Order.accept if self.total_cents <= LIMIT_CENTS else Order.submit

    @action(Status.PLACED, to=Status.APPROVED)
    def approve(self) -> None: ...
    @action(Status.PLACED, to=Status.REJECTED)
    def reject(self) -> None: ...


orders = Context(Order, filters=("status", "buyer"), search=("rejection",))
contexts = (orders,)
