import math

import stillwatch.cases.decisions.judgements
from stillwatch.commands.rooms import library, room


def test_rooms_are_ours_and_libraries_are_not():
    assert room("cases.judging") is stillwatch.cases.decisions.judgements
    assert library("math") is math
