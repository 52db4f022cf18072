import pytest

from stillwatch.ingest.bodies.prompt_templates import templated_turns


@pytest.mark.parametrize(
    ("prompt", "turns"),
    [
        (
            "<|start_header_id|>system<|end_header_id|>\n\nShort.<|eot_id|><|start_header_id|>user<|end_header_id|>\nHm?",
            [("system", "Short."), ("user", "Hm?")],
        ),
        ("<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\n", [("user", "Why?"), ("assistant", "")]),
        ("<|header_start|>user<|header_end|>\n\nWhy?<|eot|>", [("user", "Why?")]),
        ("<s>[INST] <<SYS>>Be brief.<</SYS>> Why? [/INST]", [("system", "Be brief."), ("user", "Why?")]),
        (
            "<｜begin▁of▁sentence｜>Be brief.<｜User｜>Why?<｜Assistant｜><think>\n",
            [("system", "Be brief."), ("user", "Why?"), ("assistant", "<think>")],
        ),
        ("[INST] One [/INST] 1 [INST] Two [/INST]", [("user", "One"), ("user", "Two")]),
        ("\n\nHuman: Why?\n\nAssistant:", [("user", "Why?"), ("assistant", "")]),
        ("Be brief.\n\nHuman: Why?\n\nAssistant: So", [("system", "Be brief."), ("user", "Why?"), ("assistant", "So")]),
    ],
)
def test_control_tokens_are_no_words_of_the_person(prompt: str, turns: list[tuple[str, str]]) -> None:
    found = templated_turns(prompt)
    assert found is not None
    assert [(turn["role"], turn["content"]) for turn in found] == turns


@pytest.mark.parametrize("prompt", ["Why?", "What does <|x|> mean?", "Human: alone", ""])
def test_plain_text_stays_plain(prompt: str) -> None:
    assert templated_turns(prompt) is None
