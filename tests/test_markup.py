"""HTML as text: the words of the article, in lines, and nothing of the page's furniture."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.markup import Page, html_to_text, looks_like_html

PROSE = "The mill by the river had stood empty for years before the two sisters bought it. "
ARTICLE = f"<article><h1>The mill</h1><p>{PROSE}</p><p>{PROSE * 2}</p></article>"
FURNITURE = ["nav", "footer", "aside", "form"]


def text(html):
    return html_to_text(html).text


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<p>One</p><p>two</p>", "One\n\ntwo"),
        ("<h1>Title</h1>One<div>two</div>three", "Title\n\nOne\ntwo\nthree"),
        ("<ul><li>one<li>two</ul><p>three", "one\ntwo\n\nthree"),
        ("<ul><li><p>one</p><li>two<ul><li>two a</ul><li>three</ul>", "one\ntwo\ntwo a\nthree"),
        ("<ol><li><h2>A</h2><p>one</p><li><h2>B</h2><p>two</p></ol>", "A\n\none\n\nB\n\ntwo"),
        ("<dl><dt>mill</dt><dd>a house</dd></dl>", "mill\na house"),
        ("one<br>two<br/><br />three<br><br><br>four", "one\ntwo\n\nthree\n\nfour"),
        ("<div>one<br></div><div>two</div>", "one\ntwo"),
        ("<p>one<br>&nbsp;<br>two</p>", "one\n\ntwo"),
        ("<p>one</p><p>&nbsp;</p><p> </p><p>two</p>", "one\n\ntwo"),
        ("<blockquote><p>one</p></blockquote>two", "one\n\ntwo"),
        ("<figure><img src=a><figcaption>A mill</figcaption></figure>one", "A mill\n\none"),
        ("one<hr>two", "one\n\ntwo"),
        ("<p>one<p>two<div>three</div>four", "one\n\ntwo\n\nthree\nfour"),
        ("no markup\n\nat all", "no markup at all"),
        ("", ""),
        (" \n ", ""),
    ],
)
def test_blocks_have_lines_of_their_own(html, shown):
    assert text(html) == shown


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<p><b>T</b>he <i>mill</i>.</p>", "The mill."),
        ("<p>the\n   <a href=x>old</a>\tmill\r\n</p>", "the old mill"),
        ("<p>the <b> old </b> mill</p>", "the old mill"),
        ("<p>the<!-- old --> mi<wbr>ll</p>", "the mill"),
        ("<p>5&nbsp;000 <b>&nbsp;</b>€</p>", "5\xa0000 \xa0€"),
        ("<p>H<sub>2</sub>O, Mc<b>Gill</b></p>", "H2O, McGill"),
        ("<a href=a>one</a><a href=b>two</a>", "one two"),
        ("<a href=a>o</a><a href=a>ne</a>", "one"),
        ("<b>Written by</b><i>Ada Holm</i>", "Written by Ada Holm"),
        ("<code><b>get</b><i>Name</i></code>", "getName"),
        ("<button>yes</button><button>no</button>", "yes no"),
        ("&lt;p&gt; &amp;amp; &eacute;&#8217;", "<p> &amp; é’"),
    ],
)
def test_words_are_neither_glued_nor_split(html, shown):
    assert text(html) == shown


def test_preformatted_text_stays_as_it_is():
    code = "def f():\n\n\n    return\t1  # one\n"
    assert text(f"<p>See:</p><pre>\n{code}</pre><p>end") == f"See:\n\n{code.rstrip()}\n\nend"
    assert text("<pre>a<br>  b</pre>") == "a\n  b"


def test_the_cells_of_a_row_are_separated_by_a_tab():
    head = "<caption>Mills</caption><tr><th>Year<th>Mills"
    table = f"<table>{head}<tr><td><p>1900</p><td>7<br>or 8<tr><td><td>2</table>"
    assert text(f"one{table}two") == "one\n\nMills\nYear\tMills\n1900\t7 or 8\n2\n\ntwo"


def test_a_table_that_lays_out_the_page_is_no_table():
    data = "<table><tr><td>1<td>2</table>"
    page = f"<table><tr><td>Menu<td><p>{PROSE}</p><p>{PROSE}</p>{data}</table>"
    assert text(page) == "\n\n".join(["Menu", PROSE.strip(), PROSE.strip(), "1\t2"])


@pytest.mark.parametrize("name", FURNITURE)
def test_the_furniture_of_a_page_goes(name):
    html = f"<body><{name}><p>Sign up here</p></{name}>{ARTICLE}<{name}>One <a>two</a></{name}>"
    assert text(html) == text(ARTICLE)


@pytest.mark.parametrize(
    "gone",
    [
        "<script>var a = '<p>x</p>';</script>",
        "<style>p {color: red}</style>",
        "<noscript>Turn on JavaScript</noscript>",
        "<template><p>Hello</p></template>",
        "<svg><title>Icon</title><text>x</text></svg>",
        "<iframe>frames</iframe>",
        "<select><option>Norway</option></select>",
        "<p hidden>Saved!</p>",
        "<p style='color:red; DISPLAY : none'>Saved!</p>",
        "<p style='visibility:hidden'>Saved!</p>",
        "<span aria-hidden='true'>#</span>",
        "<dialog>Are you sure?</dialog>",
        "<!-- a comment -->",
        "<?php echo 1 ?>",
        f"<div aria-hidden=true class='cookie-modal'><p>{PROSE}</p></div>",
        f"<div hidden role=dialog><p>{PROSE}</p></div>",
    ],
)
def test_what_is_not_shown_goes(gone):
    assert text(f"{ARTICLE}{gone}") == text(ARTICLE)
    assert text(f"{gone}{ARTICLE}") == text(ARTICLE)


@pytest.mark.parametrize("name", [*FURNITURE, "noscript", "div hidden", "body style='display:none'"])
def test_what_holds_the_article_stays(name):
    html = f"<{name}><nav>One</nav>{ARTICLE}<form>Your name</form></{name.split()[0]}>"
    assert text(html) == text(ARTICLE)


def test_a_short_page_in_a_form_stays():
    assert (
        text("<form><nav><a>Home</a></nav><h1>Closed</h1><p>Back soon.</p></form>") == "Closed\n\nBack soon."
    )


def test_what_unfolds_is_read():
    answer = f"<h3>Is it open?</h3><div style='display:none' role=region><p>{PROSE}</p></div>"
    assert PROSE.strip() in text(ARTICLE + "<p>Questions</p>" + answer)
    assert PROSE.strip() in text(f"{ARTICLE}<div hidden id='S:1f'>Short <a href=x>part</a> {PROSE}</div>")


@pytest.mark.parametrize("name", ["footer", "aside"])
def test_prose_in_the_parts_of_an_article_stays(name):
    note = "Correction: an earlier version of this story gave a wrong year for the fire."
    inside = ARTICLE.replace("</article>", f"<{name}><p>{note}</p></{name}></article>")
    assert text(inside) == text(ARTICLE) + f"\n\n{note}"
    assert text(f"{ARTICLE}<{name}><p>{note}</p></{name}>") == text(ARTICLE)


def test_the_source_of_a_quotation_stays():
    html = f"{ARTICLE}<blockquote><p>We stay.</p><footer>Ada Holm</footer></blockquote>"
    assert text(html).endswith("We stay.\n\nAda Holm")


def test_a_drop_cap_hidden_from_readers_aloud_stays():
    assert text("<p><span aria-hidden=true>L</span>ast year</p>") == "Last year"
    assert text("<p><span aria-hidden=true>L</span><span>Last</span> year</p>") == "Last year"


def test_the_header_of_an_article_stays():
    assert text(f"<header><h1>The mill</h1></header><p>{PROSE}") == f"The mill\n\n{PROSE.strip()}"


def test_what_the_page_says_of_itself():
    html = """<!DOCTYPE html><html lang="pt-BR"><head><title> The mill
        | A paper</title><link rel="canonical" href="https://example.org/mill"></head><p>One"""
    assert html_to_text(html) == Page("One", "The mill | A paper", "pt", "https://example.org/mill")
    shared = "<meta property=og:title content='The mill'><meta property=og:url content='http://a.example/'>"
    assert html_to_text(f"<title>x</title>{shared}<link rel=canonical href=/mill>One") == Page(
        "One", "The mill", None, "http://a.example/"
    )
    assert html_to_text("<html lang=''><title> </title><p>One") == Page("One")


@pytest.mark.parametrize(
    "piece", ["<div>", "<b>", "<ul><li>", "<table><tr><td>", "<form>", "<blockquote><footer>"]
)
def test_deep_pages_are_read(piece):
    assert "The mill" in text(piece * 10_000 + "The mill")


@pytest.mark.parametrize("html", ["a\x00b", "<p>a\x00b", "<p>a<\x00b>b"])
def test_nul_characters_are_dropped(html):
    assert "\x00" not in text(html)
    assert text(html).startswith("a")


def test_lone_surrogates_are_replaced():
    assert text("<p>one \ud800 two</p>") == "one \ufffd two"


@pytest.mark.parametrize(
    "html",
    [
        "<!DOCTYPE html>\n<html><head><title>x</title></head>",
        "\ufeff  <!-- saved --><?xml version='1.0'?>\n<!doctype HTML PUBLIC '-//W3C'><html>",
        "<html lang=en>\n<body>text",
        "<body class='a'><p>One",
        "<p>One</p>\n<p>two</p>\n",
        "<div><p>One <b>two</b></p></div>",
        "<ul><li>One</li><li>two</li></ul>",
    ],
)
def test_html_is_recognised(html):
    assert looks_like_html(html)


@pytest.mark.parametrize(
    "plain",
    [
        "",
        "   ",
        "The mill by the river",
        "<html> is the root of every page, and <body> comes next.",
        "<!DOCTYPE html> tells the browser which rules apply.",
        "<p> marks a paragraph, </p> ends it; <div> and </div> mark a block.",
        "A page begins with <html><body><p>One</p><p>two</p></body></html>",
        "<b>Bold</b> words <i>here</i>",
        "<3 <3 <3",
        "<p>One</p>",
        "&lt;p&gt;One&lt;/p&gt;&lt;p&gt;two&lt;/p&gt;",
        "# Markdown\n\n<div>\n<p>One</p></div>\n\nMore words",
        "<?xml version='1.0'?><feed><entry>One</entry></feed>",
    ],
)
def test_text_that_mentions_tags_is_no_html(plain):
    assert not looks_like_html(plain)


TAG_NAMES = "p div b i a ul li table tr td form nav aside footer pre br span article blockquote h1"
TAGS = st.sampled_from(TAG_NAMES.split())
WORDS = st.text(alphabet=string.ascii_lowercase, min_size=1, max_size=5)
PIECES = st.one_of(WORDS, TAGS.map("<{}>".format), TAGS.map("</{}>".format), st.just(" "))


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=200))
def test_any_string_is_read(source):
    page = html_to_text(source)
    assert page == html_to_text(source)
    page.text.encode()
    assert "\x00" not in page.text
    assert looks_like_html(source) in (True, False)


@given(st.lists(PIECES, max_size=30))
def test_any_soup_of_tags_gives_words_of_the_source_in_tidy_lines(pieces):
    shown = text("".join(pieces))
    letters = "".join(piece for piece in pieces if piece.isalpha())
    rest = iter(letters)
    assert all(letter in rest for letter in shown if letter.isalpha())
    if "<pre>" not in pieces:
        assert "\n\n\n" not in shown
        assert all(line == line.strip() for line in shown.split("\n"))


@given(st.lists(st.lists(WORDS, min_size=1, max_size=4), min_size=1, max_size=6))
def test_paragraphs_come_out_as_they_went_in(paragraphs):
    lines = [" ".join(words) for words in paragraphs]
    assert text("".join(f"<p>{line}</p>\n" for line in lines)) == "\n\n".join(lines)
