"""Pages about access: sign-in, your own account, users, webhooks and the audit log.

Input: requests of users who sign in or administer. Output: pages and JSON. May touch: users and receivers through the
desk.
"""
