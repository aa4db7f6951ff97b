"""What German, Dutch and Russian readers ask: the kind of answer that they wait for, and what they compare."""

import re
import unicodedata

import pytest

from pipelines.answering.question_kinds import question_kind
from pipelines.languages.known import LANGUAGES

NAMES = ("german", "dutch", "russian")
KINDS = {
    "german": [
        ("Was ist der Unterschied zwischen einem Node und einem Topic?", "comparison"),
        ("soll ich cron oder systemd-timer nehmen", "comparison"),
        ("Welche Kamera soll ich kaufen, D435 oder D435i?", "comparison"),
        ("react oder vue für anfänger?", "comparison"),
        ("worin unterscheidet sich merge von rebase", "comparison"),
        ("was passiert wenn ich nichts einstelle", "value"),
        ("Was gilt, wenn ich den Timeout nicht angebe?", "value"),
        ("welcher port ist standardmäßig offen", "value"),
        ("was ist die standardeinstellung fuer logs", "value"),
        ("Mit welcher Option schalte ich die Ausgabe ab?", "other"),
        ("befehl zum löschen eines branches", "code"),
        ("in welcher datei speichert gimp meine einstellungen", "list"),
        ("hast du ein beispiel für eine middleware", "code"),
        ("wie lange ist ein token gültig?", "number"),
        ("wie gross darf eine datei sein", "number"),
        ("Auf welchem Port läuft der Server?", "number"),
        ("Welche Python-Version brauche ich?", "number"),
        ("welche version von node brauche ich", "number"),
        ("wann wurde das projekt veröffentlicht?", "date"),
        ("in welchem jahr ist das erschienen", "date"),
        ("Wann soll ich einen Index verwenden?", "other"),
        ("wie installiere ich das unter windows", "how_to"),
        ("und wie aendere ich spaeter ihren wert", "how_to"),
        ("Ebene löschen", "how_to"),
        ("ich möchte zwei ebenen zusammenfügen", "how_to"),
        ("was mache ich, wenn der server nicht startet", "how_to"),
        ("Gibt es eine Möglichkeit, das Logging zu filtern?", "how_to"),
        ("wie viele server kann ich starten", "number"),
        ("wieviele tests kann ich starten", "number"),
        ("wer hat das entwickelt", "person"),
        ("wo finde ich die logs", "place"),
        ("in welchem ordner liegen die plugins", "place"),
        ("wieso kann ich das nicht rückgängig machen", "reason"),
        ("ros2 run sagt „No executable found“ – woran liegt das?", "reason"),
        ("aus welchem grund schlägt der build fehl", "reason"),
        ("Welche Optionen gibt es für den Export?", "list"),
        ("welche dateiformate werden unterstützt", "list"),
        ("vorteile von docker", "list"),
        ("was bedeutet idempotent", "definition"),
        ("Was versteht man unter einem digitalen Zwilling?", "definition"),
        ("wofür ist die schnellmaske eigentlich gut", "definition"),
        ("wozu braucht man einen reverse proxy", "definition"),
    ],
    "dutch": [
        ("Wat is het verschil tussen een lijst en een tuple?", "comparison"),
        ("moet ik npm of yarn gebruiken", "comparison"),
        ("postgres of mysql, wat is beter?", "comparison"),
        ("waarin verschilt merge van rebase", "comparison"),
        ("wat gebeurt er als ik niets instel", "value"),
        ("wat is de standaardwaarde van timeout", "value"),
        ("Welke poort is standaard open?", "value"),
        ("welk commando verwijdert een branch", "code"),
        ("heb je een voorbeeld van een middleware?", "code"),
        ("met welke optie zet ik de uitvoer uit", "other"),
        ("in welk bestand staan de instellingen", "other"),
        ("hoe lang is een token geldig", "number"),
        ("hoeveel workers kan ik starten?", "number"),
        ("welke versie van python heb ik nodig", "number"),
        ("wanneer is versie 2 uitgekomen", "date"),
        ("in welk jaar is het project begonnen", "date"),
        ("Wanneer moet ik een index gebruiken?", "other"),
        ("hoe kan ik een laag verwijderen", "how_to"),
        ("en hoe verander ik later de kleur", "how_to"),
        ("laag verwijderen", "how_to"),
        ("ik wil twee bestanden samenvoegen", "how_to"),
        ("wat moet ik doen als de server niet start", "how_to"),
        ("wie heeft dit gemaakt", "person"),
        ("waar vind ik de logs", "place"),
        ("in welke map staan de plugins", "place"),
        ("waarom werkt dit niet", "reason"),
        ("hoe komt het dat de build faalt", "reason"),
        ("waar ligt het aan dat hij zo traag is", "reason"),
        ("Welke opties zijn er voor export?", "list"),
        ("welke verschillende formaten worden ondersteund", "list"),
        ("voordelen van docker", "list"),
        ("wat betekent idempotent", "definition"),
        ("waar dient een reverse proxy voor?", "definition"),
        ("leg uit wat een closure is", "definition"),
        ("waarvoor gebruik je een decorator", "definition"),
    ],
    "russian": [
        ("В чём разница между списком и кортежем?", "comparison"),
        ("чем отличается merge от rebase", "comparison"),
        ("что лучше выбрать: postgres или mysql?", "comparison"),
        ("react или vue для новичка?", "comparison"),
        ("стоит использовать npm или yarn", "comparison"),
        ("какой порт используется по умолчанию", "value"),
        ("что будет, если ничего не указать", "value"),
        ("что будет если не задать таймаут?", "value"),
        ("какая команда удаляет ветку", "code"),
        ("приведи пример middleware", "code"),
        ("в каком файле хранятся настройки", "other"),
        ("каким параметром отключить вывод", "other"),
        ("сколько воркеров можно запустить", "number"),
        ("как долго действует токен?", "number"),
        ("какая версия python нужна", "number"),
        ("когда вышла вторая версия", "date"),
        ("в каком году появился проект?", "date"),
        ("когда нужно использовать индекс", "other"),
        ("что происходит, когда я нажимаю на кнопку", "other"),
        ("как удалить слой", "how_to"),
        ("удалить слой из картинки", "how_to"),
        ("подскажите, пожалуйста, как настроить логи", "how_to"),
        ("я хочу объединить два файла", "how_to"),
        ("что делать, если сервер не запускается?", "how_to"),
        ("можно ли установить это на windows", "how_to"),
        ("память сервера растёт", "other"),
        ("кто создал этот проект", "person"),
        ("где лежат логи?", "place"),
        ("в какой папке находятся плагины", "place"),
        ("почему не работает сборка", "reason"),
        ("по какой причине падает тест", "reason"),
        ("Какие параметры есть у экспорта?", "list"),
        ("какие форматы поддерживаются", "list"),
        ("преимущества докера", "list"),
        ("что такое замыкание", "definition"),
        ("что значит идемпотентный", "definition"),
        ("для чего нужен обратный прокси", "definition"),
        ("зачем нужен декоратор?", "definition"),
    ],
}
COMPARED = {
    "german": [
        ("Was ist der Unterschied zwischen einem Node und einem Topic in ROS?", "Node", "Topic"),
        ("soll ich lieber cron oder systemd nehmen", "cron", "systemd"),
        ("Worin unterscheidet sich merge von rebase?", "merge", "rebase"),
        ("wie unterscheiden sich die Klassen und die Module", "Klassen", "Module"),
        ("Welche Kamera soll ich kaufen, D435 oder D435i?", "D435", "D435i"),
        ("Postgres oder MySQL, was ist besser?", "Postgres", "MySQL"),
        ("was ist besser für Anfänger: React oder Vue?", "React", "Vue"),
        ("React vs Vue für Anfänger", "React", "Vue"),
        ("vergleiche bitte Flask mit Django", "Flask", "Django"),
        ("heilen oder klonen", "heilen", "klonen"),
        ("Wann nimmt man eine Action statt eines Service?", "Action", "Service"),
    ],
    "dutch": [
        ("Wat is het verschil tussen een lijst en een tuple in Python?", "lijst", "tuple"),
        ("moet ik beter npm of yarn gebruiken voor een project?", "npm", "yarn"),
        ("Waarin verschilt merge van rebase?", "merge", "rebase"),
        ("hoe verschillen klassen en modules van elkaar", "klassen", "modules"),
        ("postgres of mysql, wat is beter?", "postgres", "mysql"),
        ("welke camera moet ik kopen: D435 of D435i?", "D435", "D435i"),
        ("React vs Vue voor beginners", "React", "Vue"),
        ("vergelijk Flask met Django", "Flask", "Django"),
    ],
    "russian": [
        ("В чём разница между списком и кортежем в Python?", "списком", "кортежем"),
        ("чем отличается merge от rebase", "merge", "rebase"),
        ("Чем Flask отличается от Django?", "Flask", "Django"),
        ("что лучше выбрать: postgres или mysql?", "postgres", "mysql"),
        ("мне использовать npm или yarn для проекта?", "npm", "yarn"),
        ("React или Vue, что лучше?", "React", "Vue"),
        ("сравни Flask и Django", "Flask", "Django"),
        ("чем Vue лучше React для новичка", "Vue", "React"),
        ("React vs Vue для новичка", "React", "Vue"),
    ],
}
# As the tree told them before these languages had more than a handful of patterns.
ENGLISH = [
    ("What is a wet run?", "definition"),
    ("When was the die cast?", "date"),
    ("was the WER metric renamed", "other"),
    ("the hat sort of men", "other"),
    ("How do I comment out a line of code for tests?", "how_to"),
    ("What happens to the tag on a min heap?", "other"),
    ("does it die on start", "other"),
    ("Is the elf binary in the standard format?", "other"),
    ("Which version of node is needed?", "number"),
    ("Where is the grund directory?", "place"),
    ("list of kinds of levels", "list"),
    ("Why is my build slow?", "reason"),
    ("Who wrote this?", "person"),
    ("want to use wo as a name", "other"),
    ("state of the art of waar models, an overview", "other"),
    ("What is the default port?", "value"),
    ("does it work in vs code?", "other"),
]
WHICH = [
    ("german", "Soll ich cron oder systemd verwenden?"),
    ("german", "React oder Vue, was ist besser?"),
    ("dutch", "Moet ik npm of yarn gebruiken?"),
    ("dutch", "React of Vue, wat is beter?"),
    ("russian", "Что лучше выбрать: npm или yarn?"),
    ("russian", "Какой из них взять?"),
]
EVERY_KIND = {
    "comparison", "value", "code", "number", "date", "how_to", "person", "place", "reason", "list", "definition",
}  # fmt: skip


