"""Ids that follow from what they name, so that a repetition or a restore creates nothing twice."""

from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

NAMESPACE: Final[UUID] = uuid5(NAMESPACE_URL, "indelible:money")


def movement_id(key: str) -> str:
    """Return the id of the movement with a key."""
    return _id_of("movement", key)


def charge_id(item: str) -> str:
    """Return the id of the charge of an item."""
    return _id_of("charge", item)


def refund_id(charge: str, number: int) -> str:
    """Return the id of a charge's refund by its number, from 1."""
    return _id_of("refund", charge, str(number))


def transfer_id(settlement_id: str, party: str) -> str:
    """Return the id of the transfer to a party of a settlement."""
    return _id_of("transfer", settlement_id, party)


def reissue_id(owed_movement_id: str, owed_number: int) -> str:
    """Return the id of the transfer that pays the line of a reversed payout again."""
    return _id_of("reissue", owed_movement_id, str(owed_number))


def _id_of(*names: str) -> str:
    return str(uuid5(NAMESPACE, ":".join(names)))
