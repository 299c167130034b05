"""The data directory of an installation, and its secret."""

import hmac
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from indelible.kernel import TimeOrderedIds
from indelible_service.files.access import atomic_file, translate_os_errors
from indelible_service.settings.service import Settings

SECRET_FILE: Final = "secret"  # noqa: S105 - a file name; created where no setting has the secret


def data_directory(settings: Settings) -> Path:
    """Return the data directory, created where it is missing."""
    with translate_os_errors(settings.data_dir):
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)

    return settings.data_dir


def derive_secret(settings: Settings, purpose: str) -> bytes:
    """Return a secret for one purpose; it reveals neither the installation's nor another one."""
    secret = settings.secret or _read_or_create_secret(data_directory(settings) / SECRET_FILE)
    return _derive(secret, purpose)


def derive_other_secret(settings: Settings, purpose: str) -> bytes:
    """Return a secret for one purpose by the other secret of the installation; b'' without one."""
    return _derive(settings.other_secret, purpose) if settings.other_secret else b""


def check_existing_secret(settings: Settings) -> None:
    """Raise FileUnusable where a start could not read the secret of the data directory."""
    path = settings.data_dir / SECRET_FILE
    with translate_os_errors(path):
        if not settings.secret and path.exists():
            path.read_bytes()


def _derive(secret: bytes, purpose: str) -> bytes:
    return hmac.digest(secret, f"indelible {purpose}".encode(), "sha256")


def _read_or_create_secret(path: Path) -> bytes:
    with translate_os_errors(path):
        if not path.exists():
            with atomic_file(path, _link_if_missing) as out:
                out.write(TimeOrderedIds().secret().encode())

        return path.read_bytes()


def _link_if_missing(new: Path, path: Path) -> None:
    with suppress(FileExistsError):  # another process was first: its secret is used
        os.link(new, path)
