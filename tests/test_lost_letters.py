"""Lost first letters: put back where the evidence is strong, let be where it is not."""

import lzma
import pickle
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.document import Document, Facts
from cleaner.repairs.lost_evidence import END, Opening, Witness, asks, shape, softmax
from cleaner.repairs.lost_letters import LANGUAGES, LostLetters, Place, places
from cleaner.repairs.lost_model import model
from cleaner.repairs.lost_tables import NOTHING, Table, count_in, read_table, table

BEFORE = "The harbour office counted forty boats on Monday, two fewer than the year before."
AFTER = "Nobody in the town wanted to say what the boats had carried, and the mayor was away."


def repaired(text, lang="en", title=None):
    document = Document(text, facts=Facts(lang=lang, title=title))
    return document.edited(LostLetters().edits(document)).text


def within(paragraph):
    return f"{BEFORE}\n\n{paragraph}\n\n{AFTER}"


def check(paragraph, letter, lang="en", title=None):
    """The paragraph gets the letter before its first one, and nothing else changes."""
    first = next(at for at, character in enumerate(paragraph) if character.isalpha())
    wanted = paragraph[:first] + letter + paragraph[first:]
    assert repaired(within(paragraph), lang, title) == within(wanted)


@pytest.mark.parametrize(
    ("letter", "paragraph"),
    [
        ("L", "ast year, the harbour master told the council that three of the piers were unsafe."),
        ("T", "he fishermen have asked for a new crane since the spring of 2011, without success."),
        ("H", "owever, the council has not yet decided who is going to pay for the repairs."),
        ("A", "ccording to the harbour office, the storm damaged two of the boats in March."),
        ("S", "everal of the boats have been sold to a company in the next town, he said."),
        ("W", "hile the council waits, the fishermen have begun to repair the pier on their own."),
        ("D", "uring the winter, some of the boats were kept in the old halls by the station."),
    ],
)
def test_a_lost_letter_comes_back(letter, paragraph):
    check(paragraph, letter)


@pytest.mark.parametrize("quote", ["“", '"', "‘", "   ", "\t“"])
def test_the_letter_goes_behind_indentation_and_quote(quote):
    check(quote + "ccording to the council, there are no boats left,” the mayor said.", "A")


def test_one_letter_left_is_repaired_when_it_is_plain():
    check("t is not known when the pier will be open again, the council said on Friday.", "I")


@pytest.mark.parametrize(
    "paragraph",
    [
        "ake the boats, for example.",  # Make, Take
        "ow the boats are sold.",  # How, Now
        "ean was the last to see the boats leave.",  # Sean, Dean, Jean
    ],
)
def test_two_letters_too_close_stay_open(paragraph):
    assert repaired(within(paragraph)) == within(paragraph)


@pytest.mark.parametrize(
    "paragraph",
    [
        "hey everyone, I have a question about my boat.",
        "awk is a language for text processing.",
        "adidas has sold more shoes in Europe this year than ever before, the company said.",
        "bell hooks wrote more than thirty books about race, gender and class.",
        "l'Oréal sells shampoo.",
        "iPhone sales rose in the spring, the shop in the harbour said.",
        "eBay has sold the boats of the harbour master for him.",
        "macOS and iOS are what the harbour office works with.",
        "van der Meulen, who owns two of the boats, was not at home on Friday.",
        "von Trapp was the name of the last of the boats.",
        "al-Shabaab claimed the attack on the boats in a message on Friday.",
        "de Gaulle once visited the harbour, as a plaque beside the crane tells.",
        "“and then the boats were gone,” the harbour master said.",
        "and the boats were gone when the harbour master came back.",
        "the boats, the crane, the pier and the road to the station;",
        "who said on Friday that the boats were gone.",
        "is crucial for the harbour and the town.",
        "def count(boats): return len(boats)",
        "git commit -m 'count the boats'",
        "https://example.org/boats is where the list can be seen.",
        "ast.parse(source) gives the tree of a program.",
        "t-distributed stochastic neighbour embedding",
        "p < 0.05 was taken to be significant.",
        "mg of salt per litre were found in the water of the harbour.",
        "e.g. the boats of the harbour master",
        "n/a",
        "ast",
    ],
)
def test_what_begins_in_lower_case_by_right_stays(paragraph):
    assert repaired(within(paragraph)) == within(paragraph)


def test_the_remainder_stays_where_no_paragraph_begins():
    text = within("The word ast year, the crew said, stood on the hull: ast year, the ast, (ast.")
    assert repaired(text) == text


def test_hard_wrapped_lines_stay():
    text = (
        "The harbour office counted forty boats on Monday, two fewer than the year before, and\n"
        "everal of them were sold to a company in the next town. Nobody wanted to say what the\n"
        "boats had carried. The mayor was away, and the council has not yet decided who is\n"
        "going to pay for the repairs of the pier, which has been closed since the last storm in\n"
        "here the town has had its boats for three hundred years."
    )
    assert repaired(text) == text


