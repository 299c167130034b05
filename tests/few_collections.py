"""Imported first by a process of a test: look for garbage rarely, and not at its end.

The processes of the product do the same, see `indelible_service.__main__`.
"""

import atexit
import gc

GC_THRESHOLDS = (50_000, 20, 100)

gc.set_threshold(*GC_THRESHOLDS)
atexit.register(gc.freeze)
