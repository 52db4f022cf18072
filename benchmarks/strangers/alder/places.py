"""Names, places and other tables of the world."""


def words(text: str, mark: str = " ") -> tuple[str, ...]:
    """Return the words of *text* between its *mark*."""
    return tuple(text.split(mark))


FIRST = words(
    "Anna Maria James Robert Linda Priya Rahul Wei Mei Chen Fatima Omar Yusuf Elena Ivan Olga Sofia Lucas Mateo Camila "
    "Diego Valentina Hugo Emma Louis Chloe Jonas Lena Felix Greta Marta Piotr Agnieszka "
    "Jakub Katarina Nikola Ana Tiago "
    "Beatriz Rui Giulia Marco Luca Chiara Noah Liam Olivia Ava Ethan Mia Zoe Kofi Ama Chidi Ngozi Tunde Amara Thabo "
    "Lerato Hana Yuki Kenji Sakura Minho Jisoo Linh Minh Thanh Rizky Dewi Putri Arif Siti Nurul Karim Leila Reza Dara "
    "Shirin Aylin Emre Mehmet Zeynep Ingrid Lars Astrid Erik Freya Callum Isla Niamh Sean Rhys Bronwyn Aroha Kiri"
)
LAST = words(
    "Smith Jones Patel Sharma Gupta Wang Li Zhang Nguyen Tran Garcia Martinez Lopez "
    "Rossi Bianchi Ferrari Muller Schmidt "
    "Weber Fischer Kowalski Nowak Wozniak Dupont Martin Bernard Silva Santos Oliveira Costa Kim Park Lee Tanaka Sato "
    "Suzuki Ali Hassan Ibrahim Okafor Adeyemi Mensah Dlamini Nkosi Ivanova Petrov Popescu Novak Horvat Larsen Hansen "
    "Berg Lindqvist Virtanen Murphy Kelly Walsh Evans Davies Hughes Campbell Stewart Brown Taylor Wilson Clark Walker "
    "Baker Carter Reyes Cruz Mendoza Bautista Wijaya Saputra Rahman Chowdhury Khan Ahmed Yilmaz Demir Kaya Haddad Cohen"
)
WEBMAIL = (
    ("gmail.com",) * 10
    + ("outlook.com",) * 3
    + (
        "hotmail.com",
        "yahoo.com",
        "yahoo.com",
        "icloud.com",
        "icloud.com",
        "proton.me",
        "gmx.de",
        "web.de",
        "orange.fr",
        "mail.ru",
        "qq.com",
        "163.com",
        "naver.com",
        "libero.it",
        "wp.pl",
    )
)
COUNTRIES = ("US",) * 8 + (
    "GB",
    "GB",
    "GB",
    "DE",
    "DE",
    "FR",
    "IN",
    "IN",
    "IN",
    "BR",
    "BR",
    "CA",
    "CA",
    "AU",
    "ES",
    "IT",
    "PL",
    "NL",
    "SE",
    "NG",
    "KE",
    "ZA",
    "PH",
    "PH",
    "ID",
    "VN",
    "JP",
    "KR",
    "TR",
    "MX",
    "AR",
    "IE",
    "NZ",
    "PT",
    "RO",
)
WORLD = {
    "first": FIRST,
    "last": LAST,
    "person": ("{first} {last}",),
    "city": words(
        "Leeds,Bristol,Cork,Porto,Lyon,Ghent,Utrecht,Leipzig,Graz,Krakow,Brno,Turin,Seville,Malmo,Bergen,Tampere,Tartu,"
        "Izmir,Haifa,Nairobi,Accra,Lagos,Durban,Pune,Kochi,Jaipur,Penang,Cebu,Hanoi,Bandung,Osaka,Busan,Perth,Dunedin,"
        "Austin,Denver,Tucson,Boise,Omaha,Tampa,Buffalo,Spokane,Halifax,Calgary,Oaxaca,Cali,Cusco,Rosario,Recife",
        ",",
    ),
    "street": tuple(
        f"{a} {b}"
        for a in [
            "Mill",
            "Church",
            "Station",
            "Park",
            "Oak",
            "Harbour",
            "King",
            "Victoria",
            "Elm",
            "River",
            "Abbey",
            "North",
        ]
        for b in ("Street", "Road", "Lane", "Avenue")
    ),
    "month": words("January February March April May June July August September October November December"),
    "weekday": words("Monday Tuesday Wednesday Thursday Friday Saturday"),
    "date": (
        "{1-28} {month} {2022-2025}",
        "{month} {1-28}",
        "{1-28}/{1-12}/{2023-2025}",
        "{2022-2025}-{10-12}-{10-28}",
    ),
    "money": (
        "${20-900}",
        "${1-90},{100-999}",
        "£{30-800}",
        "€{15-950}",
        "€{1-40},{100-999}",
        "{3-60} USD",
        "${2-40}k",
    ),
    "colour": words("teal navy rust cream charcoal olive mustard lilac coral ivory sage burgundy"),
    "industry": words(
        "dental clinics,craft breweries,solar installers,dog groomers,letting agents,yoga studios,freight forwarders,"
        "accountants,bike shops,wedding planners,roofers,language schools,coffee roasters,cyber security consultants,"
        "vineyards,gyms,nurseries,garden centres,used car dealers,charities,museums,pharmacies,podcasters,caterers,"
        "tutoring companies,payroll providers,physiotherapists,opticians,print shops,escape rooms,co-working spaces,"
        "heat pump fitters,boat rentals,funeral directors,drone surveyors,toy makers,online florists,tax advisers",
        ",",
    ),
    "product": words(
        "standing desk,merino base layer,espresso grinder,trail shoe,baby monitor,cast iron pan,linen duvet cover,"
        "folding e-bike,air purifier,cordless drill,dog harness,camping stove,bluetooth speaker,electric kettle,"
        "leather satchel,ceramic mug set,yoga mat,robot vacuum,wool rug,desk lamp,face serum,protein bar,garden hose,"
        "water bottle,phone case,sewing kit,board game,soy candle,cat tree,patio heater,rain jacket,hiking pole,"
        "mattress topper,knife sharpener,car seat,travel pillow,bird feeder,tool chest,hair dryer,oat milk",
        ",",
    ),
    "company": (
        "{last} & {last}",
        "{last} Group",
        "{city} {trade} Ltd",
        "{last} {trade}",
        "{coined}",
        "{coined} {trade}",
    ),
    "trade": words(
        "Logistics Foods Interiors Systems Partners Energy Analytics Homes Textiles Dental Motors Labs Media "
        "Packaging Marine Aggregates Fitness Print Optics Roofing Bakery Robotics"
    ),
    "coined": tuple(
        a + b
        for a in ("Nor", "Vel", "Qua", "Bri", "Lum", "Ost", "Cal", "Tre", "Hex", "Zan", "Pel", "Mir")
        for b in ("tavo", "dora", "lix", "monde", "vane", "tic", "sora", "ply", "quist", "wick")
    ),
}
