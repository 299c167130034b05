"""The commands on contests."""

from typing import ClassVar

from attrs import field, frozen

from indelible.contests.entities.values import MESSAGE, ResolveAction, message_text
from indelible.contests.rules.configuration.parsing import checked_document
from indelible.kernel.json_objects import JSON_OBJECT, JsonObject
from indelible.kernel.kinds import Count, Identifier, Label, kinds
from indelible.kernel.values import is_text


@frozen(kw_only=True, field_transformer=kinds)
class PublishContest:
    """Publish a contest with its first configuration.

    A configuration with faults is refused when the command is created.
    """

    command_name: ClassVar[str] = "publish_contest"
    organizer_id: Identifier
    contest_name: Label
    configuration: JsonObject = field(converter=checked_document, metadata=JSON_OBJECT)


@frozen(kw_only=True, field_transformer=kinds)
class ContestCommand:
    """A command on a contest."""

    contest_id: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class ConfigureContest(ContestCommand):
    """Change the configuration of a SCHEDULED contest, as the caller last saw it.

    With `organizer_id`, another organizer's contest is not found.
    """

    command_name: ClassVar[str] = "configure_contest"
    configuration: JsonObject = field(converter=checked_document, metadata=JSON_OBJECT)
    expected_seq: Count
    organizer_id: Identifier | None = None


@frozen(kw_only=True)
class LockContest(ContestCommand):
    """Lock a contest whose lock time has come, or cancel it if it has too few entries."""

    command_name: ClassVar[str] = "lock_contest"


@frozen(kw_only=True)
class StartContest(ContestCommand):
    """Start a locked contest whose start time has come and whose log has a valid event."""

    command_name: ClassVar[str] = "start_contest"


@frozen(kw_only=True, field_transformer=kinds)
class ForceLock(ContestCommand):
    """Lock a contest now, as the caller last saw it."""

    command_name: ClassVar[str] = "force_lock"
    expected_seq: Count


@frozen(kw_only=True, field_transformer=kinds)
class CancelContest(ContestCommand):
    """Cancel a contest that is not settled; a canceled one stays as it is.

    With `organizer_id` the organizer cancels, who may do so before the lock only.
    """

    command_name: ClassVar[str] = "cancel_contest"
    organizer_id: Identifier | None = None


@frozen(kw_only=True, field_transformer=kinds)
class CancelByProvider(ContestCommand):
    """Cancel a contest because of a valid CANCELLED event of its log."""

    command_name: ClassVar[str] = "cancel_by_provider"
    event_number: Count


@frozen(kw_only=True)
class CancelShortened(ContestCommand):
    """Cancel a live contest whose tournament ended with too few official rounds."""

    command_name: ClassVar[str] = "cancel_shortened"


@frozen(kw_only=True, field_transformer=kinds)
class FailContest(ContestCommand):
    """Record that lock, start or complete has failed permanently."""

    command_name: ClassVar[str] = "fail_contest"
    attempted_action: Identifier
    error_code: Identifier
    error_message: str = field(converter=message_text, validator=is_text, metadata=MESSAGE)


@frozen(kw_only=True, field_transformer=kinds)
class ResolveError(ContestCommand):
    """Resolve the error of a contest: retry its settlement, resume or cancel it.

    A retry only checks that the contest may be settled: the settlement is computed outside of the
    transaction, and saved by FinishRun.
    """

    command_name: ClassVar[str] = "resolve_error"
    action: ResolveAction
