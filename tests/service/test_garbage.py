"""Test that a process of ours does not look for garbage when it ends."""

import subprocess
import sys

from tests.service.conftest import foreign_variables

# The function that is registered first is called last.
REPORT_AT_EXIT = """
import atexit, gc
atexit.register(lambda: print(gc.get_freeze_count() > 10_000, len(gc.get_objects()) < 10_000))
import indelible_service.__main__
"""


def test_all_objects_are_frozen_before_the_interpreter_ends() -> None:
    output = subprocess.check_output(
        (sys.executable, "-c", REPORT_AT_EXIT), env=foreign_variables(), text=True
    )

    assert output == "True True\n"
