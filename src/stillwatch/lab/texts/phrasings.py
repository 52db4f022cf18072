"""Lists the phrases of the grammar: sentence patterns per style, contexts, constraints, code snippets, small talk.

Slots: ``{s}`` subject, ``{a}`` and ``{b}`` terms of the topic, ``{c}`` a context, ``{k}`` a constraint, ``{n}`` a
number, ``{p}`` a name, ``{x}`` a code snippet.
"""

from itertools import product

__all__ = ["CONSTRAINTS", "CONTEXTS", "FOLLOW_UPS", "NAMES", "SMALL_TALK", "SNIPPETS", "STYLES", "split_list"]


def split_list(text: str) -> tuple[str, ...]:
    """Return the parts of *text* between bars (``|``); line ends and indentation are ignored."""
    return tuple("".join(line.strip(" ") for line in text.split("\n")).split("|"))


_CODE = (
    "Write a function in the style of {s} that handles {a} and {b}. {k}",
    "{c} We use {s} and the {a} keeps failing after about {n} requests. What should I look at first?",
    "how do i combine {a} with {b} in {s}",
    "Review this code, it should deal with {a}:\n\n{x}\n\n{k}",
    "I get an error around the {a} when I add a {b}. Here is the code:\n{x}",
    "{c} Explain how {a} works under the hood in {s}. {k}",
    "Refactor the following so that the {a} is no longer needed:\n```\n{x}\n```",
    "What is the difference between {a} and {b} in {s}?",
    "whats the right way to test {a}? {c}",
    "Implement a small example of {s}: it needs {a}, {b} and at least {n} lines of comments. {k}",
    "Why is my {a} slow when there are {n} of them? I already tried {b}.",
    "Convert this to use {a} instead of {b}:\n{x}",
    "Design the modules for a service about {s}. {c} It must support {a} and {b}. {k}",
    "Write unit tests for this, including the {a} case:\n\n{x}",
    "Is it safe to rely on {a} for {s} in production? {c}",
    "give me a minimal {s} setup with {a}, nothing else",
    "Find the bug. Expected the {a} to run {n} times, it runs once.\n{x}",
    "My team argues about {a} versus {b} for {s}. {c} Which one would you choose and why? {k}",
)
_SOLVE = (
    "{p} has {n} items and gives a third of them away. How does {a} apply here, and how many are left? {k}",
    "Solve this step by step: a problem on {s} with {a} where n = {n} and the answer must use {b}. {k}",
    "Prove the statement about {a} that is usually shown with {b}. {k}",
    "{c} I need to understand {a} for {s}. Can you show one worked example with the number {n}?",
    "whats the {a} of {n} and how do i check it",
    "Compute the {a} for a case of {s} in which {p} starts with {n} and loses {b} twice. {k}",
    "{p} and a friend share {n} tickets. Use {a} to find how they can split them. {k}",
    "Where does the formula for {a} come from, and when does {b} break it?",
    "Give me {n} practice questions about {a}, from easy to hard. {k}",
    "Find the mistake in my solution: I used {a} first, then {b}, and got {n}.",
    "I don't get {a}. {c} Please explain with {b} as the example.",
    "A puzzle on {s}: {n} people, one {a}, no {b}. What is the least number of steps? {k}",
)
_ASK = (
    "what is {a}",
    "How does {a} relate to {b}? {k}",
    "{c} Can you explain {a} to me? {k}",
    "who came up with {a} in {s}",
    "Why is {a} important for {s}, and what do people get wrong about {b}?",
    "when did {a} become common",
    "Compare {a} and {b} in the context of {s}. {k}",
    "Is it true that {a} has nothing to do with {b}?",
    "Give me an overview of {s} with a focus on {a}. {k}",
    "{p} told me that {a} causes {b}. Is that right?",
    "best book about {s} for somebody who knows {a}",
    "What happened with {a} in the last {n} years? {k}",
    "list {n} facts about {a}",
    "{c} I have to give a talk on {s}. Which points about {a} and {b} should I make? {k}",
    "how long does {a} take",
    "difference between {a} and {b}",
)
_ADVISE = (
    "{c} I struggle with {a}. What would you do? {k}",
    "Should I go for {a} or {b}? {c}",
    "Make a plan for {n} days of {s} that includes {a} and avoids {b}. {k}",
    "what do i need for {a}",
    "{c} Any tips on {s}? My budget is {n} and I care most about {a}.",
    "My friend {p} swears by {a}. I prefer {b}. Who is right? {k}",
    "Is {a} worth it for a beginner in {s}?",
    "help me choose between {n} options for {a}, i want something without {b}",
    "{c} What are common mistakes with {a}? {k}",
    "how often should i do {a}",
    "Write me a checklist for {s}, starting with {a}. {k}",
    "It's my first time with {s}. {c} How do I prepare for {a}?",
    "can {a} go wrong if there is {b}",
    "Suggest {n} ideas around {s} that use {a}. {k}",
)
_MAKE = (
    "Write something about {s} in which {a} and {b} appear. {k}",
    "{c} Draft a text about {a}. {k}",
    "Make this sound better: we are happy to tell you about our {a}, it has {b} and {n} more things.",
    "Give me {n} titles for a piece on {a}. {k}",
    "Continue this: {p} had not thought about the {a} for years, until the {b} came back.",
    "{c} I need a short piece on {s}, for a reader who knows nothing about {a}. {k}",
    "make this shorter: the {a} was not only a {b}, it was also the reason {p} stayed for {n} years",
    "Outline a longer text on {s}. Start from {a}, end with {b}. {k}",
    "Can you fix the tone of my paragraph on {a}? It sounds too stiff. {c}",
    "Summarise what matters about {a} for {s}. {k}",
    "Write a dialogue between {p} and a stranger about {a} and {b}. {k}",
    "turn these notes into a text: {a}, {b}, {n} people, {s}. {k}",
)
_DO = (
    "Find a {a} for {p} next week and send the {b}. {k}",
    "Look up the {a} for number {n} and update the {b}.",
    "Use the tools to check every {a} from the last {n} days and report any {b}. {k}",
    "{p} asks: can you move the {a} to Friday and keep the {b}?",
    "Create a {a} with {n} entries, then share the {b} with {p}.",
    "which {a} are still open? close the ones without a {b}",
    "Plan the steps for {s}: first the {a}, then the {b}. Call one tool at a time. {k}",
    "{c} Get the {a} and compare it with the {b}; stop if they differ by more than {n}.",
    "Cancel the {a} of {p} and tell me what happens to the {b}.",
    "Open the {a}, read the {b}, and answer only with the result. {k}",
    "Search for {a} under {n} and list the three best by {b}.",
    "run {s} for {p} and retry the {a} if the {b} is missing",
)
_SERVE = (
    "where is my {a}",
    "i want to change my {a}",
    "Hello, the {a} on order {n} is wrong, can you help?",
    "How much is the {a}?",
    "can i get a {a} without {b}",
    "my {a} does not work since yesterday",
    "What are the rules for {a} and {b}?",
    "please cancel the {a} for {p}",
    "I paid {n} for the {a} but the {b} is missing",
    "is there a {a} available on {n}",
    "talk to a person about my {a}",
    "I need the {a} by tomorrow, is that possible?",
    "you charged me twice for {a}",
    "How do I add a {b} to my {a}?",
)
_RECORD = (
    "{p} writes: the {a} came up again after {n} days. I was promised a call back. {c} {k}",
    "Reference {n}. Subject: {a}. The customer mentions {b} and asks for a reply before the weekend. {c}",
    "{a}, {n} EUR, signed by {p}. Remark: {b} not included. {c}",
    "Bought it {n} days ago. The {a} is fine, the {b} is not. {c} Would I buy it again? Probably not.",
    "Report by {p}: {a} first seen on day {n}, {b} unchanged. {c} {k}",
    "We look at {a} in {n} cases and find that {b} explains most of the difference. {c}",
)

