"""Requirements on the seven repositories of seed 004."""

from collections.abc import Iterable
from functools import partial

from attrs import evolve, fields

from indelible import tokens
from indelible.app import ReadTx
from indelible.kernel import IndelibleError, Stale
from indelible.testing.captures.scenarios import code
from indelible.testing.stores import BEGINNING, FAR, AnyStore, claim, refusal, within
from indelible.testing.suite import Suite
from indelible.testing.tokens.json_values import JsonValueConformance
from indelible.testing.tokens.lifecycle import FAULT, advance
from indelible.testing.tokens.pipeline import PipelineConformance
from indelible.testing.tokens.scenarios import (
    add_tokens,
    cancel_token_tasks,
    chain_hash,
    make_author,
    make_mint,
    make_token,
    upper,
    wallet,
    with_repositories,
)
from indelible.tokens import Author, MintEvent, Repositories, Token, TokenStatus
from indelible.tokens.rules.tasks import GENERATE_STAGE

NOT_IN_CHANGES = {"id", "status", "created_at", "updated_at"}


def token_ids(listed: Iterable[Token]) -> list[int]:
    """Return the on-chain ids of tokens."""
    return [token.token_id for token in listed]


def add_token(token: Token, repositories: Repositories) -> Token:
    """Add a token and return it."""
    return repositories.tokens.add(token)


class AuthorsConformance(Suite):
    """Requirements on authors."""

    def test_an_author_is_one_whatever_the_capitals_of_their_wallet(self, store: AnyStore) -> None:
        mixed_case = upper(wallet(0xABCDEF))
        author = make_author(wallet_address=mixed_case, twitter_handle="maya")
        added = with_repositories(store, lambda r: r.authors.add(author))
        second = make_author(2, wallet_address=wallet(0xABCDEF))

        assert added.wallet_address == wallet(0xABCDEF)
        assert with_repositories(store, lambda r: r.authors.get_by_wallet(mixed_case)) == added
        assert with_repositories(store, lambda r: r.authors.get_by_id("author-1")) == added
        assert store.read(tokens.get_author, mixed_case) == added
        refused = code(lambda: with_repositories(store, lambda r: r.authors.add(second)))
        assert refused == "AUTHOR_EXISTS"
        assert code(lambda: store.read(tokens.get_author, wallet(9))) == "AUTHOR_NOT_FOUND"

    def test_authors_are_listed_newest_first_and_ranked_by_their_tokens(
        self, store: AnyStore
    ) -> None:
        add_tokens(store, 2)

        def add(number: int) -> Author:
            return with_repositories(store, lambda r: r.authors.add(make_author(number)))

        add(2)
        add(3)
        with_repositories(store, lambda r: r.tokens.add(make_token(7, author_id="author-3")))
        with_repositories(store, lambda r: r.tokens.add(make_token(8, author_id="author-2")))

        newest = with_repositories(store, lambda r: r.authors.list_all(2))
        oldest = with_repositories(store, lambda r: r.authors.list_all(2, 2))
        assert [author.id for author in newest] == ["author-3", "author-2"]
        assert [author.id for author in oldest] == ["author-1"]
        leaders = with_repositories(store, lambda r: r.authors.get_author_leaderboard(2))
        assert leaders == [(wallet(1), 2), (wallet(2), 1)]
        assert store.read(tokens.leaderboard) == ((wallet(1), 2), (wallet(2), 1), (wallet(3), 1))


