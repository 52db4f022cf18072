"""Lists the words of long texts: everyday words, their inflected forms, and coined words for the rare tail.

The tail of a real vocabulary consists of names, numbers, identifiers and terms. This module builds them from syllables
and digits. They are the same in every world.
"""

from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice, product

import numpy as np

from stillwatch.lab.draws.random_draws import named_seed
from stillwatch.lab.texts.phrasings import NAMES, split_list

__all__ = ["CORE", "words"]

_NOUNS = """
account|address|agreement|air|animal|answer|apartment|appointment|area|argument|army|article|artist|assembly|attempt|
author|balance|bank|barn|basket|battery|beach|bell|belt|benefit|bicycle|bill|bird|board|boat|body|bolt|book|border|
bottle|boundary|box|branch|bread|bridge|brother|budget|building|bus|business|button|cabin|cable|camera|camp|canal|
candidate|capital|car|card|career|case|castle|cat|cell|centre|century|chair|change|channel|chapter|charge|chart|
chemical|child|choice|church|circle|citizen|claim|class|client|climate|clinic|clock|cloth|coach|coast|coat|code|coffee|
collection|college|colour|column|committee|company|complaint|concert|condition|connection|contract|copy|corner|cost|
council|country|county|couple|course|court|cover|crew|crime|crop|crowd|culture|cup|current|curtain|customer|cycle|
damage|dance|danger|date|daughter|deadline|deal|debate|debt|decade|decision|degree|delay|delivery|demand|department|
deposit|desert|design|desk|detail|device|diet|dinner|director|disease|dish|distance|district|doctor|document|dog|door|
draft|dream|dress|drive|driver|drug|duty|earth|economy|edge|editor|effect|effort|egg|election|element|employee|
employer|end|enemy|energy|engine|entry|equipment|error|essay|estate|evening|event|evidence|exam|example|exchange|
exhibit|expense|expert|eye|face|fact|factory|failure|family|farm|farmer|father|fault|fee|fence|festival|field|figure|
file|film|filter|fire|firm|fish|flag|flight|flood|floor|flower|food|foot|forest|form|fortune|forum|frame|friend|
fruit|fuel|fund|future|gallery|game|garage|garden|gas|gate|gift|glass|goal|government|grant|grass|ground|group|
growth|guard|guest|guide|gun|hall|hand|harbour|harvest|hat|head|health|heart|heat|height|hero|hill|history|hobby|hole|
holiday|home|horse|hospital|hotel|hour|house|husband|idea|image|income|index|industry|injury|insect|insurance|
interest|interview|invoice|iron|island|issue|item|jacket|job|journal|journey|judge|juice|key|kitchen|knife|label|
laboratory|ladder|lake|lamp|land|landlord|language|laptop|law|lawyer|layer|leader|leaf|league|lease|leather|lecture|
lesson|letter|level|library|licence|life|light|limit|line|link|list|loan|lock|log|loss|machine|magazine|mail|manager|
manual|map|market|marriage|mask|match|material|meal|meaning|measure|meat|medicine|meeting|member|memory|message|metal|
method|mile|milk|mind|mine|minister|minute|mirror|mission|mistake|mixture|model|moment|money|month|morning|mother|
motor|mountain|mouth|movement|muscle|museum|music|nail|nation|nature|neck|neighbour|network|newspaper|night|noise|
north|note|notice|novel|number|nurse|object|ocean|offer|office|officer|oil|opinion|orchard|order|organ|origin|oven|
owner|package|page|pain|paint|pair|paper|parcel|parent|park|part|partner|party|passage|passenger|password|patient|
pattern|payment|peace|pencil|pension|people|period|permit|person|phone|photo|phrase|piano|picture|piece|pilot|pipe|
place|plan|plane|plant|plate|platform|player|poem|point|police|policy|pool|port|position|post|pot|potato|power|
practice|present|president|price|prize|problem|process|product|profit|program|project|promise|proof|property|protein|
pump|pupil|purpose|quality|quarter|queen|question|queue|radio|rail|rain|range|rate|reader|reason|receipt|recipe|record|
reference|refund|region|relation|relay|rent|repair|reply|report|request|rescue|resource|rest|result|return|review|
reward|rice|ride|ring|risk|river|road|rock|role|roof|room|root|rope|route|row|rule|sale|salt|sample|sand|scale|schedule|
scheme|school|science|score|screen|sea|season|seat|section|sector|seed|sentence|series|server|service|session|shadow|
shape|share|sheet|shelf|shift|ship|shirt|shoe|shop|shore|shoulder|side|sign|signal|silver|singer|sister|site|skill|
skin|sky|sleep|slope|snow|soap|soil|soldier|solution|son|song|sound|soup|source|space|speaker|speech|speed|sport|spring|
square|staff|stage|stair|stamp|standard|star|state|station|statue|steam|steel|step|stick|stock|stomach|stone|storage|
store|storm|story|stranger|stream|street|strike|string|student|studio|style|subject|sugar|suit|summer|supplier|supply|
surface|surgeon|survey|switch|symbol|system|table|tail|talent|talk|tank|target|task|tax|teacher|team|television|
temple|tenant|term|test|text|theatre|theory|thing|thread|ticket|tide|timber|title|tool|tooth|topic|tour|tower|town|
track|trade|train|treaty|tree|trial|trip|truck|trust|tube|tunnel|uncle|unit|university|user|valley|value|van|vehicle|
version|victim|view|village|visit|visitor|voice|volume|vote|wage|walk|wall|war|warehouse|warning|water|wave|weapon|
weather|wedding|week|weight|wheel|wife|wind|window|wine|wing|winter|wire|witness|woman|wood|wool|word|worker|world|
yard|year|zone
"""
_VERBS = """
accept|achieve|add|admit|adopt|advise|agree|allow|announce|answer|appear|apply|approve|arrange|arrive|ask|assume|
attach|attack|attend|avoid|bake|balance|block|borrow|brush|calculate|call|cancel|carry|cause|change|charge|
check|claim|clean|climb|close|collect|combine|compare|complain|complete|confirm|connect|consider|contain|continue|
control|convert|cook|copy|correct|count|cover|create|cross|damage|dance|decide|declare|decline|decorate|delay|delete|
deliver|demand|depend|describe|deserve|design|destroy|develop|disappear|discover|discuss|divide|download|drop|
earn|edit|employ|encourage|end|enjoy|enter|escape|estimate|examine|exchange|exist|expand|expect|explain|explore|
export|extend|fail|file|fill|filter|finish|fit|fix|fold|follow|force|form|gather|guess|handle|happen|hate|help|hire|
hope|identify|ignore|imagine|import|improve|include|increase|inform|insist|inspect|install|introduce|invite|issue|
join|judge|jump|kick|label|land|last|launch|learn|lift|like|limit|link|listen|load|lock|look|love|manage|mark|match|
measure|mention|merge|miss|mix|monitor|move|name|need|note|notice|obtain|offer|open|order|organise|own|pack|paint|
park|pass|pause|perform|plan|plant|play|post|pour|practise|predict|prefer|prepare|press|print|process|produce|
promise|promote|protect|prove|publish|pull|push|question|raise|reach|receive|recognise|recommend|record|recover|
reduce|refer|refuse|register|reject|relate|release|rely|remain|remember|remind|remove|rename|rent|repair|repeat|
replace|report|represent|request|require|rescue|reserve|resolve|return|reveal|review|roll|sail|save|scan|search|
seem|select|serve|share|shout|sign|smile|solve|sort|start|stay|stop|store|study|submit|succeed|suffer|suggest|
supply|support|suppose|surprise|survive|switch|talk|taste|test|thank|touch|trace|train|transfer|translate|travel|
treat|trust|try|turn|type|update|upload|use|validate|visit|vote|wait|walk|want|warn|wash|watch|weigh|wonder|work|
worry|wrap|yield
"""
_QUALITIES = """
able|absolute|active|actual|ancient|angry|annual|anxious|asleep|average|awful|basic|beautiful|big|bitter|blank|blue|
bold|brave|brief|bright|broad|broken|brown|busy|calm|careful|cheap|chief|civil|clean|clear|clever|cold|common|complete|
complex|constant|cool|correct|crazy|critical|cruel|curious|current|daily|damp|dark|dead|deaf|dear|deep|different|
difficult|direct|dirty|distant|double|dry|dull|early|eastern|easy|electric|empty|enormous|entire|equal|even|evil|
exact|excellent|expensive|extra|fair|false|familiar|famous|fast|final|fine|firm|flat|foreign|formal|former|fragile|
free|frequent|fresh|friendly|frozen|full|funny|general|gentle|glad|global|golden|good|grand|grateful|great|green|
grey|guilty|handy|happy|hard|heavy|helpful|hidden|high|hollow|holy|honest|hot|huge|human|humble|ideal|ill|important|
industrial|inner|internal|jealous|joint|keen|kind|large|late|lazy|left|legal|light|little|local|lonely|long|loose|
loud|lovely|low|loyal|lucky|main|major|mature|medical|mental|mild|minor|missing|mobile|modern|modest|moral|narrow|
national|natural|near|neat|negative|nervous|new|next|nice|noble|noisy|normal|northern|novel|obvious|odd|official|old|
open|ordinary|original|outer|painful|pale|partial|past|patient|perfect|permanent|personal|plain|pleasant|polite|poor|
popular|positive|possible|practical|precious|present|previous|private|proper|proud|public|pure|quick|quiet|random|
rapid|rare|raw|ready|real|recent|red|regular|relevant|remote|rich|right|ripe|rough|round|royal|rude|rural|sad|safe|
scarce|secret|secure|senior|separate|serious|severe|shallow|sharp|short|shy|sick|silent|silly|similar|simple|single|
slight|slow|small|smart|smooth|social|soft|solid|sore|sour|southern|special|steady|steep|stiff|strange|strict|strong|
stupid|sudden|suitable|sure|sweet|swift|tall|technical|temporary|tender|tense|terrible|thick|thin|tidy|tight|tiny|
tired|total|tough|toxic|tragic|true|typical|ugly|unique|unusual|upper|urban|urgent|useful|usual|vague|vast|violent|
visible|vital|warm|weak|wealthy|weekly|weird|western|wet|white|whole|wide|wild|wise|wooden|wrong|yellow|young
"""
_ADVERBS = """
again|almost|already|also|always|anyway|apparently|away|badly|barely|briefly|carefully|certainly|clearly|closely|
constantly|correctly|currently|deeply|directly|early|easily|elsewhere|especially|eventually|everywhere|exactly|
extremely|fairly|finally|firmly|formerly|forward|frankly|freely|frequently|fully|generally|gladly|gradually|hardly|
heavily|highly|honestly|immediately|indeed|initially|instead|largely|lately|later|lightly|likely|literally|loudly|
mainly|maybe|meanwhile|mostly|naturally|nearly|never|nevertheless|normally|notably|obviously|occasionally|officially|
often|once|openly|originally|otherwise|partly|perfectly|perhaps|personally|politely|poorly|possibly|presumably|
previously|primarily|privately|probably|promptly|properly|publicly|quickly|quietly|rapidly|rarely|readily|really|
recently|regularly|roughly|sadly|safely|seldom|seriously|sharply|silently|simply|slightly|slowly|smoothly|sometimes|
soon|steadily|still|strangely|strictly|strongly|suddenly|supposedly|surely|thereafter|thoroughly|together|tomorrow|
truly|twice|typically|ultimately|unexpectedly|usually|utterly|vaguely|very|visibly|warmly|weekly|widely|yesterday
"""
_SYLLABLES = split_list(
    """
    al|an|ar|ba|bar|be|bel|ber|bo|bra|bri|ca|cal|car|cas|cor|da|dal|de|del|den|di|dor|dra|du|el|en|er|es|fa|fer|fin|
    fo|ga|gal|gar|ge|gra|ha|hal|har|hel|hol|in|is|ja|jo|ka|kar|ke|kel|ki|ko|kor|la|lan|le|len|li|lin|lo|lor|lu|ma|mal|
    mar|me|mel|mi|min|mo|mon|mor|na|nar|ne|nel|ni|no|nor|ol|or|os|pa|pal|par|pe|per|pi|po|por|ra|ran|re|ren|ri|rin|ro|
    ros|ru|sa|sal|san|se|sel|ser|si|sil|so|sol|sta|ste|su|ta|tal|tan|te|ter|ti|tin|to|tor|tra|tu|ul|ur|va|val|ve|ver|
    vi|vin|vo|wa|wel|wi|win|ya|yo|za|zel|zo
    """
)
_FAMILY_ENDS = split_list(
    "son|er|man|ova|ez|ini|sen|ski|ton|ley|wala|oglu|moto|berg|well|s|ard|ian|ich|ura|kova|etti|a|o"
)
_PLACE_ENDS = split_list(
    "ton|ville|burg|ford|stad|ia|grad|pur|mouth|field|haven|abad|o|heim|wick|dorf|ria|ona|bridge|is"
)
_TERM_ENDS = split_list("ine|ol|ite|ase|oid|ium|ics|gram|scope|meter|osis|lite|ware|zyme|phyte|tron|graph|ula|ent|ator")
_FIRMS = (" Ltd", " Group", " & Sons", " Institute", " Systems", " Foods", " Partners", " Labs", " Bank", " University")
_MONTHS = split_list("January|February|March|April|May|June|July|August|September|October|November|December")
_CODE_VERBS = split_list(
    """
    get|set|load|save|parse|make|check|find|list|merge|sort|read|write|send|fetch|update|delete|init|run|is|has|
    count|sum|map|filter|render|open|close|start|stop|handle|apply|clear|copy|split|join|format|validate|resolve|retry
    """
)
_CODE_ENDS = ("", "", "", "_id", "_list", "_at", "_count", "_map", "_by_id", "_async", "2", "_old", "_path", "_v2")
_FOLDERS = split_list(
    "src|app|lib|core|api|tests|web|jobs|pkg|server|data|tools|docs|scripts|config|models|services|ui"
)
_SUFFIXES = split_list(".py|.ts|.go|.rs|.java|.csv|.json|.yml|.md|.sql|.log|.html|.cpp|.sh|.pdf|.xlsx|.txt|.png")
_UNITS = split_list(
    "%| km| kg| EUR| USD| litres| minutes| hours| MB| ms| degrees| pages| square metres| miles| pounds| cm"
)