def test_verse_and_posts_all_in_lower_case_stay():
    verse = (
        "here the boats lie on the sand,\n"
        "ever waiting for the sea,\n"
        "all the men have gone inland,\n"
        "ow alone is left with me\n"
        "he is old and so am i,\n"
        "ast of all who saw them fly\n"
    )
    assert repaired(verse) == verse


@pytest.mark.parametrize(
    "before",
    [
        "The boats were sold to a company that belongs to the brother of the",
        "Some of the boats were sold to\n\n",
        "The harbour master has a list of all the boats that were sold last spring, and the S\n\n",
    ],
)
def test_a_line_that_goes_on_where_the_last_one_ended_stays(before):
    text = f"{BEFORE}\n\n{before}\neveral of the boats have been sold to a company, he said."
    assert repaired(text) == text


@pytest.mark.parametrize("break_", ["\n", "\n\n"])
@pytest.mark.parametrize("cap", ["T", "Th"])
def test_a_letter_that_stands_on_the_line_before_is_not_lost(cap, break_):
    paragraph = ("he", "e")[len(cap) - 1] + " fishermen have asked for a new crane since 2011."
    text = f"{BEFORE}\n\n{cap}{break_}{paragraph}\n\n{AFTER}"
    assert repaired(text) == text


def test_the_document_is_witness_of_its_names():
    paragraph = "orvathka has been the harbour master since 2003 and wants to stay until next year."
    other = "The council has asked Sorvathka to count the boats. Sorvathka has refused."
    text = f"{other}\n\n{paragraph}"
    assert repaired(text, lang="hu") == f"{other}\n\nS{paragraph}"
    assert repaired(paragraph, lang="hu") == paragraph


def test_two_names_that_fit_stay_open():
    text = "Sorvathka and Korvathka. Sorvathka, then Korvathka.\n\norvathka has been away."
    assert repaired(text, lang="hu") == text


def test_the_letter_of_a_witness_is_taken_as_it_stands():
    text = "İskenderun limanı. Limanda İskenderun gemileri var.\n\nskenderun limanı kapandı."
    assert repaired(text, lang="tr").endswith("İskenderun limanı kapandı.")


def test_a_name_with_capitals_within_needs_a_witness():
    text = "The harbour uses HarborMaster for its lists.\n\narborMaster was made in 2003."
    assert repaired(text).endswith("\n\nHarborMaster was made in 2003.")
    assert repaired("arborMaster was made in 2003.") == "arborMaster was made in 2003."


@pytest.mark.parametrize(
    ("lang", "letter", "paragraph"),
    [
        (
            "de",
            "A",
            "ußerdem will die Stadt den alten Kran verkaufen, der seit 2011 nicht mehr läuft.",
        ),
        ("de", "N", "ach dem Sturm im März wurden zwei der Boote aus dem Hafen gebracht."),
        ("es", "S", "egún el puerto, dos de los barcos se han vendido a una empresa de la ciudad."),
        (
            "pl",
            "W",
            "edług portu dwie łodzie zostały sprzedane w marcu firmie z sąsiedniego miasta.",
        ),
    ],
)
def test_german_spanish_and_polish_have_tables(lang, letter, paragraph):
    first = {
        "de": "Der Hafen hat am Montag vierzig Boote gezählt, zwei weniger als im Jahr davor.",
        "es": "El puerto contó el lunes cuarenta barcos, dos menos que el año anterior.",
        "pl": "Port naliczył w poniedziałek czterdzieści łodzi, o dwie mniej niż rok wcześniej.",
    }[lang]
    text = f"{first}\n\n{paragraph}\n\n{first}"
    assert repaired(text, lang) == f"{first}\n\n{letter}{paragraph}\n\n{first}"


def test_other_languages_abstain():
    paragraph = "nkele vissers hebben gevraagd om een nieuwe kraan in de haven."
    assert repaired(paragraph, lang="nl") == paragraph
    assert "nl" not in LANGUAGES


def test_without_a_language_only_plain_english_is_repaired():
    english = within("ast year, the harbour master told the council that the pier was unsafe.")
    assert "Last year" in repaired(english, lang=None)
    german = "Der Hafen zählt vierzig Boote.\n\nie Boote sind im letzten Jahr verkauft worden."
    assert repaired(german, lang=None) == german


def test_the_language_may_name_a_region():
    text = within("ast year, the harbour master told the council that the pier was unsafe.")
    assert repaired(text, lang="en-GB") == repaired(text, lang="en") != text


def test_edits_insert_one_capital_and_say_why():
    text = within("ast year, the harbour master told the council that the pier was unsafe.")
    (edit,) = LostLetters().edits(Document(text, facts=Facts(lang="en")))
    assert (edit.start, edit.end, edit.new) == (text.index("ast year"), text.index("ast year"), "L")
    assert (edit.rule, edit.filter) == ("repairs/lost-letter", "repairs")
    assert "“Last”" in edit.why
    assert 0.9 < edit.confidence <= 1


def test_the_title_is_a_witness():
    line = "elvingham has had no boats since the storm of 2003, and it has no pier any more."
    assert repaired(within(line), title="Welvingham loses its last boats") == within("W" + line)
    assert repaired(within(line)) == within(line)


