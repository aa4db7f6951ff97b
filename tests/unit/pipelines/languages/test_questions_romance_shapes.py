"""Shapes of questions of French, Spanish, Italian and Portuguese readers, and what looks like them and is none."""

import re
import time

import pytest

from pipelines.answering.compared_sides import compared_sides
from pipelines.answering.question_kinds import QuestionKind, has_cue, question_kind
from pipelines.languages.known import LANGUAGES
from pipelines.languages.scripts import unaccented

ROMANCE = ("french", "spanish", "italian", "portuguese")

SHAPES: dict[str, list[tuple[QuestionKind, str]]] = {
    "shared things and tasks compare nothing": [
        ("how_to", "cómo compartir una carpeta"),
        ("definition", "¿Qué es la memoria compartida?"),
        ("how_to", "como compartilhar uma pasta"),
        ("definition", "o que é memória compartilhada"),
        ("how_to", "cómo comparar dos archivos"),
        ("how_to", "como comparar dois arquivos"),
        ("how_to", "Come confronto due rami?"),
        ("how_to", "come confrontare due file"),
        ("other", "¿Puedo comparar dos archivos?"),
        ("other", "¿Diferencia mayúsculas y minúsculas?"),
        ("other", "O programa diferencia maiúsculas e minúsculas?"),
        ("how_to", "bonjour, comment peut-on comparer deux branches ?"),
        ("comparison", "Compara la mitosis y la meiosis"),
        ("comparison", "Comparez la mitose et la méiose"),
        ("comparison", "Confronta la mitosi con la meiosi"),
        ("comparison", "Compare a mitose com a meiose"),
    ],
    "two names and or": [
        ("comparison", "docker ou podman ?"),
        ("comparison", "une liste ou un tuple ?"),
        ("comparison", "yarn ou npm pour débuter"),
        ("comparison", "react native ou flutter ?"),
        ("comparison", "docker o podman"),
        ("comparison", "¿rebase o merge?"),
        ("comparison", "una lista o una tupla?"),
        ("comparison", "vim oppure emacs?"),
        ("comparison", "vim o emacs per programmare"),
        ("comparison", "uma lista ou uma tupla?"),
        ("other", "oui ou non ?"),
        ("other", "sí o no"),
        ("other", "più o meno"),
        ("other", "sim ou não?"),
        ("other", "gratuit ou payant ?"),
        ("other", "atualize o sistema"),
        ("how_to", "instalar o docker"),
        ("other", "erro ao salvar o arquivo"),
    ],
    "may i use either": [
        ("other", "¿Puedo usar Docker o Podman?"),
        ("other", "Posso usare Docker o Podman?"),
        ("other", "Posso usar o Docker ou o Podman?"),
        ("other", "Est-ce que je peux utiliser Docker ou Podman ?"),
        ("other", "Est-ce que je dois vider le cache ou pas ?"),
        ("comparison", "Est-ce que je dois prendre Docker ou Podman ?"),
        ("comparison", "¿Debo usar Docker o Podman?"),
    ],
    "which is faster": [
        ("comparison", "est-ce que react ou vue est mieux"),
        ("comparison", "entre react et vue que choisir"),
        ("comparison", "mysql ou postgres est plus rapide ?"),
        ("comparison", "qué es más seguro, ssh o telnet"),
        ("comparison", "cuál es más rápido, mysql o postgres"),
        ("comparison", "cosa è più sicuro, ssh o telnet"),
        ("comparison", "qual è più veloce, mysql o postgres"),
        ("comparison", "o que é mais seguro, ssh ou telnet"),
        ("comparison", "qual é mais rápido, mysql ou postgres"),
        ("comparison", "quand utiliser un set plutôt qu'une liste"),
        ("comparison", "cuándo usar un set en lugar de una lista"),
        ("comparison", "quando usare un set invece di una lista"),
        ("comparison", "quando usar um set em vez de uma lista"),
        ("other", "¿es más rápido o no?"),
        ("place", "où se trouve le fichier qui est le plus gros"),
    ],
    "must i": [
        ("other", "¿Tengo que reiniciar el servidor?"),
        ("other", "necesito licencia?"),
        ("other", "devo riavviare il server?"),
        ("other", "ho bisogno di un account?"),
        ("other", "preciso pagar?"),
        ("other", "tenho que reiniciar o servidor?"),
        ("other", "je dois redémarrer le serveur ?"),
        ("how_to", "tengo que exportar un libro"),
        ("how_to", "devo esportare in PDF"),
        ("how_to", "preciso exportar para PDF"),
        ("how_to", "je dois exporter en PDF"),
    ],
    "what is only to be found out": [
        ("number", "je voudrais savoir combien de projets je peux créer"),
        ("reason", "j'aimerais savoir pourquoi le serveur plante"),
        ("how_to", "je voudrais savoir comment exporter"),
        ("number", "como puedo saber que version tengo"),
        ("number", "come faccio a sapere che versione ho"),
        ("number", "como faço para saber qual versão tenho"),
        ("number", "comment puis-je savoir quelle version j'ai ?"),
        ("how_to", "¿Cómo puedo ver una película?"),
    ],
    "can you tell me": [
        ("how_to", "Pouvez-vous me dire comment installer le module ?"),
        ("how_to", "qui sait comment exporter un livre ?"),
        ("definition", "tu peux m'expliquer ce qu'est un verrou ?"),
        ("date", "savez-vous quand est sortie la version 2 ?"),
        ("how_to", "Me puedes decir cómo instalo el módulo?"),
        ("definition", "me puedes explicar que es un cerrojo"),
        ("how_to", "quién sabe cómo se exporta un libro"),
        ("place", "¿Podría decirme dónde están los registros?"),
        ("how_to", "mi dite come si installa il modulo?"),
        ("definition", "puoi spiegarmi cosa sono i canali?"),
        ("how_to", "chi sa come si esporta un libro"),
        ("reason", "Spiega perché il ghiaccio galleggia"),
        ("how_to", "Você pode me dizer como instalo o módulo?"),
        ("definition", "pode me explicar o que é um bloqueio?"),
        ("how_to", "quem sabe como se exporta um livro?"),
        ("other", "¿Puedes borrar una rama?"),
        ("other", "Pouvez-vous supprimer une branche ?"),
        ("other", "Puoi eliminare un ramo?"),
    ],
    "what it is for": [
        ("definition", "Quel est le but de ce module ?"),
        ("definition", "Que fait la fonction map ?"),
        ("definition", "quel rôle joue le planificateur ?"),
        ("definition", "¿Cuál es el propósito del archivo de bloqueo?"),
        ("definition", "¿Qué papel juega el planificador?"),
        ("definition", "qual è lo scopo del file di blocco"),
        ("definition", "che ruolo ha lo scheduler?"),
        ("definition", "qual é o objetivo do arquivo de bloqueio"),
        ("definition", "que papel desempenha o escalonador?"),
        ("how_to", "Que faire si le module manque ?"),
        ("other", "¿Cuál es la función para ordenar una lista?"),
    ],
    "lists and causes": [
        ("list", "avantages et inconvénients de docker"),
        ("list", "ventajas y desventajas de docker"),
        ("list", "pro e contro di docker"),
        ("list", "vantagens e desvantagens do docker"),
        ("reason", "quelles ont été les causes de la révolution"),
        ("reason", "¿Cuáles fueron las causas de la guerra?"),
        ("reason", "Quali furono le cause della guerra?"),
        ("reason", "Quais foram as causas da guerra?"),
        ("list", "de quoi ai-je besoin pour commencer"),
        ("list", "qué necesito para instalarlo"),
        ("list", "cosa mi serve per iniziare"),
        ("list", "do que preciso para instalar"),
        ("list", "qué contiene el paquete"),
        ("list", "cosa contiene il pacchetto?"),
        ("how_to", "borrar los archivos que contienen espacios"),
        ("place", "d'où viennent les données"),
        ("reason", "d'où vient cette erreur ?"),
    ],
    "tasks of textbooks": [
        ("definition", "Décrivez le concept d'héritage"),
        ("definition", "Describa el concepto de herencia"),
        ("definition", "Descrivi il concetto di ereditarietà"),
        ("definition", "Descreva o conceito de herança"),
        ("list", "Citez trois exemples de mammifères"),
        ("list", "Mencione tres causas de la inflación"),
        ("list", "Cita tre esempi di mammiferi"),
        ("list", "Cite três exemplos de mamíferos"),
        ("code", "donne-moi un exemple de requête"),
        ("other", "cite a paper in latex"),
    ],
    "dates of the past": [
        ("date", "Quando finì la guerra?"),
        ("date", "quando e' uscita la versione 2"),
        ("date", "cuando cayó el imperio romano"),
        ("date", "¿Cuándo se fundó la empresa?"),
        ("date", "quando caiu o império romano"),
        ("date", "Quando terminou a guerra?"),
        ("date", "pour quand est prévue la version 3"),
        ("date", "quand eut lieu la bataille ?"),
        ("other", "quando avvio il server si chiude"),
        ("other", "cuando inicio el servidor se cierra"),
        ("other", "quando eu inicio o servidor ele fecha"),
        ("other", "annotate a plot in data coordinates"),
    ],
    "measures": [
        ("number", "à quelle température l'eau bout-elle ?"),
        ("number", "à quelle distance se trouve la lune"),
        ("number", "a qué temperatura hierve el agua"),
        ("number", "a che distanza si trova la luna"),
        ("number", "a que temperatura ferve a água"),
        ("other", "la température de l'eau"),
    ],
    "how it is done": [
        ("how_to", "comment est calculé le score"),
        ("how_to", "Comment sont stockées les données ?"),
        ("how_to", "come sono organizzati i dati"),
        ("how_to", "com'è calcolato il punteggio?"),
        ("how_to", "como é calculada a pontuação"),
        ("how_to", "¿Cómo está organizado el curso?"),
        ("how_to", "cómo se llama a una función"),
        ("other", "comment s'appelle le bouton"),
        ("other", "¿Cómo está el servidor?"),
        ("other", "Com'è questo corso?"),
        ("other", "como se chama o botão"),
        ("how_to", "resolver un conflicto"),
        ("how_to", "converter um arquivo"),
        ("other", "resolver not called"),
        ("other", "converter for images"),
    ],
}


