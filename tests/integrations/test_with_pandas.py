"""pandas: series and frames, cleaned by accessor."""

import pytest
from corpus import CLUB, cleaned, library, run_examples, texts

import cleaner
from cleaner.errors import InputError

pd = library("pandas")

from cleaner.integrations.pandas import clean  # noqa: E402

KINDS = ["object", "str", "string[python]", "category"]


def series(kind="object", values=None):
    body = texts() if values is None else values
    return pd.Series(body, index=[f"row {n}" for n in range(len(body))], name="body").astype(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_texts_come_out_as_from_the_cleaner_in_their_own_type(kind):
    out = series(kind).clean.text()
    assert out.tolist() == cleaned()
    assert out.index.equals(series().index)
    assert out.name == "body"
    assert (
        isinstance(out.dtype, pd.CategoricalDtype) if kind == "category" else out.dtype == series(kind).dtype
    )


def test_processes_make_no_difference():
    many = pd.Series(texts() * 40)
    assert clean(many, workers=2).tolist() == cleaned() * 40


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA], ids=str)
def test_what_is_missing_stays_as_it_was(missing):
    out = clean(pd.Series([missing, CLUB], dtype=object))
    assert out[0] is missing
    assert out[1] == CLUB


def test_a_frame_keeps_its_other_columns_and_its_source():
    frame = pd.DataFrame(
        {"n": [1, 2], "text": [CLUB + "\n\nRead more", None], "t": ["A", None]}, index=[5, 3]
    )
    out = frame.clean.text(out="clean", title="t")
    assert out[["n", "text", "t"]].equals(frame)
    assert out["clean"].tolist()[0] == CLUB
    assert out["clean"].isna().tolist() == [False, True]


def test_what_is_known_of_a_document_is_used():
    frame = pd.DataFrame({"text": ["A Title\n\nIt came."] * 2, "t": ["A Title", None]})
    assert frame.clean.text(title="t", drop="title")["text"].tolist() == ["It came.", "A Title\n\nIt came."]


def test_the_account_says_what_the_result_says():
    told = series().clean.account()
    for text, edits in zip(texts(), told["edits"], strict=True):
        assert [(e["rule"], e["start"], e["end"]) for e in edits] == [
            (e.rule, e.start, e.end) for e in cleaner.explain(text).edits
        ]


def test_what_is_no_text_is_refused_in_one_line():
    with pytest.raises(InputError, match="the column body holds int at 'row 1', not text"):
        series(values=["a", 1]).clean.text()
    with pytest.raises(InputError, match=r"no column text \(its columns: n\)"):
        pd.DataFrame({"n": ["a"]}).clean.text()


def test_the_examples_of_the_page_run():
    assert run_examples("pandas")["articles"]["body"][0] == "The vote passed.\n\nIt was close."
