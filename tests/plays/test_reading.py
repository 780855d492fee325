"""plays.yaml: what can be read, and what is refused with the fix."""

import re

import pytest

from churnrisk.errors import ParamsError
from churnrisk.facts.catalogue import FACTS
from churnrisk.plays.reading import FILE, read_plays, shipped

PLAY = "{play: mine, practice: S8, kind: call, say: Call, due_days: 7, opening: Hello}"


def read(folder, text):
    (folder / FILE).write_text(text, encoding="utf-8")
    return [each.play for each in read_plays(folder, FACTS)]


def test_without_a_file_there_are_those_that_come_with_it(tmp_path):
    assert read_plays(tmp_path, FACTS) == shipped()
    assert read(tmp_path, "") == [each.play for each in shipped()]


def test_own_plays_go_first_and_take_the_place_of_one_of_the_same_name(tmp_path):
    names = [each.play for each in shipped()]
    assert read(tmp_path, f"plays: [{PLAY}]") == ["mine", *names]
    assert read(tmp_path, f"shipped: false\nplays: [{PLAY}]") == ["mine"]
    assert read(tmp_path, f"plays: [{PLAY.replace('mine', names[-1])}]") == [names[-1], *names[:-1]]


def test_each_play_that_comes_with_it_names_its_practice_and_s1_to_s19_are_there_but_what_is_no_step():
    # S11 and S15 are rules: nothing is asked of who has given notice, and nobody is overwhelmed.
    assert {f"S{n}" for n in range(1, 20)} - {each.practice for each in shipped()} == {"S11", "S15"}


def changed(**given):
    return "plays: [" + PLAY[:-1] + "".join(f", {name}: {value}" for name, value in given.items()) + "}]"


BAD = {
    "not YAML": ("plays: [", "plays.yaml: not YAML"),
    "a key that there is not": (changed(whn="{}"), "plays.yaml: plays.0.whn: Extra inputs"),
    "no due days": (
        "plays: [{play: a, practice: S8, kind: call, say: b, opening: c}]",
        "plays.0.due_days: Field required",
    ),
    "another kind": (changed().replace("kind: call", "kind: mail"), "plays.0.kind: Input should be 'call', 'nudge'"),
    "no practice": (changed().replace("S8", "loyalty"), "plays.0.practice: String should match"),
    "an empty text": (changed().replace("say: Call", "say: ' '"), "plays.0.say: String should have at least 1"),
    "a list": ("[1, 2]", "plays.yaml: the file: Input should be"),
    "one name twice": (f"plays: [{PLAY}, {PLAY}]", "two plays are named 'mine'. Fix: give one of them another name"),
    "an unknown fact": (
        changed(when="{facts: [usage]}"),
        "plays.yaml, play 'mine', when.facts: 'usage' is no fact. Allowed: contacts, contract, .* Fix: ",
    ),
    "a fact that can't be acted on": (changed(when="{facts: [profile]}"), "'profile' is no fact"),
    "an unknown stage": (
        changed(when="{stages: [onbording]}"),
        "when.stages: 'onbording' is no stage of life. Allowed: .*did you mean 'onboarding'",
    ),
    "an unknown group": (changed(when="{group: call}"), "plays.0.when.group: Input should be 'to_call' or"),
    "an unknown value": (
        changed(when="{at_least: {silent_days: 4}}"),
        "when.at_least: 'silent_days' is no value. Allowed: active_days_ever, ",
    ),
    "an unknown word": (
        changed().replace("say: Call", "say: 'Since {days_since_activ:ago}'"),
        "play 'mine', say: 'days_since_activ' is no value.*did you mean 'days_since_active'",
    ),
    "an unknown way": (
        changed().replace("opening: Hello", "opening: 'Since {days_since_active:day}'"),
        "play 'mine', opening: 'day' is no way to say a value. Allowed: ago, ahead, money, share",
    ),
    "an open brace": (changed().replace("say: Call", "say: 'Since {days'"), "can't be read .*Fix: close every brace"),
}


@pytest.mark.parametrize(("text", "says"), BAD.values(), ids=BAD)
def test_what_is_wrong_is_one_error_with_the_fix(tmp_path, text, says):
    with pytest.raises(ParamsError) as error:
        read(tmp_path, text)
    assert re.search(says.replace("plays.0.", r"plays\.0\."), str(error.value)), str(error.value)
    assert "\n" not in str(error.value)