def _unaccented(text: str) -> str:
    """Latin letters without their accents, one character for one."""
    bare = (unicodedata.normalize("NFD", one)[0] for one in text)
    return "".join(other if other.isascii() else one for one, other in zip(text, bare, strict=True))


def _sides(name: str, question: str) -> tuple[str, str] | None:
    text = question.rstrip("?!. ")
    for pattern in LANGUAGES[name].compares:
        if found := re.search(_unaccented(pattern), _unaccented(text), re.IGNORECASE):
            return text[slice(*found.span("one"))], text[slice(*found.span("other"))]
    return None


@pytest.mark.parametrize(("question", "kind"), [pair for name in NAMES for pair in KINDS[name]])
def test_the_kind_of_answer_that_a_reader_waits_for(question: str, kind: str) -> None:
    assert question_kind(question) == kind


@pytest.mark.parametrize("name", NAMES)
def test_every_kind_is_known(name: str) -> None:
    assert set(LANGUAGES[name].kinds) == EVERY_KIND == {kind for _, kind in KINDS[name]} - {"other"}


@pytest.mark.parametrize(("name", "question", "kind"), [(name, *pair) for name in NAMES for pair in KINDS[name]])
def test_patterns_hold_without_accents(name: str, question: str, kind: str) -> None:
    if kind != "other":
        assert re.search(_unaccented(LANGUAGES[name].kinds[kind]), _unaccented(question.lower()))


