"""What stands around a line is told as counting it out tells it."""

from hypothesis import given
from hypothesis import strategies as st

from cleaner import words
from cleaner.document import Document, Edit
from cleaner.filters.scene import NEAR_EDGE, SENTENCE_WORDS, SENTENCES_BEFORE, Scene
from cleaner.rules.folding import fold

LINES = st.sampled_from(
    [
        "", "", "  ", "Menu", "The cat sat", "\u200b", "Ends here.",
        "One two three four five six seven eight nine ten eleven twelve thirteen.",
        "\u5e7f\u544a\u3067\u3059", "\u65e5\u672c\u8a9e\u306e\u6587\u7ae0\u3002",
    ]
)  # fmt: skip
ENDS = st.sampled_from(["\n", "\n", "\n\n", " \n", "\r\n", "\u2028"])
BOUNDS = (0, 1, 2, 5, 13, 40, NEAR_EDGE)


@st.composite
def documents(draw):
    text = "".join(draw(LINES) + draw(ENDS) for _ in range(draw(st.integers(1, 12))))
    document = Document(text.rstrip("\n") if draw(st.booleans()) else text)
    ends = [*document.starts[1:], len(document.text)]
    spans = [span for span in zip(document.starts, ends, strict=True) if span[0] < span[1]]
    gone = [span for span in spans if draw(st.integers(0, 3)) == 0]
    return document.edited(Edit(start, end, "", "a/b:c") for start, end in gone)


def sentences(lines):
    return sum(words.count(s) >= SENTENCE_WORDS and words.ends_sentence(fold(s)) for s in lines)


@given(documents())
def test_a_line_is_near_an_edge_when_few_words_stand_between(document):
    scene, lines = Scene(document), document.lines
    for number in range(len(lines)):
        before, after = lines[:number], lines[number + 1 :]
        for bound in BOUNDS:
            allowed = bound or NEAR_EDGE
            head = sum(map(words.count, before)) <= allowed and sentences(before) <= SENTENCES_BEFORE
            tail = sum(map(words.count, after)) <= allowed and not sentences(after)
            assert scene.near_edge(number, "head", bound) is head
            assert scene.near_edge(number, "tail", bound) is tail


@given(documents())
def test_the_words_to_an_edge_are_those_of_the_lines_there(document):
    scene, lines = Scene(document), document.lines
    for number in range(len(lines)):
        for bound in BOUNDS:
            assert scene.within_head(number, bound) is (sum(map(words.count, lines[: number + 1])) <= bound)
            assert scene.within_tail(number, bound) is (sum(map(words.count, lines[number:])) <= bound)


@given(documents())
def test_beside_a_removal_are_the_lines_with_nothing_between(document):
    scene = Scene(document)
    ends = [*document.starts[1:], len(document.text)]
    for number in scene.filled:
        before, after = scene.neighbour(number, -1), scene.neighbour(number, 1)
        low = 0 if before is None else ends[before]
        high = len(document.text) if after is None else document.starts[after]
        beside = any(low <= place <= high for place in document.pieces.starts)
        assert scene.beside_removal(number) is beside


@given(documents())
def test_the_folded_text_is_that_of_the_text_as_it_stands(document):
    assert Scene(document).folded == fold(document.text)
