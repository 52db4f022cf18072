"""Ways of saying the same: each person has a preferred turn for common words, and a way to come to the matter."""

import re
from collections.abc import Callable
from random import Random

from strangers.cedar.loom import listed

__all__ = ["accent"]

_TURNS = {
    "explain": "explain,clarify,walk me through,tell me about,break down,teach me,what is the point of",
    "write": "write,compose,type up,put together,come up with,make me",
    "draft": "draft,sketch,prepare,word,formulate,rough out",
    "help me": "help me,assist me to,I need a hand to,let's,show me how to",
    "give me": "give me,list,I need,suggest,share,name",
    "suggest": "suggest,propose,recommend,think of,offer",
    "how do I": "how do I,how can I,what's the way to,best way to,how would you,how does one",
    "what can I": "what can I,what could I,which things can I,what should I,anything I can",
    "make": "make,create,build,produce,do,generate",
    "plan": "plan,map out,organise,lay out,schedule,work out",
    "rewrite": "rewrite,rephrase,redo,reword,polish,rework",
    "summarise": "summarise,sum up,boil down,condense,give the gist of,tl;dr",
    "ideas": "ideas,suggestions,inspiration,options,thoughts",
    "under": "under,below,for less than,not above,within",
    "about": "about,on,regarding,to do with,around",
    "reply": "reply,answer,respond,write back",
    "check": "check,look over,proofread,go over,review",
    "is it worth": "is it worth,does it pay,would you bother,is there a point in",
    "beginner": "beginner,newbie,starter,total novice,first timer",
    "convert": "convert,turn,change,translate",
    "compare": "compare,contrast,weigh,set side by side",
    "for my": "for my,meant for my,it's for my,to give to my",
    "price": "price,cost,what to charge for,pricing for",
    "since": "since,from,ever since,starting",
    "why": "why,how come,what makes it that,any reason why",
    "vs": "vs,or,versus,compared with,against",
    "best": "best,top,strongest,ideal,nicest",
    "without": "without,with no,avoiding,minus",
}
_OPENINGS = (
    "I run a small {ware} shop in {place}. ",
    "My background is {role}. ",
    "Bit of a random one. ",
    "For context I'm in {place}. ",
    "Second attempt: ",
    "This is for {first}. ",
    "I have {2-30} minutes. ",
    "My {kin} asked me: ",
    "Not urgent. ",
    "For work: ",
    "As a {role} ",
    "Following up on last week, ",
    "New topic. ",
    "Might be a silly question but ",
    "On my phone so short: ",
    "Since you helped with {dish}: ",
    "In your opinion, ",
    "I'm {mood} today. ",
    "Nobody here knows this: ",
    "OK, ",
)
_MATCH = re.compile(r"(?<![{\w])(" + "|".join(sorted(_TURNS, key=len, reverse=True)) + r")(?![\w}])", re.IGNORECASE)


def accent(rng: Random) -> Callable[[Random, str], str]:
    """Return how one person puts a form into words: preferred turns, and sometimes one of a few openings."""
    chosen = {word: rng.choice(listed(turns)) for word, turns in _TURNS.items()}
    openings, often = rng.sample(_OPENINGS, 3), rng.choice((0.0, 0.1, 0.25, 0.5))

    def turn(found: re.Match[str]) -> str:
        new = chosen[next(w for w in chosen if w.lower() == found[0].lower())]
        return new[0].upper() + new[1:] if found[0][0].isupper() else new

    def put(dice: Random, form: str) -> str:
        head, line, rest = form.partition("\n")
        said = _MATCH.sub(turn, head) + line + rest
        return dice.choice(openings) + said if dice.random() < often else said

    return put
