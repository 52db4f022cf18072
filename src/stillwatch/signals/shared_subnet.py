"""Two accounts sent requests from the same small network (IPv4 /24, IPv6 /48).

Why it is evidence: machines rented together have neighbouring addresses. An operator that avoids sharing one address
often stays within one rented range.

How honest people share it: customers of one hosting provider, campus or carrier. Networks that many accounts use weigh
little.

How it is dodged: residential proxies use addresses in many networks.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import Example, Signal

SIGNAL = Signal(
    family=Family.INFRASTRUCTURE,
    # IPv6 text can omit groups of zeros. A hashed address has the form h:<network>.<address>, so removing the text
    # after the last dot gives its network, too.
    select=r"""
        SELECT account_id, value, COUNT(*) AS n, MIN("at") AS first_at, MAX("at") AS last_at
        FROM (
            SELECT account_id, "at",
                CASE WHEN client_ip LIKE '%.%' THEN REGEXP_REPLACE(client_ip, '[.][0-9a-f]+$', '')
                     ELSE COALESCE(NULLIF(SPLIT_PART(head, ':', 1), ''), '0') || ':'
                          || COALESCE(NULLIF(SPLIT_PART(head, ':', 2), ''), '0') || ':'
                          || COALESCE(NULLIF(SPLIT_PART(head, ':', 3), ''), '0') END AS value
            FROM (
                SELECT account_id, "at", client_ip, SPLIT_PART(client_ip, '::', 1) AS head
                FROM exchanges
                WHERE client_ip IS NOT NULL
            ) AS addresses
        ) AS networks
        GROUP BY account_id, value
    """,
    examples=(
        Example(
            linked=True,
            because="neighbouring addresses",
            exchanges=(
                {"account_id": "a", "client_ip": "198.51.100.7"},
                {"account_id": "b", "client_ip": "198.51.100.211"},
            ),
        ),
        Example(
            linked=True,
            because="one IPv6 site",
            exchanges=(
                {"account_id": "a", "client_ip": "2001:db8:7:1::5"},
                {"account_id": "b", "client_ip": "2001:db8:7:9::5"},
            ),
        ),
        Example(
            linked=False,
            because="different networks",
            exchanges=(
                {"account_id": "a", "client_ip": "198.51.100.7"},
                {"account_id": "b", "client_ip": "203.0.113.7"},
            ),
        ),
    ),
    needs=("client_ip",),
)
