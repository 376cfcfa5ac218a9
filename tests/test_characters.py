"""Characters: what is damage is set right, what is orthography stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.document import Document, Facts
from cleaner.filters import mojibake
from cleaner.filters.characters import Characters
from tests import strategies as texts

FILTER = Characters()


def cleaned(text, lang="en"):
    document = Document(text, facts=Facts(lang=lang))
    return document.edited(FILTER.edits(document)).text


def rules(text, lang="en"):
    return {edit.rule for edit in FILTER.edits(Document(text, facts=Facts(lang=lang)))}


SENTENCES = {
    "en": "The caf\u00e9 \u2013 it\u2019s \u201csmall\u201d \u2013 opens at eight\u2026",
    "de": "Über die Brücke fuhren gestern große Lastzüge, sagte der Bürgermeister.",
    "fr": "La mairie a déjà fermé le pont, dit l’élu à côté.",
    "es": "El ni\u00f1o ma\u00f1ana cantar\u00e1 una canci\u00f3n.",
    "cs": "V\u010dera ve m\u011bst\u011b otev\u0159eli nov\u00fd most p\u0159es \u0159eku.",
    "pl": "W\u0142adze m\u00f3wi\u0105, \u017ce most b\u0119dzie otwarty.",
    "ru": "Вчера в городе открыли мост, сообщает мэрия.",
    "tr": "D\u00fcn \u015fehirde yeni k\u00f6pr\u00fc a\u00e7\u0131ld\u0131.",
    "is": "Í gær var ný brú opnuð í bænum, það er gott.",
    "ja": "昨日、市は新しい橋を開通させた。",
}


@pytest.mark.parametrize("lang", SENTENCES)
@pytest.mark.parametrize("encoding", ["latin-1", "sloppy-windows-1252", "sloppy-windows-1250"])
def test_text_read_in_another_encoding_is_read_again(lang, encoding):
    import ftfy.bad_codecs  # noqa: F401 - registers the encodings

    sentence = SENTENCES[lang]
    mangled = sentence.encode().decode(encoding)
    assert mangled != sentence
    assert cleaned(mangled, lang) == sentence


@pytest.mark.parametrize("lang", ["de", "es", "ru", "pl"])
def test_text_read_as_cyrillic_is_read_again(lang):
    import ftfy.bad_codecs  # noqa: F401 - registers the encodings

    mangled = SENTENCES[lang].encode().decode("sloppy-windows-1251")
    assert cleaned(mangled, lang) == SENTENCES[lang]


def test_text_mangled_twice_is_read_twice():
    import ftfy.bad_codecs  # noqa: F401 - registers the encodings

    sentence = SENTENCES["en"]
    once = sentence.encode().decode("sloppy-windows-1252")
    assert cleaned(once.encode().decode("sloppy-windows-1252")) == sentence


@pytest.mark.parametrize("lang", SENTENCES)
def test_sound_text_of_any_language_stays(lang):
    assert cleaned(SENTENCES[lang], lang) == SENTENCES[lang]


def test_edits_of_mojibake_are_the_mangled_characters_alone():
    text = "He said it\u00e2\u20ac\u2122s late and the caf\u00c3\u00a9 is shut."
    edits = list(FILTER.edits(Document(text, facts=Facts(lang="en"))))
    assert [(text[edit.start : edit.end], edit.new) for edit in edits] == [
        ("\u00e2\u20ac\u2122", "\u2019"),
        ("\u00c3\u00a9", "\u00e9"),
    ]
    assert {edit.rule for edit in edits} == {"characters/mojibake"}
    assert all(edit.filter == "characters" and edit.why and edit.confidence for edit in edits)


def test_controls_that_were_quotes_become_quotes():
    assert cleaned("He said \x93yes\x94 \x96 and left.") == "He said \u201cyes\u201d \u2013 and left."


def test_quoted_mojibake_is_what_the_text_talks_of():
    text = 'Where one expects an umlaut one may see "\u00c3\u00a4" instead.'
    assert cleaned(text) == text


def test_mojibake_that_would_become_other_rubbish_stays():
    assert not mojibake.accepted("\u00c3\u017e", "\u00de", "de")
    assert mojibake.accepted("\u00c3\u017e", "\u00de", "is")


@pytest.mark.parametrize(
    ("damaged", "sound"),
    [
        ("Salt &amp; pepper", "Salt & pepper"),
        ("It&rsquo;s &ldquo;late&rdquo;", "It\u2019s \u201clate\u201d"),
        ("It&#8217;s late, it&#x2019;s dark", "It\u2019s late, it\u2019s dark"),
        ("It&#146;s late", "It\u2019s late"),
        ("He said &amp;quot;no&amp;amp;quot; twice", 'He said "no" twice'),
        ("A smile &#55357;&#56832; for all", "A smile \U0001f600 for all"),
        ("five&nbsp;euros", "five\u00a0euros"),
        ("Kr&aacute;l &Zcaron;ivko", "Kr\u00e1l \u017divko"),
        ("prices &lt; 5 euros", "prices < 5 euros"),
        ("the first line&#13;\nthe second", "the first line\nthe second"),
        ("one&#10;two", "one two"),
        ("soft&shy;ware", "software"),
        ("&lt;p&gt;The council met.&lt;/p&gt;", "The council met."),
    ],
)
def test_references_are_decoded_to_the_end(damaged, sound):
    assert cleaned(damaged) == sound


@pytest.mark.parametrize(
    "text",
    [
        "&gt;&gt;&gt; total(2) # of an interactive session",
        "AT&T; and R&D; are companies & departments; so what",
        "In HTML write &lt;div&gt; for a box.",
        "The entity &nbsp; keeps two words together in HTML.",
        'print("&lt;b&gt;"); return x;',
        "Write it as '&amp;' in the source",
        "a box is made with &lt;div&gt; and a name",
        "NUL is &#0; and escape &#27; here",
        "&#xD83D; alone is nothing",
        "http://example.org/?a=1&copy=2&lt=3",
    ],
)
def test_references_that_are_meant_stay(text):
    assert cleaned(text) == text


@pytest.mark.parametrize(
    ("damaged", "sound"),
    [
        ("the coun\u00adcil", "the council"),
        ("the\u200b council\u200b met", "the council met"),
        ("a\ufeff b\u2060c", "a bc"),
        ("a\x00b\x07c\x7fd", "abcd"),
        ("page one\x0cpage two", "page one page two"),
        ("the \ufb01rst o\ufb03ce \ufb02oor", "the first office floor"),
    ],
)
def test_invisible_characters_go(damaged, sound):
    assert cleaned(damaged) == sound


@pytest.mark.parametrize(
    "text",
    [
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 \u0928\u094d\u200d",  # joiners
        "\U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f",  # emoji
        "\u202atext\u202c \u200e\u200f",  # direction
        "10\u00a0000\u202f\u20ac\u2009\u2013\u3000\uff21",  # spaces and width
        "\u0e2a\u0e27\u0e31\u0e2a\u200b\u0e14\u0e35",  # Thai parts words so
        "lone \ud800 surrogate",
        "tab\there",
        "The ligature \ufb01 has the number U+FB01.",
        "\ufeffThe mark of the whole text",
        "A zero-width space (\u200b) cannot be seen, and U+00AD (\u00ad) is a soft hyphen.",
        "broken at a soft hy\u00ad\nphen",  # for the filter that joins lines
    ],
)
def test_orthography_stays(text):
    assert cleaned(text) == text


@pytest.mark.parametrize(
    ("damaged", "sound"),
    [
        ("<p>The council met.</p>", "The council met."),
        ("It met<br/>and left.", "It met and left."),
        ("It met.<br />\nIt left.", "It met.\nIt left."),
        ('See <a href="http://example.org/x">the plan</a> here.', "See the plan here."),
        ('<span style="color: red">Late</span> news', "Late news"),
        ("The <strong>old</strong> bridge", "The old bridge"),
        ("One.<!-- more --> Two.", "One. Two."),
        ("The end of it.</div>", "The end of it."),
        ("One.</p><p>Two.", "One. Two."),
    ],
)
def test_stray_tags_go_and_words_stay(damaged, sound):
    assert cleaned(damaged) == sound
    assert rules(damaged) == {"characters/stray-tag"}


@pytest.mark.parametrize(
    "text",
    [
        "We \u2764 it, I <3 you, and a < b > c holds if a <b and c> d.",
        "Write to <ann@example.org> or see <https://example.org/p>.",
        "In HTML a <p> opens a paragraph and </p> closes it.",
        "Call it with <name> and <b>bold</b> words.",
        "Use the <p> tag to part them.",
        "if (x) { return '<br/>'; }\nThe text goes on.",
        "List<b> of things",
    ],
)
def test_angle_brackets_that_are_meant_stay(text):
    assert cleaned(text) == text


DEBRIS = st.sampled_from(
    [
        "&amp;", "&amp;lt;", "&lt;p&gt;", "&#8217;", "&#10;", "<p>", "</p>", "<br>", "<b>x</b>",
        "<!-- a -->", "\u00e2\u20ac\u2122", "\u00c3\u00a9", "\u00c3\u0192\u00c2\u00a9", "\u200b",
        "\u00ad", "\u00ad\n", "\x85", "\x9d", "ﬁ", "\ufeff", "\x0c", "&shy;", "&#xFEFF;", "Ă¤",
    ]
)  # fmt: skip
damaged_texts = st.lists(st.one_of(DEBRIS, texts.pieces), max_size=20).map("".join)


@given(damaged_texts)
def test_a_second_run_finds_nothing(text):
    once = cleaned(text)
    assert cleaned(once) == once


@given(damaged_texts)
def test_edits_are_sorted_disjoint_and_within_the_text(text):
    at = 0
    for edit in FILTER.edits(Document(text)):
        assert at <= edit.start <= edit.end <= len(text)
        assert edit.new != text[edit.start : edit.end]
        at = edit.end


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="&<"), max_size=60))
def test_plain_ascii_is_never_touched(text):
    assert cleaned(text) == text


@given(damaged_texts)
def test_line_breaks_stay(text):
    kept = [char for char in text if char in "\n\u2028"]
    assert [char for char in cleaned(text) if char in "\n\u2028"] == kept


WORN = (
    "The town\u00e2s bridge wasn\u00e2t repaired, and the mayor says that she has no money for it this year."
)


def test_quotes_that_lost_their_control_characters_come_back():
    assert cleaned(WORN) == WORN.replace("\u00e2", "\u2019")


@pytest.mark.parametrize(
    "text",
    [
        WORN.replace("wasn\u00e2t", "was not"),  # one odd place tells nothing
        WORN + " So it is when UTF-8 is read as Latin-1.",  # the text is about it
        "Doi ani mai t\u00e2rziu s-a \u00eentors \u00een sat; \u00eencet, c\u00e2t de c\u00e2t, at\u00e2t.",
    ],
)
def test_letters_that_may_be_meant_stay(text):
    assert cleaned(text) == text


def test_a_closing_quote_that_lost_its_last_character_is_no_dagger():
    assert (
        cleaned("She said \u00e2\u20ac\u0153yes\u00e2\u20ac and left.")
        == "She said \u201cyes\u201d and left."
    )
