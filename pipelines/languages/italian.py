"""Italian."""

from pipelines.languages.language import Language

# What may stand before a question, the words that part what is compared, and what ends the second of the two.
_GREETED = (
    r"^\W{0,3}(?:(?:e|ed|ma|allora|quindi|ciao|salve|buongiorno|buonasera|scusa|scusate|ok|per favore)\b\W{1,3}){0,2}"
)
# "Can you tell me", "does anyone know", "I would like to know": what is asked for stands behind.
_POLITE = (
    r"(?:(?:mi |ci )?(?:puoi|può|potete|potresti|potrebbe|potreste|sai|sapete|sapresti|sapreste|saprebbe)"
    r" (?:dir|spiegar|indicar|mostrar)(?:mi|ci|e)|mi (?:dici|dite|dica|spieghi|spiegate|sai dire|sapete dire)"
    r"|(?:qualcuno|chi) (?:mi )?(?:sa|saprebbe|può)(?: (?:dir|spiegar)(?:mi|e))?|sai|sapete|(?:non )?(?:so|capisco)"
    r"|(?:vorrei|voglio|mi piacerebbe) (?:sapere|capire)|dimmi|ditemi|spiega(?:mi|te|temi)?|spieghi|mostra(?:mi"
    r"|temi)),? "
)
_START = rf"{_GREETED}(?:{_POLITE})?"
_ARTICLE = (
    r"(?:(?:usare|utilizzare|scegliere|prendere)\s+)?"
    r"(?:(?:l|un|dell|dall|all|d)['’]\s?|(?:il|lo|la|i|gli|le|uno?|una|del|dello|della|dei|degli|delle|di)\s+)?"
)
_ONE, _OTHER = _ARTICLE + r"(?P<one>\S.{0,60}?)", _ARTICLE + r"(?P<other>\S.{0,60}?)"
_TAIL = (
    r"(?=\s+(?:per|in|nel|nella|nei|nelle|su|sul|con|quando|se|quale|cosa|esattamente|a livello|per favore|rispetto"
    r"|(?:è|sono|sarebbe|funziona|va) (?:il |la |i |le )?(?:meglio|migliore?|più)|che (?:scelgo|uso))\b"
    r"|\s{0,3}[,;:?!(]|\s[–—-]\s|\W{0,3}$)"
)
_NO_TERM = (
    r"(?!\s+(?:il\s+|lo\s+|la\s+|le\s+|i\s+|gli\s+|una?\s+)?(?:differenz[ae]|valor[ei]|comand[oi]|dimension[ei]"
    r"|port[ae]|version[ei]"
    r"|migliore|meglio|sintassi|passi|passaggi|vantaggi|svantaggi|limit[ei]|come|perché|quando|quant[oiae])\b)"
)
_USE = r"usare|utilizzare|scegliere|prendere|preferire"
_SHOULD = r"devo|dovrei|dobbiamo|dovremmo|bisogna|conviene|mi conviene|si deve|è meglio|meglio"
# "docker o podman", and nothing else but a purpose. In Portuguese, "o" is an article, "instale o docker" and "qual o
# limite" compare nothing: unless an article or "oppure" tells, the first of the two is no verb, and ends in no vowel.
_NO_SIDE = (
    r"(?!(?:se|sì|no|più|meno|meglio|peggio|bene|tutto|nulla|niente|altr[oiae]|vero|falso|gratis|gratuito|obbligatorio"
    r"|possibile|con|senza|per|in|su|di|da|tra|fra|oppure|prima|dopo|em|com|sem|tem|vem|num|bem|quem|sim|qual|tal|mas"
    r"|após|antes|depois|apesar|faz|fiz|traz|diz|por"
    r"|\w{2,20}(?:[ae]m|mos|[ai]r)|(?:faz|l|v|t|escrev|mov|resolv|remov|obt|convert|escolh|sab|perd|entend|mant|receb"
    r"|estend|corr)er)\b)"
)
_SIDE = rf"{_NO_SIDE}[\w.#+/-]{{1,30}}"
_FIRST = (
    rf"{_GREETED}(?:(?:il|lo|la|i|gli|le|uno?|una) |(?:l|un)['’]|(?=[\w.#+/-]{{1,30}} oppure )"
    r"|(?=[\w.#+/-]{0,29}[^\W_aeiou] ))"
)
_SHORT_ARTICLE = r"(?:(?:il|lo|la|i|gli|le|uno?|una) |(?:l|un)['’])?"
_OR = r"(?:o|oppure)"
_AIM = r"(?: per [^?]{1,40})?\W*$"
_UNSET = (
    r"imposto|configuro|specifico|metto|indico|cambio|scrivo|passo|definisco|do|tocco|dico|scelgo|inserisco|imposta"
    r"|configura"
    r"|specifica|mette|indica|cambia|definisce|imposti|configuri|specifichi|metti|definisci"
)
# Verbs by which a task is told; other infinitives need an Italian word behind them.
_TASKS = (
    r"installare|disinstallare|configurare|creare|cancellare|eliminare|rimuovere|togliere|aggiungere|cambiare"
    r"|modificare|attivare"
    r"|disattivare|abilitare|disabilitare|usare|utilizzare|eseguire|avviare|fermare|arrestare|trovare|mostrare"
    r"|nascondere|ottenere"
    r"|inviare|mandare|scrivere|leggere|aprire|chiudere|copiare|spostare|rinominare|scaricare|caricare|distribuire"
    r"|provare"
    r"|verificare|controllare|riparare|correggere|risolvere|evitare|impedire|gestire|definire|scegliere|passare"
    r"|convertire|collegare"
    r"|connettere|salvare|ripristinare|annullare|condividere|limitare|aumentare|ridurre|sostituire|ordinare|filtrare"
    r"|compilare"
    r"|dichiarare|chiamare|unire|tradurre|aggiornare|mettere|inserire|importare|esportare|recuperare|migrare"
    r"|dividere"
    r"|stampare|restituire|generare|elencare|impostare|visualizzare"
)
# "How do I find out which version I have": asks for the version.
_LOOKED_UP = (
    r"(?:si (?:fa|può) (?:a )?|faccio (?:a |per )?|posso |fare (?:a |per )?)?(?:sapere|vedere|scoprire|trovare"
    r"|controllare"
    r"|vedo|so|scopro|controllo) (?:quant|qual|che versione|che porta)"
)
_ITALIAN_WORDS = (
    r"(?:il|lo|la|gli|le|uno?|una|mio|mia|miei|suo|più|tutti|tutte|due|con|senza|nel|nella|dal|dalla|al|alla|da|su)\b"
    r"|(?:l|un)['’]"
)

