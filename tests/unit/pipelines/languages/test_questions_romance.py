"""Questions of French, Spanish, Italian and Portuguese readers: what they wait for, and what they compare."""

import re
import unicodedata

import pytest

from pipelines.answering.question_kinds import QuestionKind, question_kind
from pipelines.languages.known import LANGUAGES
from pipelines.text.definitions import asked_term
from pipelines.text.words import Words

ROMANCE = ("french", "spanish", "italian", "portuguese")

KINDS: dict[QuestionKind, dict[str, list[str]]] = {
    "comparison": {
        "french": [
            "Quelle est la différence entre un thread et un processus ?",
            "rebase ou merge, lequel choisir ?",
            "c'est mieux yarn ou npm",
            "faut-il utiliser une liste ou un tuple ?",
        ],
        "spanish": [
            "¿Cuál es la diferencia entre una lista y una tupla?",
            "¿es mejor usar merge o rebase?",
            "json o yaml, ¿cuál elijo?",
            "¿en qué se diferencian un hilo y un proceso?",
        ],
        "italian": [
            "Qual è la differenza tra un thread e un processo?",
            "meglio npm o yarn?",
            "devo usare una lista o una tupla?",
            "json o yaml, quale scelgo?",
        ],
        "portuguese": [
            "Qual é a diferença entre uma lista e uma tupla?",
            "é melhor usar merge ou rebase?",
            "json ou yaml, qual escolher?",
            "devo usar o npm ou o yarn?",
        ],
    },
    "value": {
        "french": [
            "quel est le port par défaut ?",
            "si je ne mets rien, quel niveau de log est utilisé ?",
            "valeur par défaut de timeout",
        ],
        "spanish": [
            "¿cuál es el puerto por defecto?",
            "¿qué pasa si no pongo nada?",
            "si no configuro el timeout, ¿qué valor se usa?",
        ],
        "italian": [
            "qual è la porta predefinita?",
            "che succede se non imposto niente?",
            "se non specifico il timeout, quale valore viene usato?",
        ],
        "portuguese": [
            "qual é a porta padrão?",
            "o que acontece se eu não configurar nada?",
            "qual o valor por padrão do timeout?",
        ],
    },
    "code": {
        "french": [
            "quelle commande supprime une branche ?",
            "tu as un exemple de requête ?",
        ],
        "spanish": [
            "¿qué comando borra una rama?",
            "dame un ejemplo de consulta",
            "sintaxis de un bucle",
        ],
        "italian": [
            "quale comando elimina un ramo?",
            "mi fai un esempio di query?",
            "sintassi del ciclo",
        ],
        "portuguese": [
            "qual comando apaga um ramo?",
            "me dá um exemplo de consulta",
            "sintaxe de um laço",
        ],
    },
    "number": {
        "french": ["combien de workers faut-il ?", "ça prend combien de temps", "quelle version de python il faut ?"],
        "spanish": ["¿cuántos procesos se lanzan?", "cuánto tarda", "¿qué versión de python necesito?"],
        "italian": ["quanti processi vengono avviati?", "quanto ci mette", "che versione di python serve?"],
        "portuguese": ["quantos processos são iniciados?", "quanto tempo demora", "qual versão do python preciso?"],
    },
    "date": {
        "french": ["quand est sortie la version 2 ?", "c'est sorti en quelle année", "quand a été créé le projet ?"],
        "spanish": ["¿cuándo se lanzó la versión 2?", "¿en qué año salió?", "cuándo fue publicado"],
        "italian": ["quando è stata rilasciata la versione 2?", "in che anno è uscito?", "quando è uscito"],
        "portuguese": ["quando foi lançada a versão 2?", "em que ano saiu?", "quando saiu a primeira versão?"],
    },
    "how_to": {
        "french": [
            "Comment supprimer un calque ?",
            "et comment je fais pour annuler",
            "je veux exporter en PDF",
            "supprimer une branche distante",
            "que faire si le serveur ne démarre plus ?",
            "comment on fait pour changer la langue",
            "bonjour, comment changer le port par défaut ?",
        ],
        "spanish": [
            "¿Cómo puedo borrar una capa?",
            "y cómo lo hago",
            "quiero exportar a PDF",
            "borrar una rama remota",
            "¿qué hago si el servidor no arranca?",
            "hola, ¿cómo cambio el puerto por defecto?",
        ],
        "italian": [
            "Come posso eliminare un livello?",
            "come si fa a esportare in PDF",
            "voglio esportare in PDF",
            "eliminare un ramo remoto",
            "cosa devo fare se il server non parte?",
            "ciao, come cambio la porta predefinita?",
        ],
        "portuguese": [
            "Como posso apagar uma camada?",
            "como faço pra exportar em PDF",
            "quero exportar para PDF",
            "apagar um ramo remoto",
            "o que eu faço se o servidor não iniciar?",
            "oi, como mudo a porta padrão?",
        ],
    },
    "person": {
        "french": ["qui a créé le projet ?", "par qui est-il maintenu ?"],
        "spanish": ["¿quién creó el proyecto?", "¿por quién está mantenido?"],
        "italian": ["chi ha creato il progetto?", "da chi è mantenuto?"],
        "portuguese": ["quem criou o projeto?", "por quem é mantido?"],
    },
    "place": {
        "french": ["où se trouvent les journaux ?", "dans quel dossier sont les plugins ?", "les logs sont où ?"],
        "spanish": ["¿dónde están los registros?", "¿en qué carpeta están los plugins?"],
        "italian": ["dove si trovano i log?", "in quale cartella sono i plugin?"],
        "portuguese": ["onde ficam os registros?", "em que pasta ficam os plugins?"],
    },
    "reason": {
        "french": [
            "pourquoi ça plante ?",
            "et pourquoi c'est désactivé par défaut",
            "comment se fait-il que ça échoue",
        ],
        "spanish": ["¿por qué falla?", "¿y por qué está desactivado por defecto?", "¿cuál es el motivo del error?"],
        "italian": ["perché non funziona?", "come mai è disattivato", "qual è il motivo dell'errore?"],
        "portuguese": ["por que não funciona?", "e por que está desativado por padrão?", "qual o motivo do erro?"],
    },
    "list": {
        "french": [
            "quelles options sont disponibles ?",
            "quels sont les avantages du cache ?",
            "il y a quoi comme formats",
        ],
        "spanish": ["¿qué opciones hay?", "¿cuáles son las ventajas?", "¿qué tipos de datos hay?"],
        "italian": ["quali opzioni ci sono?", "quali sono i vantaggi?", "che tipi di dati esistono?"],
        "portuguese": ["quais opções existem?", "quais são as vantagens?", "que tipos de dados existem?"],
    },
    "definition": {
        "french": [
            "c'est quoi un reducer ?",
            "Qu'est-ce qu'un verrou ?",
            "à quoi sert le cache",
            "ça veut dire quoi HEAD",
        ],
        "spanish": ["¿Qué es un reductor?", "para qué sirve el caché", "¿qué significa HEAD?"],
        "italian": ["Cos'è un riduttore?", "a cosa serve la cache", "cosa significa HEAD?", "che cos'è un blocco"],
        "portuguese": ["O que é um redutor?", "pra que serve o cache", "o que significa HEAD?"],
    },
    "other": {
        "french": [
            "est-ce que le cache est obligatoire ?",
            "quand dois-je vider le cache ?",
            "quand je lance, ça plante",
        ],
        "spanish": ["¿es obligatorio el caché?", "¿cuándo debo vaciar el caché?", "cuando ejecuto se cierra"],
        "italian": ["è obbligatoria la cache?", "quando devo svuotare la cache?", "quando avvio si chiude"],
        "portuguese": ["o cache é obrigatório?", "quando devo limpar o cache?", "quando executo ele fecha"],
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "question", "kind"),
    [(name, one, kind) for kind, asked in KINDS.items() for name in ROMANCE for one in asked[name]],
)
def test_kinds_of_questions(language: str, question: str, kind: QuestionKind) -> None:
    assert question_kind(question) == kind


