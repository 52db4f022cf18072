import typing

from stillwatch import lab
from stillwatch.commands import options
from stillwatch.settings import EngineSettings


def test_choices_are_those_that_there_are():
    for preset in options.Preset:
        assert lab.preset(str(preset)).accounts > 0
    kinds = typing.get_args(EngineSettings.model_fields["kind"].annotation)
    assert {str(name) for name in options.EngineName} == set(kinds)
