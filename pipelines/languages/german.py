"""German."""

from pipelines.languages.language import Language

GERMAN = Language(
    name="german",
    code="de",
    common=(
        "der die das ist sind war ein eine einen einem einer und oder nicht für auf mit dass es als von zu "
        "im in den dem des wie was warum wann wo welche welcher welches wer kann ich du wir man sich auch "
        "bei nach über wird werden hat haben muss gibt mein wenn zwischen viel viele habe bis aus noch nur "
        "ohne meinen meine woran"
    ),
    openers="und|aber|oder|also|was ist mit|wie sieht es|wie steht es|zum beispiel",
    pointers=(
        r"sie|ihn|ihm|ihnen|ihre?[nmrs]?|seine?[nmrs]?|dies\w*|jene\w*|davon|dafür|damit|dabei|darin"
        r"|dazu|darauf|dort|das|andere\w*|weitere\w*|mehr|noch"
    ),
    asks=r"wer|wie|was|wann|wo|warum|welche\w*|kann|ist|sind|gibt",
    articles="der|die|das",
    tasks=(
        r"erklär\w*|erläuter\w*|bedeute\w*|beispiel\w*|einfach\w*|worten|bitte|zusammenfass\w*"
        r"|übersetz\w*|text"
    ),
    leans=r"dies\w*|es|sie",
    asks_definition="was (?:ist|sind|bedeutet|bedeuten|heißt)|erkläre?|definiere",
    determiners="ein|eine|einen|der|die|das|den|dem",
    copulas="ist|sind|bedeutet|heißt|bezeichnet|steht für",
    naming="genannt|bezeichnet als",
    kinds={
        "comparison": r"\b(unterschiede?|vergleich\w*)\b",
        "value": r"\b(standardwert|voreinstellung|standardmäßig|vorgabe)\b|\bwelche werte\b",
        "code": r"\b(beispiel|befehl)\b",
        "number": r"\bwie ?viele?\b",
        "date": r"\bwann\b",
        "how_to": "^wie (kann|muss|soll|wird|werde|installier)",
        "person": r"^wer\b",
        "place": r"^wo\b",
        "reason": r"^warum\b",
        "definition": "^was (ist|sind|bedeutet)",
    },
    negations=frozenset(["nicht", "kein", "keine", "keinen", "keiner", "keines", "nie", "niemals", "ohne"]),
    abbreviations=(
        "z.b u.a d.h bzw ca inkl exkl ggf usw vgl evtl max min zzgl abzgl etc sog u.u z.t o.ä hr fr dr prof "
        "bspw u.s.w s.o s.u i.d.r i.a i.allg u.v.m m.e mind zw einschl ausschl entspr mwst str st ff d.i bez "
        "jh"
    ),
    before_numbers="nr|abb|kap|abs|art|s|tel|bd|tab|ziff",
    quoted="**Aus der Dokumentation zitiert:**",
    nothing_quoted="**In der Dokumentation steht nichts, was sich hierzu zitieren lässt**",
    greetings="hallo|hi|hey|moin|servus|guten (?:morgen|tag|abend)|grüß (?:gott|dich)|grüezi",
    thanks=(
        "danke|vielen dank|danke (?:schön|sehr|dir)|besten dank|herzlichen dank|super|prima|toll"
        "|tschüss|auf wiedersehen"
    ),
    about_assistant=(
        "(?:wer|was) bist du|wer sind sie|wie heißt du|bist du (?:ein )?(?:bot|mensch"
        r"|roboter)[\w ]*|was kannst du(?: alles)?|was können sie|hilfe|wie (?:funktionierst"
        "|hilfst) du(?: mir)?|kannst du mir helfen"
    ),
    hello="Hallo! Fragen Sie mich alles zu dieser Dokumentation.",
    welcome="Gern geschehen. Fragen Sie, wenn noch etwas unklar ist.",
    called="Ich bin {}.",
    introduction=(
        "Ich beantworte Fragen aus dieser Dokumentation und zeige zu jedem Satz den Abschnitt, aus dem er stammt."
    ),
    examples="Zum Beispiel:",
    example_question="Was sagt die Dokumentation über „{}“?",
    refusal="Die Dokumentation beantwortet das nicht. Die nächstliegenden Abschnitte stehen unten.",
    capitals_are_names=False,
    opposites=(
        "über/unter vor/nach oben/unten alle/einige immer/manchmal mehr/weniger mindestens/höchstens "
        "größer/kleiner höher/niedriger vorher/nachher erster/letzter innen/außen innerhalb/außerhalb mit/ohne "
        "aktiviert/deaktiviert aktivieren/deaktivieren erlaubt/verboten erlauben/verbieten öffnen/schließen "
        "erhöhen/verringern maximal/minimal automatisch/manuell lokal/entfernt öffentlich/privat wahr/falsch "
        "ein/aus starten/stoppen hinzufügen/entfernen gleich/verschieden erforderlich/optional synchron/asynchron "
        "schneller/langsamer neu/alt"
    ),
    denying=("vermeiden verhindern fehlen scheitern statt stattdessen außer unmöglich kaum selten ausschließen"),
    denying_prefixes="(?:un|nicht-?|de|in)",
    before_objects=(
        "der die das den dem des ein eine einen einem einer in an auf mit von zu für aus bei nach über unter vor"
    ),
    joins="und|aber|oder|sondern|während|obwohl|weil|wobei|die|der|das",
    contrasts="aber|sondern|während|obwohl",
    product=(
        "es|das hier|(?:das|dieses|euer|ihr) (?:tool|werkzeug|produkt|programm|projekt|paket)"
        "|(?:die|diese|eure) (?:software|app|anwendung|bibliothek)"
    ),
)
