"""Warnings on concepts: their codes, the names that they compare with, and the rules."""