@pytest.mark.parametrize("language", ROMANCE)
def test_enough_questions_of_each(language: str) -> None:
    assert sum(len(asked[language]) for asked in KINDS.values()) >= 25


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("center a div with css", "other"),
        ("share a folder with a user", "how_to"),
        ("user roles", "other"),
        ("order of keys in a dict", "other"),
        ("what is a data class", "definition"),
        ("is there a limit per user", "other"),
        ("can I use es modules", "list"),
        ("list all plugins", "list"),
        ("when should I use a queue", "other"),
        ("what is the o flag for", "definition"),
        ("server in docker", "other"),
        ("which port is used", "number"),
        ("how do I modify a commit", "how_to"),
        ("why is my build slow", "reason"),
        ("what is the default port", "value"),
        ("who is the author", "person"),
    ],
)
def test_questions_in_english_are_what_they_were(question: str, kind: QuestionKind) -> None:
    assert question_kind(question) == kind


@pytest.mark.parametrize("language", ROMANCE)
@pytest.mark.parametrize(
    "statement",
    [
        "comment out a line in yaml",
        "comment on a pull request",
        "comment before a line",
        "come up with a name",
        "come here first",
        "chi-square test",
        "the different ways",
        "modifier keys",
        "le fichier est ouvert par défaut",
    ],
)
def test_no_pattern_takes_words_of_others(language: str, statement: str) -> None:
    kinds = LANGUAGES[language].kinds
    found = {kind for kind, pattern in kinds.items() if re.search(bare(pattern), bare(statement))}
    assert found <= ({"value"} if "défaut" in statement else set())