@pytest.mark.parametrize(("kind", "question"), [row for rows in SHAPES.values() for row in rows])
def test_what_a_question_waits_for(kind: QuestionKind, question: str) -> None:
    assert question_kind(question) == kind


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("docker ou podman ?", ("docker", "podman")),
        ("react native ou flutter ?", ("react native", "flutter")),
        ("entre react et vue que choisir", ("react", "vue")),
        ("est-ce que react ou vue est mieux", ("react", "vue")),
        ("quand utiliser un set plutôt qu'une liste", ("set", "liste")),
        ("json o yaml para configurar", ("json", "yaml")),
        ("react o vue cuál es más fácil", ("react", "vue")),
        ("cuándo usar un set en lugar de una lista", ("set", "lista")),
        ("vim oppure emacs?", ("vim", "emacs")),
        ("è più veloce mysql o postgres?", ("mysql", "postgres")),
        ("quando usare un set invece di una lista", ("set", "lista")),
        ("uma lista ou uma tupla?", ("lista", "tupla")),
        ("react ou vue é mais fácil?", ("react", "vue")),
        ("quando usar um set em vez de uma lista", ("set", "lista")),
        ("rebase o merge, ¿cuál elijo?", ("rebase", "merge")),
        ("adicione o plugin", ()),
        ("savoir où cliquer", ()),
    ],
)
def test_what_it_compares(question: str, sides: tuple[str, ...]) -> None:
    assert compared_sides(question) == sides


