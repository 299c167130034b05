"""Encryption of a backup's files by age: with a public key, so that only the reader has a secret.

https://age-encryption.org describes the format; the command `age` opens the files as well.
"""

from io import BufferedWriter
from pathlib import Path
from typing import Final

import pyrage

from indelible_service.backups.errors import BackupKeyWrong
from indelible_service.files.access import translate_os_errors

SUFFIX: Final = ".age"
COMMENT: Final = "#"


def check_recipient(text: str) -> str:
    """Return the public key. Raises: BackupKeyWrong."""
    _recipient(text)
    return text


def encrypt_folder(folder: Path, recipient: str) -> None:
    """Replace each file of the folder by its encrypted form, with the suffix `.age`."""
    key = _recipient(recipient)
    with translate_os_errors(folder):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                encrypted = path.with_name(path.name + SUFFIX)
                with path.open("rb") as unencrypted, _new_private_file(encrypted) as out:
                    pyrage.encrypt_io(unencrypted, out, [key])
                path.unlink()


def decrypt_file(path: Path, target: Path, identity: Path) -> None:
    """Write the plain form of an encrypted file into a new file of its owner only.

    Raises: BackupKeyWrong, FileUnusable, DiskFull.
    """
    key = _identity(identity)
    with translate_os_errors(target), path.open("rb") as encrypted:
        try:
            with _new_private_file(target) as out:
                pyrage.decrypt_io(encrypted, out, [key])
        except pyrage.DecryptError as error:
            raise BackupKeyWrong(f"{identity} does not open {path.name}: {error}") from error


def _new_private_file(path: Path) -> BufferedWriter:
    path.touch(mode=0o600, exist_ok=False)
    return path.open("wb")


def _recipient(text: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError as error:
        raise BackupKeyWrong(
            "a recipient is a public key of age, which begins with age1"
        ) from error


def _identity(path: Path) -> pyrage.x25519.Identity:
    """Return the secret key in a file, such as `age-keygen` writes."""
    with translate_os_errors(path):
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    keys = [line for line in lines if line and not line.startswith(COMMENT)]
    try:
        (key,) = keys
        return pyrage.x25519.Identity.from_str(key)
    except (ValueError, pyrage.IdentityError) as error:
        problem = f"{path} has not one line with a secret key of age"
        raise BackupKeyWrong(problem) from error
