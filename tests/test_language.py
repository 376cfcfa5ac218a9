"""The language of a text, whatever stands round it."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner import language
from cleaner.language import SUPPORTED, detect

ARTICLES = {
    "en": "The council said on Monday that the bridge would be closed for three weeks, and that "
    "buses will take another road until the work is done.",
    "de": "Der Stadtrat teilte am Montag mit, dass die Brücke für drei Wochen gesperrt wird und "
    "die Busse bis zum Ende der Arbeiten eine andere Straße nehmen.",
    "fr": "Le conseil municipal a annoncé lundi que le pont sera fermé pendant trois semaines et "
    "que les autobus passeront par une autre rue jusqu’à la fin des travaux.",
    "es": "El ayuntamiento anunció el lunes que el puente estará cerrado durante tres semanas y "
    "que los autobuses irán por otra calle hasta que terminen las obras.",
    "it": "Il consiglio comunale ha annunciato lunedì che il ponte sarà chiuso per tre settimane "
    "e che gli autobus passeranno da un’altra strada fino alla fine dei lavori.",
    "pt": "A câmara municipal anunciou na segunda-feira que a ponte vai ficar fechada durante três "
    "semanas e que os autocarros não vão passar por essa rua até ao fim das obras.",
    "nl": "De gemeenteraad maakte maandag bekend dat de brug drie weken dicht gaat en dat de "
    "bussen een andere weg nemen totdat het werk klaar is.",
    "pl": "Rada miasta poinformowała w poniedziałek, że most będzie zamknięty przez trzy tygodnie, "
    "a autobusy pojadą inną drogą do czasu zakończenia prac.",
    "ru": "Городской совет сообщил в понедельник, что мост будет закрыт на три недели и что "
    "автобусы поедут по другой улице, пока не закончатся работы.",
    "uk": "Міська рада повідомила в понеділок, що міст буде закрито на три тижні і що автобуси "
    "їздитимуть іншою вулицею, доки не завершаться роботи.",
    "tr": "Belediye meclisi pazartesi günü köprünün üç hafta boyunca kapalı olacağını ve "
    "otobüslerin çalışmalar bitene kadar başka bir yoldan gideceğini bildirdi, ama bu çok uzun.",
    "ar": "أعلن مجلس المدينة يوم الاثنين أن الجسر سيغلق لمدة ثلاثة أسابيع وأن الحافلات ستمر من "
    "شارع آخر حتى انتهاء العمل في هذا المكان.",
    "zh": "市议会星期一宣布，大桥将关闭三个星期，公共汽车将改走另一条路，直到工程结束为止。",
    "ja": "市議会は月曜日、橋を三週間閉鎖し、工事が終わるまでバスは別の道を通ると発表した。",
    "ko": "시의회는 월요일에 다리가 삼 주 동안 폐쇄되며 공사가 끝날 때까지 버스가 다른 길로 다닌다고 밝혔다.",
    "cs": "Městská rada v pondělí oznámila, že most bude na tři týdny uzavřen a že autobusy "
    "pojedou jinou cestou, dokud práce neskončí.",
    "sk": "Mestská rada v pondelok oznámila, že most bude na tri týždne uzavretý a že autobusy "
    "pôjdu inou cestou, kým sa práce neskončia, čo je podľa nej nutné.",
    "sv": "Kommunen meddelade på måndagen att bron ska vara stängd i tre veckor och att bussarna "
    "kör en annan väg tills arbetet är klart.",
    "da": "Kommunen oplyste mandag, at broen bliver lukket i tre uger, og at busserne kører en "
    "anden vej, indtil arbejdet er færdigt, hvad mange ikke er glade for.",
    "no": "Kommunen opplyste mandag at broen blir stengt i tre uker, og at bussene kjører en annen "
    "vei til arbeidet er ferdig, noe mange ikke er glade for etter det som ble sagt.",
    "fi": "Kaupunginvaltuusto ilmoitti maanantaina, että silta on suljettu kolme viikkoa ja että "
    "bussit ajavat toista tietä, kunnes työt ovat valmiit.",
    "hu": "A városi tanács hétfőn közölte, hogy a hidat három hétre lezárják, és a buszok más úton "
    "járnak, amíg a munka el nem készül.",
    "ro": "Consiliul local a anunțat luni că podul va fi închis timp de trei săptămâni și că "
    "autobuzele vor merge pe altă stradă până când lucrările sunt gata.",
    "el": "Το δημοτικό συμβούλιο ανακοίνωσε τη Δευτέρα ότι η γέφυρα θα μείνει κλειστή.",
    "he": "מועצת העיר הודיעה ביום שני כי הגשר ייסגר לשלושה שבועות.",
    "th": "สภาเมืองประกาศเมื่อวันจันทร์ว่าสะพานจะปิดสามสัปดาห์",
    "hi": "नगर परिषद ने सोमवार को कहा कि पुल तीन सप्ताह के लिए बंद रहेगा और बसें दूसरे रास्ते से जाएंगी।",
    "fa": "شورای شهر روز دوشنبه اعلام کرد که این پل به مدت سه هفته بسته است و اتوبوس‌ها از راه دیگری می روند.",
    "id": "Dewan kota mengumumkan pada hari Senin bahwa jembatan itu akan ditutup selama tiga "
    "minggu dan bus akan melalui jalan lain sampai pekerjaan selesai.",
    "vi": "Hội đồng thành phố thông báo hôm thứ hai rằng cây cầu sẽ đóng cửa trong ba tuần và xe "
    "buýt sẽ đi đường khác cho đến khi công việc hoàn thành.",
    "ca": "L’ajuntament va anunciar dilluns que el pont estarà tancat durant tres setmanes i que "
    "els autobusos aniran per un altre carrer fins que les obres s’acabin amb èxit.",
    "hr": "Gradsko vijeće objavilo je u ponedjeljak da će most biti zatvoren tri tjedna i da će "
    "autobusi ići drugom cestom dok se radovi ne završe, što nije dobro.",
    "sl": "Mestni svet je v ponedeljek sporočil, da bo most zaprt tri tedne in da bodo avtobusi "
    "vozili po drugi cesti, dokler dela ne bodo končana, kar je zelo dolgo.",
    "bg": "Общинският съвет съобщи в понеделник, че мостът ще бъде затворен за три седмици и че "
    "автобусите ще минават по друга улица, докато приключи работата.",
    "sr": "Градско веће је у понедељак објавило да ће мост бити затворен три недеље и да ће "
    "аутобуси ићи другим путем док се радови не заврше.",
}


@pytest.mark.parametrize("code", ARTICLES)
def test_each_language_is_told(code):
    assert detect(ARTICLES[code]) == code


@pytest.mark.parametrize("code", SUPPORTED)
def test_capitals_tell_as_much(code):
    capitals = ARTICLES[code].replace("i", "İ") if code == "tr" else ARTICLES[code]
    assert detect(capitals.upper()) == code


@pytest.mark.parametrize("code", SUPPORTED)
def test_menus_do_not_decide(code):
    other = "de" if code == "en" else "en"
    menu = {"en": "Home\nAbout us\nWhat is on\nSign in", "de": "Start\nÜber uns\nWas ist neu"}
    article = "\n\n".join([ARTICLES[code]] * 4)
    assert detect("\n".join([menu[other]] * 20) + "\n" + article) == code


@pytest.mark.parametrize("code", SUPPORTED)
def test_a_text_of_one_long_line_is_seen_through_windows(code):
    assert detect((ARTICLES[code] + " ") * 3_000) == code


@pytest.mark.parametrize("code", ["de", "fr", "tr", "vi", "cs"])
def test_letters_and_their_marks_may_come_apart(code):
    import unicodedata

    assert detect(unicodedata.normalize("NFD", ARTICLES[code])) == code


@pytest.mark.parametrize("code", SUPPORTED)
def test_function_words_and_script_decide_without_langdetect(code, monkeypatch):
    monkeypatch.setattr(language, "_langdetect", lambda *_: pytest.fail("langdetect was asked"))
    assert detect(ARTICLES[code]) == code


@pytest.mark.parametrize(
    "text",
    [
        *("", " \n\n ", "12:30", "2023-11-04 | 17.50 €", "A", "?!…", "\x00\x00", "👍👍"),
        "https://example.org/the/and/of/is/in",
        "Xylo Brunk Vextra Polmo",
    ],
)
def test_what_has_no_words_of_a_language_has_none(text):
    assert detect(text) is None


def test_a_few_foreign_words_do_not_decide():
    quote = "「お待ちしております」"
    assert detect(ARTICLES["en"] + " She read the sign, " + quote + ", twice.") == "en"
    assert detect(ARTICLES["zh"] * 3 + "他说“カラオケ”很好。") == "zh"
    assert detect(ARTICLES["ja"] + " (JR East Japan)") == "ja"
    assert detect(ARTICLES["ru"] + " Windows 11, iPhone, YouTube.") == "ru"


def test_names_with_foreign_letters_do_not_decide():
    text = "Gdańsk is, as Błażej said of it, a place where you want to be for more than a day"
    assert detect(text) == "en"


def test_figures_do_not_hide_the_text():
    table = "\n".join(
        f"| {n} | 12.5 | 13.7 | 88.1 | 90.2 | 11.9 | 77.0 | 55.2 | 5 | 6 | 7 | 8 | 9 | 10 |"
        for n in range(12)
    )
    assert detect(table + "\n" + ARTICLES["it"][:60] + "\n" + ARTICLES["it"][60:]) == "it"


def test_langdetect_is_asked_when_words_are_few():
    text = "Bürgermeisterin eröffnet Schwimmbad und Bücherei"
    assert language._Sample.of(text).told() is None
    assert detect(text) == "de"


def test_two_languages_in_equal_parts_are_no_one_language():
    assert detect(ARTICLES["en"] + "\n" + ARTICLES["de"]) is None


def test_the_global_state_of_others_stays():
    from langdetect import DetectorFactory, detector_factory

    state, seed, factory = random.getstate(), DetectorFactory.seed, detector_factory._factory
    detect("Bürgermeisterin eröffnet Schwimmbad und Bücherei")
    assert random.getstate() == state
    assert DetectorFactory.seed is seed
    assert detector_factory._factory is factory


def test_order_and_threads_change_nothing():
    texts = list(ARTICLES.values()) + [text[:40] for text in ARTICLES.values()]
    alone = {text: detect(text) for text in texts}
    mixed = random.Random(7).sample(  # noqa: S311
        texts * 3, k=len(texts) * 3
    )
    language._factory.cache_clear()
    language._stop_words.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(detect, mixed)) == [alone[text] for text in mixed]


def test_every_supported_language_has_words_or_a_script_of_its_own():
    known = {
        code
        for name in language.PROFILES
        for group in language._stop_words(name)[0].values()
        for code in group
    }
    assert set(SUPPORTED) <= known | language.EAST_ASIAN.keys()
    assert len(known) >= 25


def test_a_letter_stands_with_the_script_of_its_words():
    assert language._stop_words("cyrillic")[1]["ї"] == ("uk",)
    assert language._stop_words("latin")[1]["ř"] == ("cs",)
    assert "ї" not in language._stop_words("latin")[1]


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=300))
def test_any_text_has_one_answer(text):
    found = detect(text)
    assert found is None or (found.isascii() and found.islower() and len(found) == 2)
    assert detect(text) == found


@given(st.lists(st.sampled_from([word for text in ARTICLES.values() for word in text.split()])))
def test_any_mixture_of_languages_has_an_answer_or_none(words):
    found = detect(" ".join(words))
    assert found is None or found in ARTICLES.keys() | {
        "gl",
        "eo",
        "sw",
        "tl",
        "af",
        "lt",
        "lv",
        "et",
        "sq",
        "mk",
        "be",
        "kk",
        "ur",
        "ps",
        "mr",
        "ne",
        "eu",
        "is",
        "cy",
        "ga",
        "az",
    }
