"""Tables of programming work: tasks, fragments of code and messages of errors."""

from strangers.alder.places import words

CODING = {
    "lang": (
        "Python",
        "Python",
        "TypeScript",
        "JavaScript",
        "Go",
        "Rust",
        "Java",
        "C#",
        "C++",
        "Kotlin",
        "PHP",
        "Ruby",
        "SQL",
        "Bash",
    ),
    "noun": words(
        "order invoice user session ticket payment parcel report sensor booking message product event match score "
        "lease cart shipment account comment job recipe patient vehicle quote route token page node image"
    ),
    "verb": words(
        "parse fetch merge sort validate cache group dedupe export sync rank split encode retry schedule filter "
        "normalize load flatten archive match count"
    ),
    "attr": words("id name total status created_at owner price weight email country qty score url tags parent expires"),
    "lib": words(
        "pandas,FastAPI,Django,React,Next.js,Express,SQLAlchemy,Spring Boot,numpy,Tokio,gin,Laravel,Rails,Vue,Prisma,"
        "Celery,PyTorch,Tailwind,Terraform,Kubernetes,Docker,Redis,Kafka,Postgres,SQLite,Playwright",
        ",",
    ),
    "code": ("{code_py}", "{code_py}", "{code_js}", "{code_sql}", "{code_go}"),
    "code_py": (
        (
            "def {verb=v}_{noun=n}s(items, limit={5-500}):\n    out = []\n    for {noun=n} in "
            "items:\n        if {noun=n}.{attr} {cmp} {0-99}:\n"
            "            out.append({noun=n}.{attr})\n    return out[:limit]"
        ),
        (
            "class {cls=c}:\n    def __init__(self, {attr=a}, {attr=b}=None):\n        "
            "self.{attr=a} = {attr=a}\n        self.{attr=b} = {attr=b}\n\n"
            "    def {verb}(self):\n        return self.{attr=a} {op} {2-90}"
        ),
        (
            "rows = [r for r in read_{noun}s('{noun}_{2019-2026}.csv') if r['{attr=a}']]\nby = {}\nfor r in rows:\n"
            "    by.setdefault(r['{attr=a}'], []).append(float(r['{attr}']))\nprint(max(by, "
            "key=lambda k: sum(by[k]) {op} {1-30}))"
        ),
        (
            "async def {verb}_{noun}(client, {attr=a}):\n    for attempt in range({2-9}):\n      "
            "  r = await client.get(f'/{noun}s/{{attr=a}}')\n"
            "        if r.status_code == {200-503}:\n            return r.json()['{attr}']\n     "
            "   await asyncio.sleep({1-9} ** attempt)"
        ),
    ),
    "code_js": (
        (
            "export function use{cls}({attr=a}) {\n  const [{noun=n}, set] = useState(null);\n  "
            "useEffect(() => {\n    fetch(`/api/{noun}s/${{attr=a}}`)"
            ".then(r => r.json()).then(set);\n  }, []);\n  return {noun=n}?.{attr} ?? {0-9};\n}"
        ),
        "const total = {noun}s.filter(x => x.{attr} {cmp} {1-90}).reduce((a, x) => a + x.{attr} * {1-20}, 0);",
        (
            "app.post('/{noun}s/:id/{verb}', async (req, res) => {\n  const row = await "
            "db.{noun}.find(req.params.id);\n"
            "  row.{attr} = req.body.{attr};\n  await row.save();\n  res.status({200-204}).end();\n});"
        ),
    ),
    "code_sql": (
        (
            "SELECT {attr=a}, COUNT(*) FROM {noun=n}s WHERE {attr} {cmp} {1-900} GROUP BY "
            "{attr=a} HAVING COUNT(*) > {1-40} ORDER BY 2 DESC;"
        ),
        (
            "SELECT o.{attr=a}, SUM(i.{attr}) FROM {noun=n}s o LEFT JOIN {noun}s i ON "
            "i.{noun=n}_id = o.id WHERE o.created_at > "
            "'{2021-2026}-{10-12}-{10-28}' GROUP BY 1 LIMIT {5-200};"
        ),
    ),
    "code_go": (
        (
            "func {cls}({noun=n}s []{cls}) map[string]int {\n\tout := make(map[string]int, "
            "{8-512})\n\tfor _, x := range {noun=n}s {\n"
            "\t\tgo func() { out[x.{cls}] += {1-9} }()\n\t}\n\treturn out\n}"
        ),
    ),
    "cls": words(
        "OrderBook InvoiceStore RateGate SessionPool TicketQueue PriceFeed RoutePlanner "
        "TagIndex ScoreBoard LeaseKeeper "
        "ParcelTracker MatchMaker QuoteBuilder PageWalker EventHub"
    ),
    "cmp": (">", "<", ">=", "!=", "=="),
    "op": ("+", "-", "*", "%", "//"),
    "error": (
        "TypeError: '{cmp}' not supported between instances of 'NoneType' and 'int' (line {8-400})",
        "KeyError: '{attr}'",
        "AttributeError: '{cls}' object has no attribute '{attr}'",
        "TypeError: Cannot read properties of undefined (reading '{attr}') at {noun}.ts:{3-300}:{2-60}",
        "psycopg.errors.UndefinedColumn: column {noun}s.{attr} does not exist",
        "fatal error: concurrent map writes",
        (
            "error[E0502]: cannot borrow `{noun}s` as mutable because it is also borrowed as "
            "immutable --> src/{noun}.rs:{5-300}"
        ),
        "ModuleNotFoundError: No module named '{noun}_{verb}'",
        "502 Bad Gateway upstream timed out ({20-90}s)",
        "java.lang.NullPointerException at com.{noun}.{cls}.{verb}({cls}.java:{10-600})",
        "exit code 137 after {3-59} minutes",
    ),
    "code_task": (
        (
            "Write a {lang} function that {verb}s a list of {noun=n}s by {attr=a} and returns "
            "the {2-50} with the highest {attr=b}. Ties by {attr}."
        ),
        (
            "Implement a {lang} class {cls} with methods {verb} and {verb}; it holds at most "
            "{10-5000} {noun}s and drops the one with the oldest {attr}."
        ),
        (
            "Given a stream of {noun=n}s with {attr=a} and {attr=b}, report every window of "
            "{5-90} seconds in which {attr=b} exceeds {10-900}. Use {lang}."
        ),
        (
            "Write {lang} code to {verb} nested {noun=n}s into rows of {attr}, {attr} and "
            "{attr}, to any depth, without recursion."
        ),
        (
            "Given a grid of {5-60} by {5-60} cells with costs, find the cheapest path for a "
            "{noun} that may turn at most {1-8} times."
        ),
        (
            "Write an SQL query: for each {attr=a}, the {noun=n} with the {2-5}th highest "
            "{attr=b} in the last {7-90} days; tables {noun=n}s and {noun}s."
        ),
        (
            "Design a {lib} service that {verb}s {noun}s at {50-9000} per second with "
            "at-least-once delivery, and show the core in {lang}."
        ),
        (
            "Write a parser in {lang} for lines such as '{noun=n}:{1-99} "
            "{attr}={1-99};{attr}={1-99}' that reports the column of errors."
        ),
        (
            "Implement in {lang} a rate limiter for {noun}s: {5-500} per {1-60} s for each "
            "{attr}, bursts of {2-40}, safe under threads."
        ),
        (
            "Find the longest run of {noun}s in which {attr=a} never falls by more than {1-20}; "
            "n up to 10^{4-6}. {lang}, with complexity."
        ),
        (
            "Write unit tests in {lang} for a function {verb}_{noun} that takes {attr} and "
            "{attr} and raises on {attr} below {0-9}."
        ),
        "Fix this {lang} so that it handles an empty {attr} and more than {100-9000} {noun}s:\n\n{code}",
        "Translate to {lang}:\n\n{code}",
        "Make this at least {2-20} times faster and explain how:\n\n{code}",
    ),
    "code_talk": (
        "why do i get {error} here?\n\n{code}",
        "{error}\n\nwhat does this mean, using {lib} {1-14}.{0-9}",
        "how do i {verb} {noun}s in {lib} without loading them all",
        "review this please\n\n{code}",
        "is it better to keep {attr} on {noun} or in its own table? we have about {2-90}k {noun}s, {lib}",
        "add types and a docstring:\n{code}",
        "write a test for this\n```\n{code}\n```",
        "regex that matches {noun}-{100-9999} but not when followed by {attr}",
        "dockerfile for {lib} + {lib}, keep it small",
        "explain the difference between {verb} and {verb} in {lib}",
        "convert to async:\n{code}",
        "git: undid {2-6} commits by mistake, how to get {noun}.{ext} back",
        "what's a good name for a function that {verb}s {noun}s and then {verb}s them",
        "github action that runs {lib} tests on {noun} changes only",
    ),
    "ext": ("py", "ts", "go", "rs", "java", "sql", "yaml"),
    "code_more": (
        "still {error}",
        "ok and with {lib}?",
        "now add logging",
        "can you do it without {lib}",
        "works, thanks",
        "shorter",
        "continue",
        "what about when {attr} is null",
        "show the whole file",
        "why not a dict",
        "write the tests too",
    ),
}