class TokenRepositoryConformance(Suite):
    """Requirements on tokens."""

    def test_a_token_reads_back_and_its_number_is_taken_once(self, store: AnyStore) -> None:
        add_tokens(store, 1)
        token = make_token(2, minter_address=wallet(5))
        added = with_repositories(store, lambda r: r.tokens.add(token))
        second = make_token(2, id="another")

        assert added.created_at > BEGINNING
        assert added == evolve(token, created_at=added.created_at, updated_at=added.updated_at)
        assert with_repositories(store, lambda r: r.tokens.get_by_id("token-2")) == added
        assert with_repositories(store, lambda r: r.tokens.get_by_token_id(2)) == added
        refused = code(lambda: with_repositories(store, lambda r: r.tokens.add(second)))
        assert refused == "TOKEN_EXISTS"

        filled = added.transition(
            "generate",
            generation_error="slow",
            image_url="https://example.org/2",
            error_data=FAULT,
        )
        saved = with_repositories(store, lambda r: r.tokens.save(filled))
        assert saved == evolve(filled, updated_at=saved.updated_at)
        assert with_repositories(store, lambda r: r.tokens.get_by_id("token-2")) == saved

    def test_a_birth_sets_no_field_of_a_later_step(self, store: AnyStore) -> None:
        add_tokens(store, 1)
        token = make_token(2, image_url="https://example.org/2")

        refused = code(lambda: with_repositories(store, lambda r: r.tokens.add(token)))

        assert refused == "FIELD_NOT_OF_ACTION"

    def test_a_token_with_a_waiting_task_is_never_pending_for_a_caller(
        self, store: AnyStore
    ) -> None:
        add_tokens(store, 1)

        (token,) = with_repositories(store, lambda r: r.tokens.get_by_status(TokenStatus.DETECTED))
        pending = with_repositories(store, lambda r: r.tokens.get_pending_for_generation())
        (lease,) = claim(store, stage=GENERATE_STAGE)
        started = within(store, lambda tx: tokens.start_generation(tx, [lease]))

        assert pending == []
        assert [head.entity.id for head in started if head] == [token.id]

    def test_pending_tokens_come_by_mint_without_those_of_a_stage(self, store: AnyStore) -> None:
        add_tokens(store, 6)
        with_repositories(store, lambda r: advance(r, 3, TokenStatus.UPLOADING))
        with_repositories(store, lambda r: advance(r, 4, TokenStatus.READY))
        claim(store, stage=GENERATE_STAGE)
        cancel_token_tasks(store)
        with_repositories(store, lambda r: r.tokens.add(make_token(7)))

        def pending(repositories: Repositories) -> list[list[int]]:
            return [
                token_ids(repositories.tokens.get_pending_for_generation()),
                token_ids(repositories.tokens.get_pending_for_upload()),
                token_ids(repositories.tokens.get_ready_for_reveal()),
            ]

        assert with_repositories(store, pending) == [[2, 5, 6], [3], [4]]
        none = with_repositories(store, lambda r: r.tokens.get_pending_for_generation(limit=0))
        assert none == []

    def test_tokens_are_found_by_author_and_by_status(self, store: AnyStore) -> None:
        add_tokens(store, 3)
        with_repositories(store, lambda r: advance(r, 2, TokenStatus.GENERATING))

        def detected(limit: int = 100, offset: int = 0) -> list[int]:
            return with_repositories(
                store,
                lambda r: token_ids(r.tokens.get_by_status(TokenStatus.DETECTED, limit, offset)),
            )

        def of_author(limit: int = 100, offset: int = 0) -> list[int]:
            return with_repositories(
                store, lambda r: token_ids(r.tokens.get_by_author("author-1", limit, offset))
            )

        assert (detected(), detected(1, 1)) == ([1, 3], [3])
        assert (of_author(), of_author(1, 1)) == ([1, 2, 3], [2])

    def test_tokens_are_listed_by_number_and_by_author(self, store: AnyStore) -> None:
        add_tokens(store, 3)
        with_repositories(store, lambda r: advance(r, 2, TokenStatus.GENERATING))

        page = store.read(tokens.author_tokens, upper(wallet(1)), offset=1, limit=1)
        assert (token_ids(page.tokens), page.total) == ([2], 3)
        unknown = store.read(tokens.author_tokens, wallet(9))
        assert unknown == tokens.AuthorTokens(tokens=(), total=0)
        assert token_ids(store.read(tokens.list_tokens, after="1", limit=1)) == [2]
        matching = tokens.TokenFilter(status=TokenStatus.DETECTED)
        detected = store.read(tokens.list_tokens, matching=matching, after="1")
        assert token_ids(detected) == [3]

    def test_numbers_that_no_token_has_are_found_in_order(self, store: AnyStore) -> None:
        def missing(max_exclusive: int, limit: int | None = None) -> list[int]:
            return with_repositories(
                store, lambda r: r.tokens.get_missing_token_ids(max_exclusive, limit)
            )

        assert missing(4) == [1, 2, 3]

        with_repositories(store, lambda r: r.authors.add(make_author()))
        for number in (2, 5, 6, 9):
            with_repositories(store, partial(add_token, make_token(number)))

        assert missing(12) == [1, 3, 4, 7, 8, 10, 11]
        assert missing(12, 3) == [1, 3, 4]
        assert missing(7) == [1, 3, 4]
        assert missing(1) == []
        assert missing(12, 0) == []
        assert store.read(tokens.missing_tokens, 4, limit=1) == [1]

    def test_a_stale_token_names_the_seq_that_it_was_read_at(self, store: AnyStore) -> None:
        (token,) = add_tokens(store, 1)
        with_repositories(store, lambda r: advance(r, 1, TokenStatus.UPLOADING))

        def save(changed: Token) -> IndelibleError | None:
            return refusal(lambda: with_repositories(store, lambda r: r.tokens.save(changed)))

        stale = Stale(token.id, expected_seq=1, actual_seq=3)
        assert str(save(token.mark_generating())) == str(stale)
        never_stored = evolve(token.mark_generating(), updated_at=FAR)
        assert str(save(never_stored)) == str(Stale(token.id, expected_seq=0, actual_seq=3))

    def test_a_saved_token_is_one_step_from_the_state_that_it_came_from(
        self, store: AnyStore
    ) -> None:
        (token,) = add_tokens(store, 1)

        def save(changed: Token) -> str:
            return code(lambda: with_repositories(store, lambda r: r.tokens.save(changed)))

        generating = with_repositories(store, lambda r: r.tokens.save(token.mark_generating()))

        assert save(token.mark_generating().mark_uploading("/1.png")) == "STALE"
        assert save(token.mark_failed(FAULT)) == "STALE"
        two_steps = generating.mark_uploading("/1").mark_ready("m", "i")
        assert save(two_steps) == "INVALID_TRANSITION"
        assert save(evolve(token, id="none")) == "TOKEN_NOT_FOUND"
        unchanged = with_repositories(store, lambda r: r.tokens.save(generating))
        assert unchanged == generating
        actions = [change.action for change in store.read(tokens.token_history, 1)]
        assert actions == ["detect", "generate"]

    def test_a_token_goes_all_the_way_and_each_performed_stage_gets_a_task(
        self, store: AnyStore
    ) -> None:
        add_tokens(store, 1)
        revealed = with_repositories(store, lambda r: advance(r, 1, TokenStatus.REVEALED))

        def stages(tx: ReadTx) -> list[str]:
            return [stats.stage for stats in tx.tasks.backlogs(FAR)]

        assert revealed.reveal_tx_hash == chain_hash(7)
        assert (revealed.metadata_cid, revealed.image_cid) == ("metadata", "image")
        assert store.read(stages) == ["generate", "upload"]
        assert code(lambda: revealed.mark_failed(FAULT)) == "INVALID_TRANSITION"

    def test_every_field_of_a_token_is_in_history(self, store: AnyStore) -> None:
        (token,) = add_tokens(store, 1)
        (change,) = store.read(tokens.token_history, 1)

        names = {attribute.name for attribute in fields(type(token))}
        assert change.data.keys() == names - NOT_IN_CHANGES