@pytest.mark.parametrize(("question", "kind"), ENGLISH)
def test_english_questions_are_left_alone(question: str, kind: str) -> None:
    assert question_kind(question) == kind
    for name in NAMES:
        assert not [one for one, pattern in LANGUAGES[name].kinds.items() if re.search(pattern, question.lower())]
        assert _sides(name, question) is None


@pytest.mark.parametrize(
    ("name", "question", "one", "other"), [(name, *row) for name in NAMES for row in COMPARED[name]]
)
def test_what_is_compared(name: str, question: str, one: str, other: str) -> None:
    assert _sides(name, question) == (one, other)


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("german", "Kann ich das löschen oder nicht?"),
        ("german", "Wie lösche ich einen Branch?"),
        ("dutch", "Hoe verwijder ik een branch?"),
        ("dutch", "Welke verschillende formaten zijn er?"),
        ("russian", "Как удалить ветку?"),
        ("russian", "Отлично, а как удалить ветку?"),
    ],
)
def test_what_compares_nothing(name: str, question: str) -> None:
    assert _sides(name, question) is None
    assert question_kind(question) != "comparison"


@pytest.mark.parametrize(("name", "question"), WHICH)
def test_what_asks_which_to_use(name: str, question: str) -> None:
    assert re.search(rf"\b(?:{LANGUAGES[name].asks_which})\b", question, re.IGNORECASE)


@pytest.mark.parametrize("name", NAMES)
def test_words_that_a_question_asks_with(name: str) -> None:
    words = LANGUAGES[name].asking.split()
    assert 40 <= len(set(words)) <= 140
    for field in ("reasons", "numbers", "months"):
        assert re.compile(rf"\b(?:{getattr(LANGUAGES[name], field)})\b", re.IGNORECASE)
