"""The capability classifier: what it says of plain sentences, and that the kernel does what the cues file says."""

import random
import re

import numpy as np
import pytest

from stillwatch.errors import ContractError
from stillwatch.features import capabilities as room
from stillwatch.features.words import hash_words
from stillwatch.model import CAPABILITIES

NAMES = [capability.name for capability in CAPABILITIES]
ASK_NAMES = [ask.name for ask in room.ASKS]

SENTENCES = {
    "software engineering": [
        "Refactor this Python class so that the database connection is closed, and add pytest unit tests.",
        "My Docker build fails with a stack trace in the Rust compiler. Please debug this code.",
    ],
    "agentic reasoning": [
        "You are an autonomous agent. Break the task into subtasks, execute the plan and reflect on each observation.",
        "Given the current state of the environment and the available actions, decide what to do and give the next action.",
    ],
    "tool use": [
        "You have access to the following tools. Reply with a function call and its arguments, or say that no tool fits.",
        "Which tool would you call here? List of tools: calculator, calendar. Give the tool call.",
    ],
    "reasoning traces": [
        "Solve the equation step by step and show your work: three x plus seven equals twenty-two.",
        "A farmer sells twice as many eggs as his neighbour, who sells 14 per hour. How many eggs are sold in total?",
    ],
    "grading": [
        "Rate the response below on a scale from 1 to 10 using the rubric, and give a score for helpfulness.",
        "You are an impartial judge. Which response is better, response A or response B?",
    ],
    "rewriting": [
        "Paraphrase the following paragraph in your own words and make it more formal.",
        "Summarize the article in one sentence.",
    ],
    "data analysis": [
        "Classify the sentiment of each row in this csv as positive or negative.",
        "Extract all named entities from the table and label the categories.",
    ],
    "role-play": [
        "Pretend to be a grumpy pirate and stay in character while I ask about your treasure.",
        "I want you to act as a dungeon master in a haunted kingdom.",
    ],
    "chat": [
        "Write a short story about two friends and a lighthouse.",
        "How are you today? Tell me a joke.",
    ],
    "search": [
        "who wrote the first opera",
        "when did the olympic games begin",
    ],
    "business bot": [
        "I would like to cancel my reservation and get a refund to my credit card.",
        "please transfer money from my savings account to my checking account",
    ],
}
ASKED = {
    "rationale": "Explain your reasoning step by step.",
    "given-answer rationale": "Here is a solved exercise. Write out the reasoning that leads to the answer.",
    "rubric grading": "Score the following response according to the rubric.",
    "preference pair": "Which answer is better, and why?",
    "variants": "Rewrite the given prompt into a more complex version.",
    "tool trajectory": "Thought: I should look. Action: search. Observation: nothing.",
    "data set record": "Output JSON with the fields instruction, input and output.",
    "question-answer pairs": "Generate question and answer pairs from this page.",
    "dialogue synthesis": "Simulate a conversation between a user and an assistant.",
    "critique and revision": "Critique the response, then write a better response.",
}


def _classify(text):
    words = hash_words(text)
    return room.classify(words, len(words), room.load_cues())


def _asks(text):
    bits = _classify(text)[1]
    return {name for bit, name in enumerate(ASK_NAMES) if bits >> bit & 1}


def _by_reading(text, cues):
    """Classify as the reference page describes it, with strings and dictionaries."""
    words = re.findall(r"[a-z0-9_]+", text.lower())
    n = len(words)
    marked = ["^", *words, "$"]
    begins = [b for b in range(n + 1) if b - 1 < room.HEAD_WORDS or b - 1 >= n - room.TAIL_WORDS]
    found = {" ".join(marked[b : b + size]) for b in begins for size in range(1, room.MAX_PHRASE + 1)}
    scores = [0] * (len(NAMES) + len(ASK_NAMES))
    supported = set()
    for column, phrase, weight in cues.weights:
        if phrase in found:
            scores[column] += weight
            if weight > 0:
                supported.add(column)
    row = sum(n > edge for edge in cues.length_edges)
    for column, weight in enumerate(cues.length_weights[row]):
        scores[column] += weight
    possible = [column for column in range(len(NAMES)) if column in supported]
    best = max(possible, key=lambda column: (scores[column], -column), default=room.UNKNOWN)
    return best, sum(1 << bit for bit, score in enumerate(scores[len(NAMES) :]) if score >= 100)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in SENTENCES.items() for text in texts])