class MintEventsConformance(Suite):
    """Requirements on mint events."""

    def test_a_mint_is_recorded_once_and_found_by_blocks(self, store: AnyStore) -> None:
        def add(event: MintEvent) -> MintEvent:
            return with_repositories(store, lambda r: r.mint_events.add(event))

        later = add(make_mint(1, block=5))
        earlier = add(make_mint(2, block=3))

        assert code(lambda: add(make_mint(1, block=5, id="another"))) == "MINT_EVENT_EXISTS"
        events = with_repositories(store, lambda r: r.mint_events.get_by_block_range(3, 5))
        assert events == [earlier, later]
        none = with_repositories(store, lambda r: r.mint_events.get_by_block_range(4, 4))
        assert none == []

    def test_an_orphaned_mint_no_longer_exists_but_is_still_stored(self, store: AnyStore) -> None:
        event = with_repositories(store, lambda r: r.mint_events.add(make_mint(1, block=5)))

        def exists(tx_hash: str) -> bool:
            return with_repositories(store, lambda r: r.mint_events.exists(tx_hash, 0))

        assert exists(upper(chain_hash(1)))
        orphaned = with_repositories(store, lambda r: r.mint_events.save(event.orphan()))
        assert not exists(chain_hash(1))
        stored = with_repositories(
            store, lambda r: r.mint_events.find(chain_hash(5), chain_hash(1), 0)
        )
        assert stored == orphaned

    def test_a_mint_stands_in_the_chain_once_whichever_its_block(self, store: AnyStore) -> None:
        event = with_repositories(store, lambda r: r.mint_events.add(make_mint(1, block=5)))
        other = make_mint(1, block=6)

        refused = code(lambda: with_repositories(store, lambda r: r.mint_events.add(other)))
        assert refused == "MINT_EVENT_EXISTS"
        orphaned = with_repositories(store, lambda r: r.mint_events.save(event.orphan()))
        with_repositories(store, lambda r: r.mint_events.add(other))

        restored = orphaned.restore()
        refused = code(lambda: with_repositories(store, lambda r: r.mint_events.save(restored)))
        assert refused == "MINT_EVENT_EXISTS"


