"""Adapters to the tools that people already use: one module each, none imported before it is asked for.

All of them clean as ``Cleaner.clean`` does, to the same bytes.  ``portable`` is what they have in
common, ``table`` (pyarrow) is the contract of the engines that work by tables.
"""