def test_a_plain_sentence_gets_its_class(name, text):
    capability, _ = _classify(text)
    assert NAMES[capability] == name


def test_every_class_has_sentences():
    assert set(SENTENCES) == set(NAMES)


@pytest.mark.parametrize(("name", "text"), ASKED.items())
def test_a_request_for_training_data_sets_its_bit(name, text):
    assert name in _asks(text)


def test_every_ask_is_tested():
    assert set(ASKED) == set(ASK_NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "what is the capital of the largest island",
        "Fix the bug in my parser and explain what was wrong.",
        "I would like to book a table for two, what are the opening hours?",
        "Write a poem about rain on a tin roof.",
        "### Instruction\nExtract the product, the date and the amount as JSON.\nText: two lamps, 3 May, 40 EUR\nJSON:",
    ],
)
def test_ordinary_prompts_ask_for_no_training_data(text):
    assert _asks(text) == set()


@pytest.mark.parametrize("text", ["", "   ", "zxqv wplk", "¿?!", "今日は寒い", "\x00\x01"])
def test_nothing_known_is_unknown(text):
    assert _classify(text) == (room.UNKNOWN, 0)


def test_case_and_punctuation_do_not_matter():
    assert _classify("STEP-BY-STEP: show your WORK!") == _classify("step by step show your work")


def test_the_order_of_words_in_a_cue_matters():
    cues = room.Cues(((0, "alpha beta", 100),), (), ((0,) * len(NAMES),))
    table = room.tabulate(cues)
    forward, backward = hash_words("alpha beta"), hash_words("beta alpha")
    assert room.classify(forward, 2, table) == (0, 0)
    assert room.classify(backward, 2, table) == (room.UNKNOWN, 0)


def test_a_cue_counts_once():
    cues = room.Cues(((0, "alpha", 60), (1, "beta", 100)), (), ((0,) * len(NAMES),))
    words = hash_words("alpha alpha alpha beta")
    assert room.classify(words, len(words), room.tabulate(cues)) == (1, 0)


def test_room_to_count_in_serves_one_prompt_after_the_other():
    table = room.load_cues()
    counter = room.cue_counter(table)
    texts = [
        "Write a function that sorts a list.",
        "Grade the answer from 1 to 10.",
        "",
        "Translate this to French.",
    ] * 2
    words = [hash_words(text) for text in texts]
    assert [room.classify_in(counter, w, len(w), table) for w in words] == [_classify(text) for text in texts]
    assert not counter.seen.any()


def test_equal_scores_go_to_the_first_class():
    cues = room.Cues(((3, "alpha", 50), (2, "beta", 50)), (), ((0,) * len(NAMES),))
    words = hash_words("alpha beta")
    assert room.classify(words, len(words), room.tabulate(cues)) == (2, 0)


def test_a_class_needs_a_cue_that_speaks_for_it():
    weights = ((500, *[0] * (len(NAMES) - 1)),)
    cues = room.Cues(((0, "alpha", -10), (1, "beta", 10)), (), weights)
    words = hash_words("alpha beta")
    assert room.classify(words, len(words), room.tabulate(cues)) == (1, 0)


def test_anchors_hold_at_the_ends_only():
    cues = room.Cues(((0, "^ alpha", 50), (1, "omega $", 60)), (), ((0,) * len(NAMES),))
    table = room.tabulate(cues)
    for text, expected in (("alpha beta", 0), ("beta alpha", -1), ("beta omega", 1), ("omega beta", -1)):
        words = hash_words(text)
        assert room.classify(words, len(words), table)[0] == expected


