"""Texts of a world: made from a grammar, or taken from a folder of real parts.

In: codes drawn for each exchange. Out: prompts and answers. May touch: files of real parts, read only.
"""
