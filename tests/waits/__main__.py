"""Measure the waits of every command again, and write `measured.json`: `python -m tests.waits`."""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest
from tests.waits.counting import MEASURED, MEASURES, merged, read_ranges, write_ranges

SUITES: Final = "tests/conformance/test_stores.py"
COUNTED: Final = ("TestPostgresql", "TestPostgresqlKernel")


def main() -> int:
    """Run the suites of the stores on PostgreSQL, and return the exit code of pytest."""
    with TemporaryDirectory() as folder:
        os.environ[MEASURES] = folder
        arguments = [f"{SUITES}::{name}" for name in COUNTED]
        exit_code = pytest.main(["-q", "-m", "", *arguments])
        if exit_code == pytest.ExitCode.OK:
            write_ranges(merged(*map(read_ranges, Path(folder).iterdir())), MEASURED)

    return int(exit_code)


if __name__ == "__main__":
    sys.exit(main())
