"""Composes prompts that are as long and as varied as real ones, for worlds of many million exchanges.

In: text codes (64-bit integers, one per exchange). Out: prompts in Arrow buffers. May touch: nothing.
"""
