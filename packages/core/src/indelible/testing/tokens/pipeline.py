"""Requirements on the repositories of jobs, uploads, reveals and system states."""

from decimal import Decimal

from indelible import tokens
from indelible.testing.captures.scenarios import code
from indelible.testing.stores import AnyStore
from indelible.testing.suite import Suite
from indelible.testing.tokens.integrity import make_job, make_reveal, make_upload
from indelible.testing.tokens.lifecycle import FAULT
from indelible.testing.tokens.scenarios import (
    add_tokens,
    chain_hash,
    make_token,
    upper,
    with_repositories,
)
from indelible.tokens import RecordType, RevealStatus


class PipelineConformance(Suite):
    """Requirements on jobs, uploads, reveals and system states."""

    def test_jobs_of_a_token_come_newest_first(self, store: AnyStore) -> None:
        add_tokens(store, 1)

        def add(job_id: str) -> tokens.ImageGenerationJob:
            job = make_job(id=job_id)
            return with_repositories(store, lambda r: r.image_jobs.add(job))

        first = add("job-1")
        second = add("job-2")
        changed = first.transition("start", external_job_id="x", error_data=FAULT)
        started = with_repositories(store, lambda r: r.image_jobs.save(changed))

        jobs = with_repositories(store, lambda r: r.image_jobs.get_by_token("token-1"))
        assert jobs == [second, started]
        latest = with_repositories(store, lambda r: r.image_jobs.get_latest_by_token("token-1"))
        assert latest == second
        assert with_repositories(store, lambda r: r.image_jobs.get_by_id("job-1")) == started

    def test_uploads_of_a_token_come_newest_first_and_by_type(self, store: AnyStore) -> None:
        add_tokens(store, 1)

        def add(upload_id: str, record_type: RecordType) -> tokens.IPFSUploadRecord:
            upload = make_upload(id=upload_id, record_type=record_type)
            return with_repositories(store, lambda r: r.ipfs_records.add(upload))

        image = add("upload-1", RecordType.IMAGE)
        metadata = add("upload-2", RecordType.METADATA)

        uploads = with_repositories(store, lambda r: r.ipfs_records.get_by_token("token-1"))
        assert uploads == [metadata, image]
        images = with_repositories(
            store, lambda r: r.ipfs_records.get_by_token("token-1", RecordType.IMAGE)
        )
        assert images == [image]
        changed = image.transition("start", error_data=FAULT)
        started = with_repositories(store, lambda r: r.ipfs_records.save(changed))
        assert with_repositories(store, lambda r: r.ipfs_records.get_by_id("upload-1")) == started

    def test_reveals_are_found_by_hash_and_pending_ones_are_those_that_were_sent(
        self, store: AnyStore
    ) -> None:
        add_tokens(store, 2)

        def add(reveal_id: str) -> tokens.RevealTransaction:
            reveal = make_reveal("token-1", "token-2", id=reveal_id)
            return with_repositories(store, lambda r: r.reveal_txs.add(reveal))

        first = add("reveal-1")
        second = add("reveal-2")
        changed = first.transition("send", tx_hash=upper(chain_hash(1)), gas_price_wei=2**62)
        sent = with_repositories(store, lambda r: r.reveal_txs.save(changed))

        assert (sent.tx_hash, sent.token_ids) == (chain_hash(1), ("token-1", "token-2"))
        assert with_repositories(store, lambda r: r.reveal_txs.get_pending()) == [sent]
        by_hash = with_repositories(store, lambda r: r.reveal_txs.get_by_tx_hash(chain_hash(1)))
        assert by_hash == sent
        pending = with_repositories(
            store, lambda r: r.reveal_txs.get_by_status(RevealStatus.PENDING)
        )
        assert pending == [second]
        assert with_repositories(store, lambda r: r.reveal_txs.get_by_id("reveal-2")) == second

    def test_a_value_is_kept_under_a_key_whatever_it_was(self, store: AnyStore) -> None:
        def set_state(key: str, value: object) -> object:
            with_repositories(store, lambda r: r.system_state.set_state(key, value))
            return with_repositories(store, lambda r: r.system_state.get_state(key))

        values = [7, "text", [1, [2]], {"b": {"a": None}}, True, 2**80, ""]
        for value in values:
            assert set_state("a", value) == value
        assert set_state("b", (1, {2: "x"})) == [1, {"2": "x"}]
        keys = with_repositories(store, lambda r: r.system_state.list_all_keys())
        assert keys == ["a", "b"]

    def test_a_deleted_value_is_gone_until_it_is_set_again(self, store: AnyStore) -> None:
        def delete() -> bool:
            return with_repositories(store, lambda r: r.system_state.delete_state("a"))

        with_repositories(store, lambda r: r.system_state.set_state("a", 7))
        assert delete()
        assert not delete()
        assert with_repositories(store, lambda r: r.system_state.get_state("a")) is None
        assert with_repositories(store, lambda r: r.system_state.list_all_keys()) == []

        with_repositories(store, lambda r: r.system_state.set_state("a", 1))
        assert with_repositories(store, lambda r: r.system_state.get_state("a")) == 1

    def test_what_json_has_not_is_refused_with_a_code(self, store: AnyStore) -> None:
        def refused(value: object) -> str:
            return code(
                lambda: with_repositories(store, lambda r: r.system_state.set_state("a", value))
            )

        not_json: tuple[object, ...] = (float("nan"), {"a": [Decimal("inf")]}, {1, 2}, b"bytes")
        for value in not_json:
            assert refused(value) == "WRONG_USE"
        unstorable: tuple[object, ...] = ("\x00", ["\ud800"], {"\x00": 1})
        for value in unstorable:
            assert refused(value) == "TEXT_UNSTORABLE"
        assert code(lambda: make_token(1).mark_failed({"tries": {0.5}})) == "WRONG_USE"
        assert with_repositories(store, lambda r: r.system_state.get_state("a")) is None