ITALIAN = Language(
    name="italian",
    code="it",
    common=(
        "il lo la gli le è sono un una uno di del della dei e o non per su con che si al alla in nel nella "
        "come cosa perché quando dove quale quali chi posso può io tu mi se c'è tra questo questa più fare a "
        "quanto quanti quante ho ha hanno devo senza fino"
    ),
    # "È possibile", without its accent, opens no follow-up.
    openers=(
        r"e(?! (?:possibile|necessario|vero|meglio|obbligatori[oa]|consigliat[oa]|supportat[oa]|gratuit[oa]|gratis"
        r"|sicuro|stat[oa])\b)"
        r"|ed|ma|allora|quindi|dunque|poi|ok|va bene|che ne|e se|in quel caso|per esempio|ad esempio|tipo cosa|tipo"
        r"|davvero|come mai"
        r"|o (?:meglio|forse|se|con|senza|per|anche)|oppure|anche"
    ),
    pointers=(
        r"lui|lei|loro|ess[aeio]|quest[aeio]|quell[aeio]|quel|quei|altr[aeio]|stess[aeio]|medesim[aeio]|più|suo|sua"
        r"|suoi|sue|ciò|ne"
        r"|lì|là dentro|precedent[ei]|sopra|prim[oa]|second[oa]|ultim[oa]|invece|così"
        r"|(?:far|usar|cambiar|toglier|metter|cancellar|eliminar|attivar|disattivar|configurar|evitar|annullar"
        r"|installar|risolver)(?:lo|la|li|le|ne)"
    ),
    asks=(
        r"chi|che|cosa|cos['’]\w*|quando|dove|come|qual|qual['’]\w*|quale|quali|quant[oiae]|perch[éeè]|posso|può"
        r"|possono|si può|puoi"
        r"|potrei|devo|dovrei|bisogna|è|c['’]è|ci sono|esiste|serve|ha|hai|spiega\w*|descriv\w*|mostra\w*|dimmi|dammi"
        r"|confronta|definisci"
        r"|elenca"
    ),
    articles="il|lo|la|gli|le",
    tasks=(
        r"per favore|per piacere|puoi|potresti|spiega\w*|chiarisci|approfondisci|dettagli\w*|significa\w*|vuol dire"
        r"|esempi|esempio|riassum\w*"
        r"|riassunto|traduc\w*|testo|riformula\w*|semplifica\w*|semplice|semplicemente|in breve|altre parole|parole"
        r"|termini"
        r"|italiano|mostra\w*|dammi|dimmi"
    ),
    leans=r"quest[oaei]|quell[oaei]|ess[oaei]|ciò|così|inoltre|anche|ma|però|quindi|invece|entramb[ei]"
    r"|quest['’]ultim[oa]",
    asks_definition=(
        r"(?:(?:che )?cos(?:['’]\s?|\s)?(?:è|e['’`]?)(?=\s)|(?:che )?cosa (?:è|sono|significano?|vuol dire|vogliono "
        r"dire|si intende per|fa|fanno)"
        r"|che (?:è|significano?|vuol dire|roba è)|a (?:che )?cosa (?:serve|servono)|a che (?:serve|servono)|in "
        r"(?:che )?cosa consiste"
        r"|(?:definisci|definisca|descrivi|descrivimi|spiega|spiegami|spiegare|mi spieghi|spieghi)(?: (?:che "
        r")?cos(?:['’]è|a (?:è|sono)))?"
        r"|parlami (?:di|del|della)|qual è (?:il significato|la definizione) di)" + _NO_TERM
    ),
    defines_behind=(
        r",?\s?\b(?:(?:che )?cos['’]è|cosa (?:è|sono|significa|vuol dire)|che (?:è|significa|vuol dire)|a (?:che "
        r")?cosa serve|a che serve)"
    ),
    determiners="un|uno|una|il|lo|la|i|gli|le",
    copulas="è|sono|significano?|indicano?|rappresentano?|permett(?:e|ono)|consent(?:e|ono)|fornisc(?:e|ono)"
    "|descriv(?:e|ono)|si riferisce a",
    naming="chiamat[aoei]|dett[aoei]|denominat[aoei]|not[aoei] come|conosciut[aoei] come",
    kinds={
        "comparison": (
            # To compare two files is a task, to compare one thing with another is not.
            r"\bdifferenz\w\b|(?<!nei )(?<!come )\bconfront[oi]\b|\bparagon[ei]\b|\bconfrontat[oaie] con\b"
            r"|\b(?:confronta|paragona)(?:re|mi|te|no)?\b(?! (?:due|più|dei|delle|diversi|diverse)\b)"
            r"(?=[^?]{4,80}\b(?:e|ed|vs)\b|(?! (?:uno?|una|un['’])\b)[^?]{4,60}\b(?:con|al?|alla)\b)|\bdifferisc(?:e"
            r"|ono)\b|\bdivers[oaie] (?:da|dal|dalla|dall['’])"
            r"|\brispetto (?:a|al|alla|all['’])"
            r"|\b(?:meglio|conviene|migliore)\b[^?]{1,60}\b(?:o|oppure)\b(?! (?:no|meno)\b)"
            r"|(?:(?:^\W{0,3}|\bcosa |\bquale? |\bche |['’] ?)è|\b(?:sono|sarebbe|risulta|funziona|va|quale"
            r"|cosa)) (?:il |la |i |le )?(?:più (?!che\b)\w{3,20}"
            r"|migliore|peggio"
            r"|peggiore)(?! (?:di|del|che)\b)[^?]{1,60}\b(?:o|oppure)\b(?! (?:no|meno|più)\b)"
            r"|\b(?:o|oppure)\b[^?]{1,60}\b(?:è|sono|sarebbe|funziona|va) (?:il |la |i |le )?(?:migliore|meglio"
            r"|più (?!che\b)\w{3,20})\b(?! (?:di|del|che)\b)"
            rf"|{_FIRST}{_SIDE} {_OR} {_SHORT_ARTICLE}{_SIDE}{_AIM}"
            r"|\b(?:tra|fra)\b[^?]{1,60}\bed?\b[^?]{1,40}\b(?:cosa|che|quale) (?:scelgo|scegliere|uso|usare|conviene"
            r"|mi consigli\w{0,3}|è meglio|prendo)\b"
            r"|\bquando\b[^?]{0,30}\b(?:usare|uso|utilizzare|scegliere|preferire)\b[^?]{1,60}\b(?:invece (?:di|del|che)"
            r"|al posto d|anziché|piuttosto che)"
            r"|\bquale (?:scegliere|scelgo|uso|usare|conviene|è (?:il |la )?(?:migliore|meglio|più)|devo (?:usare"
            r"|scegliere)|dovrei (?:usare|scegliere)"
            r"|dei due|delle due|tra|fra|prendo|prendere)\b"
            r"|\S o(?:ppure)? \S[^?]{0,40}[,:;?–—-]\W{0,3}(?:quale|cosa (?:scelgo|scegliere|uso|usare|conviene|è "
            r"meglio)|che (?:scelgo|uso))\b"
            rf"|\b(?:{_SHOULD}) (?:{_USE})\b[^?]{{2,60}}\b(?:o|oppure)\b(?! (?:no|meno)\b)"
            r"|\b(?:uso|scelgo|prendo)\b[^?]{2,60}\boppure\b|\b(?:scegliere|decidere) (?:tra|fra)\b|\b(?:cosa|che) "
            r"(?:cambia|distingue) (?:tra|fra)?\b"
        ),
        "value": (
            r"\bpredefinit\w\b|\bpreimpostat\w\b|\bdi default\b|\bdi base\b(?= \w{0,20}\?| quant| qual)|\bvalor[ei] "
            r"(?:inizial[ei]|standard)\b"
            rf"|\bse non (?:l[oaie] |si |ne )?(?:{_UNSET})\b(?! (?:bene|corretta))"
            r"|\bse (?:l[oaie] |si )?lasci(?:o|a)?\b.{1,40}\b(?:vuot[oaie]|in bianco)\b|\bse (?:ometto|si omette"
            r"|ometti)\b|\bsenza impostare (?:nulla|niente)\b"
        ),
        "code": (
            r"(?<!per )(?<!ad )\besempio\b|(?<!due )(?<!tre )(?<!quattro )(?<!cinque )\besempi (?:di|per|con)\b"
            r"|(?<!riga di )(?<!linha de )(?<!línea de )"
            r"\bcomando\b"
            r"|\bcodice (?:di esempio|per|che)\b|\bsintassi\b|\b(?:istruzione|query|script|frammento) per\b"
            r"|\b(?:quale|che) istruzione\b|\b(?:mostrami|mostratemi|fammi vedere)\b(?! come)"
        ),
        "number": (
            r"\bquant[ieoa]s?\b(?! riguarda)"
            r"|\b(?:qual(?:e|i)?(?:['’ ]?è| sono| era)?|che|cos['’]è) (?:il |la |lo |l['’]|i |le )?(?:\w{3,12} "
            r")?(?:dimensione|durata|porta|versione|numero"
            r"|percentuale|lunghezza|larghezza|altezza|quantità|scadenza|frequenza|età|prezzo|costo|velocità"
            r"|risoluzione|peso|capacità|temperatura|distanza|profondità|altitudine|pressione|tensione|potenza|densità"
            r"|massa|superficie|spessore"
            r"|limite (?:di|mass))\b|\b(?:dimensione|lunghezza|durata|numero|limite) (?:massim|minim)[oa]\b"
        ),
        "date": (
            _START + r"(?:da |per |fino a )?quando (?:(?:è|e['’`]) (?:stat[oaie]|uscit[oaie]|nat[oa]|previst[oa]|il"
            r"|la|l['’])"
            r"|sono (?:stat[ie]|uscit[ie])|fu|furono"
            r"|venne|esce|saranno|\w{2,15}[aei]rà|uscì|finì|cadde|nacque|morì|scoppiò|iniziò|cominciò|terminò|avvenne"
            r"|accadde|ebbe|entrò|divenne|si (?:svolse|tenne|concluse|formò|è (?:svolt|conclus))|fini(?:sc|v)e"
            r"|inizia|finisce|scade|comincia|hanno (?:rilasciat|pubblicat"
            r"|introdott)|arriva)"
            r"|\bquando (?:è stat[oa] (?:rilasciat|pubblicat|creat|introdott|fondat)|è uscit|uscirà)|\bda quando\b|\S "
            r"quando\W*$"
            r"|\b(?:che|quale|qual è l['’]) ?(?:anno|giorno|mese|secolo)\b|\b(?:che|quale|qual è la) data\b"
            r"|\bdata di (?:rilascio|uscita|pubblicazione|creazione|nascita|scadenza)\b"
        ),
        "how_to": (
            # "Come si chiama una funzione" calls it.
            _START + rf"come (?!{_LOOKED_UP}|si chiama(?:no)?\b(?! una? (?:funzion|metod|api)))"
            rf"(?:si|posso|possiamo|potrei|faccio|facciamo|fare|fai|devo|dovrei|funziona\w*|{_TASKS}|(?!here|there"
            rf"|where)\w{{2,20}}(?:[aei]re|rre|rl[oaie])"
            r"|cambio|imposto|creo|condivido|confronto|salvo|sposto|carico|invio|avvio|esporto|importo|rinomino"
            r"|modifico|collego"
            r"|risolvo|elimino|aggiungo|uso|metto|tolgo|installo|configuro|cancello|rimuovo|apro|scarico"
            r"|aggiorno|attivo|disattivo"
            r"|mi|ci|viene|vengono|è possibile|va|vanno|lo|la|li|gli|un|una|non)\b"
            r"|\b(?:dimmi|spiegami|spieghi|sapere|capire|capisco|so|mostrami|ma|e|cerco) come (?:si|posso|faccio"
            rf"|fare|devo|{_TASKS})\b"
            # "Come sono organizzati", "com'è calcolato": behind the verb a participle.
            rf"|{_START}com(?:e (?:è|e['’`]|sono)|['’] ?(?:è|e['’`]?|era)) (?:stat[oaie] )?(?!quest|cost"
            rf"|tutt)\w{{1,20}}(?:[aiu]t|tt|st"
            rf"|rt|lt|s)[oaie]\b"
            rf"|\bcome (?!{_LOOKED_UP})(?:si fa|posso fare|devo fare|faccio|{_TASKS})\b|\bin (?:che|quale) modo (?:si"
            rf"|posso|è "
            r"possibile|devo)\b"
            r"|\bmodo (?:migliore |più \w{3,12} )?(?:per|di|giusto)\b|\b(?:passi|passaggi|procedura|istruzioni) per\b"
            r"|\b(?:cosa|che) (?:devo fare|faccio|bisogna fare|si fa|posso fare|dovrei fare|fare)\b"
            # "Devo pagare?" asks whether.
            rf"|{_START}(?:voglio|vorrei|(?:ho bisogno di|devo)(?![^?]{{0,200}}\?\W*$)|sto (?:cercando|provando)"
            rf"|cerco di"
            rf"|non (?:riesco|posso)|avrei bisogno|mi serve (?:di )?(?=\w{{2,20}}re\b))"
            r"(?!\W{1,3}(?:sapere|vedere|capire) (?:quant|qual|che|se|quando|perch))\b"
            rf"|{_START}(?:non )?(?:{_TASKS}|fare(?= (?:{_ITALIAN_WORDS}|backup|login|logout))|(?:aggiunger|toglier"
            rf"|cambiar|metter|eliminar|cancellar)(?:lo|la|li|le"
            r"|ne))\b"
            rf"|{_START}(?!share|compare|require|declare|prepare|there|where|here|software|hardware"
            rf"|square)\w{{2,20}}[aei]re (?:{_ITALIAN_WORDS})"
        ),
        "person": (
            _START + r"(?:di |da |con |a |per )?chi\b(?![- ]?(?:squ|\d|\^|value|test|dist))|\bda chi\b"
            r"|\b(?:qual è|chi è) (?:l['’]|il )?(?:autore|autrice|sviluppatore|creatore|responsabile|nome "
            r"dell['’]autore)\b"
        ),
        "place": (
            _START + r"(?:da |per |in )?dove\b|\bdove (?:si trova|si trovano|posso|trovo|sta|stanno|devo)\b|\S "
            r"dov['’]è\b|"
            + _START
            + r"dov['’]è\b|\S dove\W*$|\b(?:in|su|da) (?:quale|che) (?:cartella|directory|posto|luogo|percorso|menu"
            r"|menù|sezione|pagina|città|paese"
            r"|scheda|regione|punto)\b"
        ),
        "reason": (
            _START + r"(?:perch[eéè]|xch[eéè]|come mai)\b|\bcome mai\b|[,.;:?] perch[eéè]\b|\S perch[eéè]\W*$|\bper "
            r"(?:quale|che|quali) (?:motiv[oi]|ragion[ei])\b"
            r"|\bqual è (?:il motivo|la causa|la ragione)\b|\ble (?:cause|ragioni)\b|\bi motivi\b|\b(?:il"
            r"|un) motivo\b|\ba cosa è dovut|\b(?:cosa|che cosa) "
            r"(?:causa|provoca|fa sì)\b"
            r"|\b(?:dimmi|spiegami|capire|capisco|sapere) perch[eéè]\b"
        ),
        "list": (
            rf"{_GREETED}(?:vantaggi|svantaggi|pro e contro|caratteristiche|tipi|requisiti|limitazioni|passaggi)\b"
            rf"|{_START}(?:cita(?:te)?|citi|elenca(?:te)?|elenchi|nomina(?:te)?|menziona(?:te)?|indica(?:te)?|indichi"
            rf"|fai|da[imt]\w{{0,2}}"
            r"|scrivi) (?:almeno |[ilg]l?i |le )?(?:due|tre|quattro|cinque|sei|dieci|\d{1,2}|alcun[ie]|divers[ie])\b"
            # What is needed for something, what is inside.
            rf"|{_START}(?:di )?(?:(?:che )?cosa|che) (?:mi serve|ci serve|serve|servirebbe|occorre|ho bisogno"
            rf"|bisogna avere)\b"
            rf"|{_START}(?:che )?cosa (?:cont(?:en|ien)|inclu|comprend)\w{{1,5}}\b|\b(?:che )?cosa c['’]è (?:dentro"
            rf"|nel)"
            r"|\bquali\b|\bche (?:tip[oi]|gener[ei]) di\b|\b(?:elenco|lista) (?:di|dei|degli|delle|completa"
            r"|completo)\b|\belenca(?:mi)?\b"
            r"|\bche (?:opzioni|valori|parametri|formati|campi|comandi|metodi|funzioni|strumenti|lingue|piattaforme"
            r"|sistemi|moduli|plugin|ruoli"
            r"|permessi|eventi|livelli|modi|stati|passi|passaggi|vantaggi|svantaggi|limiti|requisiti|alternative"
            r"|tipi)\b"
            r"|\bdammi (?:tutt[ie]|la lista|l['’]elenco|un elenco|una lista)\b|\b(?:pre)?requisiti\b"
            r"|\btutt[ie] (?:gli|le|i) (?:opzioni|valori|parametri|comandi|formati|tipi|argomenti)\b"
            r"|\b(?:i|gli|le) (?:passaggi|vantaggi|svantaggi|tipi|opzioni|limiti|caratteristiche) (?:di|del|dei|della"
            r"|delle|per)\b|\bcosa c['’]è (?:di|oltre)\b"
        ),
        "definition": (
            _START
            + r"(?:che )?cos(?:['’]\s?|\s)?(?:è|e['’`])(?=\W|$)|"
            + _START
            + r"(?:che )?cos['’]e?\b|"
            + _START
            + r"(?:(?:che )?cosa (?:è|sono|fa|fanno)|che (?:è|roba è))\b(?! (?:meglio|possibile|necessario)\b)"
            r"|\bcos['’]è\W*$|\b(?:che )?cos['’]è (?:un|il|la|lo)\b"
            r"|\b(?:cosa|che) (?:significano?|vuol dire|vogliono dire|si intende)\b|\bsignificato\b|\bsignifica\b"
            r"|\bvuol dire\b"
            r"|\ba (?:che )?cosa serv(?:e|ono)\b|\ba che serv(?:e|ono)\b|\bserv(?:e|ono) a (?:cosa|che)\b"
            r"|\bdefinizione\b|\bdefinisci\b"
            r"|\bin (?:che )?cosa consiste\b|\bspieg(?:a|ami|hi|are)\b(?! (?:come|perch))"
            r"|^\W{0,3}descriv(?:i|a|ete)(?:mi)?\b(?! (?:come|perch))"
            r"|\bqual(?:['’]? ?(?:è|e['’`])) (?:lo scopo|l['’](?:obiettivo|utilità)|il (?:ruolo|fine|senso) d"
            r"|la (?:finalità"
            r"|funzione d))|\b(?:che|quale) (?:ruolo|funzione) (?:ha|hanno|svolg|gioc|ricopr)"
        ),
    },
    negations=frozenset(["non", "mai", "senza"]),
    abbreviations=("p.es es ca max min ecc sig dott prof incl cfr vs dott.ssa ing sig.ra sigg n.b spett"),
    before_numbers="n|fig|cap|pag|art|tel|vol|ed",
    quoted="**Citazioni dalla documentazione:**",
    nothing_quoted="**Nella documentazione non c'è nulla da citare in risposta**",
    greetings="ciao|salve|buongiorno|buonasera|buon giorno",
    thanks="grazie|grazie mille|molte grazie|perfetto|ottimo|arrivederci",
    about_assistant=("chi sei|cosa sei|come ti chiami|(?:che )?cosa (?:puoi|sai) fare|aiuto|aiutami|come funzioni"),
    hello="Ciao! Mi chieda qualsiasi cosa su questa documentazione.",
    welcome="Prego. Chieda pure se qualcos'altro non è chiaro.",
    called="Sono {}.",
    introduction=(
        "Rispondo alle domande a partire da questa documentazione e mostro per ogni frase la sezione da cui proviene."
    ),
    examples="Per esempio:",
    example_question="Che cosa dice la documentazione su «{}»?",
    refusal="La documentazione non risponde a questa domanda. Le sezioni più vicine sono elencate sotto.",
    asking=(
        "chi che cosa cos quando dove come qual quale quali quanto quanti quante perché favore piacere ciao "
        "spiegare spiega spiegami spiegazione dire dimmi dica mostrare mostra mostrami dare dammi esempio esempi "
        "differenza differenze diverso confrontare usare uso usa utilizzare utilizzo volere voglio vorrei bisogno "
        "serve servire fare faccio fa dovere devo deve dovrei bisogna potere posso può possono potrei possibile "
        "modo maniera meglio migliore buono buona bene significa significare significato vuol default esattamente "
        "semplicemente velocemente facilmente realmente concretamente solo sapere so sai scegliere scelgo esiste "
        "qualche qualcosa tipo allora quindi poi anche aiuto aiutare capire capisco funziona"
    ),
    reasons=(
        r"perch[éèe]|poich[éèe]|siccome|dato che|visto che|in quanto|dal momento che|a causa d|a motivo d|grazie a"
        r"|affinch[éèe]|in modo (?:che|da)"
        r"|per evitare|al fine di|allo scopo di|altrimenti|diversamente|perciò|pertanto|dunque|di conseguenza"
        r"|ecco perch[éèe]"
        r"|per questo|motiv[oi]|ragion[ei]|dovut[oaie] a|caus(?:a|ano|ato|ata|are)|provoc(?:a|ano|ato|are)|evit(?:a"
        r"|ano|are)"
        r"|impedi(?:sce|scono|re)|consent(?:e|ono)|permett(?:e|ono)"
    ),
    numbers=(
        "due|tre|quattro|cinque|sei(?= (?:volte|secondi|minuti|ore|giorni|settimane|mesi|anni|caratteri|cifre))"
        "|sette|otto|nove|dieci|undici|dodici|venti|trenta|cento|centinaia|mille"
        "|mila|migliaia"
        "|milion[ei]|miliard[oi]|metà|mezz['’]ora|mezza|terzo|quarto|doppio|triplo|dozzin[ae]|decin[ae]"
        "|una volta|due volte|per cento"
    ),
    months="gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre",
    compares=(
        rf"\b(?:differisc(?:e|ono)|si distingu(?:e|ono)|distingue|differenzia(?:no)?)\s+{_ONE}\s+(?:da|dal|dallo"
        r"|dalla|dai|dalle|dagli|e|ed|(?=dall['’]))"
        rf"\s*{_OTHER}{_TAIL}",
        rf"\b(?:tra|fra|confronta(?:re|mi|te)?|confronto (?:tra|fra|di)|paragona(?:re)?)\s+{_ONE},?\s+(?:e|ed|o|oppure"
        rf"|vs\.?|versus|con|a)\s+{_OTHER}{_TAIL}",
        rf"^\W{{0,3}}(?:(?:in )?(?:che )?(?:cosa|come|perch[eéè])\s+)?{_ONE}\s+(?:differisc(?:e|ono)|si distingu(?:e"
        r"|ono)|è divers[oa]|sono divers[ie])"
        rf"\s+(?:da|dal|dallo|dalla|dai|dalle|dagli|(?=dall['’]))\s*{_OTHER}{_TAIL}",
        rf"\b(?:{_SHOULD})\s+(?:{_USE})\s+{_ONE},?\s+(?:o|oppure)\s+{_OTHER}{_TAIL}",
        rf"\b(?:quale|cosa|che)\b[^,:]{{1,60}}[,:]\s{{0,3}}{_ONE},?\s+(?:o|oppure)\s+{_OTHER}{_TAIL}",
        rf"\b(?:meglio|conviene|migliore|più \w{{3,20}}|uso|scelgo|prendo)\W{{1,3}}{_ONE},?\s+(?:o"
        rf"|oppure)\s+{_OTHER}{_TAIL}",
        rf"\bdifferenz[ae]\s+{_ONE}\s+(?:e|vs\.?|rispetto (?:a|al|alla))\s+{_OTHER}{_TAIL}",
        r"\b(?:è|sono|sarebbe|risulta|funziona|va)\s+(?:il\s+|la\s+)?(?:più\s+\w{3,20}|peggio)\W{1,3}"
        rf"(?:per\s+[^?,:]{{1,30}}[,:]\s*)?{_ONE},?\s+{_OR}\s+{_OTHER}{_TAIL}",
        r"\b(?:usare|uso|utilizzare|scegliere|preferire)\s+"
        rf"{_ONE}\s+(?:invece\s+(?:di|che)|invece\s+del(?:la|lo)?|al\s+posto\s+(?:di|del|della)|anziché"
        rf"|piuttosto\s+che)"
        rf"\s+{_OTHER}{_TAIL}",
        rf"{_START}{_ONE}\s+(?:vs\.?|versus|contro|rispetto (?:a|al|alla)|a confronto con)\s+{_OTHER}{_TAIL}",
        rf"{_START}{_ONE}\s+(?:o|oppure)\s+{_OTHER}\s{{0,2}}[,:;?–—-]\W{{0,3}}(?:quale|cosa|che|per|qual)\b",
        rf"{_START}{_ONE}\s+{_OR}\s+{_OTHER}\s+(?:quale\s+|cosa\s+)?(?:è|sono|sarebbe|funziona|va|scelgo|scegliere"
        rf"|uso)\b"
        r"(?:\s+(?:il\s+|la\s+)?(?:migliore|meglio|più)\b|\W*$)",
        rf"{_FIRST}(?P<one>{_SIDE}) {_OR} {_SHORT_ARTICLE}(?P<other>{_SIDE}){_AIM}",
    ),
    asks_which=(
        r"quale (?:scegliere|scelgo|uso|usare|conviene|devo|dovrei|dei due|delle due|prendo|prendere|è (?:il |la "
        r")?(?:migliore|meglio|più))"
        rf"|(?:{_SHOULD}) (?:{_USE})|(?:cosa|che) (?:scelgo|scegliere|uso|usare|conviene|è meglio|mi consigli|devo "
        r"usare)"
        r"|quando (?:devo |dovrei |conviene |si deve |bisogna )?(?:usare|utilizzare|scegliere|uso)|conviene"
    ),
)
