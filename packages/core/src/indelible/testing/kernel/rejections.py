"""Requirements on rejections: records of commands that were refused or changed nothing."""

from datetime import datetime, timedelta
from typing import ClassVar, Final, NoReturn

from attrs import evolve, field, frozen

from indelible.app import WriteTx
from indelible.kernel import (
    Idempotency,
    IndelibleError,
    Invalid,
    OutcomeUnknown,
    StoreBusy,
    UsageError,
    digest,
)
from indelible.kernel.rejections import (
    MAX_MESSAGE_CHARACTERS,
    NO_EFFECT,
    NO_EFFECT_MESSAGE,
    Rejection,
    list_rejections,
    record_rejection,
    run_recorded,
)
from indelible.kernel.silence import Subject, SubjectKind
from indelible.kernel.stages import PauseStage, StageControl, pause_stage
from indelible.kernel.task_commands import AdvanceTasks, advance_tasks
from indelible.kernel.values import InvalidDigest
from indelible.testing.stores import BEGINNING, MAYA, NOOR, AnyStore, refusal, within
from indelible.testing.suite import Suite

REASON: Final = "a wrong score"
ADVANCE: Final = AdvanceTasks(stage="upload")
ONE_DAY: Final = timedelta(days=1)


@frozen
class Refused(Invalid):
    """The error of the refused command of these tests."""

    code: ClassVar[str] = "REFUSED_IN_A_TEST"
    message: ClassVar[str] = "The command is refused: {problem}."
    problem: str


@frozen(kw_only=True)
class RefuseCommand:
    """A command that stores something and is then refused with an error."""

    command_name: ClassVar[str] = "refuse_command"

    problem: str = "a test"
    error: IndelibleError | None = field(default=None, eq=False)


def refuse_command(tx: WriteTx, command: RefuseCommand) -> NoReturn:
    """Pause a stage, and refuse the command."""
    pause_stage(tx, PauseStage(stage="upload"))
    raise command.error or Refused(command.problem)


def attempt(store: AnyStore, command: RefuseCommand, *, reason: str = REASON) -> object:
    """Run a command that is refused, and return its error."""
    return refusal(
        lambda: run_recorded(
            store, refuse_command, command, actor=NOOR, reason=reason, request_id="request-7"
        )
    )


def listed(
    store: AnyStore, *, command: str | None = None, before: str = "", limit: int = 50
) -> tuple[Rejection, ...]:
    """Return a page of the rejections."""
    return store.read(list_rejections, command=command, before=before, limit=limit)


def add(store: AnyStore, *rejections: Rejection) -> None:
    """Store rejections in one transaction."""

    def write(tx: WriteTx) -> None:
        for rejection in rejections:
            tx.rejections.add(rejection)

    within(store, write)


def rejection_of(rejection_id: str, command: str = "cancel_contest") -> Rejection:
    """Return a rejection with an id of its own, at the time of all others."""
    unhashed = Rejection(
        id=rejection_id,
        command=command,
        code="CONFIG_IMMUTABLE",
        message="The configuration cannot be changed.",
        actor=MAYA,
        reason=REASON,
        command_digest="a" * 64,
        at=BEGINNING,
    )
    return evolve(unhashed, hash=unhashed.record_digest())


