"""What people ask at work, in an office or a shop: code, copy, mail, teaching, figures."""

from strangers.cedar.loom import listed

__all__ = ["WORK", "WORK_WORDS"]

WORK_WORDS: dict[str, list[str]] = {
    "lang": listed("Python,TypeScript,Go,Rust,Java,C#,PHP,Kotlin,Ruby,SQL,Bash,Swift"),
    "lib": listed(
        "pandas,React,FastAPI,Django,Spring Boot,sqlx,Tokio,Next.js,Laravel,Rails,Prisma,Celery,Kafka,"
        "Redis,Terraform,Postgres,Vue,pytest,Docker Compose,GraphQL,SwiftUI,Entity Framework"
    ),
    "noun": listed(
        "invoice,order,user,session,basket,ticket,shipment,booking,device,report,payment,comment,lease,"
        "sensor,claim,course,playlist,refund,badge,vendor"
    ),
    "verb": listed(
        "parse,merge,fetch,validate,cache,retry,export,archive,sync,dedupe,rank,migrate,schedule,encrypt,split"
    ),
    "error": listed(
        "KeyError: '{noun}_id',TypeError: Cannot read properties of undefined (reading '{noun}'),"
        "deadlock detected,connection reset by peer,panic: runtime error: index out of range [{1-9}],"
        "ECONNREFUSED 127.0.0.1:{3000-9000},borrowed value does not live long enough,"
        'NullPointerException at {noun}Service.{verb}:{20-400},relation "{noun}s" does not exist,429 Too '
        "Many Requests,CORS error on /{noun}s,OOMKilled,ValueError: invalid literal for int() with base "
        "10: '{1-9}.{1-9}'"
    ),
    "code": [
        (
            "def {verb}_{noun}(rows, limit={5-500}):\n    out = []\n    for r in rows:\n        if r['{noun}'] and "
            "r['total'] > {1-99}:\n            out.append(r)\n    return out[:limit]"
        ),
        (
            "SELECT {noun}_id, count(*) FROM {noun}s\nJOIN {noun}_log USING ({noun}_id)\nWHERE "
            "created_at > '202{3-6}-0{1-9}-01'\n"
            "GROUP BY 1 HAVING count(*) > {2-90};"
        ),
        (
            "const {noun} = await {verb}({ id: {100-999} });\nif (!{noun}) throw new Error('no {noun}');\n"
            "setState(s => [...s, {noun}]);"
        ),
        "for i in $(ls {noun}s/*.csv); do\n  {verb} $i --to {place} || echo fail\ndone",
        "fn {verb}_{noun}(v: &mut Vec<u{8-64}>) -> Option<usize> {\n    v.iter().position(|x| *x > {2-99})\n}",
    ],
    "ware": listed(
        "ceramic mugs,dog harnesses,standing desks,cold brew,wool socks,bike lights,yoga mats,candles,"
        "phone cases,hot sauce,baby carriers,garden tools,vinyl storage,running belts,skin cream,"
        "espresso machines,board games"
    ),
    "crowd": listed(
        "new parents,students,runners,office managers,retirees,dog owners,plumbers,teachers,gamers,landlords"
    ),
    "channel": listed(
        "Instagram,LinkedIn,a newsletter,Google Ads,TikTok,the product page,a press release,Facebook,a flyer"
    ),
    "issue": listed(
        "the delivery is {2-14} days late,the {noun} was charged twice,the price goes up by {3-19}%,we "
        "are short of staff on {weekday},the audit found {2-30} errors,the server was down on {date},we "
        "lost the {firm} account,the budget was cut to {money},the venue in {place} cancelled,{first} is "
        "leaving on {date}"
    ),
    "role": listed(
        "project manager,nurse,warehouse lead,data analyst,barista,site engineer,HR partner,teacher,"
        "account manager,electrician,receptionist,QA tester,product owner,bookkeeper"
    ),
    "topic": listed(
        "fractions,the Tudors,persuasive writing,ecosystems,algebra,food safety,phonics,ratio,volcanoes,"
        "poetry,circuits,map reading,online safety,negative numbers,the digestive system"
    ),
    "sheet": listed(
        "VLOOKUP,a pivot table,SUMIFS,conditional formatting,an Apps Script,INDEX/MATCH,a chart,a dropdown"
    ),
    "metric": listed("churn,conversion,NPS,days sales outstanding,stock turn,overtime,occupancy,refund rate,margin"),
    "thesis": listed(
        "soil microbes,urban heat,battery ageing,antibiotic resistance,migration flows,reading fluency,"
        "coastal erosion,sleep and shift work,graph sampling,protein folding,gig work,crop yields"
    ),
    "stat": listed(
        "a mixed model,logistic regression,a t-test with unequal variances,a Bayesian prior,ANOVA,"
        "bootstrapping,PCA,survival curves,propensity scores,multiple imputation"
    ),
}
_TABLE = {
    "web developer": (
        "{lib}: {error}. Any idea?",
        "How do I {verb} {noun}s in {lib} without blocking?",
        "why does this fail\n{code}",
        "refactor to {lang}:\n\n{code}",
        "write tests for\n{code}",
        "{lib} vs {lib} for {verb}ing {noun}s at {10-900} rps",
        "regex for a {noun} number like {100-999}-{10-99}",
        "I get `{error}` after upgrading {lib} to {2-19}.{0-9}",
    ),
    "data analyst": (
        "{metric} by {noun} and month, in SQL. Table {noun}s({noun}_id, created_at, amount)",
        "optimise\n{code}",
        "explain {metric} falling {2-40}% in {month} although orders rose",
        "pandas: {verb} two frames on {noun} and date",
        "How would I use {stat} to compare {metric} in {place} and {place}?",
        "chart idea for {metric}, {3-9} regions",
    ),
    "systems administrator": (
        "{error} in {lib} logs since {date}, {2-40} times an hour",
        "bash to {verb} files older than {3-90} days",
        "nginx 50{2-4} only for /{noun}s",
        "systemd unit for a {verb}-{noun} job at {hour}",
        "terraform: {error}",
        "what does this do\n{code}",
        "cert for {noun}.{place}.example expires {date}; rotate without downtime?",
    ),
    "marketer": (
        "{4-12} {channel} headlines for {ware}, audience {crowd}, {tone}",
        "Rewrite for {channel}: our {ware} now ship from {place} in {2-6} days, {5-40}% off until {date}",
        "A/B ideas for {ware}, {metric} is {1-9}%",
        "persona: {crowd} who buy {ware}",
        "content calendar for {month}, {ware}, {channel}",
        "slogan for {ware}, {tone}",
    ),
    "shop owner": (
        "product description for {ware} in {colour}, {size}",
        "answer a {1-3} star review: '{ware} arrived broken, support ignored me since {date}'",
        "price {ware}? cost {money}, fees {5-20}%",
        "return policy for {ware}, {size}",
        "customer asks for a discount on {5-90} {ware}, reply {tone}",
        "is {place} a good spot for a {ware} stall",
    ),
    "manager": (
        "Draft a {tone} mail to {first}: {issue}. {size}.",
        "agenda for {weekday}, {15-90} min: {issue}; {issue}",
        "How do I tell the team that {issue}?",
        "performance review for {first}, {role}, strong on {metric}, but {issue}",
        "turn into minutes: {first} says {issue}. {first} disagrees. {last} to check by {date}",
        "interview questions for a {role}, {5-12} of them",
        "OKRs around {metric} for {month}",
    ),
    "assistant": (
        "reply: sorry, {first} {last} cannot meet at {hour}, offer {weekday} or {weekday}",
        (
            "shorten\n\nDear {first}, "
            "as you may know {issue}. Therefore we kindly ask {firm} to confirm by {date}. "
            "Also {issue}. Regards, {last}"
        ),
        "make a table: {first} {money}, {first} {money}, {last} {money}, total",
        "invitation, {place}, {date}, {hour}",
        "translate to plain English: {issue} notwithstanding, {firm} reserves its rights",
        "subject line: {issue}",
    ),
    "job seeker": (
        "cover letter: {role} at {firm}, {2-20} years in {place}, {size}",
        "CV bullet: I improved {metric} by {5-60}%",
        "gap of {4-30} months because of my {kin}, how to explain",
        "salary for a {role} in {place}? they offer {money}",
        "mock interview for {role}",
        "follow-up after interview on {weekday} with {first} {last}, {tone}",
    ),
    "teacher": (
        "lesson plan, {topic}, year {1-11}, {30-90} minutes",
        "{5-20} questions on {topic} with answers, mixed ability",
        "report comment for {first}: good at {topic}, chatty, weak in {topic}",
        "worksheet on {topic} for a {mood} class",
        "email a parent: {first} missed {2-9} homeworks on {topic}",
        "how to explain {topic} with {ware}",
    ),
    "office worker with sheets": (
        "excel {sheet} for {metric} if column {noun} is blank",
        "{sheet} returns #N/A for {noun} {100-9999}",
        "google sheets: {verb} {noun}s per {weekday}",
        "macro to {verb} {2-30} tabs named {place}_{month}",
        "sum {money}, {money}, {money} less {3-25}%",
        "what is {sheet} for, {size}",
    ),
    "researcher": (
        "Is {stat} appropriate? {20-900} subjects, {2-9} sites, outcome is {thesis}",
        "abstract on {thesis}, {size}",
        "Reviewer {1-3} says our {stat} ignores clustering in {place}. Draft a {tone} reply.",
        "LaTeX table with {2-7} columns for {stat}",
        "gaps in the literature on {thesis} and {thesis}",
        "grant summary, {thesis}, {money}, {2-5} years",
        "R code for {stat}, groups {place} and {place}",
    ),
}
WORK = tuple((name, rows) for name, rows in _TABLE.items())
