"""Questions of subjects: mathematics, science, logic, law, medicine, economics and history."""

from strangers.alder.places import words

STUDY = {
    "thing": words(
        "crates marbles tickets bricks coins lamps tiles apples parcels stamps bottles chairs cards seeds cups"
    ),
    "unit": words("km,miles,metres,litres,kg,hours,minutes", ","),
    "vehicle": words("train,cyclist,ferry,truck,drone,bus,runner,tram,plane", ","),
    "math_q": (
        (
            "A {vehicle} leaves {city=a} at {6-11}:{10-59} at {30-140} km/h; another leaves "
            "{city=b} at {6-11}:{10-59} towards it at "
            "{30-140} km/h. The towns are {200-900} km apart. When and where do they meet?"
        ),
        (
            "{first=a} has {12-90} {thing=t}, gives {2-9} to {first=b} and loses a {third} of "
            "the rest. How many {thing=t} are left?"
        ),
        "Find all real x with {2-9}x^2 {sign} {3-40}x {sign} {1-60} = 0.",
        "Solve the system {2-9}x {sign} {2-9}y = {5-80}, {2-9}x {sign} {2-9}y = {3-70}.",
        "Compute the integral of {mathfun} from {0-2} to {3-7}.",
        "Find the derivative of {mathfun} and its value at x = {1-5}.",
        "How many {3-8}-digit numbers have a digit sum of {5-30} and are divisible by {3-11}?",
        "What is the remainder when {3-19}^{20-400} is divided by {7-97}?",
        (
            "An urn has {3-15} {colour=a} and {3-15} {colour=b} balls. You draw {2-5} without "
            "putting any back. What is the probability "
            "that at least {1-2} are {colour=a}?"
        ),
        "Prove that for every integer n, n^{3-7} - n is divisible by {divisor}.",
        "A triangle has sides {5-20}, {12-25} and {14-28}. Find its area and the radius of the circle inscribed in it.",
        "Let a_1 = {1-9} and a_(n+1) = {2-5}a_n {sign} {1-9}. Find a closed form for a_n and the value of a_{6-20}.",
        "{person} and {person} share {money} in the ratio {2-9}:{2-9}. How much does the second get?",
        "Determine whether the series sum {series} converges.",
        "In how many ways can {4-9} people sit round a table so that {first=a} and {first=b} are not neighbours?",
        "Find the eigenvalues of [[{1-9},{0-9}],[{0-9},{1-9}]] and say if it can be diagonalised.",
    ),
    "third": ("third", "quarter", "fifth", "half"),
    "sign": ("+", "-"),
    "divisor": ("2", "3", "5", "6", "7", "30", "42"),
    "mathfun": (
        "x^{2-6} e^{{2-7}x}",
        "sin({2-9}x)/x^{2-4}",
        "ln({2-9}x + {1-9})",
        "({2-9}x + {1-9})/(x^2 + {1-25})",
        "x^{2-5} cos({2-7}x)",
        "sqrt({2-9}x^2 + {1-30})",
        "({1-9} - x)^{2-6} * {2-9}x",
        "arctan({2-8}x)",
    ),
    "series": ("n^{2-5}/{2-9}^n", "(-1)^n/(n^{1-3} + {1-50})", "ln(n)/n^{2-4}", "n!/{2-15}^n", "1/(n ln(n)^{1-4})"),
    "science_q": (
        (
            "A {mass_thing} of {2-80} kg slides down a {15-60} degree slope with friction "
            "coefficient 0.{10-45}. Find its acceleration and its "
            "speed after {2-30} m."
        ),
        "{2-90} g of {chemical} react with excess {chemical}. Which mass of product do you get at a yield of {50-98}%?",
        (
            "A gas at {1-9}.{0-9} bar and {10-90} C is compressed to a {third} of its volume. "
            "What are pressure and temperature if the "
            "change is {gas_change}?"
        ),
        "Why does {phenomenon} happen, and what would change on {planet}?",
        "What is the pH of a 0.{10-90} M solution of {acid} with pKa {2-9}.{10-99}?",
        "A lens of focal length {5-60} cm stands {8-90} cm from a {mass_thing}. Where is the image, and how large?",
        (
            "In pea plants, {trait=a} is dominant to {trait=b}. A cross gave {20-400} and "
            "{10-200} plants. Test the expected ratio."
        ),
        "Explain how {bio_process} is regulated and what happens to {organ} when it fails.",
        (
            "Two resistors of {10-900} ohm and {10-900} ohm are in parallel with {5-400} ohm in "
            "series at {3-48} V. Find every current."
        ),
        "A satellite orbits {planet} at {200-40000} km. Find its period.",
        "Compare {bio_process} in {organism} and {organism}.",
        "Which orbital picture explains that {chemical} is {property}?",
    ),
    "mass_thing": words("crate sledge block skier toolbox barrel statue trolley candle"),
    "chemical": words(
        "sodium carbonate,copper sulphate,aluminium,calcium hydroxide,methane,ethanol,iron oxide,zinc,ammonia,"
        "magnesium,benzene,silver nitrate,lithium,propene,acetic acid,phosphorus,ozone",
        ",",
    ),
    "property": ("paramagnetic", "a weak base", "so reactive with water", "planar", "coloured", "a good leaving group"),
    "gas_change": ("isothermal", "adiabatic", "polytropic with n = 1.2"),
    "acid": ("acetic acid", "formic acid", "benzoic acid", "ammonium chloride", "hypochlorous acid", "lactic acid"),
    "planet": ("Mars", "the Moon", "Venus", "Jupiter", "Titan", "Earth", "Europa"),
    "phenomenon": words(
        "supercooling of clouds,the green flash,tidal locking,cavitation,the Leidenfrost effect,land breeze,"
        "frost heave,the Coriolis drift of winds,thermal runaway,static on dry days,capillary rise,beating of "
        "two tones,total internal reflection,the blue of glacier ice",
        ",",
    ),
    "trait": (
        "tall",
        "green pods",
        "round seeds",
        "purple flowers",
        "yellow seeds",
        "axial flowers",
        "short",
        "white flowers",
    ),
    "bio_process": words(
        "glycolysis,the cell cycle,osmoregulation,photorespiration,blood clotting,apoptosis,translation,"
        "the Krebs cycle,meiosis,insulin signalling,nitrogen fixation,autophagy,thermoregulation",
        ",",
    ),
    "organ": words("the liver,the kidney,the retina,the pancreas,a muscle,the root tip,the heart,the thyroid", ","),
    "organism": words("yeast,E. coli,maize,zebrafish,fruit flies,mice,mosses,archaea,humans,cyanobacteria,squid", ","),
    "logic_q": (
        (
            "{first=a}, {first=b}, {first=c} and {first=d} live in houses of {colour}, {colour}, "
            "{colour} and {colour} brick. {first=a} lives left of "
            "{first=b}; {first=c} is at an end; {first=d} keeps the {pet}. Who can keep the {pet}?"
        ),
        (
            "On an island of knights and knaves, {first=a} says '{first=b} is a knave' and "
            "{first=b} says '{knave_says}'. What are they?"
        ),
        "You have {3-12} {thing}, one of which is heavier, and a balance. How many weighings do you need, and how?",
        "{first=a} is twice as old as {first=b} was {2-15} years ago; together they are {30-90}. How old are they?",
        (
            "If all {plural=a} are {plural=b} and some {plural=b} are not {plural=c}, does it "
            "follow that some {plural=a} are not {plural=c}?"
        ),
        "A clock loses {2-9} minutes an hour. It was right at {1-12}:{10-59}. What does it show after {5-60} hours?",
        (
            "Five talks by {first=a}, {first=b}, {first=c}, {first=d} and {first=e} fill "
            "{weekday} morning. {first=a} speaks before {first=c}, {first=b} is third, "
            "{first=e} does not follow {first=d}. Give every order."
        ),
        "Three switches outside a room, {2-5} lamps inside, and you may enter {1-2} times. What can you find out?",
    ),
    "pet": words("parrot cat goldfish tortoise hamster ferret gecko"),
    "knave_says": (
        "we are of the same kind",
        "exactly one of us lies",
        "I am a knight",
        "{first=a} is a knight",
        "neither of us lies",
    ),
    "plural": words("bakers sailors poets engineers swimmers chess players nurses gardeners pilots drummers"),
    "human_q": (
        "Was {event} caused more by {cause} or by {cause}? Weigh the evidence.",
        "A tenant in {city} stopped paying because of {defect}. The lease says {lease}. Who is right, and why?",
        (
            "A {20-90}-year-old with {symptom} and {symptom} for {2-20} days takes {drug}. Which "
            "diagnoses come first, and which test next?"
        ),
        (
            "Demand falls {3-20}% when the price of {thing} rises {2-15}%. Find the elasticity "
            "and the revenue change at {money}."
        ),
        "How would a {school} and a {school} judge {dilemma}?",
        (
            "A central bank raises its rate by {25-100} points while {shock}. Trace the effects "
            "on jobs, prices and the exchange rate."
        ),
        "Which argument in favour of {policy} is the strongest, and how would {school}s answer it?",
        (
            "A contract between {company} and {company} fixes {money} for {2-900} units; only "
            "{40-95}% arrive by {date}. Which remedies exist?"
        ),
        "Compare {event} with {event} in causes, course and results.",
    ),
    "event": words(
        "the fall of the western Roman empire,the French revolution,the Meiji restoration,the great depression,the "
        "Peloponnesian war,the partition of India,the black death,the printing revolution,the Suez crisis,the July "
        "crisis,the Taiping rebellion,the Marshall plan,the enclosure movement,the Haitian revolution",
        ",",
    ),
    "cause": words(
        "climate,debt,weak institutions,trade,class conflict,a few leaders,technology,religion,war,migration", ","
    ),
    "defect": words("mould,a broken boiler,noise from building works,a leaking roof,rats,a missing lift", ","),
    "lease": (
        "rent is due without set-off",
        "nothing about repairs",
        "repairs within {7-30} days",
        "the tenant repairs all",
    ),
    "symptom": words(
        "fever,weight loss,night sweats,chest pain,joint pain,a rash,blurred vision,palpitations,a dry cough,back "
        "pain,numb fingers,jaundice,swollen ankles",
        ",",
    ),
    "drug": words("metformin,ramipril,warfarin,prednisolone,lithium,methotrexate,sertraline,no drugs,amiodarone", ","),
    "school": words("utilitarian Kantian Keynesian monetarist virtue-ethicist libertarian contractarian"),
    "dilemma": words(
        "lying to protect a friend,selling a kidney,a tax on inheritance,eating meat,opening a dead person's "
        "letters,buying a stolen painting in good faith,drafting doctors",
        ",",
    ),
    "shock": (
        "oil prices double",
        "exports collapse",
        "a housing bubble deflates",
        "wages are indexed",
        "a drought hits farms",
    ),
    "policy": words(
        "rent control,a carbon tax,a basic income,road pricing,compulsory voting,free school meals,a wealth tax,"
        "a four-day week,land value tax",
        ",",
    ),
    "study_q": ("{math_q}", "{science_q}", "{logic_q}", "{human_q}"),
}
