"""What state a document is in: never by one phrase, and never for an honest text about such pages."""

import pytest

import cleaner

PROSE = (
    "The council met on Tuesday to talk about the bridge that the flood had taken away in March, "
    "and found that the money would not reach before the autumn."
)
CUT = (
    "The council met on Tuesday to talk about the bridge that the flood had taken away in March, "
    "and one of its members said that the money for the"
)


def state(text, **options):
    return cleaner.explain(text, **options).state


TEASERS = {
    "en": f"{PROSE}\n\nThe mayor told the meeting that the harbour\u2026\n\nSubscribe to continue reading\n\n"
    "Already a subscriber? Log in",
    "de": f"{PROSE}\n\nDer Bürgermeister sagte\u2026\n\nDieser Artikel ist nur für Abonnenten.\n\n"
    "Jetzt anmelden und weiterlesen",
    "fr": f"{PROSE}\n\nLe maire a dit\u2026\n\nLa suite est réservée aux abonnés.\n\nDéjà abonné "
    "? Connectez-vous",
    "es": f"{PROSE}\n\nEl alcalde dijo\u2026\n\nPara seguir leyendo, suscríbete.\n\n¿Ya eres "
    "suscriptor? Inicia sesión",
}
CONSENT = {
    "en": "We value your privacy\n\nWe and our 120 partners store information on a device, such "
    "as cookies, and "
    "process personal data. By clicking Accept you consent to this. You can change your choices at any "
    "time in our cookie settings.\n\nAccept all\nReject all\nManage options",
    "opt-out": "This site uses cookies to make your visit better. We'll assume you're ok with this, "
    "but you can opt-out if you wish.\n\nAccept",
    "further": "Our site uses cookies and other means so that we and our partners can remember you. Further "
    "use of this site will be taken for consent.",
    "weiter": "Datenschutz: Diese Website verwendet Cookies. Wenn du die Website weiterhin nutzt, stimmst du "
    "der Verwendung von Cookies zu. Du kannst Cookies in deinen Einstellungen deaktivieren.",
    "de": "Wir und unsere Partner verwenden Cookies und verarbeiten personenbezogene Daten. Mit "
    "dem Klick auf "
    "Akzeptieren geben Sie Ihre Einwilligung. Sie können Ihre Einwilligung jederzeit widerrufen.\n\n"
    "Alle akzeptieren\nEinstellungen",
    "fr": "Nous et nos partenaires utilisons des cookies et traitons des données personnelles. "
    "En cliquant sur "
    "Accepter vous donnez votre consentement. Vous pouvez modifier vos choix dans les paramètres des "
    "cookies.\n\nTout accepter\nContinuer sans accepter",
    "es": "Nosotros y nuestros socios utilizamos cookies y tratamos datos personales. Al hacer "
    "clic en Aceptar "
    "da su consentimiento. Puede rechazar las cookies en la configuración.\n\nAceptar todo\nRechazar",
}
ERRORS = {
    "en": "404\n\nPage not found\n\nThe page you are looking for might have been removed or had its name "
    "changed.\n\nGo back to the homepage",
    "robot": "Just a moment...\n\nVerify you are human by completing the action below.\n\nRay ID: 7ab3",
    "firewall": "Sorry, you have been blocked\n\nThis site uses a security service to keep off attacks from "
    "the net. The action you just took triggered it. There are several actions that may trigger a block, "
    "such as a word of a database's language.\n\nYou can e-mail the site's owner to let them know.",
    "region": "451: Unavailable due to legal reasons\n\nWe recognise that you are trying to access this site "
    "from a country of the European Economic Area, and cannot grant you access at this time.",
    "bot": "Pardon our interruption\n\nAs you were browsing, something made us think that you might be a bot."
    "\n\nTo continue, please tick the box below.",
    "script": "Gazette of the Coast\n\nYou need to enable JavaScript to run this app.",
    "denied": "Access Denied\n\nYou don't have permission to access this server.\n\nReference #18.2f",
    "server": "502 Bad Gateway\n\nPlease try again in a few moments.",
    "de": "Fehler 404\n\nDie gesuchte Seite wurde leider nicht gefunden.\n\nZurück zur Startseite",
    "fr": "Erreur 404\n\nPage introuvable\n\nRetour à l'accueil",
    "es": "Error 404\n\nPágina no encontrada\n\nVolver a la página de inicio",
}


@pytest.mark.parametrize("text", TEASERS.values(), ids=TEASERS)
def test_a_short_text_that_breaks_off_at_a_wall_is_a_teaser(text):
    result = cleaner.explain(text)
    assert result.state == "teaser"
    assert len(result.evidence) >= 3
    assert set(result.evidence) <= set(result.warnings)


@pytest.mark.parametrize("text", CONSENT.values(), ids=CONSENT)
def test_a_text_of_nothing_but_consent_is_a_consent_page(text):
    assert state(text) == "consent page"


@pytest.mark.parametrize("text", ERRORS.values(), ids=ERRORS)
def test_the_wording_of_an_error_with_hardly_a_word_besides_is_an_error_page(text):
    assert state(text) == "error page"


@pytest.mark.parametrize("text", [*TEASERS.values(), *CONSENT.values(), *ERRORS.values()])
def test_the_state_does_not_hang_on_the_rules_that_take_part(text):
    assert state(text, without=["rules"]) == state(text)


