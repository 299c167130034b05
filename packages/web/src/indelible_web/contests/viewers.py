"""The caller of a request as views of contests need it: the user, the rights, and the time."""

from datetime import datetime
from typing import Self

from attrs import frozen

from indelible.contests import Contest
from indelible.kernel.audit import ActorKind
from indelible_web.http.errors import NotAUser
from indelible_web.http.operation import OperationContext
from indelible_web.http.request import ADMIN, OPS


@frozen(kw_only=True)
class Viewer:
    """A caller at a time; `user_id` is None for a caller who is no user and has no entries.

    An operator sees the contests in ERROR and acts by runbooks. An administrator, who is one too,
    changes and cancels the contests of all organizers.
    """

    user_id: str | None
    is_operator: bool
    is_administrator: bool
    now: datetime

    @classmethod
    def of(cls, context: OperationContext) -> Self:
        """Return the caller of an operation at the present time."""
        actor = context.caller.actor
        return cls(
            user_id=actor.id if actor.kind is ActorKind.USER else None,
            is_operator=context.caller.has_scope(OPS),
            is_administrator=context.caller.has_scope(ADMIN),
            now=context.clock.now(),
        )

    @property
    def organizer_id(self) -> str | None:
        """Return the only organizer whose contests the caller may change, None for all.

        Raises: NotAUser.
        """
        if self.is_administrator:
            return None
        if self.user_id is None:
            raise NotAUser
        return self.user_id

    def is_organizer(self, contest: Contest) -> bool:
        """Return True for the organizer of the contest."""
        return self.user_id == contest.organizer_id
