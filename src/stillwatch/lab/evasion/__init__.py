"""The price of evasion: a simulated operator learns one bit per round and changes its campaign.

In: a specification and a detector that says flagged or not. Out: what each round cost. May touch: a work folder.
"""
