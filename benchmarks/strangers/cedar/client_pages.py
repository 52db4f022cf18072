"""The pages of a maker of building technology: its manuals, its shop's help and its policies."""

from random import Random

from strangers.cedar.loom import listed, merged, weave
from strangers.cedar.words import WORDS

__all__ = ["page"]

_TABLES: dict[str, list[str]] = {
    "line": listed("AeroHeat,ThermaSense,Lumio,VentaPro,AquaGuard,DoorLink,SunTrack,CoolCore,FloorWarm,SafeAir"),
    "model": ["{line!} {100-990}", "{line!} {100-990}-S", "{line!} Mini", "{line!} Pro {2-9}", "{line!} X{10-60}"],
    "part": listed(
        "display,filter,relay,sensor,valve,antenna,fan,heat exchanger,battery,terminal block,seal,backplate"
    ),
    "setting": listed(
        "eco mode,frost protection,night setback,child lock,boost,holiday mode,humidity target,open "
        "window detection,learning schedule,remote access,quiet mode,legionella cycle"
    ),
    "lamp": listed("green,amber,red,blinking blue,white,blinking red"),
    "cause": listed(
        "low supply voltage,a clogged filter,lost pairing,a blocked outlet,a sensor out of range,"
        "outdated firmware,wrong wiring of L and N,air in the circuit"
    ),
    "who": listed("a licensed electrician,the installer,the customer,our service partner,the building manager"),
    "sentence": [
        "The {model!} enters {setting} when the room falls below {4-19} degrees for {5-60} minutes.",
        "Hold the {part} for {3-12} seconds until the lamp turns {lamp}.",
        "Error E{10-99} points to {cause}.",
        "Replace the {part} every {3-36} months, or earlier if the lamp is {lamp}.",
        "Connect terminal {1-6} to the {part} with {1-4} mm2 wire; the torque is 0.{4-9} Nm.",
        "Only {who} may open the housing.",
        "Firmware {1-5}.{0-9}.{0-20} added {setting} and fixed {cause}.",
        "The guarantee covers the {part} for {2-10} years from the date of purchase.",
        "{setting} is off by default and can be changed under Settings > {1-9}.",
        "Power draw in standby is {1-9}.{1-9} W.",
        "Do not combine {setting} with {setting}.",
        "Up to {4-64} devices can be paired with one {line} gateway.",
        "Returns are accepted within {14-60} days if the {part} is unopened.",
        "In {place}, {who} must register the unit.",
        "If {cause} is ruled out, measure the {part}: {2-90} kOhm at {15-30} degrees is normal.",
    ],
    "head": listed(
        "Installing the {model!};{setting} on the {model!};Fault list of the {model!};Care of the "
        "{part};Guarantee and returns;Pairing the {model!} with a gateway;Release notes "
        "{1-5}.{0-9};Wiring of the {part};{model!} in holiday homes;Before you call service;Replacing "
        "the {part} of the {model!};Data sheet {model!}",
        ";",
    ),
}
_LIST = merged(WORDS, _TABLES)


def page(rng: Random, place: int, name: str) -> tuple[str, str]:
    """Return the address and the text of the page at *place* of the client's site; neighbours share a product line."""
    section = Random(f"{name}/{place // 30}")
    tables = {**_LIST, "line": [section.choice(_TABLES["line"])]}
    tables["model"] = [weave(section, m, tables) for m in section.sample(_TABLES["model"], 2)]
    head = weave(rng, rng.choice(_TABLES["head"]), tables)
    rows = [weave(rng, text, tables) for text in rng.sample(_TABLES["sentence"], rng.randint(5, 11))]
    shape = rng.randrange(3)
    if shape == 0:
        body = " ".join(rows)
    elif shape == 1:
        body = "\n".join(f"{k}. {row}" for k, row in enumerate(rows, 1))
    else:
        body = " ".join(rows[:3]) + "\n\n" + "\n".join(f"- {row}" for row in rows[3:])
    slug = "-".join("".join(c for c in word if c.isalnum()) for word in head.lower().split())
    return f"/support/{slug}-{2000 + place}", f"{head}\n\n{body}"