STYLES: dict[str, tuple[str, ...]] = {
    "software": _CODE,
    "data": _CODE[:14] + _SOLVE[2:6],
    "maths": _SOLVE,
    "science": _ASK + _SOLVE[3:5],
    "writing": _MAKE,
    "business": _MAKE[:8] + _ADVISE[:8],
    "money": _ADVISE + _ASK[:4],
    "health": _ADVISE + _ASK[:6],
    "travel": _ADVISE + _ASK[:4],
    "food": _ADVISE,
    "home": _ADVISE,
    "history": _ASK,
    "language": _ASK + _MAKE[8:12],
    "games": _ADVISE[:8] + _ASK[:8],
    "learning": _ADVISE + _MAKE[:4],
    "tools": _DO,
    "service": _SERVE,
    "record": _RECORD,
}
"""Domain of a topic → its sentence patterns."""

NAMES = split_list(
    """
    Maria|Ahmed|Chen|Olga|Kofi|Priya|Tomas|Aisha|Jonas|Lucia|Omar|Yuki|Ana|Peter|Fatima|Ivan|Mei|Carlos|
    Ingrid|Samuel|Leila|Marco|Hana|David|Zofia|Amir|Grace|Pavel|Nina|Jorge|Elif|Henry|Ruth|Anders|Kemal|
    Sofia|Liam|Noor|Emil|Rosa|Daniel|Thandi|Hugo|Irina|Joao|Mina|Felix|Clara|Tariq|Eva|Bruno|Akira|
    Julia|Musa|Greta|Victor|Lan
    """
)
_ROLES = split_list(
    """
    I run a small bakery|I teach at a secondary school|I am a nurse on night shifts|
    I work for a logistics company|I am in my second year of studies|I lead a team of six|
    I just changed jobs|We are a family of five|I volunteer at a library|I manage a holiday home|
    I am preparing for an exam|I inherited this project|I write for a local paper|
    I am retired and curious|We sell spare parts online|I maintain an old system|I am new to this|
    I coach a youth team|My company builds kiosks|I help my neighbour with this|I study part-time|
    We are migrating this quarter|I have a deadline on Thursday|I promised my boss an answer|
    I restore old furniture|I am writing my thesis|We run a clinic|I freelance|I drive a delivery van|
    I am translating a manual|I keep bees|We have one designer|I organise a festival|I work in a museum
    """
)
_PLACES = split_list(
    """
    in Leeds|in Porto|in Nairobi|near Lyon|in Osaka|in a small town|in Toronto|in Recife|near the coast|
    in Warsaw|in Manila|in Bergen|from home|in Austin|in Tunis|on an island|in Mumbai|in Graz|in Seoul|
    in Perth|in Lima|abroad|in Cork|in Hanoi
    """
)
CONTEXTS: tuple[str, ...] = tuple(f"{role} {place}." for role, place in product(_ROLES, _PLACES))