@pytest.mark.parametrize(
    "text",
    [
        f"{PROSE}\n\nSubscribe to continue reading",  # one phrase
        f"{PROSE}\n\nSubscribe now to our weekend paper for the full story.",  # one, of two kinds
        f"{PROSE}\n\nAlready a subscriber? Log in\n\nSubscribe now for 1 a month. Cancel anytime",  # no wall
        f"Subscribe to continue reading\n\nAlready a subscriber? Log in\n\n{PROSE}",  # prose goes on
        f"{PROSE}\n\nSubscribe to our newsletter\n\nSign up to read the news first",
        (
            "Readers of the Gazette must subscribe to continue reading from May, its owner said "
            "on Monday, and "
            "those who have used up their free articles will meet a wall. Already a subscriber? Then nothing "
            "changes, the owner said, but the price does."
        ),
        (
            "Paywalls\n\nYou have reached your limit of free articles, the screen tells readers "
            "who come back, and "
            "most of them leave at once, as a study of nine papers found last year."
        ),
    ],
)
def test_a_wall_or_talk_of_walls_alone_makes_no_teaser(text):
    assert state(text) == "complete"


@pytest.mark.parametrize(
    "text",
    [
        (
            "Sites that ask for consent to cookies must offer a button to reject all, the court "
            "said on Monday. "
            "It was not enough that users could change their settings later. The ruling binds all shops.\n\n"
            "The shop had told visitors: \u201cWe use cookies. By clicking Accept you consent "
            "to this.\u201d The judges "
            "found that this was no choice, and that the cookies had been set before anyone clicked."
        ),
        (
            "How to clear cookies\n\nOpen the settings of your browser and choose Privacy. You "
            "can delete all cookies "
            "there, or those of one site. After that you must log in again everywhere.\n\nIf a "
            "page asks for your "
            "consent, reject what you do not need: the page will work all the same."
        ),
        f"{PROSE}\n\nWe use cookies to improve your experience. By continuing you accept our use of cookies.",
        (
            "Wir verwenden Cookies, schreibt fast jede Seite. Was das heißt, wissen die "
            "wenigsten, sagt eine Umfrage "
            "des Verbandes. Zwei von drei Befragten stimmen zu, ohne zu lesen."
        ),
        (
            "Grandmother's cookies\n\nWe use cookies from the day before. Choose the dark ones and "
            "accept no others."
        ),
    ],
)
def test_an_article_about_consent_is_an_article(text):
    assert state(text) == "complete"


@pytest.mark.parametrize(
    "text",
    [
        (
            "What a 404 tells\n\nThe code 404 means that a page was not found, and it is the "
            "best known of all errors on "
            "the web. It was named in 1992 by the people who wrote the first server."
        ),
        (
            "Error pages can be fun. One shop shows a lost sheep where a page is not there, and "
            "sells more for it."
        ),
        (
            "Access denied: the harbour keeps its gate shut\n\nThe gate of the harbour will "
            "stay shut to visitors until "
            "May, the harbour master said on Friday. Fishermen may pass."
        ),
        f"{PROSE}\n\nPlease enable JavaScript to view the comments.",
        "Are you a robot? asked the girl. The machine took its time, and then it said that it did not know.",
        (
            "Der Fehler 404 ist der bekannteste im Netz. Er sagt, dass eine Seite nicht "
            "gefunden wurde, und viele "
            "Firmen machen einen Scherz daraus."
        ),
        (
            "L'erreur 404 a trente ans. Elle dit qu'une page est introuvable, et chacun l'a vue un "
            "jour ou l'autre."
        ),
        "El error 404 cumple treinta años. Dice que una página no existe, y todos la han visto alguna vez.",
    ],
)
def test_an_article_about_errors_is_an_article(text):
    assert state(text) == "complete"


def test_a_brief_of_forty_words_is_complete():
    brief = (
        "A boat ran aground off the old mill early on Monday. Nobody was hurt. The coast guard "
        "pulled it free at "
        "noon, when the tide was high, and it reached the harbour by its own engine within the hour."
    )
    assert state(brief) == "complete"
    assert state("Rain.") == "complete"


def test_a_text_that_breaks_off_without_a_wall_is_cut():
    result = cleaner.explain(f"{PROSE}\n\n{CUT}", lang="en")
    assert result.state == "cut"
    assert result.evidence


def test_nothing_is_empty_and_what_went_wholly_is_too():
    assert cleaner.explain(" \n ").state == "empty"
    gone = cleaner.explain("- Advertisement -\n\nRead more")
    assert (gone.text, gone.state, gone.evidence) == ("", "empty", ("all of it went",))


def test_an_article_that_structure_took_by_mistake_is_no_consent_page():
    from cleaner.document import Edit
    from cleaner.state import state_of

    consent = CONSENT["en"]
    source = f"{PROSE}\n{PROSE}\n{PROSE}\n{consent}"
    edit = Edit(0, len(source) - len(consent), "", "structure/menu", "structure")
    assert state_of(source, consent, (edit,), ())[0] == "complete"


def test_a_long_text_is_searched_for_no_phrase(monkeypatch):
    from cleaner import state as module

    monkeypatch.setattr(module, "_signs", None)
    assert module.state_of(PROSE * 200, PROSE * 200, (), ())[0] == "complete"