def test_nothing_is_loaded_for_a_clean_text():
    code = (
        "import sys\n"
        "from cleaner.document import Document\n"
        "from cleaner.repairs.lost_letters import LostLetters\n"
        "list(LostLetters().edits(Document('The boats are gone.\\n\\nNobody knows why.')))\n"
        "print(sorted({'wordfreq', 'ftfy', 'numpy', 'regex'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_filter_can_be_sent_to_another_process():
    assert pickle.loads(pickle.dumps(LostLetters())) == LostLetters()


WORDS = st.sampled_from(
    "ast he here ow t n s ever The harbour boats said , . ? ! “ ” - \n \n\n \r\n \x00 "
    "\ud800 year, Last iPhone é ı ß 東 İ".split(" ")
)


@given(st.lists(WORDS, max_size=40).map(" ".join))
def test_only_letters_are_inserted_and_the_second_time_none(text):
    document = Document(text, facts=Facts(lang="en"))
    edits = list(LostLetters().edits(document))
    assert all(edit.start == edit.end and len(edit.new) == 1 for edit in edits)
    assert all(text[edit.start].islower() and edit.new.isupper() for edit in edits)
    again = document.edited(edits)
    repeated = Document(again.text, facts=Facts(lang="en"))
    done = {edit.start + number for number, edit in enumerate(edits)}
    assert not done & {edit.start for edit in LostLetters().edits(repeated)}


@given(st.text(st.characters(), max_size=60))
def test_places_begin_in_lower_case(text):
    lines = Document(text).lines
    for index, at in places(lines):
        assert lines[index][at].islower()
        assert not any(character.isalpha() for character in lines[index][:at])


@given(
    st.dictionaries(st.text("abcé'", min_size=1, max_size=4), st.integers(1, 99), min_size=1, max_size=30),
    st.text("abcé'", min_size=1, max_size=4),
)
def test_a_row_is_found_when_it_is_there(rows, wanted):
    keys = sorted(rows, key=str.encode)
    body = "".join(f"{key}\t1 {rows[key]} 0 0 0 1 1\t x:2\t\t *:1\n" for key in keys).encode()
    made = Table(body, "AB", {}, frozenset(), {"*": {}}, {})
    assert all(made.row(key).sentences == rows[key] for key in keys)
    assert wanted in rows or made.row(wanted) is NOTHING


def test_counts_are_read_by_their_whole_token():
    cell = " at:3 ::2 cat:5 a:1"
    assert [count_in(cell, token) for token in ("at", ":", "cat", "a", "t", "c")] == [
        3,
        2,
        5,
        1,
        0,
        0,
    ]


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_the_shipped_tables_are_sorted_and_fit_the_model(language):
    held = table(language)
    keys = [line.split(b"\t", 1)[0] for line in held.rows.splitlines()]
    assert keys == sorted(keys)
    by = model(language)
    assert 0.9 < by.several.right <= 1
    assert 0.9 < by.single.right <= 1
    assert len(by.right.weights) == len(by.lost.weights)


def test_a_table_is_read_from_its_packed_bytes():
    head = (
        '{"letters": "L", "functions": {}, "endings": ["st"], "groups": {"*": {"~": 3}},'
        ' "totals": {"sentences": 9, "paragraphs": 9, "questions": 1}}\n'
    )
    made = read_table(lzma.compress((head + "last\t1 2 0 3 4 1 1\t year:2\t year:2\t *:2\n").encode()))
    assert made.row("last").total == 9
    assert count_in(made.row("last").starts, "year") == 2
    assert made.group_sums == {"*": 3}


def test_shapes_tell_names_numbers_marks_and_endings():
    style = Table(b"", "", {"the": 0.05}, frozenset({"ed"}), {"*": {}}, {})
    shapes = [shape(token, style) for token in ("the", "The", "NATO", "2003", ",", "☃", "ended", END)]
    assert shapes == ["the", "^Cap", "^UP", "^0", ",", "^.", "~ed", END]


def test_a_question_is_told_by_its_first_end():
    assert asks(["Where", "to", "?", "Here", "."])
    assert not asks(["Here", ".", "Where", "?"])
    assert not asks(["Here"])


def test_an_opening_knows_what_follows_and_what_went_before():
    begun = Opening.of("“ast year’s boats?", 1, "Boats", blank_before=True)
    assert (begun.remainder, begun.followers, begun.quoted, begun.asks) == (
        "ast",
        ("year's", "boats"),
        True,
        True,
    )


def test_a_witness_counts_words_in_their_case():
    witness = Witness.of("Last, last. Last", ["Last, last.", "last"], "At Last")
    assert witness.seen("last") == (1, 2)
    assert "last" in witness.title
    assert witness.lower_share == 0.5


@given(st.lists(st.floats(-30, 30), min_size=1, max_size=9))
def test_shares_add_up_to_one(scores):
    assert sum(softmax(scores)) == pytest.approx(1)


def test_a_place_is_a_line_and_an_offset():
    assert list(places(["Last", "  “ast year", "", "ast year"])) == [Place(1, 3), Place(3, 0)]
