"""PageRenderer about cases: the queue, one case with its members and evidence, scans and saved views.

In: requests of people who may view. Out: pages and their JSON. May touch: cases through the desk.
"""