@pytest.mark.parametrize(
    ("language", "kind", "sentence", "told"),
    [
        ("french", "number", "Un fichier est créé.", False),
        ("french", "number", "Deux fichiers sont créés.", True),
        ("spanish", "number", "Se crea un archivo por medio de una regla.", False),
        ("spanish", "number", "Se crean tres archivos.", True),
        ("italian", "number", "Sei sicuro di voler eliminare un file?", False),
        ("italian", "number", "Il file scade dopo sei mesi.", True),
        ("portuguese", "number", "Um arquivo é criado por meio de uma regra.", False),
        ("portuguese", "number", "Dois arquivos são criados.", True),
        ("italian", "reason", "Scegliere il file, quindi fare clic su OK.", False),
        ("italian", "reason", "Serve perché il file è grande.", True),
        ("spanish", "reason", "Pues bien, abra el archivo si no está abierto.", False),
        ("spanish", "reason", "Falla porque el archivo es grande.", True),
        ("portuguese", "reason", "Logo após a instalação, assim que abrir, clique em OK.", False),
        ("portuguese", "reason", "Falha porque o arquivo é grande.", True),
    ],
)
def test_what_a_sentence_tells(language: str, kind: QuestionKind, sentence: str, told: bool) -> None:
    assert has_cue(kind, sentence, "", language) is told


@pytest.mark.parametrize("language", ROMANCE)
@pytest.mark.parametrize(
    "text",
    [
        "compare o ou ",
        "e mais ou é ",
        "entre a et b ",
        "cuando quand usar più ",
        "a " * 3,
        "j'aimerais savoir ",
        "?!¿ ",
    ],
)
def test_no_pattern_takes_long(language: str, text: str) -> None:
    known = LANGUAGES[language]
    patterns = [re.compile(unaccented(one), re.IGNORECASE) for one in (*known.kinds.values(), *known.compares)]
    long = text * (6_000 // len(text))
    began = time.perf_counter()
    for pattern in patterns:
        pattern.search(long)
    assert time.perf_counter() - began < 2
