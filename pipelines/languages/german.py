"""German."""

from pipelines.languages.language import Language

# Parts of the patterns of questions. Readers also write "ae" for "ä", and "ss" for "ß".
_HAIL = r"(?:(?:und|aber|also|ok|okay|bitte|hallo|hi|hey|moin|sag mal|frage|dann)\b[,!:]?\s)?"
_OPENING = f"^{_HAIL}"
_MEASURES = (
    "(?:viel(?:e[nmrs]?)?|lange?|gro(?:ß|ss)e?r?|hoch|oft|h(?:ä|ae)ufig|alt|schnell|weit|tief|breit|schwer|stark|teuer"
    "|sp(?:ä|ae)t|hei(?:ß|ss)t|hei(?:ß|ss)en|nennt|sieht|kommt|steht|w(?:ä|ae)re|gut|ist|sind|war)\\b"
)
_QUESTION_WORDS = (
    # Those of Dutch as well, which has some of the verbs below.
    "wieviele?|hoe|hoeveel|waar|waarom|waarmee|wanneer|welke?|wat|kan|kun|moet|mag|zijn|is"
    "|wie|was|wer|wen|wem|wo|wann|warum|wieso|weshalb|welche?[nmrs]?|woran|womit|wof(?:ü|ue)r|wozu|wodurch|worin|woher"
    "|kann|kannst|k(?:ö|oe)nn\\w{1,4}|darf|muss|m(?:ü|ue)ss\\w{1,4}|soll\\w{0,3}|ist|sind|wird|werden|w(?:ü|ue)rde\\w?"
    "|hat|haben|gibt|l(?:ä|ae)sst|lassen|wenn|ob|in|mit|f(?:ü|ue)r|bei|an|auf|unter|aus|von|zu|welcher|unterschied"
    "|hoelang|weet"
)
_DOING = (
    "(?:l(?:ö|oe)schen|entfernen|hinzuf(?:ü|ue)gen|anlegen|erstellen|(?:ver)?(?:ä|ae)ndern|bearbeiten|umbenennen"
    "|verschieben|kopieren|(?:de)?installieren|einrichten|konfigurieren|(?:de)?aktivieren|(?:ein|aus|ab|um)schalten"
    "|(?:neu)?starten|stoppen|beenden|(?:ö|oe)ffnen|schlie(?:ß|ss)en|(?:ab)?speichern|(?:ex|im)portieren"
    "|(?:hoch|herunter|runter|nach)?laden|einf(?:ü|ue)gen|(?:ein|aus)blenden|anzeigen|verhindern|vermeiden|ignorieren"
    "|(?:ü|ue)berspringen|testen|(?:ü|ue)?(?:ber)?pr(?:ü|ue)fen|verbinden|trennen|senden|schicken|abfragen"
    "|(?:aus)?lesen|schreiben|(?:zur(?:ü|ue)ck)?setzen|einstellen|festlegen|umwandeln|konvertieren|drucken|teilen"
    "|zusammenf(?:ü|ue)hren|sortieren|filtern|suchen|finden|ersetzen|machen|wiederherstellen|aktualisieren|updaten"
    "|nutzen|verwenden|benutzen|einbinden|ausf(?:ü|ue)hren|drehen|skalieren|zuschneiden|freistellen|verlinken|(?:ü"
    "|ue)bersetzen|deployen|debuggen|stornieren|k(?:ü|ue)ndigen|absagen|erneuern|spiegeln|verl(?:ä|ae)ngern|buchen"
    "|bestellen|beantragen|bezahlen|(?:an|ab)melden|(?:ein|aus)loggen|registrieren|(?:ent)?sperren|freigeben|anpassen"
    "|(?:ver|ent)schl(?:ü|ue)sseln|berechnen|l(?:ö|oe)sen|sichern|(?:ü|ue)berwachen|migrieren|formatieren|gruppieren"
    "|ausw(?:ä|ae)hlen|markieren|vergr(?:ö|oe)(?:ß|ss)ern|verkleinern|vergleichen|beheben|wechseln|aufteilen)"
)
# "Fehler beim Laden" names a mishap, "Daten laden" a task. Those of Dutch as well, which has some of the verbs.
_NO_NOUN = (
    "(?<!beim )(?<!zum )(?<!vom )(?<!am )(?<!dem )(?<!mit )(?<!nach )(?<!vor )(?<!bij )(?<!met )(?<!het )(?<!tijdens )"
)
_WHERE = r"(?: (?:auf|unter|in|im|mit|nach|f(?:ü|ue)r|von|vom|aus|(?:ü|ue)ber|per|ohne|bei|beim)\b[^?,]{1,40})?"
_USING = (
    "(?:nehmen|verwenden|benutzen|nutzen|w(?:ä|ae)hlen|einsetzen|bevorzugen|kaufen|installieren|lernen|lieber|besser)"
)
# Found with the verbs of asking only: "schneller" and "wichtiger" compare, a "Server" and a "Compiler" do not.
_BETTER = (
    "(?:besser|schlechter|schneller|sicherer|unsicherer|einfacher|leichter|schwerer|g(?:ü|ue)nstiger|billiger|teurer"
    "|kleiner|gr(?:ö|oe)(?:ß|ss)er|stabiler|effizienter|performanter|moderner|flexibler|genauer|beliebter|aktueller"
    "|robuster|schlanker|bequemer|praktischer|sinnvoller|empfehlenswerter|verbreiteter|weiter verbreitet|neuer"
    "|(?:ä|ae)lter|h(?:ä|ae)rter|w(?:ä|ae)rmer|h(?:ö|oe)her|\\w{2,20}(?:ig|lich|sam|bar|haft)er)"
)
# To compare as a task: "wie vergleiche ich zwei Dateien", "kann man Bilder vergleichen".
_TASK = (
    rf"(?!{_HAIL}(?:wie|womit|wo|warum|wann|kann|k(?:ö|oe)nnen (?!sie\b)|darf|l(?:ä|ae)sst|lassen|muss|wird|werden)\b)"
    r"(?![^?]{0,80}\b(?:zwei|mehrere|alle)\b)"
)
# "Können Sie mir sagen, ...", "weiß jemand, ...", "ich möchte wissen, ...", "erklären Sie bitte, ...".
_TELL = (
    rf"{_OPENING}(?:(?:kannst|kann|k(?:ö|oe)nn\w{{1,4}}|w(?:ü|ue)rde\w{{0,3}}|wei(?:ß|ss)t?|wisst|wer (?:wei(?:ß|ss)"
    r"|kann)"
    r"|ich (?:m(?:ö|oe)chte|will|wollte|w(?:ü|ue)rde|muss))(?: (?:sie|du|ihr|mir|uns|bitte|mal|kurz|jemand|einer|gerne?"
    r"|hier|nur|auch|zuf(?:ä|ae)llig)){0,5}(?: (?:sagen|zeigen|erkl(?:ä|ae)ren|verraten|beschreiben|erl(?:ä|ae)utern"
    r"|wissen|verstehen|erfahren|herausfinden))?|(?:zeig|erkl(?:ä|ae)r|sag|verrat|beschreib|erl(?:ä|ae)uter)e?"
    r"(?:n sie)?(?: (?:mir|uns|bitte|mal|kurz)){0,4}),? "
)
_ARTICLE = r"(?:(?:de[rmns]|die|das|eine?[rmns]?)\s)?"
_ONE, _OTHER = rf"{_ARTICLE}(?P<one>[^?]{{1,60}}?)", rf"{_ARTICLE}(?P<other>[^?]{{1,60}}?)"
_END = (
    r"(?=\s(?:f(?:ü|ue)r|in|im|bei|beim|wenn|unter|auf|am|hinsichtlich|bez(?:ü|ue)glich|und wann|genau|eigentlich)\b"
    rf"|\s(?:{_USING}|{_BETTER})\b|\s(?:was|welche[nmrs]?) (?:ist|soll\w{{0,3}})\b"
    r"|\s?[,;:?!.–—]\s|\s-\s|\W*$)"
)

