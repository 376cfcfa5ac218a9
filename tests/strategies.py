"""Texts of every kind, for the property tests."""

from hypothesis import strategies as st

from cleaner.document import Edit

LINE_ENDS = ["\n", "\r\n", "\r", "\u2028", "\u2029"]
NO_LINE_ENDS = ["\x85", "\v", "\f", "\x1c", "\x1d", "\x1e"]
ODD = ["\0", "\ud800", "\udfff", "e\u0301", "\U0001f600", "\u200b", "\u00ad", "\u0130", "\u00a0"]
RESIDUE = [
    "- Advertisement -",
    "Read more",
    "Must Read",
    "Be the first to comment",
    "\u00a9 2023 The Daily Example. All rights reserved.",
    "Leave a Reply",
    "Share",
    "&amp;amp;",
    "<p>",
    "ast year, the council said so.",
    "T he council met.",
]
PROSE = [
    "The council met on Tuesday to talk about the bridge that the flood had taken away in March.",
    "It rained.",
    "\u201cWe must read the plan again,\u201d said the mayor.",
    "",
    " ",
]

words = st.text(alphabet="abcdefgh \t", max_size=12)
pieces = st.one_of(
    words,
    st.sampled_from(LINE_ENDS),
    st.sampled_from(LINE_ENDS),
    st.sampled_from(NO_LINE_ENDS + ODD),
    st.sampled_from(RESIDUE),
    st.sampled_from(PROSE),
    st.text(max_size=5),
)
texts = st.lists(pieces, max_size=30).map("".join)


NEW = st.text(alphabet="XYZ\n", max_size=3)


@st.composite
def edits_of(draw, length, new=NEW):
    """Sorted, disjoint edits in a text of so many characters, at most one beginning at a place."""
    cuts = sorted(draw(st.lists(st.integers(0, length), max_size=10)))
    edits, at = [], 0
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        if start >= at and not (edits and start == edits[-1].start):
            edits.append(Edit(start, end, draw(new), f"r{len(edits)}"))
            at = end
    return [edit for edit in edits if edit.new or edit.end > edit.start]
