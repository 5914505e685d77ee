"""Parts of the demo supervisor; the entry point is ../stack.py."""
