"""Names, places, firms, dates and other small change that all texts use."""

from strangers.cedar.loom import listed

__all__ = ["FIRST", "HOSTS", "LAST", "WORDS"]

FIRST = listed(
    "Maya,Owen,Priya,Lukas,Hannah,Diego,Aisha,Tom,Ingrid,Rafael,Chloe,Sanjay,Emily,Kofi,Nora,Petra,"
    "Liam,Yuki,Fatima,Greg,Elena,Marcus,Tessa,Hugo,Bianca,Noah,Zainab,Colin,Ruth,Andre,Mei,Patrick,"
    "Sofia,Darius,Joanna,Vikram,Ellen,Samuel,Lucia,Brian,Anika,Felix,Grace,Omar,Helen,Jonas,Carla,"
    "Ivan,Deborah,Ravi,Wendy,Stefan,Amara,Keith,Paula,Tariq,Monica,Eric,Leila,Nathan,Olga,Theo,"
    "Sheila,Ahmed,Rosa,Martin,Kavya,Neil,Agnes,Bruno,Clara,Dev,Esther,Frank"
)
LAST = listed(
    "Whitaker,Okafor,Lindqvist,Marchetti,Patel,Nguyen,Kowalski,Brennan,Alvarez,Schmidt,Tanaka,Haddad,"
    "Fraser,Mbeki,Dubois,Sorensen,Castillo,Iyer,Novak,Campbell,Rossi,Yilmaz,Becker,Osei,Moreau,"
    "Larsen,Chandra,Pereira,Doyle,Fischer,Romero,Bakker,Sato,Hughes,Abbasi,Keller,Santos,Wright,"
    "Petrov,Mendez,Collins,Gupta,Hoffmann,Reid,Ferrari,Jansen,Walsh,Ortiz,Nielsen,Khan,Barnes,Silva,"
    "Weber,Nakamura,Quinn,Lopez,Ahmadi,Stone,Vargas,Klein,Morris,Dawson"
)
HOSTS = (".com", ".com", ".net", ".co", ".org", ".io", ".co.uk", ".legal", ".biz")
_PLACES = listed(
    "Leeds,Porto,Denver,Ghent,Halifax,Pune,Malmo,Tucson,Cork,Graz,Bristol,Lyon,Dayton,Kochi,Perth,"
    "Turin,Boise,Utrecht,Aarhus,Memphis,Lagos,Quebec,Bergen,Austin,Cebu,Krakow,Savannah,Dundee,Basel,"
    "Oakland,Nantes,Adelaide,Tampa,Kent,Salem,Izmir,Omaha,Reading,Verona,Duluth,Galway,Spokane,"
    "Leipzig,Fresno,Hobart"
)
_FIRMS = listed(
    "Northgate,Alder,Copperfield,Bluewater,Summit,Harrow,Larkspur,Ironbridge,Meridian,Cobalt,"
    "Foxglove,Pinecrest,Quarry,Silverline,Tidewater,Umber,Valley,Westfield,Anchor,Beacon,Cedarhurst,"
    "Drummond,Eastlake,Fairmont,Granite,Hollow,Juniper,Kestrel,Lantern,Maple,Nettle,Orchard,Pelham,"
    "Ridge,Sable,Thornton,Verity,Willow,Yarrow,Zephyr"
)
WORDS: dict[str, list[str]] = {
    "first": FIRST,
    "last": LAST,
    "place": _PLACES,
    "firm": [f"{name} {kind}" for name in _FIRMS for kind in ("Ltd", "Group", "Partners", "& Sons", "Works")],
    "month": listed("January February March April May June July August September October November December", " "),
    "weekday": listed("Monday Tuesday Wednesday Thursday Friday Saturday Sunday", " "),
    "date": ["{1-28} {month} 202{3-6}", "202{4-6}-0{1-9}-{10-28}", "{month} {1-28}", "last {weekday}"],
    "email": ["{first}.{last}@example.com", "{last}@example.net", "{first}{1-99}@example.org"],
    "money": ["${10-990}", "${1-48},{100-999}", "{20-900} euros", "${2-99}.{10-99}", "{3-60}k"],
    "hour": ["{1-12}am", "{1-11}pm", "{10-19}:{10-59}", "noon", "half past {1-11}"],
    "mood": listed("tired,excited,worried,annoyed,proud,bored,relieved,nervous,confused,hopeful,stuck,overwhelmed"),
    "colour": listed("teal,ochre,slate,ivory,crimson,olive,navy,coral,charcoal,mint,amber,plum,rust,sand"),
    "animal": listed("dog,cat,rabbit,parrot,hamster,horse,tortoise,goat,ferret,hen,gecko,greyhound"),
    "kin": listed("sister,brother,mum,dad,partner,son,daughter,flatmate,boss,neighbour,aunt,grandfather,best friend"),
    "tone": listed("friendly,formal,warm,blunt,playful,neutral,professional,apologetic,upbeat,dry,confident,plain"),
    "size": ["{3-9} sentences", "{80-400} words", "one paragraph", "two short paragraphs", "a few bullets", "one page"],
}
