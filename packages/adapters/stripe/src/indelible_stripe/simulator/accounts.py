"""Connected accounts and the links to their onboarding."""

import re
from enum import StrEnum
from typing import Final

from indelible_stripe.simulator.answers import ApiError, JsonObject
from indelible_stripe.simulator.connect_objects import new_account, new_account_link
from indelible_stripe.simulator.parts import missing_param, unimplemented_value
from indelible_stripe.simulator.state import Kind, State
from indelible_stripe.simulator.texts import update_texts

DOCUMENT: Final = "individual.verification.document"
COUNTRY: Final = re.compile("[A-Z]{2}", re.ASCII)


class AccountStatus(StrEnum):
    """The states of a connected account, as far as transfers are concerned."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    PENDING = "pending"
    CLOSED = "closed"


def create_account(state: State, ids: tuple[str, ...], params: JsonObject) -> JsonObject:
    """Create a connected account, which has to be onboarded."""
    if "type" not in params:
        raise unimplemented_value("type", "express")
    country = params.get("country", "US")
    if COUNTRY.fullmatch(country) is None:
        raise ApiError(f"Country '{country[:20]}' is unknown.", param="country")
    return state.add(Kind.ACCOUNT, new_account(state, state.new_id("acct", 16), params))


def retrieve_account(state: State, ids: tuple[str, ...], params: JsonObject) -> JsonObject:
    """Return a connected account, or the platform's own."""
    if ids[0] == state.platform["id"]:
        return state.platform
    return state.get(Kind.ACCOUNT, ids[0])


def retrieve_platform(state: State, ids: tuple[str, ...], params: JsonObject) -> JsonObject:
    """Return the platform's own account."""
    return state.platform


def update_account(state: State, ids: tuple[str, ...], params: JsonObject) -> JsonObject:
    """Change the metadata of an account."""
    account = update_texts(state.get(Kind.ACCOUNT, ids[0]), params)
    state.emit("account.updated", account, account=account["id"])
    return account


def create_account_link(state: State, ids: tuple[str, ...], params: JsonObject) -> JsonObject:
    """Return a link to the onboarding page of an account."""
    account = state.get(Kind.ACCOUNT, params["account"], "account")
    for name in ("return_url", "refresh_url"):
        if not params.get(name):
            raise missing_param(name)
    return new_account_link(state, account["id"])


def set_account(state: State, account_id: str, status: AccountStatus) -> JsonObject:
    """Give an account a state, and create it if there is none; emit `account.updated`."""
    account = state.objects[Kind.ACCOUNT].get(account_id)
    if account is None:
        account = state.add(Kind.ACCOUNT, new_account(state, account_id, {}))
    is_active = status is AccountStatus.ACTIVE
    requirements = account["requirements"]
    previous = {"capabilities": dict(account["capabilities"])}
    is_closed = status is AccountStatus.CLOSED
    account["capabilities"]["transfers"] = "inactive" if is_closed else status.value
    account["details_submitted"] = is_active
    account["payouts_enabled"] = is_active
    is_checked = status is AccountStatus.PENDING
    due = [] if is_active or is_checked else [DOCUMENT]
    requirements["currently_due"] = due
    requirements["eventually_due"] = due
    requirements["pending_verification"] = [DOCUMENT] if is_checked else []
    match status:
        case AccountStatus.ACTIVE:
            requirements["disabled_reason"] = None
        case AccountStatus.PENDING:
            requirements["disabled_reason"] = "requirements.pending_verification"
        case AccountStatus.CLOSED:
            requirements["disabled_reason"] = "rejected.other"
        case _:
            requirements["disabled_reason"] = "requirements.past_due"
    state.emit("account.updated", account, previous=previous, account=account_id)
    return account
