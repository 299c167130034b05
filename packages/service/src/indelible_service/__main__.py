"""Run the `indelible` command: the script of the installation, and `python -m indelible_service`.

Importing an application creates some 200,000 objects, and none of them is garbage. With Python's
own thresholds a tenth of a start was spent looking for garbage among them, so they are raised
before anything else is imported. A process that multiprocessing spawns imports this module too.
"""

import gc

GC_THRESHOLDS = (50_000, 20, 100)
gc.set_threshold(*GC_THRESHOLDS)

from indelible_service.cli import main  # noqa: E402 - imported with the thresholds above

__all__ = ("main",)

if __name__ == "__main__":
    main(prog_name="indelible")
