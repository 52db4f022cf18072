"""Two accounts sent requests from the same network address.

Why it is evidence: traffic of many accounts leaves through few machines; an address outside the usual carriers is
rarely shared by strangers.

How honest people share it: an office, a school, a mobile carrier's translation (many subscribers behind one address),
a commercial VPN.

How it is dodged: residential proxies that give each account its own address, at a price per gigabyte.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import Example, exchange_value

SIGNAL = exchange_value(
    "client_ip",
    Family.INFRASTRUCTURE,
    examples=(
        Example(
            linked=True,
            because="one value in the exchanges of two accounts",
            exchanges=(
                {"account_id": "a", "client_ip": "198.51.100.7"},
                {"account_id": "b", "client_ip": "198.51.100.7"},
            ),
        ),
        Example(
            linked=False,
            because="each account has its own",
            exchanges=(
                {"account_id": "a", "client_ip": "198.51.100.7"},
                {"account_id": "b", "client_ip": "198.51.100.8"},
            ),
        ),
    ),
)
