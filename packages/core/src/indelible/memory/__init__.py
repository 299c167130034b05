"""The reference store: it keeps what it is given and decides nothing."""

from indelible.memory.store import MemoryReading, MemoryStore, MemoryTransaction

__all__ = ["MemoryReading", "MemoryStore", "MemoryTransaction"]