CORE = 512
"""How many of the most frequent words of a class each topic rotates to an order of its own (fewer in a small class)."""


_IRREGULAR = {"child": "children", "foot": "feet", "knife": "knives", "leaf": "leaves", "shelf": "shelves"} | {
    "tooth": "teeth", "wife": "wives", "woman": "women", "fish": "fish", "half": "halves"
}  # fmt: skip
_DOUBLED = frozenset(
    split_list("stop|drop|plan|wrap|fit|scan|refer|prefer|submit|admit|control|cancel|label|travel|transfer")
)


def _plural(noun: str) -> str:
    if noun in _IRREGULAR:
        return _IRREGULAR[noun]
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")


def _past(verb: str) -> str:
    if verb in _DOUBLED:
        return verb + verb[-1] + "ed"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ied"
    return verb + ("d" if verb.endswith("e") else "ed")


def _ing(verb: str) -> str:
    if verb in _DOUBLED:
        return verb + verb[-1] + "ing"
    return (verb[:-1] if verb.endswith("e") and not verb.endswith("ee") else verb) + "ing"


def _coined(name: str, n: int, most: int, ends: tuple[str, ...] = ("",), form: Callable[[str], str] = str) -> list[str]:
    """Return *n* different words of one to *most* syllables plus one of *ends*; they depend only on *name*."""
    rng = np.random.default_rng(named_seed("lexicon", name))
    made: dict[str, None] = {}
    while len(made) < n:
        drawn = rng.integers(0, len(_SYLLABLES), (n, most))
        parts, end = rng.integers(1 if ends != ("",) else 2, most + 1, n), rng.integers(0, len(ends), n)
        rows = zip(drawn.tolist(), parts.tolist(), end.tolist(), strict=True)
        made |= dict.fromkeys(form("".join(_SYLLABLES[i] for i in row[:k]) + ends[e]) for row, k, e in rows)
    return list(made)[:n]


