"""Portuguese."""

from pipelines.languages.language import Language

# What may stand before a question, the words that part what is compared, and what ends the second of the two.
_GREETED = (
    r"^\W{0,3}(?:(?:e|mas|então|aí|olá|oi|bom dia|boa tarde|boa noite|por favor|tipo|ok|ei|gente|galera)\b\W{1,3}){0,2}"
)
# "Can you tell me", "does anyone know", "I would like to know": what is asked for stands behind.
_POLITE = (
    r"(?:(?:(?:você|vc|vocês|alguém|o senhor|a senhora) )?(?:me |nos )?(?:pode|poderia|podes|podem|podia|consegue)"
    r" (?:me |nos )?(?:dizer|explicar|indicar|mostrar|ensinar|falar|esclarecer)(?:-me|-nos)?"
    r"|(?:(?:alguém|quem|você|vc|vocês) )?(?:me )?(?:sabe[sm]?|saberia)(?: (?:me )?(?:dizer|explicar))?"
    r"|(?:eu )?não (?:sei|entendo)|(?:eu )?(?:gostaria de|queria|quero|preciso) (?:saber|entender)"
    r"|me (?:diz|diga|fal[ae]|explica|explique|mostr[ae])|(?:diga|diz|explique|explica|mostr[ae])(?:-me)?),? "
)
_START = rf"{_GREETED}(?:{_POLITE})?"
_ARTICLE = (
    r"(?:(?:usar|utilizar|escolher|pegar)\s+)?(?:(?:os?|as?|uma?|uns|umas|d[oa]s?|[ao]s?|este|esta|esse|essa)\s+)?"
)
_ONE, _OTHER = _ARTICLE + r"(?P<one>\S.{0,60}?)", _ARTICLE + r"(?P<other>\S.{0,60}?)"
_TAIL = (
    r"(?=\s+(?:para|pra|pro|em|n[oa]s?|com|quando|se|por favor|na hora|qual|o que|exatamente|quanto|por"
    r"|(?:é|são|seria|fica|funciona) (?:o |a |os |as )?(?:melhor|pior|mais))\b"
    r"|\s{0,3}[,;:?!(]|\s[–—-]\s|\W{0,3}$)"
)
_NO_TERM = (
    r"(?!\s+(?:[ao]s?\s+|uma?\s+)?(?:diferenças?|valor(?:es)?|comandos?|tamanhos?|portas?|versão|versões|melhor"
    r"|sintaxe|passos|vantagens"
    r"|desvantagens|limites?|como|por|quando|quant[oa]s?)\b)"
)
_USE = r"usar|utilizar|escolher|pegar|preferir|optar por|colocar"
_SHOULD = (
    r"devo|deveria|devemos|deveríamos|tenho que|preciso|compensa|vale mais a pena|vale a pena|convém|é melhor"
    r"|melhor|é para|é pra"
)
# "docker ou podman", and nothing else but a purpose: names of one or two words. French parts by the same word, and
# without its accent, "où" is "ou".
_NO_SIDE = (
    r"(?!(?:se|sim|não|mais|menos|melhor|pior|bem|algo|tudo|nada|outr[oa]s?|verdadeiro|falso|grátis|gratuito|pago"
    r"|obrigatório|opcional|possível|com|sem|para|pr[ao]|por|em|n[oa]s?|de|d[oa]s?|sobre|seja|então|também|ainda"
    r"|existe|où|oui|non|plus|gratuit|avant|après|antes|depois|moins|vrai|avec|sans|savoir|sais|sait|trouver|dire"
    r"|voir|dis"
    r"|tem|há|é|são|está|eu|você|posso|pode|devo)\b)"
)
_SIDE = rf"{_NO_SIDE}[\w.#+/-]{{1,30}}(?: (?!(?:ou|para|pr[ao])\b)[\w.#+/-]{{1,20}})?"
_SHORT_ARTICLE = r"(?:(?:[oa]s?|uma?|usar|escolher|utilizar) )?"
_AIM = r"(?: pr?ar?[ao]? [^?]{1,40})?\W*$"
_UNSET = (
    r"configurar|definir|colocar|especificar|informar|passar|mudar|alterar|indicar|puser|setar|mexer|disser|escolher"
    r"|preencher|der"
    r"|configuro|defino|coloco|especifico|informo|passo|mudo|altero|indico|ponho|especificado|definido|configurado"
    r"|informado"
)
# Verbs by which a task is told; other words in "ar", "er" and "ir" need a Portuguese word behind them.
_TASKS = (
    r"instalar|desinstalar|configurar|criar|apagar|deletar|excluir|eliminar|remover|tirar|adicionar|acrescentar|mudar"
    r"|alterar|trocar"
    r"|modificar|editar|ativar|desativar|habilitar|desabilitar|usar|utilizar|executar|rodar|iniciar|parar|encontrar"
    r"|achar|mostrar"
    r"|ocultar|esconder|obter|enviar|mandar|escrever|ler|abrir|fechar|copiar|mover|renomear|baixar|descarregar"
    r"|carregar|subir|testar"
    r"|verificar|reparar|consertar|corrigir|evitar|impedir|gerir|gerenciar|definir|escolher|passar"
    r"|conectar|ligar"
    r"|salvar|guardar|gravar|restaurar|desfazer|partilhar|compartilhar|limitar|aumentar|reduzir|diminuir|substituir"
    r"|ordenar|filtrar"
    r"|compilar|declarar|chamar|juntar|mesclar|traduzir|atualizar|colocar|fazer|inserir|importar|exportar|recuperar"
    r"|migrar|dividir"
    r"|imprimir|devolver|gerar|listar|reverter|redefinir|implantar"
    # Words of English alone: "converter for images".
    r"|(?:resolver|converter) (?=os?\b|uma?\b|conflitos|problemas|erros|dependências|dúvidas|arquivos|imagens|dados)"
)
# "How do I find out which version I have": asks for the version.
_LOOKED_UP = (
    r"(?:(?:eu |posso |podemos |faço (?:para|pra) |fazer (?:para|pra) |a gente |se faz (?:para|pra) |devo ){1,2})?"
    r"(?:saber|sei|ver|vejo|descobrir|descubro|verificar|verifico) (?:quant|qual|que (?:versão|porta))"
)
_PORTUGUESE_WORDS = (
    r"(?:os|uma?|uns|umas|meus?|minhas?|seu|sua|este|esta|esse|essa|vários|várias|todos|todas|dois|em|na|nos|nas|com"
    r"|sem|da|dos|das)\b"
)