class RepositoriesConformance(
    AuthorsConformance,
    TokenRepositoryConformance,
    MintEventsConformance,
    PipelineConformance,
    JsonValueConformance,
):
    """Requirements on all seven repositories."""

    def test_an_unknown_entity_is_none(self, store: AnyStore) -> None:
        def find(r: Repositories) -> list[object]:
            return [
                r.authors.get_by_id("x"),
                r.authors.get_by_wallet(wallet(1)),
                r.tokens.get_by_id("x"),
                r.tokens.get_by_token_id(1),
                r.mint_events.find(chain_hash(1), chain_hash(1), 0),
                r.image_jobs.get_by_id("x"),
                r.image_jobs.get_latest_by_token("x"),
                r.ipfs_records.get_by_id("x"),
                r.reveal_txs.get_by_id("x"),
                r.reveal_txs.get_by_tx_hash(chain_hash(1)),
                r.system_state.get_state("x"),
            ]

        assert set(with_repositories(store, find)) == {None}

    def test_a_list_of_nothing_is_empty(self, store: AnyStore) -> None:
        def find(r: Repositories) -> list[object]:
            return [
                r.authors.list_all(),
                r.authors.get_author_leaderboard(),
                r.tokens.get_by_author("x"),
                r.tokens.get_by_status(TokenStatus.READY),
                r.tokens.get_pending_for_generation(),
                r.tokens.get_pending_for_upload(),
                r.tokens.get_ready_for_reveal(),
                r.tokens.get_missing_token_ids(1),
                r.mint_events.get_by_block_range(0, 9),
                r.image_jobs.get_by_token("x"),
                r.ipfs_records.get_by_token("x"),
                r.reveal_txs.get_pending(),
                r.system_state.list_all_keys(),
            ]

        assert all(result == [] for result in with_repositories(store, find))
        assert with_repositories(store, lambda r: r.mint_events.exists(chain_hash(1), 0)) is False
        assert with_repositories(store, lambda r: r.system_state.delete_state("x")) is False