GERMAN = Language(
    name="german",
    code="de",
    common=(
        "der die das ist sind war ein eine einen einem einer und oder nicht für auf mit dass es als von zu "
        "im in den dem des wie was warum wann wo welche welcher welches wer kann ich du wir man sich auch "
        "bei nach über wird werden hat haben muss gibt mein wenn zwischen viel viele habe bis aus noch nur "
        "ohne meinen meine woran"
    ),
    openers=(
        "und|aber|oder|also|dann|auch|sondern|ok|okay|was ist mit|was ist denn mit|was ist dann|wie sieht es"
        "|wie ist es mit|wie steht es|wie schaut es|wie siehts|zum beispiel|zb|z\\. ?b|was wenn|was, wenn|was aber"
        "|und wenn|nur wenn|wirklich|echt|inwiefern|wieso nicht|(?:warum|wieso|weshalb|wozu|wie|wo|wann)(?: nicht"
        "| denn| das| genau)?\\W*$"
    ),
    pointers=(
        r"sie|ihn|ihm|ihnen|ihre?[nmrs]?|seine?[nmrs]?|dies\w*|jene\w*|davon|dafür|damit|dabei|darin"
        r"|dazu|darauf|dort|das|andere\w*|weitere\w*|mehr|noch|er|deren|dessen|denen|daran|daraus|danach|davor|dagegen"
        r"|darüber|darunter|dadurch|daher|dahin|hier(?:mit|von|zu|bei|für|durch)|stattdessen|sonst|solche\w*|sowas"
        r"|so (?:etwas|was)|nochmals?|noch ?mal|wieder|erstere\w*|letztere\w*|beide[nrs]?|obige\w*|vorherige\w*"
        r"|(?:der|die|das)selben?|gleiche\w*|ähnliche\w*|ersteres|genauso|ebenso|fuer das|ohne das"
        r"|(?<!gibt )(?<!geht )(?<!ist )es(?! (?:gibt|geht|möglich|moeglich|sinnvoll|nötig|ratsam))"
    ),
    asks=(
        r"wer|wie|was|wann|wo|warum|welche\w*|kann|ist|sind|gibt|wieso|weshalb|weswegen|wen|wem|wessen|woher|wohin"
        r"|womit|woran|worin|wofür|wofuer|wozu|wodurch|worauf|wovon|worum|wieviele?|kannst|könn\w*|koenn\w*|darf|muss"
        r"|müss\w*|soll\w*|hat man|wird|werden|läuft|lässt|laesst|geht|gibts|gehört|braucht|brauche|erklär\w*|zeig\w*"
        r"|nenn\w*|sag\w*|beschreib\w*|vergleich\w*|unterstützt|funktioniert"
    ),
    articles="der|die|das",
    tasks=(
        r"erklär\w*|erläuter\w*|bedeute\w*|beispiel\w*|einfach\w*|worten|bitte|zusammenfass\w*"
        r"|übersetz\w*|text"
    ),
    leans=(
        r"dies\w*|es|sie|er|das (?:ist|sind|war|bedeutet|heißt|wird|kann|hat|geht|gilt|liegt|macht|sorgt|führt)"
        r"|damit|dadurch|dabei|dazu|davon|dafür|daher|danach|darin|darauf|deshalb|deswegen|darum|dann|dort|hier"
        r"|hier(?:bei|zu|durch|mit|für)|außerdem|zudem|jedoch|allerdings|trotzdem|aber|und|auch|stattdessen|beide"
        r"|letztere\w*|erstere\w*|ihre?|seine?|andernfalls|ansonsten|sonst|solche\w*|somit|folglich"
    ),
    asks_definition=(
        r"was (?:ist|sind|war|bedeutet|bedeuten|hei(?:ß|ss)t|meint|macht|tut)(?: eigentlich| denn| genau| überhaupt"
        r"| nochmal| bitte)?|was (?:versteht man|versteht ihr|verstehe ich) unter|was ist gemeint mit|was (?:meint"
        r"|meinst du mit)|erkl(?:ä|ae)re?(?: mir| uns)?(?: bitte| kurz| mal)?(?:,? was)?|definiere|definition von"
        r"|bedeutung von|wof(?:ü|ue)r steht|wie definiert man|beschreibe?(?: mir)?(?: bitte)?"
        r"|kannst du (?:mir )?(?:bitte )?erklären,? was|was zum (?:teufel|henker|geier) (?:ist|sind)"
    ),
    determiners="ein|eine|einen|der|die|das|den|dem",
    copulas=(
        "ist|sind|versteht man|bedeutet|heißt|bezeichnet|bezeichnen|steht für|ermöglicht|stellt|beschreibt|erlaubt"
        "|dient"
    ),
    naming="genannt|bezeichnet als|als|auch bekannt als",
    kinds={
        # "Lieber A oder B", "A oder B, was ist besser?", "welche soll ich nehmen: A oder B?"
        "comparison": (
            r"\b(?:unterschied(?:e|e?s)?|(?:den|mit|von|zu) unterschieden|im gegensatz zu\w?|im vergleich"
            r"|verglichen (?:mit|zu\w?))\b"
            rf"|^(?!{_HAIL}(?:unterscheide[tn] (?!sich\b|sie\b)|kann\b|k(?:ö|oe)nnen (?!sie\b)))"
            r"(?![^?]{0,120}\bgro(?:ß|ss)-? ?(?:und|/) ?klein)[^?]{0,120}?\bunterscheide\w*"
            r"|^vergleich\b(?! (?:von )?(?:zwei|mehrere))|\bvergleich (?:von|zwischen|mit|zu[mr]?)\b(?! zwei)"
            r"|\bvergleich\W*$"
            rf"|^{_TASK}[^?]{{0,80}}?\bvergleichen?\b[^?]{{1,80}}?\b(?:mit|und|vs|zu[mr]?)\b"
            rf"|^{_TASK}[^?]{{1,60}}\b(?:mit|und|vs\.?) [^?]{{1,60}}\bvergleichen\b"
            # "Was ist schneller, A oder B", "ist A oder B besser", "A oder B was soll ich nehmen".
            r"|\b(?:was|wer|welche[nmrs]?(?: [\w.-]{2,30}){0,2}) (?:ist|sind|w(?:ä|ae)re|l(?:ä|ae)uft|l(?:ä|ae)dt"
            r"|startet"
            rf"|arbeitet|geht)(?: (?:denn|eigentlich|nun|jetzt|da))? {_BETTER}\b(?! als\b)"
            r"(?: (?:f(?:ü|ue)r|beim?|im?|unter|zu[mr]?) [^?,:]{1,30})?[,:]? [^?]{1,60}\boder\b(?! (?:nicht|so"
            r"|gleich)\b)|^(?:ist|sind|w(?:ä|ae)re) (?!es |er |sie )[^?]{1,60}\boder\b"
            rf"(?! (?:ist|muss|kann|geht|gibt|soll|darf|brauche?|hat)\b) [^?]{{1,40}}\b{_BETTER}\b"
            rf"|\S oder \S[^?]{{0,40}} (?:was|welche[nmrs]?) [^?]{{0,40}}\b(?:{_BETTER}|{_USING})\W*$"
            r"|\bzwischen [^?]{1,60} und [^?]{1,60}\b(?:(?:aus)?w(?:ä|ae)hlen|entscheiden)\b"
            r"|\bentscheide\b[^?]{1,30}\bzwischen [^?]{1,60} und\b"
            r"|\b(?:soll(?:te|ten|en)?|nehme|nimmt|verwende|nutze|benutze) (?:ich|man|wir) [^?]{1,80}\boder\b"
            r"(?! (?:nicht|so|doch|auch|gar)\b)|\b(?:besser|lieber|eher|empfehlenswerter|sinnvoller)(?: f(?:ü"
            r"|ue)r [^?,:]{1,30})?[,:]? [^?]{1,60}\boder\b(?! (?:nicht|so|doch|auch)\b)"
            r"|\S oder \S[^?]{0,60}[,:;–—-] ?(?:was|welche[nmrs]?|wann)\b|^(?:was|welche[nmrs]?"
            r"|wann)\b[^?,:]{2,60}[,:] ?[^?]{1,60}\boder\b(?! (?:nicht|so)\b)"
            r"|^(?!ja |nein )[\w.#+/-]{1,30} oder (?!nicht|so\b|doch|was\b)[\w.#+/-]{1,30}(?: f(?:ü"
            r"|ue)r [^?]{1,30})?\W*$|^wann (?:nehm|nimm|verwend|benutz|nutz|brauch|soll)\w* [^?]{2,80}\b(?:statt"
            r"|anstatt|anstelle|und wann)\b"
        ),
        "value": (
            r"\b(?:standard(?:wert|einstellung|m(?:ä|ae)(?:ß|ss)ig|vorgabe)\w{0,3}|voreinstellung(?:en)?"
            r"|voreingestellt\w*|vorgabe(?:wert)?\w{0,2}|defaultwert\w*|vorbelegung|von haus aus|ab werk)\b"
            # Any compound: "Standardpasswort", "Standard-Port"; but "ein Standardgateway" is a thing, no value.
            r"|(?<!ein )(?<!eine )(?<!einen )\bstandard(?:(?!i[sz]|bibliothek|abweich|modell|fehler|werk|form|konform"
            r"|ausgabe|eingabe|normal|verteil|software|lib|verfahren|algorithm|situation|kenntnis)\w{3,30}"
            r"|-(?:werte?|ports?|passw(?:o|ö|oe)rt|pfade?|einstellung|verzeichnis|ordner|sprache|benutzer"
            r"|name)\w{0,3})\b|\bwelchen wert (?:hat|haben|nimmt)\b|\bwas ist standard\b|\bwenn (?:ich|man|wir"
            r"|du) (?:(?:gar|da|dort) )?nichts "
            r"(?:angeb|eingeb|einstell|setz|konfigurier|(?:ä|ae)nder|sag|schreib|mach|ausw(?:ä|ae)hl|w(?:ä|ae)hl|(?:ü"
            r"|ue)bergeb)|\bwenn (?:ich|man|wir|du) [^?]{1,50}\bnicht (?:angeb|setz|einstell|konfigurier|(?:ü"
            r"|ue)bergeb|definier|mitgeb)"
            r"\w{1,3}\b|\bwenn (?:ich|man|wir|du) [^?]{1,50}\b(?:wegl(?:a|ä|ae)ss\w{1,2}|leer ?l(?:a|ä|ae)ss\w{1,2})"
        ),
        "code": (
            # "Nennen Sie drei Beispiele" asks for a list, and so does one of commands.
            rf"^(?!{_HAIL}(?:nenn|z(?:ä|ae)hl|liste)e?\b|{_HAIL}nennen sie\b)[\s\S]{{0,300}}?(?<!zum )\bbeispiele?\b"
            r"|\bbeispiel-?code\b|\bcode-?(?:beispiel|schnipsel)\w{0,2}"
            r"|(?<!bedeutet der )(?<!liste der )(?<!liste aller )(?<!liste von )(?<!alle )"
            r"\b(?:befehle?s?|kommandos?)\b|\bcode (?:f(?:ü|ue)r|zum|um)\b|\bschreibweise\b"
            r"|\bzeige? mir\b|^(?:eine? )?(?:abfrage|query) (?:f(?:ü|ue)r|um|zum)\b"
        ),
        "number": (
            r"\bwie ?viel(?:e[nmrs]?)?\b|\bwie (?:lange?|gro(?:ß|ss)\w?|hoch|oft|h(?:ä|ae)ufig|alt|schnell|weit|tief"
            r"|breit|schwer|stark|teuer)\b|\bwelche[mnrs]? (?:[\w-]+ )?(?:[\w.]+-)?(?:port|version|gr(?:ö|oe)(?:ß|ss)e"
            r"|anzahl|prozentsatz|anteil|l(?:ä|ae)nge|temperatur|entfernung|h(?:ö|oe)he|tiefe|breite|geschwindigkeit"
            r"|dauer|gewicht|alter|preis|frist|menge)\b"
            r"|\b(?:maximal|minimal|h(?:ö|oe)chst|gr(?:ö|oe)(?:ß|ss)t|kleinst|zul(?:ä"
            r"|ae)ssig)e[nrs]? \w{0,20}(?:gr(?:ö|oe)(?:ß|ss)e|anzahl|l(?:ä|ae)nge|dauer|zahl|h(?:ö|oe)he|breite|tiefe"
            r"|laufzeit|menge|geschwindigkeit|aufl(?:ö|oe)sung|alter|gewicht|temperatur)\b|\b(?:mindest|h(?:ö|oe)chst"
            r"|maximal)(?:alter|zahl|dauer|gr(?:ö|oe)(?:ß|ss)e|l(?:ä|ae)nge)\b"
            r"|\bwas ist (?:die (?:[\w-]{1,20} )?(?:ober|h(?:ö|oe)chst)grenze"
            r"|das (?:[\w-]{1,20} )?(?:[\w-]{1,20})?limit|die (?:aktuelle|neue?ste|letzte|j(?:ü"
            r"|ue)ngste) (?:\w{1,20} )?(?:\w{1,20}-?)?version)\b|\bwas kosten?t?\b|\banzahl (?:der|von|an)\b"
            r"|\bab welcher version\b"
        ),
        "date": (
            r"\b(?:ab|bis|seit) wann\b|\b(?:welche[mnrs]?) (?:jahr|datum|tag|monat|jahrhundert|jahrzehnt|uhrzeit)e?s?\b"
            r"|\bum (?:wie ?viel|welche) uhr\b|\bwann (?:war|waren|wurde|wurden|erschien|erscheint|kam|kommt|ist|sind"
            r"|wird|werden|hat|haben|findet|endet|beginnt|begann)\b(?! (?:es )?(?:besser|sinnvoll|ratsam|n(?:ö|oe)tig))"
            rf"|(?:{_OPENING}|{_TELL})wann (?!soll|nehm|nimm|verwend|benutz|nutz|brauch|w(?:ä|ae)hl|lohnt|muss|m(?:ü"
            r"|ue)ss|kann|darf|setz"
            r"|w(?:ü|ue)rd|(?:ist|w(?:ä|ae)re) (?:es|\w+ (?:besser|sinnvoll)))"
        ),
        "how_to": (
            # But for a number that is only to be found out: "wie sehe ich, welche Version ich habe".
            rf"{_OPENING}wie (?!(?:(?:kann|k(?:ö|oe)nnen) )?(?:finde|sehe|erkenne|erfahre|wei(?:ß|ss)|pr(?:ü"
            r"|ue)fe)? ?(?:ich|man|wir)"
            r" [^?]{0,30}?(?:welche[nrs]? (?:[\w-]{1,20} )?(?:[\w.]{1,20}-)?(?:version|port|gr(?:ö|oe)(?:ß|ss)e)"
            r"|wie ?viele?)\b)(?:(?:entsteh|bild|wirk|l(?:ä|ae)uf|verl(?:ä|ae)uf|erfolg|arbeit|speicher|verarbeit"
            r"|behandel|reagier|erkenn|erzeug|berechn|(?:ü|ue)bertr(?:ä|ae)g|w(?:ä|ae)chs)(?:e?t|e?n)\b(?! (?:es"
            r"|das)\W*$)|(?:kann|k(?:ö|oe)nn\w{1,4}|muss|m(?:ü|ue)ss\w{1,4}|soll\w{0,3}|darf|wird|werden?"
            r"|l(?:ä|ae)sst"
            r"|lassen|funktionier\w{1,3}|geht|gehe|mache?n?|macht|installier\w{1,3}|verhinder\w{1,2}|vermeide\w?"
            r"|am besten)\b"
            rf"|(?!{_MEASURES})[\w-]{{2,30}} (?:ich|man|wir|du|ihr)\b|(?!{_MEASURES})[^?]{{2,60}}\b{_DOING}\W*$)"
            rf"|{_TELL}wie (?!{_MEASURES})\w"
            r"|^was (?:tun|muss|mache?|macht|kann|soll\w{0,2}) (?:(?:ich|man|wir) )?(?:da |dann |hier )?(?:tun|machen"
            r"|(?:ä|ae)ndern|einstellen|dagegen|gegen|bei|wenn)\b|^was (?:tun|mache? (?:ich|man)),? wenn\b"
            rf"|{_OPENING}ich (?:m(?:ö|oe)chte|will|w(?:ü|ue)rde gerne?|versuche|muss|wollte)\b"
            r"(?! (?:\w+ ){0,2}(?:wissen|erfahren|verstehen|herausfinden|rausfinden),? (?:w\w+|ob)\b)"
            rf"|{_OPENING}(?![^?]*\b(?:warum|wieso|weshalb|woran|woher"
            r"|wo)\b)(?:ich (?:kann (?:[\w-]{1,30} ){0,5}(?:nicht"
            r"|keine?[nmrs]?)\b|(?:krieg|bekomm|schaff)e? (?!(?:\w+ ){0,3}(?:fehler\w*|\w*meldung"
            r"|error)\b)[^?]{1,60}\bnicht\b)|es gelingt mir (?:\w+ ){0,3}nicht\b)"
            r"|\bschritte? (?:zum|zur|um)\b|\banleitung (?:zum|zur|f(?:ü|ue)r|um)\b|\bwie geht das\b"
            r"|\bgibt e?s (?:eine|irgendeine|ne|einen) (?:(?:einfache[nr]?|andere[nr]?) )?(?:m(?:ö|oe)glichkeit|weg"
            r"|methode)\b"
            # A task alone: "Ebene löschen", "Python unter Windows installieren".
            rf"|^(?:bitte )?(?!(?:{_QUESTION_WORDS})\b)[^?,]{{2,60}}\s{_NO_NOUN}{_DOING}{_WHERE}\W*$|^{_DOING} (?:von"
            r"|unter|mit|auf|in|ohne)\b"
            r"|^(?:installiere|l(?:ö|oe)sche|entferne|erstelle|konfiguriere|(?:de)?aktiviere|(?:ä|ae)ndere|f(?:ü|ue)ge"
            r"|richte) (?:eine?[nmrs]?|de[nmr]|die|das|mein\w{0,2}|alle|mir|bitte)\b"
            r"|^(?:kann|k(?:ö|oe)nn\w{1,4}|darf|muss|soll\w{0,2}|l(?:ä|ae)sst) [^?]{1,80}\b(?:installieren|einrichten"
            r"|konfigurieren)\b"
        ),
        "person": (
            rf"(?:{_OPENING}|{_TELL})wer (?!of\b|is\b|and\b|for\b|kann (?:mir|uns|bitte)\b|wei(?:ß"
            r"|ss),? (?:\w+ ){0,2}w\w+\b)\w|\b(?:von|mit|bei|an|f(?:ü|ue)r) we[nm]\b|^we[nm] \w|\bwessen\b"
            r"|\bwelche[rnms]? (?:person|leute|mensch|mann|frau|autor|entwickler)(?:en|in)?\b"
        ),
        "place": (
            rf"{_OPENING}wo\b(?! liegt (?:der|das) (?:fehler|problem))"
            rf"|{_TELL}wo \w"
            r"|\bwo (?:finde|findet|ist|liegt|steht|sind|speicher\w{1,2}|werden|wird|kann|gibt|bekomme|stelle|sehe)\b"
            r"|\bwohin\b|^woher\b(?! kommt)|\ban welche[rn] stelle\b|\b(?:in|aus) welche[mnrs]? (?:ordner|verzeichnis"
            r"|land|stadt|ort|men(?:ü|ue)|abschnitt|kapitel|region)\b"
        ),
        "reason": (
            r"\b(?:warum|wieso|weshalb|weswegen)\b|\bworan (?:kann|k(?:ö|oe)nnte )?.{0,20}\b(?:liegts?|liegen)\b"
            rf"|{_OPENING}wie kommt(?: es|s| das)\b|{_OPENING}wie kann es sein\b|^woher kommt\b|\bwodurch\b"
            r"|\b(?:der|aus welchem|welchen|einen) grund\b|\bgr(?:ü|ue)nde\b|\bursachen?\b|\bwas verursachte?n?\b"
            r"|\bwas (?:f(?:ü|ue)hrte?|l(?:ö|oe)ste?)\b[^?]{1,60}\b(?:zu[mr]?|aus)\b|^wie kam(?:en)? es (?:zu[mr]?"
            r"|dazu)\b"
            rf"|{_OPENING}begr(?:ü|ue)nde(?:n sie)?\b"
            r"|^wozu (?:muss|soll)\w{0,2}\b|^was soll das\b"
        ),
        "list": (
            r"\b(?:welche[nrs]?|alle|m(?:ö|oe)gliche|erlaubte|g(?:ü|ue)ltige|verf(?:ü|ue)gbare|unterst(?:ü"
            r"|ue)tzte)\b[^?]{0,40}"
            r"\b(?:optionen|werte|formate|felder|parameter|argumente|attribute|eigenschaften|einstellungen|befehle"
            r"|plugins|module|arten|typen|schritte|funktionen|methoden|events|ereignisse|level|stufen|modi|sprachen"
            r"|datenbanken|plattformen|bibliotheken|werkzeuge|tools|alternativen|dateien|ordner|versionen|backends"
            r"|voraussetzungen|rechte|rollen)\b|\b(?:welche|was f(?:ü|ue)r) (?:[\w-]+ ){0,3}(?:gibt es|gibts|geh(?:ö"
            r"|oe)ren|sind|werden|stehen|existieren|muss ich|kann ich|kann man|unterst(?:ü|ue)tzt|kennt|brauche ich)\b"
            r"|\bwas f(?:ü|ue)r (?:arten|typen|optionen|m(?:ö|oe)glichkeiten)"
            r"|\barten von\b|\b(?:vorteile|nachteile|voraussetzungen|anforderungen|auflistung|(?:ü|ue)berblick"
            r"|schritte)\b|\b(?:liste (?:der|von|aller|mit)|alle (?:befehle|kommandos))\b|\bm(?:ö|oe)glichkeiten\b"
            r"|\bz(?:ä|ae)hle? .{0,40}\bauf\b|^nenne?\b(?! man)|^nennen sie\b|^was (?:brauche?|ben(?:ö"
            r"|oe)tige?)t? (?:ich|man|wir)\b|^was (?:enth(?:ä|ae)lt|enthalten|beinhalte[tn]|umfasst|geh(?:ö"
            r"|oe)rt (?:alles )?zu)\b|^woraus besteh(?:t|en)\b|^was wird unterst(?:ü|ue)tzt\b"
        ),
        "definition": (
            rf"{_OPENING}was (?:ist|sind|war|bedeute[tn]|hei(?:ß|ss)t|meint|macht|tut|bewirkt|bringt|versteht man)\b"
            rf"|{_OPENING}was (?:(?:genau|eigentlich) (?:ist|sind|macht|bedeutet)|verbirgt sich hinter|steckt hinter"
            r"|wird unter)\b"
            rf"|{_TELL}was (?!zu\b)[^?]{{1,60}} (?:ist|sind|macht|tut|bewirkt)\W*$|^worin besteh(?:t|en)\b"
            r"|^welche[nr]? (?:zweck|rolle|aufgabe|funktion|bedeutung) (?:hat|haben|spiel|erf(?:ü|ue)ll|(?:ü"
            r"|ue)bernimm)"
            # As textbooks ask: "Erläutern Sie den Begriff".
            rf"|{_OPENING}(?:erkl(?:ä|ae)r|erl(?:ä|ae)uter|beschreib|definier|charakterisier)(?:e|e?n sie)?"
            r"(?: (?:mir|uns|bitte|kurz|mal)){0,4},? (?!wie|warum|wieso|weshalb)\w"
            r"|\bwas\b[^?]{1,60}\b(?:bedeutet|hei(?:ß|ss)t)\b|\bbedeutung (?:von|des|der)\b|\bdefini(?:tion|ere)\b"
            r"|\b(?:wof(?:ü|ue)r|f(?:ü|ue)r was) (?:steht|ist|sind|braucht|brauche|wird|werden|dient|nutzt|verwendet"
            r"|benutzt|gut)\b|\bwozu (?:dient|dienen|ist|sind|braucht|brauche|gibt|wird|werden|gut|verwendet|benutzt"
            r"|das|der|die)\b|\bwas (?:ist|sind)(?: eigentlich| denn)? (?:das|ein|eine)\b|\bwie nennt man\b"
            r"|\bwas soll .{1,40} sein\W*$"
        ),
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
    defines_behind=(
        r"[,:–—-]? ?was (?:ist|bedeutet|hei(?:ß|ss)t|soll|macht)(?: denn| eigentlich)? (?:das|er|sie|es)(?: genau"
        r"| sein)?|[,:–—-]? ?(?:wof(?:ü|ue)r|wozu)(?: ist das| dient das)?(?: gut)?|bedeutung|erkl(?:ä|ae)rung"
        r"|erkl(?:ä|ae)rt|bedeutet was"
    ),
    asking=(
        "wie was wer wen wem wessen wo wann warum wieso weshalb weswegen welche welcher welches welchen welchem woher "
        "wohin womit woran worin wofür wofuer wozu wodurch wovon worauf wieviel wieviele viel viele bitte erkläre "
        "erklär erklären erklaeren zeig zeige zeigen sag sage sagen nenne nennen beschreibe beispiel beispiele "
        "unterschied unterschiede vergleich benutzen benutze benutzt verwenden verwende verwendet nutzen nutze "
        "brauche braucht brauchen möchte moechte will wollen würde gerne gern weg möglichkeit möglich moeglich geht "
        "gehen gibt gut besser best beste besten bedeutet bedeuten heißt heisst gemeint standardmäßig kann kannst "
        "können koennen könnte soll sollte sollen muss müssen darf machen mache macht tun genau einfach schnell "
        "eigentlich denn mal doch halt eben überhaupt irgendwie ungefähr funktioniert funktionieren verstehe versteht "
        "wissen weiß weiss jemand hilfe danke hallo"
    ),
    reasons=(
        # "Damit ist es fertig" and "da ist er" give no reason; "da der Server wartet" does, with a verb at its end.
        r"weil|denn|da (?:sonst|andernfalls|ansonsten)|(?:^|(?<=, ))da(?! (?:ist|sind|war\w{0,2}|wird|werden|kann"
        r"|k(?:ö|oe)nn\w{1,4}|hat|haben|gibt|geht|muss|m(?:ü|ue)ss\w{1,3}|hilft|steht|wo|draußen|oben|unten|dr(?:ü"
        r"|ue)ben)\b)|aufgrund|auf grund|wegen|deshalb|deswegen|daher|darum|damit(?! (?:ist|sind|war\w{0,2}|wird"
        r"|werden|hat|haben|kann|k(?:ö|oe)nnen|l(?:ä|ae)sst|lassen)\b)|sodass|so dass|andernfalls|ansonsten|sonst"
        r"|anderenfalls|grund|gr(?:ü|ue)nden?|ursachen?|verursach\w{1,3}|verhinder[nt]|vermeide[nt]|vermieden"
        r"|zu vermeiden|dadurch|hierdurch|wodurch|somit|folglich|infolge|f(?:ü|ue)hrt zu|liegt (?:daran|am|an)|dank"
        r"|aus diesem grund|um .{1,80}? zu|zum schutz|dient dazu|um zu"
    ),
    numbers=(
        "eins|zwei|drei|vier|f(?:ü|ue)nf|sechs|sieben|acht|neun|zehn|elf|zw(?:ö|oe)lf|dutzende?|hunderte?|tausende?"
        "|million(?:en)?|milliarden?|h(?:ä|ae)lfte|halbe[nrs]?|drittel|viertel|prozent|einmal|zweimal|dreimal|doppelt"
        "|ein einzige[rs]?"
    ),
    months="januar|j(?:ä|ae)nner|februar|m(?:ä|ae)rz|april|mai|juni|juli|august|september|oktober|november|dezember",
    compares=(
        rf"\bunterschiede?n?:? (?:zwischen |von |bei )?{_ONE}\s(?:und|vs\.?|versus|zu[mr]?|oder)\s{_OTHER}{_END}",
        rf"\bzwischen {_ONE} und {_OTHER}\s(?:der|ein|einen|den|die|f(?:ü|ue)r ein)\s(?:\w{{1,20}} )?unterschiede?\b",
        rf"\bunterscheide[tn] (?:sich )?(?:denn |eigentlich )?{_ONE}\s(?:von|vo[mn])\s{_OTHER}{_END}",
        rf"\bunterscheiden (?:sich )?(?:denn |eigentlich )?{_ONE}\sund\s{_OTHER}{_END}",
        rf"\bvergleiche?n? (?:(?:sie|bitte|mir|mal|wir|uns|zwischen|von) ){{0,3}}{_ONE}\s(?:mit|und|vs\.?"
        rf"|zu)\s{_OTHER}{_END}",
        rf"^(?:was ist |wie ist |wie gut ist |ist )?{_ONE}\s(?:im (?:vergleich|gegensatz) zu[mr]?"
        rf"|verglichen mit)\s{_OTHER}{_END}",
        rf"^(?:was|welche[nmrs]?|wann)\b[^?,:]{{2,60}}[,:;–—-]\s?{_ONE},? oder (?:besser |lieber "
        rf"|eher )?{_OTHER}{_END}",
        r"\b(?:soll(?:te|ten|en)?|nehme|nimmt|verwende|nutze|benutze) (?:ich|man|wir) (?:(?:besser|lieber|eher|nun"
        rf"|jetzt|da) )*{_ONE},? oder (?:besser |lieber |eher )?{_OTHER}(?:\s{_USING}\b|{_END})",
        rf"\b(?:lieber|eher|{_BETTER})(?! als\b)(?: f(?:ü|ue)r [^?,:]{{1,30}})?[,:]? {_ONE},? oder (?:besser |lieber "
        rf"|doch )?{_OTHER}{_END}",
        rf"\bwann (?:nehm|nimm|verwend|benutz|nutz|brauch)\w{{1,3}} (?:ich|man|wir) {_ONE},? (?:und )?(?:wann|statt"
        rf"|anstatt|anstelle(?: von)?) {_OTHER}{_END}",
        rf"^{_ONE},? oder (?:besser |lieber |doch )?{_OTHER}\s?[,:;–—-]\s?(?:was|welche[nmrs]?|wann|wo|wie)\b",
        rf"^(?:ist|sind|w(?:ä|ae)re) {_ONE},? oder {_OTHER} [^?]{{0,20}}?{_BETTER}\b",
        rf"^{_ONE},? oder {_OTHER} (?:was|welche[nmrs]?) [^?]{{0,40}}?\b(?:{_BETTER}|{_USING})$",
        rf"\bzwischen {_ONE} und {_OTHER}\s(?:(?:aus)?w(?:ä|ae)hlen|entscheiden)\b",
        rf"^{_TASK}{_ONE} (?:mit|und|vs\.?) {_OTHER} vergleichen\b",
        rf"^{_ONE}\s(?:vs\.?|versus)\s{_OTHER}\s?(?:[,:;–—-] ?(?:was|welche[nmrs]?|wann)|f(?:ü|ue)r|beim?|wenn)\b",
        r"^(?P<one>[\w.#+/-]{1,30}) oder (?!nicht|so\b|doch|was\b)(?P<other>[\w.#+/-]{1,30})(?: f(?:ü"
        r"|ue)r [^?]{1,30})?\W*$",
    ),
    asks_which=(
        r"\b(?:(?:soll(?:te|ten|en)?|nehme|nimmt|verwende|nutze|benutze) (?:ich|man|wir) [^?]{1,80}\boder\b"
        rf"|soll(?:te|ten|en)? (?:ich|man|wir) [^?]{{0,80}}?\b{_USING}|wann (?:nehm|nimm|verwend|benutz|nutz|brauch"
        r"|soll)\w{1,3}"
        rf"|was ist {_BETTER}(?! als\b)|ist [^?]{{1,60}} oder [^?]{{1,60}}? {_BETTER}|\S oder \S[^?]{{0,40}} (?:was"
        r"|welche[nmrs]?) soll"
        r"|zwischen [^?]{1,60} und [^?]{1,60} (?:w(?:ä|ae)hlen|entscheiden)|welche[nrs]? (?:von|der) (?:beiden|denen"
        r"|diesen)|welche[nrs]? "
        r"(?:ist|w(?:ä|ae)re) (?:besser|sinnvoller|zu empfehlen)|was (?:nehme|w(?:ä|ae)hle|nutze|verwende|empfiehlst"
        r"|empfehlt|empfiehlt)|(?:lieber|besser|eher) [^?]{1,60}\boder)\b"
    ),
)
