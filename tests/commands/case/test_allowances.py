"""Commands of ``stillwatch.commands.case.allowances`` as a user types them."""


def test_a_case_by_hand_and_an_allowance(case):
    number = case("open", "--title", "A tip", "--account", "a", "--account", "b", "--why", "They say so.")["case"]
    assert case("show", number, by=None)["members"]["open"] == 2
    case("allow", "evaluation", "A lab", "--account", "a", "--why", "Agreed.", "--until", "2999-01-01")
    case("judge", number, "confirmed", "--why", "x")
    case("judge", number, "confirmed", "--why", "x", "--account", "a", "--account", "b")
    planned = case("act", number, "throttle", "--why", "x")
    assert (planned["n_treated"], planned["left_out"]) == (1, {"allowed": 1})
