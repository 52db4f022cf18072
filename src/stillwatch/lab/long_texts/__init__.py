"""Texts as long and as varied as people write them, for worlds of many million exchanges.

In: codes drawn for each exchange. Out: prompts in Arrow buffers. May touch: nothing.
"""
