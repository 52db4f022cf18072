"""Bug-bounty hunters with targets of their own and the methods that all of them know."""

from collections.abc import Iterator
from random import Random

from strangers.contract import Crowd, Habits, Member, Task
from strangers.dogwood.grammar import Tongue, Voice, alternatives
from strangers.dogwood.identities import account, address, client, home_set
from strangers.dogwood.wordstock import TABLES

__all__ = ["CROWD"]

_FLAWS = alternatives(
    "IDOR|reflected XSS|stored XSS|SSRF|open redirect|CSRF|CORS misconfiguration|subdomain takeover|race condition|"
    "mass assignment|JWT alg confusion|"
    "path traversal|GraphQL introspection|rate limit missing on login|OAuth state missing|host header injection|"
    "cache deception|S3 listing|prototype "
    "pollution|2FA bypass by response tampering|verbose errors|web cache poisoning|broken access control|password "
    "reset token leak"
)
_PATHS = alternatives(
    "/api/v{#1-4}/{noun}s/{#100-99999}|/{noun}/export?format=csv|/graphql|/oauth/callback|/account/{noun}|"
    "/internal/{noun}/debug|/reset?token={#10000-99999}|"
    "/upload/{noun}|/.well-known/{noun}|/admin/{noun}s?page={#1-40}|/share/{noun}/{#100-9999}|/webhooks/{noun}"
)
_PROGRAMS = alternatives("HackerOne|Bugcrowd|Intigriti|YesWeHack|their own program|a VDP|private invite")
_REQUEST = (
    "{verb} {path} HTTP/2\nHost: {host}\nCookie: session=<redacted>\nOrigin: https://{person_id}.example\n\nHTTP/2 "
    "{status}\nContent-Type: application/json\n"
    'Access-Control-Allow-Origin: {acao}\n\n{"{noun}_id": {#100-99999}, "owner": "{person}", "{noun}": '
    "{#1-900}}"
)
_SCAN = (
    "[{severity}] [{flaw}] https://{host}{path}\n[info] [tech-detect:{stack}] https://{host}\n"
    "[{severity}] [{flaw}] https://{host}{path}"
)
_ASKS = (
    "in scope on {program}: is this {flaw} or intended?\n\n{request}", ("write the report for {flaw} in {path}, "
        "severity {severity}, {program}"),
    "triager says informative, my {flaw} on {host} shows other people's {noun}s. reply, {tone}", ("which of these is "
        "worth time?\n\n{scan}"),
    "CVSS for {flaw}, needs login, {noun} data only", "duplicate? {flaw} on {path} and on {path}", ("checklist for "
        "{flaw} in {stack}"),
    "explain {flaw} in {stack} to a dev, with a fix", "read this js, endpoints that matter?\n\n{code}", ("regex for "
        "my notes: urls with {noun}"),
    "{program} policy forbids automated scans; is ffuf at {#1-30} rps ok?", ("what does this header mean for "
        "{flaw}\n\n{request}"),
    "script that diffs two responses of {path} as user A and B (my own test accounts)", ("impact statement: {flaw}, "
        "{#10-9000} {noun}s visible"),
    "how did {person} find {flaw} in {company}, summary", "was my test account enough proof for {flaw}? host {host}",
        "tidy notes\n\n{para}",
)  # fmt: skip
_FOLLOW = alternatives(
    "shorter, they skim|now as markdown for {program}|add remediation|is {severity} fair?|status {status} this time|"
    "continue|same on {path}|what would prove "
    "impact without touching user data|they paid {#50-4000}|closed as duplicate..|steps to reproduce only"
)


def _hunt(rng: Random) -> Iterator[Task]:
    """Yield the questions of one hunter, who has some hosts of one or a few programs."""
    firms = [Tongue(rng, TABLES).say("{company}").lower().replace(" ", "-") for _ in range(rng.randint(1, 4))]
    subs = ("api", "www", "app", "staging", "sso", "cdn", "pay", "m", "partners", "dev")
    hosts = [f"{rng.choice(subs)}.{firm}.{rng.choice(('com', 'io', 'net'))}" for firm in firms for _ in range(4)]
    words = {
        **TABLES, "flaw": rng.sample(_FLAWS, rng.randint(4, 12)), "path": _PATHS,
        "program": rng.sample(_PROGRAMS, 2), "host": hosts,
        "noun": rng.sample(("order", "invoice", "user", "ticket", "file", "team", "card", "message", "quote",
        "patient"), 5),
        "verb": ("GET", "GET", "POST", "PUT", "PATCH", "DELETE"), "status": ("200", "200", "302", "403", "500", "429"),
        "severity": ("low", "medium", "medium", "high", "critical"), "acao": ("*", "null",
        "https://{person_id}.example"),
        "person_id": ("poc", "test", f"h{rng.randint(10, 999)}"), "request": (_REQUEST,), "scan": (_SCAN,),
    }  # fmt: skip
    tongue, voice, asks = Tongue(rng, words), Voice(rng), rng.sample(_ASKS, rng.randint(7, 14))
    system = rng.choice(
        (
            None,
            None,
            None,
            "You help an authorized bug bounty hunter. Stay in scope. Short answers.",
            "Security reviewer. Markdown.",
        )
    )
    while True:
        later = tuple(voice.type(tongue.say(rng.choice(_FOLLOW)), opening=False) for _ in range(3))
        yield Task(voice.type(tongue.say(rng.choice(asks))), system, later)


def members(rng: Random, n: int) -> list[Member]:
    """Return *n* hunters; VPN exits and rented machines are common among them."""
    found = []
    for _ in range(n):
        where = [*home_set(rng)]
        where += [address(rng, "vpn") for _ in range(rng.choice((0, 1, 3)))] + (
            [address(rng, "cloud")] if rng.random() < 0.3 else []
        )
        agent, fingerprint = client(rng, rng.choice(("web", "web", "ide", "python", "script")))
        who = account(rng, paid=0.6, own_domain=0.08)
        found.append(Member(who, _hunt(Random(rng.getrandbits(64))), agent, fingerprint, where))
    return found


CROWD = Crowd(
    name="bug_bounty",
    author="dogwood",
    sentence="Bug-bounty hunters who share methods and words of the trade, each with targets of its own.",
    is_harvest=False,
    one_list=False,
    accountability="independent",
    habits=Habits(per_day=8.0, spread=0.9, active_days=0.6, hours=(0.0, 24.0), answer_tokens=300.0, follow_up=0.5),
    members=members,
    usual_size=40,
)
