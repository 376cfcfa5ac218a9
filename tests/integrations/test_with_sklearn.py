"""scikit-learn: a transformer of texts."""

import pickle

import pytest
from corpus import CLUB, PACK, WITHOUT_CLUB, cleaned, library, run_examples, texts

import cleaner
from cleaner.errors import InputError

library("sklearn")

import numpy as np  # noqa: E402
from sklearn.base import clone  # noqa: E402
from sklearn.exceptions import NotFittedError  # noqa: E402
from sklearn.utils import estimator_checks  # noqa: E402

from cleaner.integrations.sklearn import ArticleCleaner  # noqa: E402


def test_texts_come_out_as_from_the_cleaner():
    assert ArticleCleaner().fit_transform(texts()) == cleaned()
    assert ArticleCleaner(n_jobs=2).fit_transform(texts() * 20) == cleaned() * 20


def test_arrays_stay_arrays_of_their_shape():
    column = np.array(texts(), dtype=object).reshape(-1, 1)
    out = ArticleCleaner().fit_transform(column)
    assert out.shape == column.shape
    assert out.ravel().tolist() == cleaned()


def test_the_parameters_are_the_options_of_the_cleaner():
    names = set(ArticleCleaner().get_params())
    assert names == {*cleaner.options.NAMES, "learn", "n_jobs"}
    defaults = cleaner.Options()
    for name in cleaner.options.NAMES:
        assert ArticleCleaner().get_params()[name] == getattr(defaults, name)


def test_a_clone_and_a_pickle_clean_alike(tmp_path):
    pack = tmp_path / "mine.toml"
    pack.write_text(PACK)
    fitted = ArticleCleaner(packs=[str(pack)]).fit([])
    assert clone(fitted).get_params() == fitted.get_params()
    sent = pickle.dumps(fitted)
    pack.unlink()
    assert pickle.loads(sent).transform([CLUB]) == [WITHOUT_CLUB]


def story(number):
    days, things = (
        ("Monday", "Tuesday", "Friday", "Sunday"),
        ("bridge", "mill", "wall", "quay", "school", "lamp"),
    )
    told = (
        f"The council met on {days[number % 4]} to talk about the {thing} that the flood of that year had"
        f" taken from the people of {chr(97 + number) * 5}."
        for thing in things[number % 3 : number % 3 + 3]
    )
    return "\n\n".join(told)


def page(number):
    """A page of one site: a story of its own within the site's lines."""
    return f"Front page\n\nCouncil and coast\n\n{story(number)}\n\nWrite to the editor\n\nTerms of use"


def test_fit_learns_what_a_site_repeats_when_asked():
    new = [page(6), page(7)]
    fitted = ArticleCleaner(learn=True, site="harbour.example").fit([page(number) for number in range(6)])
    assert fitted.transform(new) == [story(6), story(7)]
    assert all(
        "Council and coast" in text for text in ArticleCleaner(site="harbour.example").fit_transform(new)
    )
    assert pickle.loads(pickle.dumps(fitted)).transform(new) == [story(6), story(7)]
    with pytest.raises(NotFittedError):
        clone(fitted).transform(new)
    with pytest.raises(cleaner.OptionError, match="learn needs the site"):
        ArticleCleaner(learn=True).fit(new)


OF_TEXTS = [
    "check_no_attributes_set_in_init",
    "check_parameters_default_constructible",
    "check_estimator_cloneable",
    "check_estimator_repr",
    "check_estimator_tags_renamed",
    "check_valid_tag_types",
    "check_get_params_invariance",
    "check_set_params",
    "check_do_not_raise_errors_in_init_or_set_params",
    "check_mixin_order",
]


@pytest.mark.parametrize("name", OF_TEXTS)
def test_what_scikit_learn_checks_of_any_estimator_holds(name):
    check = getattr(estimator_checks, name, None)
    if check is None:
        pytest.skip(f"this version of scikit-learn has no {name}")
    check("ArticleCleaner", ArticleCleaner())


@pytest.mark.filterwarnings("ignore:Can't test estimator")  # all that need numbers are left out
def test_every_check_that_scikit_learn_would_run_passes():
    results = estimator_checks.check_estimator(ArticleCleaner(), on_fail=None, on_skip=None)
    assert results
    assert [one["check_name"] for one in results if one["status"] == "failed"] == []


def test_what_is_no_text_is_refused_in_one_line():
    with pytest.raises(InputError, match="text 1 is int, not text"):
        ArticleCleaner().fit_transform(["a", 1])
    with pytest.raises(InputError, match="give a list of it"):
        ArticleCleaner().fit_transform("a")


def test_the_examples_of_the_page_run():
    assert run_examples("sklearn")["words"]
