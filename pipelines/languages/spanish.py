"""Spanish."""

from pipelines.languages.language import Language

# What may stand before a question, the words that part what is compared, and what ends the second of the two.
_GREETED = (
    r"^\W{0,3}(?:(?:y|e|pero|entonces|hola|buenas|buenos días|oye|por favor|porfa|bueno|vale|o sea|disculpa"
    r"|perdón)\b\W{1,3}){0,2}"
)
# "Can you tell me", "does anyone know", "I would like to know": what is asked for stands behind.
_POLITE = (
    r"(?:(?:alguien |usted )?(?:me |nos )?(?:puede[sn]?|podéis|podr[íi]a[sn]?|podr[íi]ais) (?:alguien )?(?:decir"
    r"|explicar|indicar|mostrar|ense[ñn]ar|aclarar)(?:me|nos)?"
    r"|(?:alguien|qui[ée]n|usted)(?: me)? sabe|sabe[sn]?(?: alguien| usted| ustedes)?|no (?:sé|entiendo)"
    r"|(?:me gustar[íi]a|quisiera|quiero|querr[íi]a|necesito) (?:saber|entender)|dime|d[íi]game"
    r"|(?:expl[íi](?:ca|que)|mu[ée]str[ae])(?:me|nos)),? ¿?"
)
_START = rf"{_GREETED}(?:{_POLITE})?"
_ARTICLE = r"(?:(?:usar|utilizar|elegir|tomar)\s+)?(?:(?:el|la|los|las|lo|un|una|unos|unas|al|del|este|esta)\s+)?"
_ONE, _OTHER = _ARTICLE + r"(?P<one>\S.{0,60}?)", _ARTICLE + r"(?P<other>\S.{0,60}?)"
_TAIL = (
    r"(?=\s+(?:para|en|con|cuando|si|por favor|porfa|a la hora|según|cuál|qué|exactamente|respecto|al|(?:es"
    r"|son|sería|funciona|va) (?:el |la |los |las )?(?:mejor|peor|más))\b"
    r"|\s{0,3}[,;:?!(¿]|\s[–—-]\s|\W{0,3}$)"
)
_NO_TERM = (
    r"(?!\s+(?:el\s+|los?\s+|las?\s+|una?\s+)?(?:diferencias?|valor(?:es)?|comandos?|tamaños?|puertos?|versión"
    r"|versiones|mejor"
    r"|sintaxis|pasos|ventajas|desventajas|límites?|c[óo]mo|por|cu[áa]ndo|cu[áa]nt[oa]s?)\b)"
)
_USE = r"usar|utilizar|elegir|escoger|tomar|preferir|poner"
_SHOULD = r"debo|debería|deberíamos|debemos|tengo que|hay que|se debe|conviene|me conviene"
# "docker o podman", and nothing else but a purpose. In Portuguese, "o" is an article, "instale o docker" and "qual o
# limite" compare nothing: unless an article or "¿" tells, the first of the two is no verb, and ends in no vowel.
_NO_SIDE = (
    r"(?!(?:si|sí|no|más|menos|mejor|peor|bien|sea|algo|todo|nada|otr[oa]s?|verdadero|falso|gratis|obligatorio|posible"
    r"|con|sin|para|en|de|antes|después|em|com|sem|tem|vem|num|bem|quem|sim|qual|tal|mas|após|antes|depois|apesar|faz"
    r"|fiz|traz|diz|por"
    r"|\w{2,20}(?:[ae]m|mos|[ai]r)|(?:faz|l|v|t|escrev|mov|resolv|remov|obt|convert|escolh|sab|perd|entend|mant|receb"
    r"|estend|corr)er)\b)"
)
_SIDE = rf"{_NO_SIDE}[\w.#+/-]{{1,30}}"
_FIRST = rf"{_GREETED}(?:(?<=¿)|(?:(?:el|la|los|las|una?) )|(?=[\w.#+/-]{{0,29}}[^\W_aeiou] ))"
_SHORT_ARTICLE = r"(?:(?:el|la|los|las|una?) )?"
_AIM = r"(?: para [^?]{1,40})?\W*$"
_UNSET = (
    r"configuro|pongo|especifico|indico|defino|cambio|establezco|paso|digo|toco|escribo|doy|ajusto|elijo|fijo|incluyo"
    r"|selecciono"
    r"|configura|pone|especifica|indica|define|cambia|establece|pasa|ajusta|configuras|pones|especificas|indicas"
    r"|defines"
)
# Verbs by which a task is told; other words in "ar", "er" and "ir" need a Spanish word behind them.
_TASKS = (
    r"instalar|desinstalar|configurar|crear|borrar|eliminar|quitar|añadir|agregar|cambiar|modificar|editar|activar"
    r"|desactivar"
    r"|habilitar|deshabilitar|usar|utilizar|ejecutar|iniciar|arrancar|detener|parar|encontrar|mostrar|ocultar|obtener"
    r"|enviar"
    r"|escribir|leer|abrir|cerrar|copiar|mover|renombrar|descargar|subir|desplegar|probar|comprobar|verificar|reparar"
    r"|arreglar"
    r"|solucionar|evitar|impedir|gestionar|definir|elegir|pasar|convertir|conectar|guardar|restaurar"
    r"|deshacer|compartir"
    r"|limitar|aumentar|reducir|reemplazar|sustituir|ordenar|filtrar|compilar|declarar|llamar|fusionar|traducir"
    r"|actualizar|poner"
    r"|hacer|insertar|importar|exportar|recuperar|migrar|unir|dividir|imprimir|devolver|generar|listar|revertir"
    r"|restablecer|resolver (?=conflictos|problemas|errores|dependencias|dudas)"
)
# "How do I find out which version I have": asks for the version.
_LOOKED_UP = (
    r"(?:(?:puedo|podemos|podría|se puede|hago para|debo|yo) )?(?:saber|sé|ver|averiguar|veo|averiguo|compruebo"
    r"|comprobar|encuentro|encontrar) (?:cu[áa]nt|qué (?:versión|puerto|tamaño)|cuál)"
)
_SPANISH_WORDS = (
    r"(?:el|los?|las?|una?|unos|unas|mis?|sus?|este|esta|estos|varios|varias|todos|todas|dos|en|con|sin|del|al|desde)\b"
)