class RejectionsConformance(Suite):
    """Subclass it with a fixture `store`: an empty store with a TickingClock."""

    def test_a_refused_command_is_stored_in_its_own_transaction(self, store: AnyStore) -> None:
        assert isinstance(attempt(store, RefuseCommand()), Refused)

        (rejection,) = listed(store)
        assert (rejection.command, rejection.code) == ("refuse_command", "REFUSED_IN_A_TEST")
        assert rejection.message == "The command is refused: a test."
        assert (rejection.actor, rejection.reason, rejection.request_id) == (
            NOOR,
            REASON,
            "request-7",
        )
        assert rejection.hash == rejection.record_digest()
        assert store.feed().changes == ()

    def test_a_rejection_has_the_digest_of_its_command(self, store: AnyStore) -> None:
        attempt(store, RefuseCommand(problem="first"))
        attempt(store, RefuseCommand(problem="second"))

        commands = (RefuseCommand(problem="second"), RefuseCommand(problem="first"))
        digests = tuple(rejection.command_digest for rejection in listed(store))
        assert digests == tuple(digest(command) for command in commands)

    def test_a_command_that_succeeds_stores_no_rejection(self, store: AnyStore) -> None:
        run_recorded(store, pause_stage, PauseStage(stage="upload"), actor=MAYA, reason=REASON)

        assert listed(store) == ()
        assert len(store.feed().changes) == 1

    def test_a_command_that_changes_nothing_is_recorded_with_its_transaction(
        self, store: AnyStore
    ) -> None:
        for _ in range(2):
            assert run_recorded(store, advance_tasks, ADVANCE, actor=NOOR, reason=REASON) == 0

        assert [one.code for one in listed(store)] == [NO_EFFECT, NO_EFFECT]
        (record, _) = listed(store)
        assert (record.command, record.message) == ("advance_tasks", NO_EFFECT_MESSAGE)
        assert (record.actor, record.reason) == (NOOR, REASON)
        assert record.command_digest == digest(ADVANCE)
        assert record.hash == record.record_digest()
        assert store.feed().changes == ()

    def test_a_replay_of_a_command_that_changed_nothing_adds_no_record(
        self, store: AnyStore
    ) -> None:
        once = Idempotency("key-1", int)
        for _ in range(2):
            run_recorded(store, advance_tasks, ADVANCE, actor=NOOR, reason=REASON, idempotency=once)

        assert len(listed(store)) == 1

    def test_a_command_whose_changes_follow_later_is_not_recorded(self, store: AnyStore) -> None:
        run_recorded(store, advance_tasks, ADVANCE, actor=NOOR, reason=REASON, has_later_steps=True)

        assert listed(store) == ()

    def test_a_transaction_knows_that_it_has_changed_a_task(self, store: AnyStore) -> None:
        def enqueue(tx: WriteTx, due_at: datetime) -> bool:
            assert not tx.has_written
            tx.tasks.enqueue("letters", {"letter-1": due_at})
            return tx.has_written

        def cancel(tx: WriteTx) -> bool:
            tx.tasks.cancel("letters", "letter-1")
            return tx.has_written

        def requeue(tx: WriteTx) -> bool:
            assert tx.tasks.requeue_dead("letters", error_class=None, limit=10) == 0
            assert not tx.has_written
            tx.tasks.requeue("letters", "letter-1")
            return tx.has_written

        assert within(store, lambda tx: enqueue(tx, BEGINNING))
        assert not within(store, lambda tx: enqueue(tx, BEGINNING + ONE_DAY))
        assert within(store, cancel)
        assert within(store, requeue)

    def test_a_transaction_knows_that_it_has_changed_a_subject(self, store: AnyStore) -> None:
        subject = Subject(
            kind=SubjectKind.RECURRING,
            stage="letters",
            entity_id="nightly",
            longest_silence_seconds=60,
        )

        def declare(tx: WriteTx) -> bool:
            tx.subjects.declare((subject,))
            return tx.has_written

        assert within(store, declare)

    def test_a_command_of_an_idempotency_key_is_recorded_with_each_refusal(
        self, store: AnyStore
    ) -> None:
        once = Idempotency("key-1", StageControl)
        attempts = ("first", "second")
        for _ in attempts:
            refusal(
                lambda: run_recorded(
                    store,
                    refuse_command,
                    RefuseCommand(),
                    actor=NOOR,
                    reason=REASON,
                    idempotency=once,
                )
            )

        assert len(listed(store)) == len(attempts)

    def test_an_error_that_does_not_refuse_the_command_is_not_recorded(
        self, store: AnyStore
    ) -> None:
        for error in (StoreBusy(8), OutcomeUnknown(), UsageError("a test")):
            assert type(attempt(store, RefuseCommand(error=error))) is type(error)

        assert listed(store) == ()

    def test_the_error_is_raised_although_its_record_cannot_be_stored(
        self, store: AnyStore
    ) -> None:
        blank = attempt(store, RefuseCommand(), reason=" ")

        assert isinstance(blank, IndelibleError)
        assert blank.code == "TEXT_BLANK"
        assert listed(store) == ()

    def test_a_message_is_stored_without_secrets_and_shortened(self, store: AnyStore) -> None:
        attempt(store, RefuseCommand(problem="password=hunter2\x00\nnext" + "a" * 3_000))

        (rejection,) = listed(store)
        assert "hunter2" not in rejection.message
        assert rejection.message.startswith("The command is refused: password=***")
        assert rejection.message.isprintable()
        assert len(rejection.message) <= MAX_MESSAGE_CHARACTERS

    def test_rejections_are_listed_newest_first_a_page_at_a_time(self, store: AnyStore) -> None:
        for number in range(5):
            attempt(store, RefuseCommand(problem=str(number)))

        rejections = listed(store)
        times = [rejection.at for rejection in rejections]
        assert times == sorted(times, reverse=True)
        first = listed(store, limit=2)
        second = listed(store, before=first[-1].id, limit=2)
        third = listed(store, before=second[-1].id, limit=2)
        assert (*first, *second, *third) == rejections
        assert listed(store, before=third[-1].id) == ()

    def test_rejections_of_one_time_are_listed_in_the_order_of_their_ids(
        self, store: AnyStore
    ) -> None:
        add(store, rejection_of("b"), rejection_of("c"), rejection_of("a"))

        assert [rejection.id for rejection in listed(store)] == ["c", "b", "a"]
        assert [rejection.id for rejection in listed(store, before="c")] == ["b", "a"]

    def test_rejections_are_listed_of_one_command(self, store: AnyStore) -> None:
        add(store, rejection_of("a"), rejection_of("b", "other"), rejection_of("c"))

        of_command = listed(store, command="cancel_contest")
        assert [rejection.id for rejection in of_command] == ["c", "a"]
        rest = listed(store, command="cancel_contest", before="c")
        assert [rejection.id for rejection in rest] == ["a"]
        assert listed(store, command="unknown") == ()

    def test_an_unknown_rejection_has_no_next_page(self, store: AnyStore) -> None:
        add(store, rejection_of("a"))

        assert listed(store, before="unknown") == ()

    def test_the_refusal_of_a_command_that_never_ran_is_recorded(self, store: AnyStore) -> None:
        error = InvalidDigest("hash")
        record_rejection(store, RefuseCommand(), error, actor=NOOR, reason=REASON)

        (rejection,) = listed(store)
        assert (rejection.code, rejection.request_id) == ("INVALID_DIGEST", None)