def test_cues_count_at_the_head_and_tail_only():
    cues = room.Cues(((0, "alpha", 50),), (), ((0,) * len(NAMES),))
    table = room.tabulate(cues)
    filler = ["x"] * (room.HEAD_WORDS + room.TAIL_WORDS + 10)
    for at, expected in ((room.HEAD_WORDS - 1, 0), (room.HEAD_WORDS, -1), (len(filler) - room.TAIL_WORDS, 0)):
        words = hash_words(" ".join([*filler[:at], "alpha", *filler[at + 1 :]]))
        assert room.classify(words, len(words), table)[0] == expected


def test_the_order_of_entries_in_the_file_does_not_matter():
    text = (
        '[capabilities."chat".general]\n50 = ["alpha", "beta gamma"]\n[capabilities."search".general]\n70 = ["beta"]\n'
        '[asks."rationale".general]\n100 = ["gamma"]\n[lengths]\nwords = [2]\n[lengths.weights]\nchat = [0, 30]\n'
    )
    turned = (
        '[lengths]\nwords = [2]\n[lengths.weights]\nchat = [0, 30]\n[capabilities."search".general]\n70 = ["beta"]\n'
        '[capabilities."chat".general]\n50 = ["beta gamma", "alpha"]\n[asks."rationale".general]\n100 = ["gamma"]\n'
    )
    one, other = room.tabulate(room.read_cues(text)), room.tabulate(room.read_cues(turned))
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_the_kernel_agrees_with_a_reading_of_the_cues():
    cues = room._cues()
    generator = random.Random(7)
    vocabulary = sorted({word for _, phrase, _ in cues.weights for word in phrase.split()} - {"^", "$"})
    phrases = sorted({phrase.strip("^$ ") for _, phrase, _ in cues.weights})
    for _ in range(400):
        size = generator.choice([1, 3, 8, 30, 100, 200])
        parts = [generator.choice(phrases if generator.random() < 0.5 else vocabulary) for _ in range(size)]
        text = " ".join(parts)
        assert _classify(text) == _by_reading(text, cues)


def test_explanations_add_up_to_the_class():
    for texts in SENTENCES.values():
        for text in texts:
            totals = dict.fromkeys(NAMES, 0)
            for _, name, weight in room.explain(text):
                if name in totals:
                    totals[name] += weight
            assert totals[NAMES[_classify(text)[0]]] == max(totals.values())


def test_an_explanation_names_the_cue_and_its_weight():
    reasons = room.explain("Please refactor it step by step")
    assert ("refactor", "software engineering", 300) in reasons
    assert ("step by step", "rationale", 100) in reasons
    assert [weight for _, _, weight in reasons] == sorted((weight for _, _, weight in reasons), reverse=True)


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        ('[capabilities."alchemy".general]\n50 = ["gold"]\n', "alchemy"),
        ('[capabilities."chat".general]\n50 = ["one two three four five"]\n', "words"),
        ('[capabilities."chat".general]\n50 = ["Hello"]\n', "lower-case"),
        ('[capabilities."chat".general]\n50 = ["don\'t"]\n', "lower-case"),
        ('[capabilities."chat".general]\n50 = ["hi", "hi"]\n', "twice"),
    ],
)
def test_a_cue_that_cannot_match_is_refused(part, problem):
    head = "" if "capabilities" in part else "[capabilities]\n"
    text = f"{head}{part}[asks]\n[lengths]\nwords = []\n[lengths.weights]\n"
    with pytest.raises(ContractError, match=problem):
        room.tabulate(room.read_cues(text))


def test_length_weights_must_fit_their_edges():
    with pytest.raises(ContractError, match="one number more"):
        room.read_cues("[capabilities]\n[asks]\n[lengths]\nwords = [3]\n[lengths.weights]\nchat = [1]\n")


def test_committed_cues_name_no_people_or_places():
    words = {word for _, phrase, _ in room._cues().weights for word in phrase.split()}
    forbidden = (
        "american british chinese indian russian french german spanish japanese african european asian arab john "
    )
    forbidden += "james mary maria ali mohammed america china india russia france germany woman man girl boy english"
    assert not words & set(forbidden.split())


def test_every_capability_and_ask_has_cues():
    columns = {column for column, _, weight in room._cues().weights if weight > 0}
    assert columns == set(range(len(NAMES) + len(ASK_NAMES)))
