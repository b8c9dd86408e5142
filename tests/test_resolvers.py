"""Resolvers of OmegaConf in what others wrote are refused, and the key that holds one is named."""

from __future__ import annotations

import pytest

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.settings.resolvers import refuse_resolvers

HOSTILE = [
    "${oc.env:HOME}",
    "a ${oc.env:HOME} b",
    "${ oc.env : HOME }",
    "${oc.decode:${oc.env:HOME}}",
    "${oc.${a.b}:HOME}",
    "${hydra:runtime.cwd}",
    "${oc.create:{a:1}}",
    "${now:%Y}",
    "world.x=$\\{oc.env:HOME\\}",
    "world.x=\\${oc.env:HOME}",
    "$${oc.env:HOME}",
    "${oc.env:HOME",
    "${oc.env:\nHOME}",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    ("tree", "key"),
    [
        (lambda text: {"a": {"b": text}}, "a.b"),
        (lambda text: {"a": [1, {"b": text}]}, "a[1].b"),
        (lambda text: {"a": (text,)}, "a[0]"),
        (lambda text: {"a": {text: 1}}, "a."),
    ],
)
def test_a_resolver_is_refused_wherever_it_stands_and_its_key_is_named(text, tree, key):
    with pytest.raises(UserError) as refused:
        refuse_resolvers(tree(text), "my.yaml")
    line = str(refused.value)
    assert line.startswith(f"my.yaml: {key}") and "--trust" in line


@pytest.mark.parametrize("text", HOSTILE)
def test_a_tree_one_trusts_is_let_through(text):
    refuse_resolvers({"a": text}, "my.yaml", trusted=True)


@pytest.mark.parametrize(
    "text", ["", "1,000 $", "${world.ties.decay}", "${a[0].b}", "$ {oc.env:HOME}", "{a: 1}", "x"]
)
def test_values_and_references_to_own_values_are_no_resolvers(text):
    refuse_resolvers({"a": [text, 1, None, True, 2.5, {"b": text}]}, "my.yaml")
