"""The base class of the conformance suites."""

from indelible.kernel.errors import UsageError


class Suite:
    """Tests that a subclass runs on its own store.

    Suites are combined by inheritance, where the first of two methods of one name hides the other,
    which then runs on no store.
    """

    def __init_subclass__(cls) -> None:
        """Refuse a test that two classes define.

        Raises:
            UsageError: Two classes of the subclass's MRO define a test of one name.
        """
        super().__init_subclass__()
        owners: dict[str, str] = {}
        for base in cls.__mro__:
            for name in vars(base):
                if not name.startswith("test_"):
                    continue
                if name in owners:
                    raise UsageError(
                        f"{cls.__name__} has two tests named {name}: of {owners[name]} and "
                        f"of {base.__name__}; only the first would run"
                    )
                owners[name] = base.__name__
