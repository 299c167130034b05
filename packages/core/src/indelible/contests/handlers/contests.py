"""The handlers of publication, configuration and forced locks."""

from indelible.contests.commands.contests import ConfigureContest, ForceLock, PublishContest
from indelible.contests.commands.results import ContestSaved
from indelible.contests.entities.contests import Contest
from indelible.contests.entities.feeds import ProviderFeed
from indelible.contests.entities.logs import ContestLog
from indelible.contests.entities.values import ReasonCode
from indelible.contests.errors import FeedNotFound
from indelible.contests.handlers.saving import (
    contest_saved,
    evidence_of,
    save,
    save_contest,
    terms_of,
)
from indelible.contests.repositories.reads import configuration_of
from indelible.contests.repositories.transactions import ContestsWrite
from indelible.contests.rules.changes import check_fixed_keys, check_places, with_lock_time
from indelible.contests.rules.configuration.parsing import parse_configuration
from indelible.contests.rules.configuration.values import Configuration
from indelible.contests.rules.tasks import (
    FETCH_TOURNAMENT_STAGE,
    LOCK_CONTEST_STAGE,
    START_CONTEST_STAGE,
)
from indelible.kernel import Head


def publish_contest(tx: ContestsWrite, command: PublishContest) -> ContestSaved:
    """Create a contest with its configuration, its log, its tournament's feed and its tasks.

    Raises:
        ConfigurationInvalid: The configuration has faults.
    """
    now = tx.clock.now()
    configuration = parse_configuration(command.configuration, created_at=now)
    contest = Contest.published(
        tx.ids.new(),
        organizer_id=command.organizer_id,
        contest_name=command.contest_name,
        terms=terms_of(configuration),
        now=now,
    )
    record = contest.new_configuration(configuration.configuration_document)
    evidence = evidence_of(
        ReasonCode.CONTEST_PUBLISHED, now, configuration_digest=configuration.digest
    )
    head = save_contest(tx, None, contest, "publish", evidence, (record,))
    save(tx, tx.contests.logs, None, ContestLog.opened(contest), "open")
    _open_feed(tx, contest.provider_event_id)
    tx.tasks.enqueue(LOCK_CONTEST_STAGE, {contest.id: contest.lock_time})
    tx.tasks.enqueue(FETCH_TOURNAMENT_STAGE, {contest.provider_event_id: now})
    return contest_saved(head)


def configure_contest(tx: ContestsWrite, command: ConfigureContest) -> ContestSaved:
    """Store another version of the configuration, and move the lock's task.

    Raises:
        ConfigImmutable: The contest is not SCHEDULED.
        ConfigurationInvalid: The configuration has faults.
        FeeFixed: The contest has entries, and the fee, currency, kind of payouts or size of rosters
            differs.
        PlacesTaken: An entry has a higher place than the configuration allows.
        FieldFixed: The configuration is for another tournament.
    """
    present = tx.contests.contests.get(command.contest_id).entity
    present.require_organizer(command.organizer_id or present.organizer_id)
    now = tx.clock.now()
    present.require_configurable(now)
    configuration = parse_configuration(command.configuration, created_at=now)
    # The task is locked before the contest.
    tx.tasks.reschedule(LOCK_CONTEST_STAGE, present.id, due_at=configuration.lock_time)

    head = tx.contests.contests.load(present.id, expected_seq=command.expected_seq)
    # The lock time may have come while this transaction waited for the contest.
    now = tx.clock.now()
    contest = head.entity.require_configurable(now)
    _check_entries(tx, contest, configuration)
    configured = contest.configured(terms_of(configuration), now=now)
    record = configured.new_configuration(configuration.configuration_document)
    evidence = evidence_of(
        ReasonCode.CONFIGURATION_CHANGED, now, configuration_digest=configuration.digest
    )
    return contest_saved(save_contest(tx, head, configured, "configure", evidence, (record,)))


def force_lock(tx: ContestsWrite, command: ForceLock) -> ContestSaved:
    """Lock a contest now: the lock time of its new configuration is the instant of the lock.

    A lock time that has passed already stays.
    """
    present = tx.contests.contests.get(command.contest_id).entity
    tx.tasks.enqueue(START_CONTEST_STAGE, {present.id: present.start_time})
    head = tx.contests.contests.load(command.contest_id, expected_seq=command.expected_seq)
    contest = head.entity.require_transition("force_lock")
    now = tx.clock.now()
    lock_time = contest.force_lock_time(now)
    configuration = with_lock_time(configuration_of(tx, contest), lock_time)
    locked = contest.force_locked(terms_of(configuration), now=now)
    record = locked.new_configuration(configuration.configuration_document)
    evidence = evidence_of(
        ReasonCode.ADMIN_FORCE_LOCK, now, configuration_digest=configuration.digest
    )
    return contest_saved(save_contest(tx, head, locked, "force_lock", evidence, (record,)))


def _check_entries(tx: ContestsWrite, contest: Contest, configuration: Configuration) -> None:
    """Refuse a configuration that the contest's entries do not allow."""
    entries = tx.contests.entries.joins
    if entries.has_any(contest.id):
        check_fixed_keys(contest.id, configuration_of(tx, contest), configuration)
    check_places(contest.id, configuration, entries.highest_place_number(contest.id))


def _open_feed(tx: ContestsWrite, provider_event_id: str) -> None:
    """Open the feed of a tournament unless it exists; a stopped one is polled again."""
    try:
        head = tx.contests.feeds.get(provider_event_id)
    except FeedNotFound:
        feed = ProviderFeed.opened(provider_event_id, now=tx.clock.now())
        save(tx, tx.contests.feeds, None, feed, "open")
        return

    if not head.entity.is_polling:
        poll(tx, tx.contests.feeds.lock(provider_event_id))


def poll(tx: ContestsWrite, head: Head[ProviderFeed]) -> Head[ProviderFeed]:
    """Fetch a stopped tournament again; a polled one stays as it is."""
    if head.entity.is_polling:
        return head

    feed = head.entity.polling(now=tx.clock.now())
    return save(tx, tx.contests.feeds, head, feed, "poll")
