"""The progress of a long operation."""

from attrs import define


@define
class Progress:
    """The number of units that an operation has done, and of all; 0 while that is unknown.

    The operation counts, and any other thread may read. Both numbers are estimates: an operation
    may read a row twice, and rows are added while it runs.
    """

    unit: str = "rows"
    total: int = 0
    done: int = 0