def _shuffled(name: str, values: list[str]) -> list[str]:
    order = np.random.default_rng(named_seed("lexicon-order", name)).permutation(len(values))
    return [values[i] for i in order.tolist()]


def _everyday(name: str, text: str) -> list[str]:
    return _shuffled(name, list(dict.fromkeys(split_list(text))))


def _numbers(name: str, form: Callable[[int, int], str], n: int, most: float) -> list[str]:
    """Return up to *n* numbers in *form*, mostly small, up to about 10 to the power of *most*."""
    rng = np.random.default_rng(named_seed("lexicon", name))
    sizes, more = (10 ** rng.uniform(0.2, most, n)).astype(np.int64).tolist(), rng.integers(0, 10_000, n).tolist()
    return list(dict.fromkeys(form(size, other) for size, other in zip(sizes, more, strict=True)))


def _identifiers(nouns: list[str], nouns_too: list[str]) -> Iterator[str]:
    for number, (end, noun, verb) in enumerate(product(_CODE_ENDS, nouns[:40], _CODE_VERBS)):
        other = nouns_too[number * 7 % len(nouns_too)]
        yield (f"{verb}_{noun}{end}", f"{noun}_{other}{end}", f"{verb}{noun.title()}{other.title()}", noun + end)[
            number % 4
        ]


