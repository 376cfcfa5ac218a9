"""Residue quoted in a sentence is the article's: a story about a cookie banner tells what it says."""

import re

import pytest

import cleaner
from cleaner.rules.pack import load_shipped

# Whole clauses, which a reporter may quote; headlines, dates and credits are no sentences.
FAMILIES = {
    "affiliate", "apps", "comments", "cookies", "donation", "events", "follow", "forms", "legal",
    "newsletter", "paywall", "scripts", "spam", "share",
}  # fmt: skip
CUT = re.compile(r"\{--(.*?)--\}", re.DOTALL)
SEVERAL = re.compile(r"\n|[.!?。] ?\S{2}.* ")  # lines, or sentences
LONGEST = 200  # characters of an example that is quoted
ENDS = " .!?…:»>。！"
TOLD = {
    "en": ", the sign on the wall had said for years, and nobody laughed any more.",
    "de": ", stand seit Jahren auf dem Schild an der Mauer, und niemand lachte mehr darüber.",
    "fr": ", disait depuis des années le panneau sur le mur, et plus personne ne riait.",
    "es": ", decía desde hacía años el cartel en el muro, y ya nadie se reía.",
    "it": ", diceva da anni il cartello sul muro, e nessuno rideva più.",
    "pt": ", dizia há anos a placa no muro, e já ninguém se ria.",
    "nl": ", stond al jaren op het bord aan de muur, en niemand lachte er nog om.",
    "pl": ", głosiła od lat tablica na murze, i nikt się już nie śmiał.",
    "ru": ", говорила годами табличка на стене, и никто уже не смеялся.",
    "uk": ", гласила роками табличка на стіні, і ніхто вже не сміявся.",
    "tr": ", diyordu yıllardır duvardaki tabela, ve artık kimse gülmüyordu.",
    "cs": ", hlásala léta cedule na zdi, a nikdo se už nesmál.",
    "zh": "，墙上的牌子多年来一直这样写着，已经没有人笑了。",
    "ja": "、と壁の札には何年も書かれていて、もう誰も笑わなかった。",
    "ko": ", 벽의 표지판에는 몇 해째 그렇게 적혀 있었고 아무도 웃지 않았다.",
    "ar": "، هكذا قالت اللافتة على الجدار سنوات ولم يعد أحد يضحك.",
}


def sentences(rule):
    """What the rule takes, told of in a sentence."""
    for example in rule.strips:
        for cut in CUT.findall(example) or [example]:
            text = cut.strip().rstrip(ENDS)
            if len(text) <= LONGEST and not SEVERAL.search(text):
                yield text + TOLD[rule.language]


@pytest.mark.parametrize("language", sorted(TOLD))
def test_a_clause_that_is_quoted_in_a_sentence_stays(language):
    explain = cleaner.Cleaner(mode="article").explain
    rules = [rule for pack in load_shipped() for rule in pack.rules if rule.language == language]
    asked = [rule for rule in rules if rule.family in FAMILIES and rule.kind == "line"]
    quoted = [text for rule in asked for text in sentences(rule)]
    assert len(quoted) > 20
    own = f"{language}/"
    taken = {text: edit.rule for text in quoted for edit in explain(text, lang=language).edits}
    assert {text: rule for text, rule in taken.items() if rule.startswith(own)} == {}