SPANISH = Language(
    name="spanish",
    code="es",
    common=(
        "el la los las es son un una unos unas de del y o no para en con que se lo al por su sus como cómo "
        "qué por cuándo dónde cuál cuáles quién puedo puede yo tú mi si hay entre este esta esto está están "
        "más hacer a cuánto cuántos cuántas tengo tiene tienen hasta desde sobre sin"
    ),
    openers=(
        r"y|e|pero|o sea|entonces|así que|luego|bueno|vale|ok|qué hay de|qué tal|qué pasa con|y si|en ese caso|por "
        r"ejemplo|como qué"
        r"|cómo así|de verdad|en serio|o (?:mejor|bien|sea|si|con|sin|para)|también|además|ah"
    ),
    # Not "él" and "más" alone: without accents they are "el" and "mas".
    pointers=(
        r"(?:a|de) él|ella|ellos|ellas|ello|est[aeo]s?|es[aeo]s?|aquel\w*|otr[ao]s?|mism[ao]s?|más|suy[ao]s?|sus?|lo"
        r"|le|les"
        r"|dich[ao]s?|ah[íi]|all[íi]|así|anterior(?:es)?|siguiente|primer[oa]?|segund[oa]|últim[oa]|igual|en su lugar"
        r"|(?:hacer|usar|cambiar|quitar|poner|borrar|eliminar|activar|desactivar|configurar|evitar|deshacer|instalar"
        r"|arreglar)l[oa]s?"
    ),
    asks=(
        r"qu[ée]|qui[ée]n(?:es)?|cu[áa]ndo|d[óo]nde|c[óo]mo|cu[áa]l\w*|cu[áa]nt\w*|por qu[ée]|para qu[ée]|por|puedo"
        r"|puede|pueden"
        r"|se puede|podr[íi]a\w*|es|son|está|están|hay|debo|debería|tengo|tiene|existe|hace falta|explica\w*"
        r"|expl[íi]ca\w*|describe"
        r"|muestra|mu[ée]stra\w*|dime|d[ií]game|dame|compara|define|lista|enumera"
    ),
    articles="el|la|los|las",
    tasks=(
        r"por favor|porfa\w*|puedes|podrías|explica\w*|explíca\w*|aclara\w*|detalla\w*|significa\w*|quiere decir"
        r"|ejemplos?|resum\w*"
        r"|resúme\w*|traduc\w*|tradúce\w*|texto|reformula\w*|simplifica\w*|detalles?|sencill\w*|simple|más fácil|en "
        r"breve"
        r"|otras palabras|palabras|términos|español|castellano|muestra|muéstra\w*|dame|dime"
    ),
    leans=r"est[oea]s?|es[oea]s?|ello|ellos|ellas|ella|dich[oa]s?|así|además|también|pero|sin embargo|por eso|en "
    r"cambio|ambos|ambas",
    asks_definition=(
        r"(?:(?:qu[ée]|q) (?:es|son|significan?|quieren? decir|se entiende por|hace|hacen|demonios es|rayos es)(?: "
        r"eso de)?"
        r"|(?:para|pa) qu[ée] (?:sirven?|se usan?|es|son)|de qué sirven?|a qué se refieren?|en qué consisten?"
        r"|(?:define|defina|defíneme|describe|explica|explique|explícame|explíqueme|explicame)(?: qu[ée] (?:es|son)| "
        r"lo que (?:es|son))?"
        r"|(?:h[áa]bla|cu[ée]nta)me (?:de|sobre)|cuál es (?:el significado|la definición) de)" + _NO_TERM
    ),
    defines_behind=(
        r",?\s?¿?\b(?:qu[ée] (?:es|son|significa|quiere decir)(?: eso| esto)?|(?:para|pa) qu[ée] sirven?|a qué se "
        r"refiere)"
    ),
    determiners="un|una|el|la|los|las",
    copulas=(
        "es|son|significan?|se refieren? a|permiten?|representan?|describen?|proporcionan?|consiste en|equivale a"
        "|indica"
    ),
    naming="llamad[ao]s?|conocid[ao]s? como|denominad[ao]s?|se (?:llama|denomina)",
    kinds={
        "comparison": (
            # To share is not to compare; to compare two files is a task, to compare one thing with another is not.
            r"\bdiferencias?\b(?! ma[yi]úsculas)|\bcomparaci(?:ón|ones)\b|\bcomparativas?\b|\bcomparad[oa]s? con\b"
            r"|\bcompar(?:[ao]|ar|an|e|en|amos|ando)(?:me|nos)?\b(?! (?:dos|varios|varias|mis)\b)"
            r"(?=[^?]{4,80}\b(?:y|e|vs)\b|(?! una?\b)[^?]{0,60}\bcon\b)|\b(?:se )?diferencian?\b(?! ma[yi]úsculas)"
            r"|\bdifieren?\b|\bdiferentes? (?:de|del|a|al)\b"
            r"|\b(?:es )?mejor\b[^?]{1,60}\b[ou]\b(?! no\b)"
            r"|\b(?:es|son|sería|resulta|funciona|va|cuál|qué) (?:el |la |los |las )?(?:más (?!que\b)\w{3,20}"
            r"|peor)(?! que\b)"
            r"[^?]{1,60}\b[ou]\b(?! (?:no|menos|más)\b)"
            r"|\b[ou]\b[^?]{1,60}\b(?:es|son|sería|funciona|va) (?:el |la |los |las )?(?:mejor|peor"
            r"|más (?!que\b)\w{3,20})\b"
            r"(?! que\b)"
            rf"|{_FIRST}{_SIDE} [ou] {_SHORT_ARTICLE}{_SIDE}{_AIM}"
            r"|\bentre\b[^?]{1,60}\b[ye]\b[^?]{1,40}\b(?:cuál|qué|con cuál) (?:elijo|elegir|escojo|escoger|uso|usar"
            r"|conviene"
            r"|me conviene|me quedo|recomiend\w{1,4}|es mejor)\b"
            r"|\bcuándo\b[^?]{0,30}\b(?:usar|uso|utilizar|elegir|preferir)\b[^?]{1,60}\b(?:en (?:lugar|vez) de"
            r"|antes que)\b"
            r"|\bcuál (?:es (?:el |la )?(?:mejor|peor|más \w{3,20}) (?:de|entre|:)|elijo|elegir|escojo|uso|usar|debo "
            r"(?:usar|elegir)"
            r"|debería (?:usar|elegir)|conviene|me conviene|de (?:los|las) dos)"
            r"|\S [ou] \S[^?]{0,40}[,:;?–—-]\W{0,3}(?:cuál|qué (?:elijo|uso|es mejor|me recomiend|conviene|debo))\b"
            rf"|\b(?:{_SHOULD}) (?:{_USE})\b[^?]{{2,60}}\b[ou]\b(?! no\b)|\b(?:uso|elijo|escojo|tomo"
            rf"|prefiero)\b[^?]{{2,60}}\bo\b(?! no\b)"
            r"|\b(?:elegir|escoger|decidir) entre\b|\b(?:en comparación|frente a|con respecto a)\b|\bqué (?:distingue"
            r"|diferencia|cambia entre)\b"
        ),
        "value": (
            r"\bpor (?:defecto|omisión)\b|\bpredeterminad\w*\b|\bpredefinid[oa]s?\b|\bde fábrica\b|\bvalor(?:es)? "
            r"(?:inicial(?:es)?|estándar)\b"
            rf"|\bsi no (?:l[oae]s? |se |te |me )?(?:{_UNSET})\b(?!\W{{0,2}}bien)"
            r"|\bsi (?:l[oa]s? |se )?dej[oaé]s?\b.{1,40}\b(?:vac[íi][oa]|en blanco)\b|\bsi (?:omito|se omite"
            r"|omites)\b|\bsin (?:configurar|poner) nada\b"
        ),
        "code": (
            r"(?<!por )(?<!dos )(?<!tres )(?<!cuatro )(?<!cinco )\bejemplos?\b"
            r"|(?<!linha de )(?<!línea de )(?<!riga di )\bcomando\b|\bcódigo (?:de (?:ejemplo"
            r"|muestra)|para|que)\b|\bsintaxis\b|\bqué instrucción\b|\bfragmento de código\b"
            r"|\b(?:instrucción|consulta|script|fragmento|query) (?:para|que permite)\b|\b(?:muéstr[ae]"
            r"|ens[ée][ñn]a|enséñe)me\b(?! cómo)"
        ),
        "number": (
            r"(?<!en )\bcu[aá]nt[oa]s?\b(?! antes)|\bqué tan (?:grande|larg[oa]|rápid[oa]|alt[oa]|a menudo|lejos"
            r"|profund[oa]|pesad[oa])\b"
            r"|\b(?:qué|cuál(?:es)?(?: (?:es|son|era|será))?) (?:el |la |los |las )?(?:\w{3,12} )?(?:tamaño|duración"
            r"|puerto|versión|número"
            r"|porcentaje|longitud|ancho|anchura|altura|cantidad|plazo|frecuencia|edad|precio|coste|costo|velocidad"
            r"|proporción"
            r"|resolución|peso|capacidad|temperatura|distancia|profundidad|altitud|presión|tensión|voltaje|potencia"
            r"|densidad|masa|superficie|grosor|límite (?:de|máx))\b|\b(?:tamaño|longitud|duración|número"
            r"|límite) (?:máximo"
            r"|mínimo|máxima|mínima|máx|mín)\b"
        ),
        "date": (
            _START + r"(?:desde |hasta |para )?cu[aá]ndo (?:se (?:publicó|lanzó|lanzará|creó|introdujo|estrenó|fundó"
            r"|añadió|eliminó|hizo|publica"
            r"|publicará|\w{3,15}ó)|cayó|murió|ocurrió|sucedió|surgió|estalló|nació|desapareció|tuvo lugar|entró en"
            r"|acabó"
            r"|descubrió|fue(?:ron)?|será|salió|sale|saldrá|empezó|empieza|comenzó|termina|terminó|nació|apareció"
            r"|vence|caduca|expira"
            r"|llega|hubo|lanzaron|(?:es|está) (?:el|la|previst[oa])|va a salir)\b"
            r"|\bcu[aá]ndo (?:fue(?:ron)?|salió|saldrá|se (?:publicó|lanzó|creó))\b|\S cu[aá]ndo\W*$|\b(?:desde"
            r"|hasta) cu[aá]ndo\b"
            r"|\b(?:qué|cuál(?: es)?) (?:el |la )?(?:año|fecha|día|mes|siglo)\b"
            r"|\bfecha de (?:lanzamiento|publicación|salida|creación|inicio|fin|nacimiento)\b"
        ),
        "how_to": (
            # "Cómo está organizado": behind the verb a participle. "Cómo se llama a una función" calls it.
            _START + r"c[oó]mo\b(?! (?:(?:es|son|está|están)\b(?! (?:\w{2,20}[aií]d|hech|escrit|puest|abiert)[oa]s?\b)"
            r"|se (?:ll|ch)ama\b(?! a\b)|usuari"
            rf"|administrador|mínimo|máximo|máx|{_LOOKED_UP}))"
            rf"|\bc[oó]mo (?!{_LOOKED_UP})(?:puedo|podemos|podría|se (?:puede|hace|pone|usa|instala|configura|crea"
            rf"|borra|elimina"
            r"|cambia|añade|activa)|hago|hacemos|resolver"
            rf"|debo|debería|lo hago|le hago|{_TASKS})\b|\bde qué (?:forma|manera|modo) (?:se |puedo |podemos )"
            r"|\b(?:forma|manera|modo|método) de \w{2,20}(?:ar|er|ir)\b|\bpasos (?:para|a seguir)\b|\bprocedimiento "
            r"para\b"
            r"|\bqué (?:hago|hacer|debo hacer|tengo que hacer|hay que hacer|puedo hacer|debería hacer)\b"
            # "¿Tengo que pagar?" asks whether.
            rf"|{_START}(?:quiero|quisiera|querría|(?:necesito|tengo que)(?![^?]{{0,200}}\?\W*$)|me gustaría"
            rf"|estoy (?:intentando|tratando de)|intento"
            r"|trato de|no (?:puedo|consigo|logro)"
            r"|busco (?:cómo|la forma))\b(?! (?:saber|ver|entender) (?:cu[áa]nt|qué|cuál|por|si|cu[áa]ndo))"
            rf"|{_START}(?:no )?(?:{_TASKS})(?:l[oae]s?|se|me)?\b(?! (?:es|fue|significa|para qué)\b)"
            rf"|{_START}(?!lugar|taller|ayer|poder|ser\b|par\b|popular|similar|familiar)\w{{2,20}}[aei]r(?:l[oae]s?"
            rf"|se)? (?:{_SPANISH_WORDS})"
        ),
        "person": (
            _START + r"(?:por |de |con |a |para )?qui[eé]n(?:es)?\b|\b(?:por|de) qui[eé]n\b"
            r"|\b(?:qué|cuál es) (?:la |el )?(?:persona|autor|autora|desarrollador|creador|responsable)\b"
        ),
        "place": (
            _START + r"(?:de |en |a |desde |hacia |por )?a?d[oó]nde\b|\bd[oó]nde (?:está|están|puedo|encuentro|pongo"
            r"|queda)\b|\S d[oó]nde\W*$"
            r"|\b(?:en|a|de|desde) (?:qué|cuál) (?:carpeta|directorio|lugar|sitio|ubicación|menú|sección|página"
            r"|ciudad|país|ruta|apartado"
            r"|pestaña|región|parte)\b|\bqué (?:ciudad|país|lugar|región)\b"
        ),
        "reason": (
            _START + r"(?:por ?qu[eé]|xq|xk)\b|\bpor qu[eé]\b(?! (?:camino|vía|puerto|valor)\b)|\b(?:las? raz(?:ón"
            r"|ones)|las causas|los motivos|el "
            r"motivo|el porqué|qué motivo|qué razón)\b"
            r"|\ba qué se debe|\bc[óo]mo es (?:que|posible que)\b|\bqué (?:causa|provoca|ocasiona|hace que)\b|\bcuál "
            r"es la causa\b"
        ),
        "list": (
            rf"{_GREETED}(?:ventajas|desventajas|inconvenientes|pros y contras|características|tipos|requisitos"
            r"|limitaciones|pasos)\b"
            rf"|{_START}(?:cit[ae]|mencion[ae]|nombr[ae]|enumer[ae]|indi(?:ca|que)|d[ae]"
            rf"|escrib[ae])(?:me)? (?:al menos |l[ao]s )?"
            r"(?:dos|tres|cuatro|cinco|seis|diez|\d{1,2}|algun[oa]s|vari[oa]s)\b|^\W{0,3}(?:cit[ae]"
            r"|mencion[ae]) l[ao]s\b"
            # What is needed for something, what is inside.
            rf"|{_START}qué (?:cosas )?(?:necesito|necesitamos|se necesita|hace falta|me hace falta"
            rf"|hay que tener) (?:para|tener"
            rf"|saber|instalar)\b|{_START}qué (?:contienen?|incluyen?|hay (?:en|dentro)|trae)\b"
            r"|\bcuáles\b|\bqué (?:otr[oa]s |posibles )?(?:valores|opciones|parámetros|formatos|campos|tipos"
            r"|argumentos|atributos|métodos|funciones"
            r"|herramientas|idiomas|lenguajes|plataformas|sistemas|navegadores|módulos|extensiones|plugins|roles"
            r"|permisos|eventos|niveles"
            r"|modos|estados|comandos|pasos|ventajas|desventajas|límites|limitaciones|características|requisitos"
            r"|variables|bases|bibliotecas"
            r"|librerías|alternativas|reglas|clases|propiedades|componentes|ficheros|archivos|ajustes|condiciones"
            r"|protocolos|servicios)\b"
            r"|\bqué (?:tipo|clase) de\b|\blista (?:de|completa|con)\b|\benum[eé]ra\w*|\bdame (?:la lista|tod[oa]s"
            r"|una lista)\b"
            r"|\bqué (?:más )?hay (?:para|además|disponible)|\b(?:pre)?requisitos\b|\btod[oa]s l[oa]s (?:opciones"
            r"|valores|parámetros|comandos|formatos|tipos)\b"
            r"|\bl[oa]s (?:pasos|ventajas|desventajas|características|tipos|opciones|límites) (?:de|del|para)\b"
        ),
        "definition": (
            _START + r"(?:qu[eé]|q) (?:es|son|hace|hacen|demonios)\b(?! (?:mejor|falta|posible|necesario)\b)|\bqué "
            r"(?:significan?|quieren? decir)\b"
            r"|\bqu[eé] es(?: eso| esto)?\W*$|\b(?:para|pa) qu[eé] (?:sirven?|se usan?|es|son|vale)\b"
            r"|\bsignifica(?:do)?\b|\bdefinición\b"
            r"|\bquieren? decir\b|\ba qué se refieren?\b|\ben qué consisten?\b|\b(?:de|a) qué sirven?\b"
            r"|\bdef[íi]n[ae](?:me)?\b(?! (?:las|los)\b)"
            r"|\bexpl[íi](?:ca|que)(?:me|nos)?\b(?! (?:cómo|por)\b)|^\W{0,3}describ[ae](?:me)?\b(?! (?:cómo|por)\b)"
            r"|\bcuál es (?:el (?:propósito|objetivo|fin|papel|rol|sentido) d|la (?:finalidad|utilidad|función de))"
            r"|\bqué (?:papel|rol|función) (?:juega|cumple|tiene|desempeña|realiza)"
        ),
    },
    negations=frozenset(["no", "nunca", "jamás", "ningún", "ninguna", "sin"]),
    abbreviations=("p.ej ej aprox máx mín etc sr sra srta dr dra ud uds incl vs prof av admón ee.uu a.c d.c"),
    before_numbers="n|núm|fig|cap|pág|págs|art|tel|vol|ed",
    quoted="**Citado de la documentación:**",
    nothing_quoted="**No hay nada en la documentación que se pueda citar como respuesta**",
    greetings="hola|buenos días|buenas(?: (?:tardes|noches))?|qué tal",
    thanks="gracias|muchas gracias|mil gracias|genial|perfecto|estupendo|adiós|hasta luego",
    about_assistant=(
        "quién eres|qué eres|cómo te llamas|qué (?:puedes|sabes) hacer|ayuda|ayúdame"
        "|en qué (?:me )?puedes ayudar(?:me)?|cómo funcionas"
    ),
    hello="¡Hola! Pregúnteme lo que quiera sobre esta documentación.",
    welcome="De nada. Pregunte cuando algo más no esté claro.",
    called="Soy {}.",
    introduction=(
        "Respondo preguntas a partir de esta documentación y muestro para cada frase la sección de la que viene."
    ),
    examples="Por ejemplo:",
    example_question="¿Qué dice la documentación sobre «{}»?",
    refusal="La documentación no responde a esto. Abajo figuran las secciones más cercanas.",
    opposites=(
        "antes/después encima/debajo más/menos todos/algunos siempre/veces primero/último con/sin "
        "activar/desactivar activado/desactivado máximo/mínimo aumentar/disminuir abrir/cerrar añadir/eliminar "
        "público/privado local/remoto automático/manual verdadero/falso mismo/diferente obligatorio/opcional "
        "incluir/excluir síncrono/asíncrono mayor/menor permitir/prohibir"
    ),
    denying="evitar impedir fallar faltar imposible raramente salvo excepto excluir prohibir",
    denying_prefixes="(?:in|im|ir|des|no-?)",
    before_objects="el la los las un una unos unas este esta de del a al en con por para sobre",
    joins="y|pero|o|así que|mientras|aunque|sino|que|porque",
    contrasts="pero|mientras|aunque|sino",
    asking=(
        "qué que quién cuándo dónde cómo cuál cuáles cuánto cuántos porqué por para favor porfa hola explicar "
        "explica explique explícame explicación decir dime diga mostrar muestra muéstrame enseñar dar dame "
        "ejemplo ejemplos diferencia diferencias diferente comparar usar uso usas utilizar querer quiero quiere "
        "quisiera gustaría necesitar necesito necesita hacer hago deber debo debe debería poder puedo puede "
        "puedes posible forma manera modo mejor bueno buena bien significa significar significado sirve sirven "
        "servir defecto exactamente simplemente rápidamente fácilmente realmente concretamente solo sólo saber sé "
        "elegir existe hay algo alguna algún también ayuda ayudar entender funciona tengo tener"
    ),
    reasons=(
        r"porque|ya que|puesto que|dado que|debido a|a causa de|gracias a|para que|para evitar|con el fin de|a fin de"
        r"|de lo contrario"
        r"|de otro modo|por lo tanto|por tanto|por eso|por ello|por lo que|por consiguiente|así que|de modo que"
        r"|de manera que"
        r"|razón|razones|motivos?|caus(?:a|an|ado|ada|ar)|provoc(?:a|an|ado|ar)|evit(?:a|an|ar)|impid(?:e|en)|impedir"
        r"|a menos que"
        r"|como resultado|permiten?"
    ),
    numbers=(
        "uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|veinte|treinta|cien|ciento|cientos|mil"
        "|miles"
        "|mill[óo]n|millones|mitad|media hora|medio (?:segundo|minuto|día)|tercio|cuarto|doble|triple|docenas?|decenas?"
        "|una vez|dos veces|por ciento"
    ),
    months="enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre|diciembre",
    compares=(
        rf"\b(?:se diferencian?|difieren?|se distinguen?|distingue|diferencia(?=\s+a\b))\s+(?:a\s+)?{_ONE}\s+(?:del?"
        rf"|con|y|respecto a|al?)\s+{_OTHER}{_TAIL}",
        rf"\b(?:entre|compar[ao][rd]?|compare|compárame|comparación (?:de|entre)|diferencias? de)\s+{_ONE},?\s+(?:y|e"
        rf"|o|u|vs\.?"
        rf"|versus|con|a)\s+{_OTHER}{_TAIL}",
        rf"^\W{{0,3}}(?:(?:en |de )?(?:por qué|qué|cómo)\s+)?{_ONE}\s+(?:se diferencian?|difieren?|se distinguen?|es "
        r"diferente|son diferentes)"
        rf"\s+(?:de|del|al?)\s+{_OTHER}{_TAIL}",
        rf"\b(?:{_SHOULD})\s+(?:más |mejor )?(?:{_USE})\s+{_ONE},?\s+[ou]\s+(?:mejor\s+|bien\s+)?{_OTHER}{_TAIL}",
        rf"\b(?:cuál|qué|con cuál)\b[^,:]{{1,60}}[,:]\s{{0,3}}¿?{_ONE},?\s+[ou]\s+{_OTHER}{_TAIL}",
        rf"\b(?:mejor|conviene|más \w{{3,20}}|uso|elijo|prefiero)\W{{1,3}}{_ONE},?\s+[ou]\s+{_OTHER}{_TAIL}",
        r"\b(?:es|son|sería|resulta|funciona|va)\s+(?:el\s+|la\s+)?(?:más\s+\w{3,20}|peor)\W{1,3}"
        rf"(?:para\s+[^?,:]{{1,30}}[,:]\s*)?{_ONE},?\s+[ou]\s+{_OTHER}{_TAIL}",
        r"\b(?:usar|uso|utilizar|elegir|preferir)\s+"
        rf"{_ONE}\s+(?:en\s+(?:lugar|vez)\s+del?|antes\s+que)\s+{_OTHER}{_TAIL}",
        rf"{_START}{_ONE}\s+(?:vs\.?|versus|contra|frente a|comparado con)\s+{_OTHER}{_TAIL}",
        rf"{_START}{_ONE}\s+[ou]\s+{_OTHER}\s{{0,2}}[,:;?–—-]\W{{0,3}}(?:cuál|qué|para|con)\b",
        rf"{_START}{_ONE}\s+[ou]\s+{_OTHER}\s+(?:cuál\s+|qué\s+)?(?:es|son|sería|funciona|va|elijo|elegir|uso)\b"
        r"(?:\s+(?:el\s+|la\s+)?(?:mejor|peor|más)\b|\W*$)",
        rf"{_FIRST}(?P<one>{_SIDE}) [ou] {_SHORT_ARTICLE}(?P<other>{_SIDE}){_AIM}",
    ),
    asks_which=(
        r"cuál (?:es (?:el |la )?(?:mejor|más)|elijo|elegir|escojo|escoger|uso|usar|debo|debería|conviene|me "
        rf"conviene|de l[oa]s dos)|(?:{_SHOULD})"
        rf" (?:{_USE})|qué (?:elijo|uso|elegir|es mejor|me recomiendas?|me recomiendan|conviene|me conviene|debo usar)"
        r"|cuándo (?:debo |debería |conviene |se debe |hay que )?(?:usar|utilizar|elegir|uso)|es mejor (?:usar"
        r"|utilizar|elegir)"
    ),
)