_LIMITS = split_list(
    """
    Keep it under {} words.|Use at most {} bullet points.|Explain it to a {}-year-old.|
    Give {} examples.|Answer in {} steps.|Name {} alternatives.|Assume {} people.|
    It should take no more than {} minutes.
    """
)
_KIND_PROFILES = split_list(
    """
    No introduction, please.|Be concise.|Please be thorough.|Use plain language.|Show your reasoning.|
    End with a short summary.|Answer in a table.|Please cite what you rely on.|Use British spelling.|
    Give the trade-offs.|Explain each step.|Only the result.|Start with the most important point.|
    Point out where you are unsure.|Keep a friendly tone.|Mention edge cases.|thanks!|No markdown.|
    Return JSON.|Avoid jargon.
    """
)
CONSTRAINTS: tuple[str, ...] = ("", "", *_KIND_PROFILES, *(x.format(n) for x, n in product(_LIMITS, range(3, 40))))

_SHAPES = tuple(
    shape.strip("\n")
    for shape in (
        """
def {f}({v}, limit=10):
    out = []
    for item in {v}:
        if item is None:
            continue
        out.append({g}(item))
    return out[:limit]
""",
        """
async function {f}({v}) {{
  const res = await fetch(`/api/{g}/${{{v}.id}}`);
  return res.json();
}}
""",
        """
SELECT {v}, count(*)
FROM {f} LEFT JOIN {g} USING (id)
GROUP BY 1 HAVING count(*) > 3;
""",
        """
fn {f}({v}: &mut Vec<i64>) -> Option<i64> {{
    {v}.retain(|x| *x > 0);
    {v}.iter().max().copied()
}}
""",
        """
class {g}:
    def __init__(self, {v}):
        self.{v} = {v}

    def {f}(self):
        return sum(self.{v}) / len(self.{v})
""",
        """
for {v} in $(ls /var/{f}); do
  {g} "${v}" || exit 1
done
""",
        """
public int {f}(List<Integer> {v}) {{
    return {v}.stream().filter(x -> x > {g}).mapToInt(x -> x).sum();
}}
""",
    )
)
_VERBS = split_list(
    """
    load_rows|merge_parts|parse_date|check_total|find_user|sync_cache|send_mail|render_page|score_item|
    trim
    """
)
_NOUNS = split_list(
    """
    orders|items|users|events|parts|rows
    """
)
_OTHERS = split_list(
    """
    normalise|archive|limit|report|Ledger
    """
)
SNIPPETS: tuple[str, ...] = tuple(
    dict.fromkeys(
        shape.format(f=verb, v=noun, g=other) for shape, verb, noun, other in product(_SHAPES, _VERBS, _NOUNS, _OTHERS)
    )
)

FOLLOW_UPS: tuple[str, ...] = (
    "And what about {a}?",
    "Can you show an example with {a}?",
    "shorter please",
    "Why {a} and not {b}?",
    "that does not work, i still see a problem with the {a}",
    "Make it more formal. {k}",
    "ok but what if there is no {b}",
    "Can you explain the part about {a} again?",
    "How would that change with {n} instead?",
    "Now do the same for {b}. {k}",
    "I tried it. The {a} is fine now, but the {b} is worse.",
    "What did you mean by {a}?",
    "is there a simpler way? {k}",
    "Add something about {b}.",
    "I forgot to say: {c} Does that change anything?",
    "translate the last part for {p}",
)
SMALL_TALK = split_list(
    """
    continue|yes|thanks|ok|go on|no|hi|hello|thank you!|please continue|more|yes please|great, thanks|
    why?|that's wrong|again|next|ok thanks|can you explain?|sure|what?|keep going|no, the other one|
    perfect|hm|test|are you sure?|in english please|stop|good|try again|shorter|hey|yes, do that|nice|
    more details|got it|what else?|Thanks!|Continue.|Yes.|ok, and then?|sorry, wrong chat|good morning|
    first one|second option|not quite|exactly|can you repeat that|done|and?|fix it
    """
)
