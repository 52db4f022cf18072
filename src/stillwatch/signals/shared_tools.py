"""Two accounts offer the model exactly the same tools.

Why it is evidence: tool schemas are written by hand, so equal schemas come from one program.

How honest people share it: users of one agent framework or coding tool. The signal is in the family client, not
content: it shows which program runs, not who runs it.

How it is dodged: the operator reorders or renames the tools for each account.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import column

SIGNAL = column("tools_digest", Family.CLIENT, values=("tools-1", "tools-2"))
