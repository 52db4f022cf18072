"""Two accounts sent requests from the same network address.

Why it is evidence: the traffic of many accounts leaves through few machines. Strangers rarely share an address outside
the usual carriers.

How honest people share it: an office, a school, a mobile carrier's address translation (many subscribers behind one
address), a commercial VPN.

How it is dodged: residential proxies give each account its own address, at a price per gigabyte.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import column

SIGNAL = column("client_ip", Family.INFRASTRUCTURE, values=("198.51.100.7", "198.51.100.8"))
