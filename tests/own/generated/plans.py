"""The parts of a drawn declaration, before it becomes text."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from attrs import evolve, frozen

# The annotation of each kind, as a host writes it.
KINDS: Final[Mapping[str, str]] = {
    "identifier": "Identifier",
    "one_line": "OneLine",
    "label": "Label",
    "text": "Text",
    "non_blank": "NonBlankText",
    "texts": "Texts",
    "digest": "Digest",
    "currency": "Currency",
    "instant": "Instant",
    "date": "Date",
    "price": "Price",
    "ratio": "Ratio",
    "units": "Units",
    "count": "Count",
    "natural": "Natural",
    "amount": "Amount",
    "flag": "Flag",
    "colour": "Colour",
    "document": "JsonObject",
    "reference": "Identifier",
    "actor": "Identifier",
    "reason": "Label",
    "time": "Instant",
    "sum": "Natural",
    "version": "Version",
}
# The kinds whose values nobody passes.
DERIVED_KINDS: Final = ("actor", "reason", "time", "sum", "version")
# Those that get a part of a change; each may have no value.
STAMPED_KINDS: Final = ("actor", "reason", "time")
# The kinds that are filtered, and those that are searched.
FILTER_KINDS: Final = (
    "identifier",
    "digest",
    "colour",
    "currency",
    "date",
    "price",
    "ratio",
    "units",
    "count",
    "flag",
    "reference",
    "actor",
)
SEARCH_KINDS: Final = ("label", "one_line", "text", "non_blank", "reason")
# The kinds whose values are not compared with those of another field.
UNCOMPARED_KINDS: Final = ("document", "reason", "texts", "version")
# The kinds with two values: three of them cannot differ from each other.
TWO_VALUED_KINDS: Final = ("flag", "colour", "sum")
# The default of a field that is not None, by its kind.
DEFAULTS: Final[Mapping[str, str]] = {
    "one_line": '"none yet"',
    "texts": '("one", "two")',
    "currency": '"EUR"',
    "date": "date(2026, 2, 28)",
    "price": 'Decimal("12.50")',
    "count": "1",
    "natural": "0",
    "amount": "0",
    "flag": "False",
    "colour": "Colour.GREEN",
}
KEPT: Final = "KEEP"


@frozen(kw_only=True)
class FieldPlan:
    """A field: its kind, and its rules; `required_in` None is a field that is never empty."""

    name: str
    kind: str
    is_unique: bool = False
    required_in: tuple[str, ...] | None = None
    allowed_in: tuple[str, ...] = ()
    fixed_in: tuple[str, ...] = ()
    is_fixed_once_set: bool = False
    actor_of: tuple[str, ...] = ()
    reason_of: tuple[str, ...] = ()
    references: str = ""
    version_of: tuple[str, ...] = ()
    differs_from: tuple[str, ...] = ()
    default: str = ""

    @property
    def is_optional(self) -> bool:
        """Return whether the field may have no value."""
        return self.required_in is not None

    @property
    def has_states(self) -> bool:
        """Return whether the states decide about a value."""
        return bool(self.required_in or self.allowed_in)

    @property
    def is_passed(self) -> bool:
        """Return whether a caller passes the value."""
        return self.kind not in DERIVED_KINDS

    def is_required(self, state: str) -> bool:
        """Return whether the field has a value in a state."""
        return self.required_in is None or state in self.required_in

    def is_allowed(self, state: str) -> bool:
        """Return whether the field may have a value in a state."""
        if self.required_in is None or not self.has_states:
            return True
        return state in (*self.required_in, *self.allowed_in)

    def is_emptied(self, edges: Iterable[tuple[str, str]]) -> bool:
        """Return whether one of the edges leads to a state that excludes a value."""
        for before, after in edges:
            if self.is_allowed(before) and not self.is_allowed(after):
                return True
        return False


@frozen(kw_only=True)
class RecordPlan:
    """A record that actions append: its fields, and those that get the time and the actor."""

    class_name: str
    fields: tuple[FieldPlan, ...]
    time_field: str = ""
    actor_field: str = ""

    @property
    def row_name(self) -> str:
        """Return the name of the rows in what a body returns."""
        return self.class_name.lower()

    @property
    def settable(self) -> tuple[FieldPlan, ...]:
        """Return the fields that are no stamps."""
        stamps = (self.time_field, self.actor_field)
        return tuple(plan for plan in self.fields if plan.name not in stamps)


@frozen(kw_only=True)
class ActionPlan:
    """An action: its states, and its parameters with their defaults, '' for a required one.

    It appends a row of `appends` from `row_parameters`, or up to `max_rows` that its body returns.
    """

    name: str
    from_states: tuple[str, ...] = ()
    to: str | None = None
    retired_from: tuple[str, ...] = ()
    parameters: tuple[tuple[FieldPlan, str], ...] = ()
    time_field: str = ""
    sum_field: str = ""
    has_rule: bool = False
    appends: RecordPlan | None = None
    row_parameters: tuple[tuple[FieldPlan, str], ...] = ()
    max_rows: int = 0

    @property
    def returns(self) -> bool:
        """Return whether the body returns fields or rows."""
        return bool(self.sum_field or self.max_rows)

    @property
    def only_appends(self) -> bool:
        """Return whether the action sets no field and stays in its state."""
        is_step = self.to is not None or bool(self.parameters)
        return self.appends is not None and not (is_step or self.time_field or self.sum_field)

    @property
    def is_creating(self) -> bool:
        """Return whether the action creates."""
        return not self.from_states

    @property
    def edges(self) -> tuple[tuple[str, str], ...]:
        """Return the states that the action leaves with those that it leads to."""
        if self.to is not None and not self.from_states:
            return (("", self.to),)
        return tuple((state, self.to or state) for state in self.from_states)

    @property
    def targets(self) -> tuple[str, ...]:
        """Return the states that the action leads to."""
        return tuple(after for _, after in self.edges)

    def sets(self, plan: FieldPlan) -> bool:
        """Return whether the action sets a field."""
        passed = any(plan.name == one.name for one, _ in self.parameters)
        return passed or plan.name in (self.time_field, self.sum_field)

    def affects(self, plan: FieldPlan) -> bool:
        """Return whether the action sets or empties a field."""
        is_stamped = self.name in (*plan.actor_of, *plan.reason_of)
        return is_stamped or self.sets(plan) or self.empties(plan)

    def empties(self, plan: FieldPlan) -> bool:
        """Return whether an edge of the action, or a retired one, takes the field's value away."""
        retired = [(state, self.to or state) for state in self.retired_from]
        return not self.is_creating and plan.is_emptied([*self.edges, *retired])

    def with_parameter(self, plan: FieldPlan, default: str) -> "ActionPlan":
        """Return the action with one parameter more; those that must be passed stand first."""
        parameters = [*self.parameters, (plan, default)]
        parameters.sort(key=lambda one: one[1] != "")
        return evolve(self, parameters=tuple(parameters))


@frozen(kw_only=True)
class ChoicePlan:
    """A choice between two actions, which have its parameters."""

    name: str
    first: ActionPlan
    second: ActionPlan


@frozen(kw_only=True)
class AggregatePlan:
    """An aggregate: its states by their names, its fields, actions and choices."""

    class_name: str
    states: Mapping[str, str]
    fields: tuple[FieldPlan, ...]
    actions: tuple[ActionPlan, ...]
    choices: tuple[ChoicePlan, ...]
    records: tuple[RecordPlan, ...]
    filters: tuple[str, ...]
    search: tuple[str, ...]

    @property
    def final(self) -> tuple[str, ...]:
        """Return the states that no action leaves."""
        left = {
            before
            for one in self.actions
            for before, after in one.edges
            if before not in ("", after)
        }
        return tuple(state for state in self.states if state not in left)


def setters(actions: Sequence[ActionPlan], plan: FieldPlan) -> list[ActionPlan]:
    """Return the actions that set a field."""
    stamping = (*plan.actor_of, *plan.reason_of)
    return [one for one in actions if one.sets(plan) or one.name in stamping]
