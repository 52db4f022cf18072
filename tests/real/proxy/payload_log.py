"""A LiteLLM callback that appends every logged request, answered or not, to a JSONL file."""

import os
from typing import Any

from litellm.integrations.custom_logger import CustomLogger
from litellm.litellm_core_utils.safe_json_dumps import safe_dumps


class PayloadLog(CustomLogger):
    """Writes LiteLLM's ``StandardLoggingPayload``, one per line."""

    def _write(self, kwargs: dict[str, Any]) -> None:
        payload = kwargs.get("standard_logging_object")
        if payload is not None:
            with open(os.environ["PAYLOAD_LOG"], "a", encoding="utf-8") as log:  # noqa: PTH123
                log.write(safe_dumps(payload) + "\n")

    async def async_log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """Log an answered request."""
        self._write(kwargs)

    async def async_log_failure_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """Log a request that was refused or failed."""
        self._write(kwargs)


payload_log = PayloadLog()
