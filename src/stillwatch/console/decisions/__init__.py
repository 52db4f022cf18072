"""Pages about decisions: actions, appeals and allowances.

Input: requests of users with the permission to decide. Output: pages and JSON. May touch: cases through the desk.
"""
