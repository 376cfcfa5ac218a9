"""The tally of a run: exact, the same in any order, whole after a journey through JSON, and small."""

import json
import pickle

from hypothesis import given
from hypothesis import strategies as st

import cleaner
from cleaner.batch.bounded import Least, Spread
from cleaner.batch.tally import MOST_FAILURES, MOST_LOSSES, MOST_SAMPLES, Digest, Sample, Tally, bound, digest
from cleaner.document import Edit
from cleaner.result import Result

names = st.text("ab\ud800<é", max_size=3)
rules = st.sampled_from(["en/adverts:label", "en/related:header", "repairs/glued-sentence"])
samples = st.builds(Sample, rules, names, names, names, names, st.integers(0, 9))
cuts = st.tuples(rules, st.sampled_from(["adverts", "related"]), st.integers(1, 3), st.integers(0, 90))
digests = st.builds(
    Digest,
    words=st.integers(0, 200),
    size=st.integers(0, 999),
    language=st.sampled_from(["", "en", "de"]),
    mode=st.sampled_from(["article", "page"]),
    state=st.sampled_from(["complete", "cut"]),
    rules=st.lists(cuts, max_size=3, unique_by=lambda row: row[0]).map(
        lambda rows: tuple((r, r.split("/")[1].split(":")[0], e, w) for r, _, e, w in rows)
    ),
    warnings=st.lists(
        st.sampled_from(["loss guard: en/x:y would have taken too much and was stopped", "kept: a", "odd"]),
        max_size=2,
    ).map(tuple),
    overruled=st.lists(rules, max_size=2).map(tuple),
    samples=st.lists(samples, max_size=3).map(tuple),
    seconds=st.sampled_from([0.0, 0.25, 0.5]),  # exact in binary, so that sums do not depend on order
)
documents = st.lists(st.tuples(digests, names), max_size=20)


def tally_of(pairs):
    tally = Tally()
    for each, ident in pairs:
        tally.add(each, ident)
    return tally


@given(documents, st.randoms(use_true_random=False))
def test_the_order_of_the_documents_does_not_matter(pairs, random):
    mixed = list(pairs)
    random.shuffle(mixed)
    assert tally_of(mixed).to_json() == tally_of(pairs).to_json()


@given(documents, st.integers(0, 20))
def test_tallies_of_parts_merged_are_the_tally_of_the_whole(pairs, at):
    one = tally_of(pairs[:at])
    one.merge(tally_of(pairs[at:]))
    assert one.to_json() == tally_of(pairs).to_json()


@given(documents, names)
def test_a_tally_is_the_same_after_json(pairs, name):
    tally = tally_of(pairs)
    tally.fail(name, "not JSON")
    tally.leave_out("state")
    tally.duplicate("documents", 12)
    there = json.loads(json.dumps(tally.to_json()))
    again = Tally.from_json(there)
    assert again == tally
    assert json.loads(json.dumps(again.to_json())) == there


def test_a_resumed_tally_counts_on():
    pairs = [(digest(cleaner.explain(f"It rained {n}.\n\n- Advertisement -\n")), str(n)) for n in range(40)]
    resumed = Tally.from_json(json.loads(json.dumps(tally_of(pairs[:25]).to_json())))
    for pair in pairs[25:]:
        resumed.add(*pair)
    assert resumed.to_json() == tally_of(pairs).to_json()


TEXT = """The council met on Tuesday to talk about the bridge.

- Advertisement -

A decision was put off until spring.It will cost 4 million.

Read more: What the flood took, and what it left
"""


def test_a_digest_tells_what_the_result_did():
    result = cleaner.explain(TEXT, lang="en")
    told = digest(result, seconds=0.25)
    assert told.removed == result.removed_words() > 0
    assert told.words == len(TEXT.split())
    assert told.size == len(TEXT)
    assert {rule for rule, *_ in told.rules} == {edit.rule for edit in result.edits}
    assert sum(edits for _, _, edits, _ in told.rules) == len(result.edits)
    assert {sample.rule for sample in told.samples} == {edit.rule for edit in result.edits}
    assert (told.language, told.mode, told.seconds) == ("en", "article", 0.25)
    assert pickle.loads(pickle.dumps(told)) == told


def test_what_cannot_be_seen_is_no_word():
    told = digest(cleaner.explain("It rai\u200bned all day.\n\nIt was\u200b cold."))
    assert told.rules == (("characters/invisible", "characters", 2, 0),)
    assert told.removed == 0


