"""Gives every exchange of a world its text: from a grammar, or from a folder of real parts.

In: text codes (64-bit integers, one per exchange). Out: prompts as Arrow strings. May touch: the topic file of the
package, read only.
"""
