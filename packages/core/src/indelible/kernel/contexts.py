"""Contexts: what a host does with an aggregate of its own, in any store.

    tickets = Context(Ticket, filters=("status", "assignee"), search=("title",))

    ticket = store.run(tickets.execute, Ticket.open(title="Fire"), actor=maya, reason="call")
    waiting = store.read(tickets.list, status=Status.OPEN)

Each method is a handler, which a store runs, or a query, which it reads. A handler or a query of
the host's own calls them with its transaction.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, Final, Generic, TypeVar, cast

from attrs import Factory, field, fields_dict, frozen

from indelible.kernel.actions import At, Command
from indelible.kernel.aggregates import Aggregate, change_for
from indelible.kernel.appends import AppendedRecord, StoredRecord, appended_types
from indelible.kernel.births import Birth
from indelible.kernel.choices import allowed_actions
from indelible.kernel.context_checks import (
    MAX_HEADS,
    MAX_NUMBER,
    check_command,
    check_instant,
    check_integer,
    check_number,
    check_page,
    check_text,
    comparison_of,
    default_name,
    filter_of,
    is_storable,
    name_faults,
)
from indelible.kernel.declared_finders import Lookup, check_lookup
from indelible.kernel.errors import UsageError
from indelible.kernel.execution import chosen, execute, perform, perform_birth
from indelible.kernel.history import Change, Head, Update
from indelible.kernel.idempotency import Idempotency
from indelible.kernel.numbered_versions import (
    CHANGES_READ,
    FIRST,
    VersionEntry,
    all_changes,
    first_changes,
)
from indelible.kernel.past import entity_after
from indelible.kernel.questions import Comparison, listed
from indelible.kernel.repository import Repository
from indelible.kernel.transaction import ReadTransaction, Transaction, single_statement
from indelible.kernel.transaction_rules import NO_RULES, Rules, obey, rule_faults
from indelible.kernel.values import value_text

E = TypeVar("E", bound=Aggregate)
R = TypeVar("R", bound=AppendedRecord)

MAX_COMMANDS: Final = 10_000  # of one `execute_many`
MAX_SEARCH_CHARACTERS: Final = 200


@frozen(eq=False)
class Context(Generic[E]):
    """An aggregate of a host with all that can be done with it.

    `name` is the name of its table; by default a plural, such as `studies` of a `Study`. `filters`
    are the fields that `list` compares, and `search_fields` the texts that `search` looks into.
    Each of the `rules` refuses an action for what another aggregate, or a table of the host, has.

    Raises:
        UsageError: A name is wrong; all faults are named at once.
    """

    aggregate: type[E]
    name: str = field(default=Factory(default_name, takes_self=True), kw_only=True)
    filters: tuple[str, ...] = field(default=(), kw_only=True)
    search_fields: tuple[str, ...] = field(default=(), kw_only=True, alias="search")
    rules: Rules[E] = field(default=NO_RULES, kw_only=True, repr=False)

    def __attrs_post_init__(self) -> None:
        """Check the names against the fields of the aggregate."""
        faults = [
            *name_faults(self.aggregate, self.name, self.filters, self.search_fields),
            *rule_faults(self.aggregate, self.rules),
        ]
        if faults:
            lines = "\n".join(faults)
            raise UsageError(f"the context of {self.aggregate.__name__} has faults:\n{lines}")

    # Handlers, for a store's `run`, and queries, for its `read`.

    def execute(self, tx: Transaction, command: Command[E], /) -> Head[E]:
        """Run a command, and return the head: the aggregate as the command has left it.

        Raises:
            InvalidTransition: The state has no such action.
            NotFound: No aggregate has the id.
            Stale: The aggregate has changed since the caller read it.
            IndelibleError: A value, or a rule of the aggregate, refuses the command.
            UsageError: The command is one of another aggregate.
        """
        self._check_commands((command,))
        return execute(tx, self.of(tx), command, rules=self.rules)

    def execute_many(
        self, tx: Transaction, commands: Sequence[Command[E]], /
    ) -> tuple[Head[E], ...]:
        """Run commands on different aggregates, all or none, and return the heads in their order.

        The aggregates are read and locked with one statement, whatever their number.

        Raises:
            NumberOutOfRange: There are more than MAX_COMMANDS.
            UsageError: Two of the commands are on the same aggregate.
            Others: the errors of `execute`.
        """
        self._check_commands(commands)
        check_number("commands", len(commands), minimum=0, maximum=MAX_COMMANDS)
        repository = self.of(tx)
        heads = self._locked(repository, commands)
        now = tx.clock.now()
        births: list[Birth[E]] = []
        updates: list[Update[E]] = []
        result: list[Head[E]] = []
        for command in commands:
            head = None if command.target is None else heads[_id_of(command.target)]
            if head is None:
                taken = command
                entity, bulk = perform_birth(command, now=now, audit=tx, new_id=tx.ids.new)
            else:
                taken = chosen(command, head.entity, tx.actor)
                entity, bulk = perform(taken, head.entity, now=now, audit=tx)
            obey(self.rules, tx, taken.action, entity)
            change = change_for(tx, head, entity, taken.action.name, bulk=bulk)
            if head is None:
                births.append(Birth(change, entity, bulk))
            else:
                updates.append(Update(head, change, entity, bulk))
            result.append(Head(entity=entity, revision=change.revision))

        repository.save_new(births)
        repository.save_all(updates)
        return tuple(result)

    def once(self, key: str) -> Idempotency[Head[E]]:
        """Return what a store's `run` needs to answer a repeated command with the first head."""
        head_type: type[Head[E]] = Head[self.aggregate]  # type: ignore[name-defined] # when it runs
        return Idempotency(key, head_type)

    @single_statement
    def get(self, tx: ReadTransaction, entity_id: str, /) -> Head[E]:
        """Return the head of an id, or raise the aggregate's NotFound error."""
        return self.of(tx).get(self._stored_id(entity_id))

    @single_statement
    def list(
        self, tx: ReadTransaction, /, *, after: str = "", limit: int = 50, **filters: object
    ) -> tuple[Head[E], ...]:
        """Return the next `limit` heads after an id whose fields equal the filters, in order of id.

        A filter that is None finds the heads whose field has no value, and a tuple those whose
        field has one of its values.

        Raises:
            UsageError: One of the filters is not declared, or a tuple has None.
            NumberOutOfRange: The limit is not one of 1 to MAX_HEADS, or a tuple has no value or
                more than MAX_ALTERNATIVES.
            Invalid: A filter has a value that its field cannot have.
        """
        unknown = sorted(set(filters) - set(self.filters))
        if unknown:
            known = ", ".join(self.filters) or "none"
            raise UsageError(f"{self.name} has no filter {', '.join(unknown)}: expected {known}")
        check_page(after, limit)
        attributes = fields_dict(self.aggregate)
        where = [filter_of(attributes[name], value) for name, value in filters.items()]
        return self.of(tx).select(*where, after=after, limit=limit)

    def find(
        self, tx: ReadTransaction, lookup: Lookup[E], /, *, after: str = "", limit: int = 50
    ) -> tuple[Head[E], ...]:
        """Return the next `limit` heads after an id that a finder finds, in order of id.

        An argument that is None finds the heads whose field has no value.

        Raises:
            UsageError: The finder is one of another aggregate.
            NumberOutOfRange: The limit is not one of 1 to MAX_HEADS.
            Invalid: An argument has a value that its field cannot have.
        """
        check_page(after, limit)
        return self.of(tx).select(*self._comparisons(lookup), after=after, limit=limit)

    def find_one(self, tx: ReadTransaction, lookup: Lookup[E], /) -> Head[E]:
        """Return the head that a finder with a unique field finds.

        Raises:
            NotFound: The aggregate's error, with the value of the unique field.
            UsageError: The finder has no unique field, or is one of another aggregate.
            Invalid: An argument has a value that its field cannot have.
        """
        comparisons = self._comparisons(lookup)
        value = lookup.unique_value()
        head = self.of(tx).only(*comparisons)
        if head is None:
            raise self.aggregate.missing_error(str(value))
        return head

    def _comparisons(self, lookup: Lookup[E]) -> Sequence[Comparison]:
        """Return what a lookup compares, or refuse one of another aggregate."""
        check_lookup(lookup)
        if lookup.finder.entity is not self.aggregate:
            raise UsageError(f"{lookup.finder} is no finder of {self.aggregate.__name__}")
        attributes = fields_dict(self.aggregate)
        return [comparison_of(attributes[name], value) for name, value in lookup.values.items()]

    def search(
        self, tx: ReadTransaction, text: str, /, *, after: str = "", limit: int = 50
    ) -> tuple[Head[E], ...]:
        """Return the next `limit` heads after an id that contain a text, in order of id.

        Each of the `search_fields` may contain it. ASCII letters of either case are equal. A search
        reads the whole table.

        Raises:
            UsageError: The context has no `search_fields`.
            NumberOutOfRange: The text is empty or too long, or the limit out of range.
            TextUnstorable: No database can store the text.
        """
        if not self.search_fields:
            raise UsageError(f"{self.name} has no search_fields")
        check_page(after, limit)
        check_text("text", text)
        check_number("text", len(text), minimum=1, maximum=MAX_SEARCH_CHARACTERS)
        return self.of(tx).search(text, self.search_fields, after=after, limit=limit)

    def history(
        self, tx: ReadTransaction, entity_id: str, /, *, after: int = 0, limit: int | None = None
    ) -> tuple[Change, ...]:
        """Return the changes of an id after a seq, oldest first, or raise the NotFound error."""
        name = self.aggregate.lifecycle.name
        changes = tx.history.of(name, self._stored_id(entity_id), after=after, limit=limit)
        if not changes:
            self.get(tx, entity_id)
        return changes

    def as_of(self, tx: ReadTransaction, entity_id: str, at: datetime, /) -> Head[E]:
        """Return the head as it was at a time.

        Raises:
            NotFound: The aggregate's error: it did not exist then.
            InstantOutOfRange: The time has no time zone.
        """
        check_instant(at)
        past = [change for change in self.history(tx, entity_id) if change.at <= at]
        if not past:
            raise self.aggregate.missing_error(entity_id)
        return entity_after(self.aggregate, past[0], past[-1])

    def version(self, tx: ReadTransaction, entity_id: str, number: int, /) -> Head[E]:
        """Return the head as the first change of a version has left it.

        Raises:
            NotFound: No aggregate has the id, or none of its versions the number.
            UsageError: The aggregate has no numbered versions.
        """
        check_integer("number", number)
        first = self.history(tx, entity_id, limit=1)[0]
        entry = None
        if FIRST <= number <= MAX_NUMBER:
            entry = next(self._versions(tx, entity_id, number - 1), None)
        if entry is None:
            raise self.aggregate.missing_version_error(entity_id, number)
        return entity_after(self.aggregate, first, entry.change)

    def versions(
        self, tx: ReadTransaction, entity_id: str, /, *, after: int = 0, limit: int = 50
    ) -> tuple[VersionEntry, ...]:
        """Return the next `limit` versions of an id after a number, in their order.

        Raises:
            NotFound: No aggregate has the id.
            NumberOutOfRange: The limit is not one of 1 to MAX_HEADS, or the number is negative.
            UsageError: The aggregate has no numbered versions.
        """
        check_number("after", after, minimum=0, maximum=MAX_NUMBER)
        check_number("limit", limit, minimum=1, maximum=MAX_HEADS)
        return tuple(islice(self._versions(tx, entity_id, after), limit))

    def _versions(self, tx: ReadTransaction, entity_id: str, after: int) -> Iterator[VersionEntry]:
        """Yield the versions of an id after a number; their changes are read a page at a time."""
        rule = self.aggregate.numbered_versions
        if rule is None:
            raise UsageError(f"{self.aggregate.__name__} numbers no versions: declare `version_of`")
        read = partial(self.history, tx, entity_id, limit=CHANGES_READ)
        # No number is higher than the seq of its change.
        return first_changes(rule, all_changes(read, after), after=after)

    def rows(
        self,
        tx: ReadTransaction,
        record: type[R],
        target: "Head[E] | At | str",
        /,
        *,
        after: tuple[int, int] = (0, 0),
        limit: int = 50,
    ) -> tuple[StoredRecord[R], ...]:
        """Return the next `limit` rows of a record of an aggregate, in order of seq and number.

        `after` is the position of the last row of the page before. A head, or a seq, has no rows
        of later changes.

        Raises:
            UsageError: No action of the aggregate appends the record.
            NumberOutOfRange: The limit is not one of 1 to MAX_HEADS, or the position is none.
            NotFound: The aggregate's error, for an unknown id.
        """
        if record not in appended_types(self.aggregate.bulk_records):
            raise UsageError(f"{self.name} appends no {record.__name__}")
        check_number("limit", limit, minimum=1, maximum=MAX_HEADS)
        for position in after:
            check_number("after", position, minimum=0, maximum=MAX_NUMBER)
        entity_id = self._stored_id(_id_of(target))
        up_to = None if isinstance(target, str) else target.seq
        rows = self.of(tx).appended_rows(record, entity_id, up_to=up_to, after=after, limit=limit)
        if not rows:
            self.get(tx, entity_id)
        return rows

    def allowed_actions(self, head: Head[E], /) -> tuple[str, ...]:
        """Return the names of the actions that the state of a head allows, as they are declared.

        Instead of the actions that a choice takes there is the choice.
        """
        return allowed_actions(self.aggregate, head.revision.state)

    def of(self, tx: object, /) -> Repository[E]:
        """Return the repository of the aggregate in a transaction, for what has no method here.

        Raises:
            UsageError: The store was opened without this context.
        """
        repository = getattr(tx, self.name, None)
        if not isinstance(repository, Repository):
            raise UsageError(
                f"the store knows no context {self.name}: pass it in `contexts` when you open it"
            )
        return cast("Repository[E]", repository)

    def _check_commands(self, commands: Sequence[Command[E]]) -> None:
        """Refuse commands of another aggregate, before anything is read."""
        for command in commands:
            check_command(command)
            command.use()
        for command in commands:
            target = command.target
            if target is not None:
                self._stored_id(_id_of(target))
            if command.action.entity is not self.aggregate:
                raise UsageError(f"{command.action} is no action of {self.aggregate.__name__}")

    def _stored_id(self, entity_id: str) -> str:
        """Return an id that a store can have, or raise the NotFound error."""
        if not is_storable(entity_id):
            raise self.aggregate.missing_error(value_text(entity_id))
        return entity_id

    def _locked(
        self, repository: Repository[E], commands: Sequence[Command[E]]
    ) -> Mapping[str, Head[E]]:
        """Return the heads that the commands change, locked, by their ids."""
        targets = [command.target for command in commands if command.target is not None]
        ids = [_id_of(target) for target in targets]
        if not ids:
            return {}

        heads = {head.id: head for head in repository.select(listed("id", ids), lock=True)}
        seen: set[str] = set()
        for entity_id, target in zip(ids, targets, strict=True):
            if entity_id in seen:
                raise UsageError(f"two of the commands are on {entity_id}: run one after the other")
            seen.add(entity_id)
            if entity_id not in heads:
                raise self.aggregate.missing_error(entity_id)
            if not isinstance(target, str):
                heads[entity_id].expected(target.seq)
        return heads


AnyContext = Context[Any]


def _id_of(target: "Head[E] | At | str") -> str:
    """Return the id of the aggregate that a command changes."""
    return target if isinstance(target, str) else target.id