def _pairs(name: str, first: list[str], joint: str, second: list[str]) -> list[str]:
    """Return phrases that join random words of *first* and *second*."""
    rng = np.random.default_rng(named_seed("lexicon-pairs", name))
    left, right = (rng.integers(0, len(words), 8_000).tolist() for words in (first, second))
    return list(dict.fromkeys([first[i] + joint + second[j] for i, j in zip(left, right, strict=True)]))


@cache
def words() -> dict[str, tuple[str, ...]]:
    """Return the word classes by slot letter, most frequent words first."""
    nouns, verbs = _everyday("nouns", _NOUNS), _everyday("verbs", _VERBS)
    qualities = _everyday("qualities", _QUALITIES)
    derived = [f"{q}ness" for q in qualities if not q.endswith(("y", "l"))]
    pairs = [
        f"{a} {b}" for a, b in zip(_shuffled("pairs", nouns * 2), _shuffled("other pairs", nouns * 2), strict=True)
    ]
    terms = _coined("terms", 9_000, 3, _TERM_ENDS)
    families = _coined("families", 8_000, 3, _FAMILY_ENDS, str.title)
    places = _coined("places", 5_000, 2, _PLACE_ENDS, str.title)
    firms = [f"{a}{b}" for a, b in zip(families[:3_000], _FIRMS * 300, strict=True)]
    firsts = [*NAMES, *_coined("firsts", 2_500, 3, form=str.title)]
    fulls = [f"{firsts[i * 31 % 1_500]} {name}" for i, name in enumerate(_shuffled("fulls", families))]
    names = list(dict.fromkeys(_identifiers(nouns, _shuffled("code", nouns))))
    files = [f"{_FOLDERS[i % 18]}/{name}{_SUFFIXES[i * 5 % 17]}" for i, name in enumerate(_shuffled("files", names))]
    whole = sorted(_numbers("whole", lambda size, _: str(size), 9_000, 5.2), key=int)
    classes = {
        "N": [*nouns, *_shuffled("tail", [*derived, *pairs]), *terms],
        "M": [*map(_plural, nouns), *_shuffled("plurals", [*map(_plural, pairs)]), *map(_plural, terms[:4_000])],
        "V": verbs,
        "D": list(map(_past, verbs)),
        "G": list(map(_ing, verbs)),
        "J": qualities,
        "A": _everyday("adverbs", _ADVERBS),
        "P": firsts,
        "F": fulls,
        "L": places,
        "O": firms,
        "I": names,
        "U": files,
        "Q": whole,
        "R": _numbers("measures", lambda size, more: f"{size}{_UNITS[more % 16]}", 6_000, 4.0)
        + _numbers("prices", lambda size, more: f"{size}.{more % 100:02d}", 3_000, 4.0),
        "T": _numbers("dates", lambda s, m: f"{1 + s % 28} {_MONTHS[m % 12]} {1950 + m // 12 % 76}", 4_000, 4.0)
        + _numbers("days", lambda s, m: f"{1990 + s % 36}-{1 + m % 12:02d}-{1 + m // 12 % 28:02d}", 3_000, 4.0),
        "H": _numbers("hours", lambda size, more: f"{size % 24:02d}:{more % 60:02d}", 1_000, 3.0),
        "E": _numbers("versions", lambda s, m: f"{s % 30}.{m % 40}.{m // 40 % 12}", 1_500, 4.0)
        + _numbers("hashes", lambda s, m: f"{(s * 2_654_435_761 + m * 40_503) % 16**8:08x}", 6_000, 9.0),
    }
    everyday = {letter: classes[letter][:512] for letter in "NMVDJ"}
    for letter, first, joint, second in (
        ("X", "J", " ", "N"),
        ("W", "J", " ", "M"),
        ("Y", "D", " the ", "N"),
        ("Z", "V", " the ", "N"),
    ):
        classes[letter] = _pairs(letter, everyday[first], joint, everyday[second])
    return {letter: tuple(islice(dict.fromkeys(values), 12_000)) for letter, values in classes.items()}
