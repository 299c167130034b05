"""Stories: the settings of a simulator, and what happens to it at which time."""

import json
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, Final

from attrs import field, frozen

from indelible.kernel import Invalid
from indelible_stripe.simulator.accounts import AccountStatus
from indelible_stripe.simulator.faults import FaultRule
from indelible_stripe.simulator.fields import Fields, StoryInvalid
from indelible_stripe.simulator.state import AccountSettings
from indelible_stripe.simulator.webhooks import WebhookSettings

MAX_BYTES: Final = 1 << 20
LIVE_PREFIXES: Final = ("sk_live_", "rk_live_")


@frozen
class StoryUnreadable(Invalid):
    """A story file that cannot be read."""

    message: ClassVar[str] = "Story file {file} cannot be read: {problem}."
    file: str
    problem: str


class RefundStatus(StrEnum):
    """The status of a new refund."""

    SUCCEEDED = "succeeded"
    PENDING = "pending"


@frozen(kw_only=True)
class Outage:
    """A time during which the API answers 503: seconds after the start, and how long."""

    after_seconds: int
    seconds: int


@frozen(kw_only=True)
class Story:
    """Settings and objects with which a simulator starts, and its planned faults."""

    settings: AccountSettings = field(factory=AccountSettings)
    webhooks: WebhookSettings = field(factory=WebhookSettings)
    faults: tuple[FaultRule, ...] = ()
    outages: tuple[Outage, ...] = ()
    accounts: tuple[tuple[str, AccountStatus], ...] = ()
    balance_minor: tuple[tuple[str, int], ...] = ()
    stopped_at: int | None = None
    hang_seconds: int = 60


def load_story(file: Path) -> Story:
    """Return the story of a file.

    Raises:
        StoryUnreadable: The file is missing, too large or no JSON document.
        StoryInvalid: A field is unknown or has a wrong value.
    """
    try:
        size = file.stat().st_size
        if size > MAX_BYTES:
            problem = f"expected at most {MAX_BYTES} bytes, got {size}"
            raise StoryUnreadable(file=str(file), problem=problem)
        document = json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise StoryUnreadable(file=str(file), problem=error.strerror or "no reason") from None
    except (ValueError, RecursionError):
        raise StoryUnreadable(file=str(file), problem="expected a JSON document") from None

    return read_story(document)


def read_story(document: object) -> Story:
    """Return the story that a JSON document describes.

    Raises:
        StoryInvalid: A field is unknown or has a wrong value.
    """
    fields = Fields.of("the story", document)
    clock = fields.member("clock")
    story = Story(
        settings=_read_settings(fields.member("account")),
        webhooks=WebhookSettings.read(fields.member("webhooks")),
        faults=tuple(FaultRule.read(rule) for rule in fields.objects("faults")),
        outages=tuple(_read_outage(outage) for outage in fields.objects("outages")),
        accounts=tuple(_read_account(account) for account in fields.objects("accounts")),
        balance_minor=tuple(fields.amounts("balance").items()),
        stopped_at=clock.optional_whole("stopped_at"),
        hang_seconds=fields.whole("hang_seconds", 60, maximum=3_600),
    )
    clock.finish()
    fields.finish()
    return story


def _read_settings(fields: Fields) -> AccountSettings:
    defaults = AccountSettings()
    api_key = fields.optional_text("api_key")
    livemode = fields.boolean("livemode", default=False)
    settings = AccountSettings(
        account_id=fields.text("id", defaults.account_id),
        api_key=api_key,
        livemode=livemode,
        fee_per_mille=fields.whole("fee_per_mille", defaults.fee_per_mille, maximum=1_000),
        fee_fixed_minor=fields.whole("fee_fixed", defaults.fee_fixed_minor),
        dispute_fee_minor=fields.whole("dispute_fee", defaults.dispute_fee_minor),
        available_after_seconds=fields.whole("available_after_seconds", 0),
        refund_status=fields.choice("refund_status", RefundStatus, RefundStatus.SUCCEEDED).value,
        api_version=fields.text("api_version", defaults.api_version),
    )
    fields.finish()
    if api_key is not None and api_key.startswith(LIVE_PREFIXES) is not livemode:
        raise StoryInvalid(
            subject="the story, account, field api_key",
            expected=f"a key with the prefix of livemode {str(livemode).lower()}",
            actual="the prefix of the other mode",
        )
    return settings


def _read_outage(fields: Fields) -> Outage:
    outage = Outage(after_seconds=fields.whole("after_seconds"), seconds=fields.whole("seconds"))
    fields.finish()
    return outage


def _read_account(fields: Fields) -> tuple[str, AccountStatus]:
    account = fields.text("id"), fields.choice("transfers", AccountStatus, AccountStatus.ACTIVE)
    fields.finish()
    return account
