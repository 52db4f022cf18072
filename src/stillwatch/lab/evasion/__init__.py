"""Measures the price of evasion: a simulated operator learns one bit per round and changes its campaign.

In: a world specification, and a detector that returns flagged or not. Out: what the operator keeps in each round. May
touch: a temporary work folder.
"""
