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
COMPACT_BYTES: Final = 64
FULL_BYTES: Final = 65
MAX_BYTES: Final = 16_384

# In ERC-1271 these four bytes are both the selector of the call and the value of a valid answer.
IS_VALID_SIGNATURE: Final = bytes.fromhex("1626ba7e")


def parse_signature(signature: str) -> bytes:
    """Return the bytes of a signature. Raises SignatureMalformed."""
    if not SIGNATURE.fullmatch(signature):
        raise SignatureMalformed

    octets = bytes.fromhex(signature[2:])
    if not COMPACT_BYTES <= len(octets) <= MAX_BYTES:
        raise SignatureMalformed
    return octets


def recover_signer(message: SignableMessage, signature: bytes) -> str | None:
    """Return the wallet whose key made this signature, in lower case.

    Return None when no key can have made it.
    """
    r = signature[:32]
    s = signature[32:64]
    if len(signature) == COMPACT_BYTES:
        # EIP-2098: the highest bit of s is the parity.
        v = 27 + (s[0] >> 7)
        s = bytes([s[0] & 0x7F, *s[1:]])
    else:
        v = signature[64]

    try:
        wallet = Account.recover_message(message, vrs=(v, int.from_bytes(r), int.from_bytes(s)))
    except (ValueError, BadSignature, ValidationError):
        return None
    return str(wallet).lower()


def encode_contract_call(message: SignableMessage, signature: bytes) -> bytes:
    """Return the ERC-1271 call that asks a contract wallet whether it made this signature."""
    digest = keccak(b"\x19" + b"".join(message))
    return IS_VALID_SIGNATURE + encode(["bytes32", "bytes"], [digest, signature])
