"""Views: answers that have the fields of a class of the domain, declared there and not again.

    @frozen(kw_only=True, field_transformer=fields_of(Transfer, leave_out=("failure_count",)))
    class TransferView:
        \"\"\"A transfer to a party.\"\"\"

        id: str
        seq: int

`TransferView` has all fields of `Transfer` but one, and a field of its own. A view takes the
names, the types and the descriptions of fields. It takes no validator, limit or default: an answer
has every field.

Type checkers know the fields in a view's body only. A field that code reads is declared there too,
with its type; another type is refused. Views are made of heads by `view_of`, of other values by
`indelible_web.http.responses.project`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias, TypeVar, cast

from attrs import NOTHING, Attribute, frozen, has

from indelible.kernel import Head, UsageError
from indelible.kernel.declarations import line_of, refuse_faults
from indelible.kernel.history import Entity
from indelible.kernel.kinds import DESCRIPTION
from indelible_web.http.examples import attributes_of
from indelible_web.http.responses import project
from indelible_web.http.schemas import Side, UnsupportedType, schema_from

V = TypeVar("V")
AnyAttribute: TypeAlias = "Attribute[Any]"

LAST = ("created_at", "updated_at")


@frozen
class ViewFields:
    """A `field_transformer` of attrs that gives a view the fields of another class."""

    source: type
    first: tuple[str, ...]
    leave_out: tuple[str, ...]

    def __call__(self, view: type, attributes: list[AnyAttribute]) -> list[AnyAttribute]:
        """Return the inherited fields, those of the source and the view's own, in this order.

        Raises:
            UsageError: The declaration is wrong; all faults are named at once, with the line.
        """
        fields = _answer_fields(self.source)
        inherited: list[AnyAttribute] = []
        own: dict[str, AnyAttribute] = {}
        for attribute in attributes:
            if cast("Any", attribute).inherited:  # attrs' stubs do not know it
                inherited.append(attribute)
            else:
                own[attribute.name] = attribute

        names = self._names(fields)
        faults = (
            *self._name_faults(fields, own),
            *self._field_faults(fields, own, names, {one.name for one in inherited}),
        )
        refuse_faults(view, attributes, [f"{line_of(view)}: {fault}" for fault in faults])

        declared = {**fields, **own}
        own_names = [name for name in own if name not in names]
        return [*inherited, *(declared[name] for name in (*names, *own_names))]

    def _names(self, fields: Mapping[str, AnyAttribute]) -> tuple[str, ...]:
        """Return the names of the source's fields that the view has, in their order."""
        others: list[str] = []
        for name in fields:
            if name not in (*self.first, *self.leave_out):
                others.append(name)
        return (*self.first, *others)

    def _name_faults(
        self, fields: Mapping[str, AnyAttribute], own: Mapping[str, AnyAttribute]
    ) -> Iterator[str]:
        """Yield what is wrong with the names of the call."""
        for name, times in Counter((*self.first, *self.leave_out)).items():
            if times > 1:
                yield f"field {name} is named twice"
        for name in self.first:
            if name not in fields and name not in own:
                yield f"neither {self.source.__name__} nor the view has a field {name}"
        for name in self.leave_out:
            if name not in fields:
                yield f"{self.source.__name__} has no field {name} that could be left out"

    def _field_faults(
        self,
        fields: Mapping[str, AnyAttribute],
        own: Mapping[str, AnyAttribute],
        names: tuple[str, ...],
        inherited_names: set[str],
    ) -> Iterator[str]:
        """Yield what is wrong with the fields that the view has."""
        for name, attribute in own.items():
            is_free = name not in fields or name in self.leave_out
            if not is_free and attribute.type != fields[name].type:
                expected = fields[name].type
                yield f"field {name} has another type than in {self.source.__name__}: {expected}"
        for name in names:
            if name in inherited_names:
                yield f"field {name} is inherited already: leave it out"
            if name in fields and name not in own:
                yield from _type_faults(fields[name])


def fields_of(
    source: type,
    *,
    first: tuple[str, ...] = (),
    leave_out: tuple[str, ...] = (),
) -> ViewFields:
    """Return the `field_transformer` of a view that has the fields of an attrs class.

    The view has all of them but those of `leave_out`. Those of `first` come first; then come the
    id, the others in the order of their declaration, the times of an aggregate, and the view's own
    fields. `first` can name a field of the view's own.

    Raises:
        UsageError: The source is no attrs class.
    """
    if not has(source):
        raise UsageError(f"{source.__name__} has no fields: a view needs an attrs class")
    return ViewFields(source, first, leave_out)


def view_of(view_type: type[V], head: Head[Entity], **values: object) -> V:
    """Return the view of a head, with its seq where the view has one, and with these values."""
    return project(view_type, _FieldsWithSeq(head), **values)


class _FieldsWithSeq:
    """The fields of a head's entity, and its seq."""

    def __init__(self, head: Head[Entity]) -> None:
        self._head = head

    @property
    def seq(self) -> int:
        """Return the seq of the head."""
        return self._head.revision.seq

    def __getattr__(self, name: str) -> object:
        """Return a field of the entity."""
        return getattr(self._head.entity, name)


def _answer_fields(source: type) -> dict[str, AnyAttribute]:
    """Return the fields of a class as an answer has them: the id first, and the times last."""
    fields: dict[str, AnyAttribute] = {}
    for attribute in attributes_of(source):
        metadata: dict[str, object] = {}
        if DESCRIPTION in attribute.metadata:
            metadata[DESCRIPTION] = attribute.metadata[DESCRIPTION]
        fields[attribute.name] = attribute.evolve(
            default=NOTHING,
            validator=None,
            converter=None,
            metadata=metadata,
            init=True,
            kw_only=True,
            inherited=False,
        )

    names = [name for name in fields if name != "id" and name not in LAST]
    ordered = [name for name in ("id", *names, *LAST) if name in fields]
    return {name: fields[name] for name in ordered}


def _type_faults(attribute: AnyAttribute) -> Iterator[str]:
    """Yield that a field has a type which no answer has."""
    try:
        schema_from("", (attribute,), Side.ANSWER)
    except UnsupportedType as error:
        yield f"field {attribute.name} cannot be in an answer: {error}"
