"""Pages about cases: the queue, one case with its members and evidence, accounts, scans and saved views.

Input: requests of users with the permission to view. Output: pages and JSON. May touch: cases through the desk.
"""