def bare(text: str) -> str:
    """The text without its accents, as long as before."""
    return "".join(unicodedata.normalize("NFD", char)[0] if char.isalpha() else char for char in text)


def sides_of(question: str, language: str) -> tuple[str, str] | None:
    text = bare(question).rstrip(" ?!.")
    for pattern in LANGUAGES[language].compares:
        if found := re.search(bare(pattern), text, re.IGNORECASE):
            return found["one"], found["other"]
    return None


@pytest.mark.parametrize(
    ("language", "question", "one", "other"),
    [
        ("french", "Quelle est la différence entre le rebase et le merge ?", "rebase", "merge"),
        ("french", "c'est quoi la différence entre une liste et un tuple en Python", "liste", "tuple"),
        ("french", "rebase ou merge, lequel choisir ?", "rebase", "merge"),
        ("french", "Faut-il utiliser yarn ou npm pour débuter ?", "yarn", "npm"),
        ("french", "qu'est-ce qui est mieux, yarn ou npm ?", "yarn", "npm"),
        ("french", "En quoi un thread diffère-t-il d'un processus ?", "thread", "processus"),
        ("french", "yarn vs npm", "yarn", "npm"),
        ("french", "c'est mieux yarn ou npm", "yarn", "npm"),
        ("spanish", "¿Cuál es la diferencia entre el rebase y el merge?", "rebase", "merge"),
        ("spanish", "diferencia entre una lista y una tupla en Python", "lista", "tupla"),
        ("spanish", "rebase o merge, ¿cuál elijo?", "rebase", "merge"),
        ("spanish", "¿Debo usar yarn o npm para empezar?", "yarn", "npm"),
        ("spanish", "¿qué es mejor, yarn o npm?", "yarn", "npm"),
        ("spanish", "¿En qué se diferencia un hilo de un proceso?", "hilo", "proceso"),
        ("spanish", "yarn vs npm", "yarn", "npm"),
        ("spanish", "es mejor usar yarn o npm", "yarn", "npm"),
        ("italian", "Qual è la differenza tra il rebase e il merge?", "rebase", "merge"),
        ("italian", "che differenza c'è fra una lista e una tupla in Python", "lista", "tupla"),
        ("italian", "rebase o merge, quale scelgo?", "rebase", "merge"),
        ("italian", "Devo usare yarn o npm per iniziare?", "yarn", "npm"),
        ("italian", "cosa è meglio, yarn o npm?", "yarn", "npm"),
        ("italian", "In cosa un thread differisce da un processo?", "thread", "processo"),
        ("italian", "yarn vs npm", "yarn", "npm"),
        ("italian", "meglio yarn o npm", "yarn", "npm"),
        ("portuguese", "Qual é a diferença entre o rebase e o merge?", "rebase", "merge"),
        ("portuguese", "diferença entre uma lista e uma tupla em Python", "lista", "tupla"),
        ("portuguese", "rebase ou merge, qual escolher?", "rebase", "merge"),
        ("portuguese", "Devo usar o yarn ou o npm para começar?", "yarn", "npm"),
        ("portuguese", "o que é melhor, yarn ou npm?", "yarn", "npm"),
        ("portuguese", "Em que um thread se diferencia de um processo?", "thread", "processo"),
        ("portuguese", "yarn vs npm", "yarn", "npm"),
        ("portuguese", "é melhor usar yarn ou npm", "yarn", "npm"),
    ],
)
def test_what_a_question_compares(language: str, question: str, one: str, other: str) -> None:
    assert sides_of(question, language) == (one, other)


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("french", "Comment supprimer un calque ?"),
        ("spanish", "¿Cómo borro una capa o un grupo?"),
        ("italian", "Come elimino un livello?"),
        ("portuguese", "Como apago uma camada?"),
    ],
)
def test_what_compares_nothing(language: str, question: str) -> None:
    assert sides_of(question, language) is None


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("french", "rebase ou merge, lequel choisir ?"),
        ("french", "dois-je utiliser yarn ou npm ?"),
        ("spanish", "rebase o merge, ¿cuál elijo?"),
        ("spanish", "¿debo usar yarn o npm?"),
        ("italian", "rebase o merge, quale scelgo?"),
        ("italian", "devo usare yarn o npm?"),
        ("portuguese", "rebase ou merge, qual escolher?"),
        ("portuguese", "devo usar yarn ou npm?"),
    ],
)
def test_what_asks_which_to_use(language: str, question: str) -> None:
    assert re.search(rf"\b(?:{bare(LANGUAGES[language].asks_which)})", bare(question))


