"""PageRenderer on which people decide: actions, appeals and allowances.

In: requests of people who may decide. Out: pages and their JSON. May touch: cases through the desk.
"""