def test_a_sample_is_what_went_in_its_place():
    for sample in digest(cleaner.explain(TEXT, lang="en")).samples:
        assert sample.before + sample.removed + sample.after in TEXT
        assert sample.length == len(sample.removed)
    removed = [sample.removed for sample in digest(cleaner.explain(TEXT, lang="en")).samples]
    assert "- Advertisement -" in removed


def test_long_samples_are_cut_short():
    source = "a" * 500 + "b" * 500 + "c" * 500
    (sample,) = digest(Result("", source, (Edit(500, 1000, "", "x/y:z", "y"),))).samples
    assert sample == Sample("x/y:z", "a" * 80, "b" * 200, "", "c" * 80, 500)


def test_the_language_is_looked_for_when_there_is_a_report():
    result = cleaner.explain("The council met on Tuesday, and it was all about the old bridge.")
    assert result.language is None
    assert digest(result).language == "en"
    assert digest(result, report=False).language == ""
    assert digest(result, report=False).samples == ()


def test_odd_languages_of_records_do_not_make_the_tally_grow():
    codes = {"en-GB": "en", "EN": "en", "zh_Hant": "zh", "English": "other", "<b>": "other", "": ""}
    for said, code in codes.items():
        assert digest(Result("", "", language=said)).language == code


def test_figures_add_up():
    tally = tally_of((digest(cleaner.explain(TEXT, lang="en")), f"{n}") for n in range(10))
    tally.fail("a.jsonl:11", "not JSON")
    assert (tally.documents, tally.edited, tally.failed) == (11, 10, 1)
    for rows in (tally.rules, tally.families):
        assert sum(row.words for row in rows.values()) == tally.removed
    for groups in (tally.languages, tally.modes, tally.states):
        assert sum(group.removed for group in groups.values()) == tally.removed
        assert sum(group.documents for group in groups.values()) == 10
    assert sum(tally.shares.values()) == 10


def test_nothing_removed_is_a_share_of_its_own():
    none = Digest(1000, 9, "", "article", "complete")
    some = Digest(1000, 9, "", "article", "complete", rules=(("r", "f", 1, 1),))
    more = Digest(10, 9, "", "article", "complete", rules=(("r", "f", 1, 12),))  # parts of words count
    assert tally_of([(none, "a"), (some, "b"), (more, "c")]).shares == {0: 1, 1: 1, 100: 1}


def test_memory_does_not_grow_with_the_run():
    sizes = []
    tally = Tally()
    for part in range(2):
        for n in range(part * 4000, part * 4000 + 4000):
            text = f"text {n * 7919 % 8000}"
            row = ("en/a:b", "a", 1, n % 100)
            sample = Sample("en/a:b", text, text, "", text, 9)
            tally.add(Digest(100, 9, "en", "article", "cut", (row,), samples=(sample,), seconds=0.1), str(n))
            tally.fail(str(n), "broken")
        sizes.append(len(json.dumps(tally.to_json())))
    assert sizes[1] < 1.1 * sizes[0]
    assert len(tally.most_removed) == len(tally.highest_share) == MOST_LOSSES
    assert len(tally.samples["en/a:b"].kept) == MOST_SAMPLES
    assert (len(tally.failures), tally.failed) == (MOST_FAILURES, 8000)


def test_the_greatest_losses_are_the_greatest():
    pairs = [
        (Digest(1000, 9, "", "article", "complete", rules=(("r", "f", 1, n * 7 % 300),)), f"{n}")
        for n in range(300)
    ]
    assert [loss.removed for loss in tally_of(pairs).most_removed] == list(range(299, 249, -1))


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("uvwxyz"), st.integers(0, 3))))
def test_samples_are_those_of_the_least_lots(occurrences):
    spread = Spread(3)
    for lot, text, rest in occurrences:
        if spread.would_take(lot):
            spread.add(lot, text, rest)
    least = {}
    for lot, text, rest in occurrences:
        least[text] = min(least.get(text, (lot, rest)), (lot, rest))
    expected = sorted((lot, text, rest) for text, (lot, rest) in least.items())[:3]
    assert list(spread) == expected


@given(st.lists(st.integers(), max_size=30), st.integers(1, 5))
def test_the_least_are_kept(numbers, most):
    least = Least(most)
    least.update(numbers)
    assert list(least) == sorted(numbers)[:most]


def test_times_are_counted_in_bands():
    times = {0.0000001: 1, 0.001: 1000, 0.0011: 2000, 0.0021: 5000, 0.006: 10_000, 3.0: 5_000_000, 99: 10**8}
    assert {seconds: bound(seconds) for seconds in times} == times