@pytest.mark.parametrize(
    ("language", "question", "term"),
    [
        ("french", "Qu'est-ce qu'un verrou ?", "verrou"),
        ("french", "c'est quoi un verrou ?", "verrou"),
        ("french", "un verrou, c'est quoi ?", "un verrou"),
        ("spanish", "¿Qué es un cerrojo?", "cerrojo"),
        ("spanish", "para qué sirve el cerrojo", "cerrojo"),
        ("italian", "Cos'è un blocco?", "blocco"),
        ("italian", "a cosa serve il blocco?", "blocco"),
        ("portuguese", "O que é um bloqueio?", "bloqueio"),
        ("portuguese", "pra que serve o bloqueio?", "bloqueio"),
    ],
)
def test_questions_for_a_definition_name_their_term(language: str, question: str, term: str) -> None:
    assert asked_term(question, language) == frozenset(Words(language).stems(term)) != frozenset()


@pytest.mark.parametrize("language", ROMANCE)
@pytest.mark.parametrize("field", ["reasons", "numbers", "months", "asks_which", "asking"])
def test_nothing_is_missing(language: str, field: str) -> None:
    said = getattr(LANGUAGES[language], field)
    assert said == said.lower()
    assert field != "asking" or 40 <= len(said.split()) <= 100
    assert not any(not one for one in said.split("|"))


@pytest.mark.parametrize(
    ("language", "question"),
    [("italian", "È possibile usare una cache?"), ("portuguese", "É possível usar um cache?")],
)
def test_is_it_possible_opens_no_follow_up(language: str, question: str) -> None:
    opens = rf"^\W*(?:{bare(LANGUAGES[language].openers)})\b"
    assert not re.search(opens, bare(question), re.IGNORECASE)
    assert re.search(opens, bare("e no Windows?"), re.IGNORECASE)