PORTUGUESE = Language(
    name="portuguese",
    code="pt",
    common=(
        "o a os as é são um uma de do da dos das e ou não para em no na com que se ao por como quê quando "
        "onde qual quais quem posso pode eu você meu minha há entre este esta isto mais fazer está quanto "
        "quantos quantas tenho tem têm até desde sobre sem"
    ),
    # "É possível", without its accent, opens no follow-up.
    openers=(
        r"e(?! (?:possível|necessári[oa]|verdade|melhor|obrigatóri[oa]|recomendad[oa]|suportad[oa]|gratuit[oa]|grátis"
        r"|segur[oa]|preciso|poss[íi]vel)\b)"
        r"|mas|então|daí|aí|ok|beleza|tá|certo|também|além disso|e se|nesse caso|por exemplo|como assim|tipo o qu[êe]"
        r"|tipo|sério|mesmo"
        r"|ou (?:melhor|seja|então|será|com|sem|para|ainda)|e quanto|que tal"
    ),
    pointers=(
        r"eles?|elas?|del[ea]s?|nel[ea]s?|est[ae]s?|ess[ae]s?|dess[ae]s?|dest[ae]s?|ness[ae]s?|nest[ae]s?|isto|isso"
        r"|disso|disto|nisso"
        r"|nisto|aquil?o|aquel\w*|daquel\w*|outr[ao]s?|mesm[ao]s?|mais|seus?|suas?|lá|ali|assim|anterior(?:es)?|acima"
        r"|primeir[oa]"
        r"|segund[oa]|últim[oa]|igual"
        r"|(?:faz[êe]|us[áa]|mud[áa]|tir[áa]|apag[áa]|remov[êe]|ativ[áa]|desativ[áa]|configur[áa]|evit[áa]|instal[áa]"
        r"|resolv[êe])-l[oa]s?"
    ),
    asks=(
        r"quem|qu[êe]|o qu[êe]|oq|quando|onde|aonde|como|qual|quais|quant[oa]s?|por ?qu[êe]|pra qu[êe]|para qu[êe]"
        r"|posso|pode|podem|dá para"
        r"|dá pra|é|são|está|estão|tem|têm|há|existe|devo|deveria|preciso|será|explica\w*|expli[qc]\w*|descrev\w*"
        r"|mostr\w*|diga|diz|dê|me dá"
        r"|compar[ae]|defin[ae]|list[ae]|fale"
    ),
    articles="o|a|os|as",
    tasks=(
        r"por favor|pode|poderia|podes|explica\w*|expli[qc]ue\w*|esclare[cç]\w*|detalh\w*|significa\w*|quer dizer"
        r"|exemplos?|resum\w*|traduz\w*"
        r"|traduc\w*|texto|reformul\w*|simplifi\w*|simples|simplesmente|em resumo|outras palavras|palavras|termos"
        r"|português|mostr\w*"
        r"|me d[áê]|diga"
    ),
    leans=(
        r"isto|isso|est[ea]s?|ess[ea]s?|el[ea]s?|assim|além disso|também|mas|porém|por isso|portanto|ambos|ambas"
        r"|aquel[ea]s?"
        r"|(?:este|esta) últim[oa]"
    ),
    asks_definition=(
        r"(?:(?:o que|o q|oque|oq|que|q) (?:é|e|são|significam?|quer(?:em)? dizer|vem a ser|se entende por|faz"
        r"|fazem)(?: mesmo| isso de)?"
        r"|(?:para|pra) (?:o )?qu[eê] (?:serv(?:e|em)|é|são)|serve para que|a que se refere|em que consiste"
        r"|(?:defina|define|descreva|explique|explica|explica-me|explique-me|me explica|me explique|me fala|fale)"
        r"(?: o que (?:é|são)| sobre)?|qual (?:é )?o significado de|fale (?:de|sobre)|me fale (?:de|sobre))" + _NO_TERM
    ),
    defines_behind=(
        r",?\s?\b(?:(?:o que|oque|oq) (?:é|são|significa|quer dizer)(?: isso| isto)?|é o qu[êe]|significa o qu[êe]"
        r"|quer dizer o qu[êe]"
        r"|(?:para|pra) (?:o )?que serve|serve (?:para|pra) (?:o )?qu[êe])"
    ),
    determiners="um|uma|o|a|os|as",
    copulas=(
        "é|são|significam?|refere-se a|se refere a|referem-se a|permitem?|representam?|descrevem?|fornecem?|consiste "
        "em|equivale a|indica"
    ),
    naming="chamad[ao]s?|conhecid[ao]s? como|denominad[ao]s?|designad[ao]s?",
    kinds={
        "comparison": (
            # To share is not to compare; to compare two files is a task, to compare one thing with another is not.
            r"\bdiferenças?\b|\bcomparaç(?:ão|ões)\b|\bcomparativos?\b|\bcomparad[oa]s? (?:com|a)\b"
            r"|\bcompar(?:[aeo]|ar|am|em|amos|ando)\b(?! (?:dois|duas|vários|várias|meus)\b)"
            r"(?=[^?]{3,80}\b(?:e|vs)\b|(?! uma?\b)[^?]{0,60}\b(?:com|ao?)\b)|\bdiferem?\b"
            r"|\bdiferencia\b(?! (?:entre )?ma[iy]úsculas)|\bdiferentes? (?:de|do|da|dos|das)\b|\bse "
            r"distinguem?\b"
            r"|\b(?:é )?melhor\b[^?]{1,60}\bou\b(?! não\b)|\bou\b[^?]{1,60}\bé (?:o |a )?melhor\b"
            r"|(?:(?:^\W{0,3}|\bqual |\bo que )é|\b(?:são|seria|fica|funciona|roda|qual"
            r"|o que)) (?:[oa]s? )?(?:mais (?!que\b)\w{3,20}"
            r"|pior)(?! (?:d[oe] )?que\b)"
            r"[^?]{1,60}\bou\b(?! (?:não|menos|mais)\b)"
            r"|\S ou [^?]{1,60}\b(?:é|são|seria|fica|funciona|roda) (?:[oa]s? )?(?:melhor|pior"
            r"|mais (?!que\b)\w{3,20})\b"
            r"(?! (?:d[oe] )?que\b)"
            rf"|{_GREETED}{_SHORT_ARTICLE}{_SIDE} ou {_SHORT_ARTICLE}{_SIDE}{_AIM}"
            r"|\bentre\b[^?]{1,60}\be\b[^?]{1,40}\b(?:qual|o que) (?:escolh[oe]r?|us[oa]r?|eu uso|compensa"
            r"|recomend\w{1,4}"
            r"|é melhor|devo)\b"
            r"|\bquando\b[^?]{0,30}\b(?:usar|uso|utilizar|escolher|preferir)\b[^?]{1,60}\b(?:em vez d|ao invés d"
            r"|no lugar d)"
            r"|\bqual (?:(?:é )?(?:o |a )?melhor\b[^?]{0,30}(?:,|:| entre)|escolher|escolho|usar|uso|devo (?:usar"
            r"|escolher)|deveria (?:usar|escolher)|compensa"
            r"|vale mais|d[oa]s d[ou]\w{1,3}s)"
            r"|\S ou \S[^?]{0,40}[,:;?–—-]\W{0,3}(?:qual|o que (?:escolher|usar|é melhor|compensa|devo|eu uso|você))\b"
            rf"|\b(?:{_SHOULD}) (?:{_USE})\b[^?]{{2,60}}\bou\b(?! não\b)|\b(?:uso|escolho|pego"
            rf"|prefiro)\b[^?]{{2,60}}\bou\b(?! não\b)"
            r"|\b(?:escolher|decidir) entre\b|\bem (?:comparação|relação) (?:com|a|ao|à)\b|\bo que (?:distingue"
            r"|diferencia|muda (?:entre|de))\b"
        ),
        "value": (
            r"\bpor (?:padrão|omissão|defeito)\b|\bpr[ée]-?definid[oa]s?\b|\bde fábrica\b|\bvalor(?:es)? (?:inicial"
            r"|iniciais|padrão)\b"
            r"|\b(?:porta|tamanho|idioma|limite|tempo|configuração|opção|tipo|comportamento|modo|nome|formato|pasta"
            r"|senha|número)(?: d[eoa] \w{2,20})? padrão\b"
            r"|\b(?:qual|que) (?:é )?o padrão\b"
            rf"|\bse (?:eu |a gente |você )?(?:não|nao) (?:[oa]s? |se |for )?(?:{_UNSET})\b(?! (?:bem|certo|direito))"
            r"|\bse (?:eu )?deix(?:ar|o)\b.{1,40}\b(?:vazi[oa]|em branco)\b|\bse (?:eu )?omit(?:ir|o)\b|\bsem "
            r"(?:configurar|definir|colocar) nada\b"
        ),
        "code": (
            r"(?<!por )(?<!dois )(?<!três )(?<!quatro )(?<!cinco )\bexemplos?\b"
            r"|(?<!linha de )(?<!línea de )(?<!riga di )\bcomando\b|\bcódigo (?:de exemplo|para"
            r"|pra|que)\b|\bsintaxe\b|\b(?:que|qual) (?:é a |a )?instrução\b|\btrecho de código\b"
            r"|\b(?:instrução|consulta|query|script|trecho) (?:para|pra|que permite)\b"
            r"|\b(?:me mostr[ae]|mostr[ae]-me)\b(?! como)"
        ),
        "number": (
            r"\bquant[ieoa]s?\b(?! antes)|\bqu[ãa]o (?:grande|longo|rápido)\b"
            r"|\b(?:em |na |no )?(?:que|qual|quais)(?: é| são| era| será)? (?:[oa]s? )?(?:\w{3,12} )?(?:tamanho"
            r"|duração|porta|versão|número|percentagem"
            r"|porcentagem|comprimento|largura|altura|quantidade|prazo|frequência|idade|preço|custo|velocidade"
            r"|proporção|resolução|peso|temperatura|distância|profundidade|altitude|pressão|tensão|voltagem|potência"
            r"|densidade|massa|espessura"
            r"|capacidade|limite (?:de|máx))\b|\b(?:tamanho|comprimento|duração|número|limite) (?:máxim|mínim)[oa]\b"
            r"|\b(?:tamanho|limite) m[áa]x\b"
        ),
        "date": (
            _START + r"(?:desde |até |para )?quando (?:foi|foram|será|serão|saiu|sai|sairá|surgiu|começa|começou"
            r"|termina|expira|vence|lançaram|\w{2,15}[oei]u|se (?:deu|formou)|teve|houve|fez"
            r"|vai (?:sair|ser)|(?:é|está) (?:[oa]|que(?! (?:eu )?(?:devo|posso|preciso|se deve))|previst[oa])|chega"
            r"|apareceu|acaba)\b"
            r"|\bquando (?:foi|foram) (?:lançad|publicad|criad|introduzid|fundad)|\bquando (?:saiu|sairá|vai sair)\b"
            r"|\bdesde quando\b|\S quando\W*$"
            r"|\b(?:que|qual)(?: é)? (?:[oa] )?(?:ano|data|dia|mês|século)\b|\bdata de (?:lançamento|publicação|saída"
            r"|criação|início|nascimento)\b"
        ),
        "how_to": (
            # "Como é calculado": behind the verb a participle. "Como se chama uma função" may call it.
            _START
            + r"como\b(?! (?:(?:é|são|está|estão)\b(?! (?:\w{2,20}[aií]d|feit|escrit|post)[oa]s?\b)|assim|se (?:ch"
            r"|ll)ama"
            rf"(?:m\b)?(?! (?:uma? (?:funç|métod|api)|a\b))|usuári|utilizador|mínimo|máximo|{_LOOKED_UP}))"
            rf"|\bcomo (?!{_LOOKED_UP})(?:resolver|converter|faço|fazer|posso|podemos|eu|a gente|se faz|devo|faz"
            rf"|que (?:eu )?faz|{_TASKS})\b|\bde que "
            r"(?:forma|maneira|modo) (?:se |posso |eu )"
            r"|\b(?:forma|maneira|modo|jeito|método) de \w{2,20}(?:ar|er|ir|or)\b|\bpassos para\b|\bpasso a passo\b"
            r"|\bprocedimento para\b"
            r"|\bo que (?:eu )?(?:faço|devo fazer|fazer|tenho que fazer|preciso fazer|posso fazer)\b"
            # "Preciso pagar?" asks whether.
            rf"|{_START}(?:quero|queria|gostaria de|(?:preciso(?: de)?(?= \w{{2,20}}[aei]r\b)|tenho que)"
            rf"(?![^?]{{0,200}}\?\W*$)|estou tentando|(?:tô|to) "
            r"tentando|tento|não (?:consigo|posso)|precisava"
            r"|estou (?:a tentar|querendo))\b(?! (?:saber|ver|entender) (?:quant|qual|que|o que|por|se|quando))"
            rf"|{_START}(?:não )?(?:{_TASKS})\b(?! (?:é|foi|significa)\b)"
            rf"|{_START}(?!lugar|mulher|poder|ser\b|par\b|popular|similar|familiar)\w{{2,20}}[aei]r "
            rf"(?:{_PORTUGUESE_WORDS})"
        ),
        "person": (
            _START + r"(?:por |de |com |a |para |pra )?quem\b|\bpor quem\b|\b(?:foi|é) quem\b"
            r"|\b(?:que|qual) (?:é )?(?:[oa] )?(?:pessoa|autora?|desenvolvedora?|criador|responsável)\b"
        ),
        "place": (
            _START + r"(?:de |por |para |pra )?a?onde\b|\bonde (?:está|estão|posso|fica|ficam|encontro|acho|coloco"
            r"|ponho)\b|\S onde\W*$"
            r"|\b(?:em|n[ao]|de|para|pra) (?:que|qual) (?:pasta|diretório|lugar|local|sítio|localização|menu|seção"
            r"|secção|página|cidade|país"
            r"|caminho|aba|região|parte)\b|\b(?:que|qual) (?:cidade|país|lugar|região)\b"
        ),
        "reason": (
            _START + r"(?:por ?qu[eê]|pq|por que razão)\b|\bpor qu[eê]\b(?! (?:caminho|porta|valor)\b)"
            r"|\bporquê\b(?=\W*$)|[,;?] pq\b|\b(?:as? raz(?:ão|ões)|os? motivos?|as causas|o porquê)\b"
            r"|\bpor (?:que|qual) (?:motivo|razão)\b|\bo que (?:causa|provoca|ocasiona|faz com que)\b|\bqual (?:é "
            r")?(?:a causa|o motivo|a razão)\b"
        ),
        "list": (
            rf"{_GREETED}(?:vantagens|desvantagens|prós e contras|características|tipos|requisitos|limitações|passos)\b"
            rf"|{_START}(?:cit[ae]|mencion[ae]|nomei[ae]|enumer[ae]|indi(?:ca|que)|liste|dê|escreva) (?:pelo menos "
            rf"|[oa]s )?"
            r"(?:dois|duas|três|quatro|cinco|seis|dez|\d{1,2}|algu(?:ns|mas)|vári[oa]s)\b|^\W{0,3}(?:cit[ae]"
            r"|mencion[ae]) [oa]s\b"
            # What is needed for something, what is inside.
            rf"|{_START}(?:do que|o que|que) (?:eu )?(?:é )?(?:preciso|precisamos|precisa|necessito|é necessário)"
            r" (?:para|pra|ter|saber|instalar)\b"
            rf"|{_START}(?:o )?que (?:contém|inclui|vem (?:em|n[oa]|dentro)|(?:há|tem) (?:dentro|n[oa]|em))\b"
            r"|\bquais\b|\bque (?:outr[oa]s |possíveis )?(?:valores|opções|parâmetros|formatos|campos|tipos|argumentos"
            r"|atributos|métodos|funções"
            r"|ferramentas|idiomas|linguagens|plataformas|sistemas|navegadores|módulos|extensões|plugins|papéis"
            r"|permissões|eventos|níveis"
            r"|modos|estados|comandos|passos|vantagens|desvantagens|limites|limitações|características|recursos"
            r"|requisitos|variáveis|bancos"
            r"|bibliotecas|alternativas|regras|classes|propriedades|componentes|ficheiros|arquivos|condições"
            r"|protocolos)\b"
            r"|\bque (?:tipos?|espécies?) de\b|\blista (?:de|d[oa]s|completa|com)\b|\benumer[ae]\b|\b(?:me d[êá]"
            r"|dê-me|dá-me) (?:a lista|tod[oa]s|uma lista)\b"
            r"|\b(?:pré-?)?requisitos\b|\btod[oa]s [oa]s (?:opções|valores|parâmetros|comandos|formatos|tipos)\b"
            r"|\b[oa]s (?:passos|vantagens|desvantagens|características|tipos|opções|limites) (?:de|d[oa]s?|para)\b"
            r"|\bo que (?:mais )?(?:tem|há) de\b"
        ),
        "definition": (
            _START + r"(?:o que|oque|o q|oq|q) (?:é|são|e|faz|fazem|vem a ser)\b(?! (?:melhor|preciso|possível"
            r"|necessário)\b)"
            r"|\b(?:o que|que|oque|oq) (?:significam?|quer(?:em)? dizer)\b|\bo que (?:é|são)(?: isso| isto)?\W*$|\bé "
            r"o qu[eê]\W*$|\bsignifica(?:do)?\b"
            r"|\bdefinição\b|\bquer(?:em)? dizer\b|\b(?:para|pra) (?:o )?qu[eê] (?:serv(?:e|em)|é|são)\b|\bserv(?:e"
            r"|em) (?:para|pra) (?:o )?qu[eê]\b"
            r"|\ba que se refere\b|\bem que consiste\b|\bdefin[ae]\b(?! [oa]s?\b)|\bo que (?:é|são) (?:um|uma|[oa]s?)\b"
            r"|\b(?:explique|explica|explicar)(?:-me)?\b(?! (?:como|por)\b)|^\W{0,3}descrev[ae](?:-me)?\b(?! (?:como"
            r"|por)\b)"
            r"|\bqual (?:é )?(?:[oa] )?(?:objetivo|finalidade|propósito|utilidade|função d|papel d)"
            r"|\bque (?:papel|função) (?:tem|têm|desempenha|exerce|cumpre)"
        ),
    },
    negations=frozenset(["não", "sem", "nenhum", "nunca"]),
    abbreviations=("p.ex ex aprox máx mín etc sr sra dr incl vs prof eng av obs ltda i.e d.c a.c srta"),
    before_numbers="n|núm|fig|cap|pág|art|tel|vol|ed",
    quoted="**Citado da documentação:**",
    nothing_quoted="**Não há nada na documentação que se possa citar em resposta**",
    greetings="olá|oi|bom dia|boa (?:tarde|noite)",
    thanks="obrigad[oa]|muito obrigad[oa]|valeu|perfeito|ótimo|tchau|adeus",
    about_assistant=(
        "quem (?:é você|és tu|é vc)|o que você (?:é|pode fazer|sabe fazer|faz)"
        "|qual (?:é )?(?:o )?seu nome|ajuda|me ajude|como (?:você )?funciona"
    ),
    hello="Olá! Pergunte-me o que quiser sobre esta documentação.",
    welcome="De nada. Pergunte sempre que algo não estiver claro.",
    called="Sou {}.",
    introduction=(
        "Respondo a perguntas a partir desta documentação e mostro, para cada frase, a secção de onde ela vem."
    ),
    examples="Por exemplo:",
    example_question="O que diz a documentação sobre “{}”?",
    refusal="A documentação não responde a isto. As secções mais próximas estão indicadas abaixo.",
    asking=(
        "quem quê que quando onde como qual quais quanto quantos porquê porque por favor olá oi explicar explica "
        "explique explicação dizer diz diga mostrar mostra mostre dar dá dê exemplo exemplos diferença diferenças "
        "diferente comparar usar uso usa use utilizar utilizo quero quer queria precisar preciso fazer faço faz "
        "dever devo deve deveria poder posso pode possível forma maneira modo jeito melhor bom boa bem significa "
        "significar significado servem servir padrão exatamente simplesmente rapidamente facilmente realmente "
        "concretamente só apenas saber sabe escolher existe há coisa algo algum alguma tipo então também ajuda "
        "ajudar entender funciona consegue tenho ter"
    ),
    reasons=(
        r"porque|pois|já que|uma vez que|visto que|dado que|devido a|devido ao|devido à|por causa d|graças a|para que"
        r"|para evitar|a fim de"
        r"|de modo a|de forma a|de modo que|caso contrário|senão|do contrário|portanto|por isso|por conseguinte"
        r"|assim(?! que\b)"
        r"|é por isso"
        r"|razão|razões|motivos?|caus(?:a|am|ado|ada|ar)|provoc(?:a|am|ado|ar)|evit(?:a|am|ar)|imped(?:e|em|ir)|como "
        r"resultado|permitem?"
    ),
    numbers=(
        "dois|duas|três|quatro|cinco|seis|sete|oito|nove|dez|onze|doze|vinte|trinta|cem|cento|centenas?|mil"
        "|milhar|milhares"
        "|milhão|milhões|bilhão|bilhões|metade|meia hora|meio (?:segundo|minuto|dia)|terço|quarto|dobro|triplo"
        "|dúzias?|dezenas?|uma vez|duas vezes|por cento"
    ),
    months="janeiro|fevereiro|março|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro",
    compares=(
        rf"\b(?:(?:se )?diferem?|diferencia|se distinguem?|distingue)\s+{_ONE}\s+(?:d[eoa]|d[oa]s|e|para|em relação "
        rf"a)\s+{_OTHER}{_TAIL}",
        rf"\b(?:entre|compar[ae]r?|comparação (?:de|entre)|diferenças? d[eoa])\s+{_ONE},?\s+(?:e|ou|vs\.?|versus|com"
        rf"|para|pr[ao])\s+{_OTHER}{_TAIL}",
        rf"^\W{{0,3}}(?:(?:em |no |por )?(?:que|como)\s+)?{_ONE}\s+(?:se diferencia|diferem?|se distinguem?|é "
        rf"diferente|são diferentes)\s+(?:d[eoa]|d[oa]s)\s+{_OTHER}{_TAIL}",
        rf"\b(?:{_SHOULD})\s+(?:mais |melhor )?(?:{_USE})\s+{_ONE},?\s+ou\s+{_OTHER}{_TAIL}",
        rf"\b(?:qual|o que|que)\b[^,:]{{1,60}}[,:]\s{{0,3}}{_ONE},?\s+ou\s+{_OTHER}{_TAIL}",
        rf"\b(?:melhor|compensa|mais \w{{3,20}}|uso|escolho|prefiro)\W{{1,3}}{_ONE},?\s+ou\s+{_OTHER}{_TAIL}",
        r"\b(?:é|são|seria|fica|funciona|roda)\s+(?:[oa]\s+)?(?:mais\s+\w{3,20}|pior)\W{1,3}"
        rf"(?:(?:para|pra)\s+[^?,:]{{1,30}}[,:]\s*)?{_ONE},?\s+ou\s+{_OTHER}{_TAIL}",
        r"\b(?:usar|uso|utilizar|escolher|preferir)\s+"
        rf"{_ONE}\s+(?:em\s+vez|ao\s+invés|no\s+lugar)\s+d(?:e|os?|as?)\s+{_OTHER}{_TAIL}",
        rf"{_START}{_ONE}\s+(?:vs\.?|versus|contra|comparado (?:com|a)|em relação a)\s+{_OTHER}{_TAIL}",
        rf"{_START}{_ONE}\s+ou\s+{_OTHER}\s{{0,2}}[,:;?–—-]\W{{0,3}}(?:qual|o que|que|para|pra)\b",
        rf"{_START}{_ONE}\s+ou\s+{_OTHER}\s+(?:qual\s+|o\s+que\s+)?(?:é|são|seria|fica|funciona|escolho|escolher|uso)\b"
        r"(?:\s+(?:[oa]\s+)?(?:melhor|pior|mais)\b|\W*$)",
        rf"{_GREETED}{_SHORT_ARTICLE}(?P<one>{_SIDE}) ou {_SHORT_ARTICLE}(?P<other>{_SIDE}){_AIM}",
    ),
    asks_which=(
        r"qual (?:(?:é )?(?:o |a )?melhor|escolher|escolho|usar|eu uso|uso|devo|deveria|compensa|vale mais|d[oa]s "
        r"d\w{3,4})"
        rf"|(?:{_SHOULD}) (?:{_USE})|o que (?:escolher|usar|é melhor|compensa|devo usar|você recomenda|vocês "
        r"recomendam)"
        r"|quando (?:devo |deveria |se deve |é melhor )?(?:usar|utilizar|escolher|uso)"
    ),
)
