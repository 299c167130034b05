"""The handlers of payouts: planned from settlements, approved, sent, and ended."""
