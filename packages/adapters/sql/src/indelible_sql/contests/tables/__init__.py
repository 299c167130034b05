"""The tables of contests: five heads with their records.

The heads are contests, entries, event logs, provider feeds and settlement runs.
"""
