"""Run the `indelible` command: the script of the installation, and `python -m indelible_service`.

Importing an application creates some 200,000 objects, and none of them is garbage. With Python's
own thresholds a tenth of a start was spent looking for garbage among them, so they are raised
before anything else is imported. When the interpreter ends, it looks for garbage several times,
which took a third of the processor time of a short command, so all objects are frozen before that.
A process that multiprocessing spawns imports this module too.
"""

import atexit
import gc

GC_THRESHOLDS = (50_000, 20, 100)
gc.set_threshold(*GC_THRESHOLDS)
atexit.register(gc.freeze)

from indelible_service.cli import main  # noqa: E402 - imported with the thresholds above

__all__ = ("main",)

if __name__ == "__main__":
    main(prog_name="indelible")
