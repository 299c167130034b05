"""Readers of the data of changes, which the history of the REST API shows to them alone."""

from collections.abc import Mapping
from typing import Final

from attrs import field, frozen

from indelible.kernel.audit import Actor, ActorKind
from indelible.kernel.values import IDENTIFIER, instance_of, is_identifier

ENTITY_ID: Final = "id"  # The owner's id where the entity has the id of its user.


@frozen(kw_only=True)
class Readers:
    """The readers of the data of a lifecycle's changes; everyone sees who, when and why.

    `owner_field` names the field of the data that is the id of the user to whom the entity belongs;
    `id` is the id of the entity. Data without that field belongs to no user. An operator is a
    caller with the scope `ops` or `admin`; the data of keys needs `admin`.
    """

    owner_field: str = field(default="user_id", validator=is_identifier, metadata=IDENTIFIER)
    operators: bool = field(default=True, validator=instance_of(bool))
    everyone: bool = field(default=False, validator=instance_of(bool))

    def include(
        self, reader: Actor, entity_id: str, data: Mapping[str, object], *, is_operator: bool
    ) -> bool:
        """Return True if the reader may see the data of a change of the entity."""
        if self.everyone or (self.operators and is_operator):
            return True

        owner_id = self._owner_id(entity_id, data)
        is_owner = reader.kind is ActorKind.USER and reader.id == owner_id
        return owner_id is not None and is_owner

    def _owner_id(self, entity_id: str, data: Mapping[str, object]) -> str | None:
        if self.owner_field == ENTITY_ID:
            return entity_id

        owner_id = data.get(self.owner_field)
        return owner_id if isinstance(owner_id, str) else None


OWNER_AND_OPERATORS: Final = Readers()
OWNER: Final = Readers(operators=False)
EVERYONE: Final = Readers(everyone=True)
