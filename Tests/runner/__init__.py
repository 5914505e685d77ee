"""Runs the tests of all suites side by side; the entry point is ../run."""
