"""PageRenderer about access: sign-in, one's own account, users, webhooks and the audit log.

In: requests of people who sign in or administer. Out: pages and their JSON. May touch: users and receivers through the
desk.
"""
