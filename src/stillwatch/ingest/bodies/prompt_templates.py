"""Reads the turns of a conversation that a caller wrote as one text with a model family's control tokens."""

import re
from typing import Any

__all__ = ["templated_turns"]

_HEADERS = re.compile(
    r"<\|(?:start_header_id|header_start|im_start)\|>\s*(?P<role>\w{1,20})\s*(?:<\|(?:end_header_id|header_end)\|>|\n)"
    r"(?P<said>.*?)(?=<\|(?:eot_id|eot|im_end|start_header_id|header_start|im_start)\|>|\Z)",
    re.DOTALL,
)
"""Llama 3 and 4, and ChatML: a role between two tokens, then the text up to the next token."""
_MARKED = re.compile(r"<[|｜](User|Assistant)[|｜]>")
_SENTENCE = re.compile(r"<[|｜](?:begin|end)[▁_]of[▁_]sentence[|｜]>")
"""DeepSeek: a role between two signs, before what was said."""
_INSTRUCTIONS = re.compile(r"\[INST\](.*?)(?:\[/INST\]|\Z)", re.DOTALL)
_SYSTEM = re.compile(r"<<SYS>>(.*?)<</SYS>>", re.DOTALL)
"""Llama 2 and Mistral."""
_SPEAKERS = re.compile(r"(?:\A|\n\n)(Human|Assistant): ?")
"""Text completions of Claude: the speaker's name after an empty line."""

Turn = dict[str, Any]


def templated_turns(prompt: str) -> list[Turn] | None:
    """Return the turns in *prompt* as messages with ``role`` and ``content``; None where it has no control tokens."""
    if "<|" in prompt and (found := _HEADERS.findall(prompt)):
        return [{"role": role, "content": said.strip()} for role, said in found]
    if _MARKED.search(prompt):
        return _spoken(*_MARKED.split(_SENTENCE.sub("", prompt)))
    if "[INST]" in prompt:
        system = [{"role": "system", "content": said.strip()} for said in _SYSTEM.findall(prompt)]
        asked = [_SYSTEM.sub("", said).strip() for said in _INSTRUCTIONS.findall(prompt)]
        return [*system, *({"role": "user", "content": said} for said in asked)]
    if "Human:" in prompt and "\n\nAssistant:" in prompt:
        return _spoken(*_SPEAKERS.split(prompt))
    return None


def _spoken(before: str, *parts: str) -> list[Turn]:
    """Return the turns of *parts*, which are a speaker and what it said, in turn; *before* is the system text."""
    turns = [
        {"role": "assistant" if speaker == "Assistant" else "user", "content": said.strip()}
        for speaker, said in zip(parts[::2], parts[1::2], strict=True)
    ]
    return [{"role": "system", "content": before.strip()}, *turns] if before.strip() else turns
