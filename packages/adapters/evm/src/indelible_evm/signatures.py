"""Signatures of wallets over a text, as `personal_sign` makes them (EIP-191)."""

import re
from typing import Final

from eth_abi.abi import encode
from eth_account import Account
from eth_account.messages import SignableMessage
from eth_keys.exceptions import BadSignature
from eth_utils.crypto import keccak
from eth_utils.exceptions import ValidationError

from indelible.tokens.errors import SignatureMalformed

SIGNATURE: Final = re.compile("0x(?:[0-9a-f]{2})+", re.IGNORECASE)
COMPACT_BYTES, WHOLE_BYTES, MAX_BYTES = 64, 65, 16_384
IS_VALID_SIGNATURE: Final = bytes.fromhex(
    "1626ba7e"
)  # of ERC-1271: both what is called and what it answers


def octets(signature: str) -> bytes:
    """The signature's bytes; SignatureMalformed."""
    found = bytes.fromhex(signature[2:]) if SIGNATURE.fullmatch(signature) else b""
    if not COMPACT_BYTES <= len(found) <= MAX_BYTES:
        raise SignatureMalformed
    return found


def signer(message: SignableMessage, signature: bytes) -> str | None:
    """Who signed with a key of their own, in lower case; None where nobody can have."""
    r, rest = signature[:32], signature[32:64]
    if len(signature) == COMPACT_BYTES:  # EIP-2098: the parity is the highest bit of s
        v, s = 27 + (rest[0] >> 7), bytes([rest[0] & 0x7F, *rest[1:]])
    else:
        v, s = signature[64], rest
    try:
        return str(
            Account.recover_message(message, vrs=(v, int.from_bytes(r), int.from_bytes(s)))
        ).lower()
    except (ValueError, BadSignature, ValidationError):
        return None


def question(message: SignableMessage, signature: bytes) -> bytes:
    """What a wallet that is a contract is asked."""
    digest = keccak(b"\x19" + b"".join(message))
    return IS_VALID_SIGNATURE + encode(["bytes32", "bytes"], [digest, signature])
