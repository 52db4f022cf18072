"""The words of ordinary people: what they study, cook, build, sell, read and worry about."""

from strangers.dogwood import pasted
from strangers.dogwood.grammar import Tables, alternatives

__all__ = ["TABLES"]

TABLES: Tables = {
    "es_cosa": alternatives(
        "la declaración de la renta|una tortilla sin huevo|el subjuntivo|un perro que ladra de noche|mi lavadora|"
        "una boda en mayo|el alquiler|"
        "dolor de rodilla|una entrevista en {company}|las ecuaciones de segundo grado|mi hijo de {#2-17} años|un "
        "viaje a {town}|la ansiedad|"
        "un currículum de camarero|las hormigas en la cocina|el móvil que no carga|la guerra civil|un poema para mi "
        "abuela|el seguro del coche"
    ),
    "de_sache": alternatives(
        "die Nebenkostenabrechnung|ein Kuchen ohne Zucker|der Dativ|meine Katze|die Heizung|eine Hochzeitsrede|"
        "Kündigung bei {company}|"
        "Knieschmerzen|Prozentrechnung|meine Tochter ({#3-17})|eine Reise nach {town}|Schimmel im Bad|Elterngeld|"
        "ein Gedicht zum Geburtstag|der "
        "WLAN-Router|die Weimarer Republik|Tomaten auf dem Balkon|ein Minijob|Streit mit dem Nachbarn|ein "
        "Bewerbungsfoto"
    ),
    "pt_coisa": alternatives(
        "o imposto de renda|bolo de cenoura|a crase|meu cachorro|a prova de matemática|uma viagem para {town}|o "
        "aluguel|dor nas costas|um convite "
        "de aniversário|a entrevista na {company}|minha filha de {#2-16} anos|legenda para loja de {product}|o "
        "celular que esquenta|um samba"
    ),
    "person": pasted.person,
    "company": pasted.company,
    "para": pasted.paragraph,
    "code": pasted.code,
    "trace": pasted.trace,
    "log": pasted.log,
    "letter": pasted.letter,
    "csv": pasted.table,
    "module": pasted.module,
    "town": alternatives(
        "Lisbon|Leeds|Kraków|Osaka|Medellín|Nairobi|Hanoi|Bologna|Galway|Tbilisi|Portland|Marseille|Ghent|Sapporo|"
        "Oaxaca|"
        "Bergen|Valencia|Penang|Cusco|Split|Tromsø|Jaipur|Quebec "
        "City|Salvador|Naples|Riga|Zanzibar|Edinburgh|Taipei|Austin"
    ),
    "food": alternatives(
        "chickpeas|leftover rice|salmon|aubergine|pork belly|lentils|tofu|chicken thighs|sweet potatoes|mushrooms|kale|"
        "halloumi|ground beef|prawns|cauliflower|black beans|eggs|feta|pumpkin|cod|gnocchi|zucchini|red "
        "cabbage|tempeh|quinoa|"
        "oats|rhubarb|plums|buttermilk|sourdough discard|leeks|duck legs|parsnips|paneer|turkey mince|canned tuna"
    ),
    "diet": alternatives("vegan|low carb|kid friendly|without nuts|gluten free|for {#2-9} people|in one pan|under "
        "{#10-50} "
                         "minutes|freezer friendly|high protein|without onion|for a diabetic|halal|spicy|in an air "
                         "fryer"),
    "subject": alternatives(
        "photosynthesis|the French Revolution|eigenvalues|supply and demand|the Krebs cycle|Hamlet|plate "
        "tectonics|entropy|"
        "mitosis|the Weimar Republic|standard deviation|Kant's categorical imperative|redox reactions|the Cold "
        "War|integration "
        "by parts|natural selection|The Great Gatsby|Keynesian economics|Newton's third law|the Treaty of "
        "Versailles|osmosis|"
        "recursion|the Ottoman Empire|covalent bonds|probability trees|Freud's model of the mind|the water "
        "cycle|logarithms|"
        "moral relativism|the Meiji restoration|capacitors|GDP and inflation|RNA transcription|Macbeth|migration in "
        "the EU|"
        "hypothesis tests|Piaget's stages|the stomach|sonnets|Bayes' theorem|the Suez crisis|black holes|the nephron"
    ),
    "stack": alternatives(
        "Django|FastAPI|React|Next.js|Vue|Svelte|Rails|Laravel|Spring "
        "Boot|Go|Rust|Flutter|SwiftUI|Kotlin|Postgres|Redis|"
        "Kafka|Terraform|Kubernetes|Docker Compose|GitHub "
        "Actions|pandas|PyTorch|dbt|Airflow|Unity|Godot|Elixir|Node|nginx|"
        "Celery|GraphQL|tailwind|SQLAlchemy|Playwright|pytest|jest|Supabase|Firebase|MongoDB|ESP32|Arduino|Bash|"
        "Excel VBA"
    ),
    "aim": alternatives(
        "paginate results|retry failed requests|cache responses|upload large files|stream logs|rotate "
        "secrets|dedupe rows|debounce "
        "input|lock a row|run migrations|mock the clock|sign webhooks|rate limit by IP|sort by two keys|parse dates "
        "with time "
        "zones|send mail in the background|share state between pages|resize images|handle 401s|batch inserts|read a "
        "csv of {#2-40} "
        "GB|write a health check|split a monolith|profile memory|deploy to a VPS|validate forms|schedule a job "
        "every {#2-55} minutes"
    ),
    "genre": alternatives("space opera|cozy mystery|grimdark fantasy|slow-burn romance|ghost "
        "story|heist|western|solarpunk|noir|"
                          "fairy tale|pirate adventure|campus novel|horror|alternate "
                          "history|litRPG|fanfic|superhero|spy thriller"),
    "hero": alternatives("a retired cartographer|twin sisters|a lighthouse keeper|a bored android|an exiled "
        "prince|a night nurse|"
                         "a fox spirit|a tax inspector|a stage magician|a runaway bride|a deaf swordsman|a ship's "
                         "cook|a hacker of "
                         "{#13-80}|an orphan with a lantern|a beekeeper|a failed saint|a courier|the last librarian"),
    "twist": alternatives("the letter was never sent|the town is a stage|he is the ghost|the map is alive|she "
        "forgot her own name|the "
                          "king knew all along|it rains upwards|the ship has no captain|the dog can talk|time runs "
                          "back on Sundays|"
                          "the rival saves her|nobody else hears the bell|the sword is cursed|winter does not end"),
    "product": alternatives(
        "soy candles|running socks|dog harnesses|cold brew|beard oil|yoga mats|ceramic mugs|phone cases|baby "
        "blankets|hot sauce|"
        "bike lights|linen shirts|standing desks|tea samplers|leather wallets|LED strips|houseplants|watch "
        "straps|jigsaw puzzles|"
        "protein bars|swim goggles|picture frames|garden gloves|kids' raincoats|guitar picks|board games|bath "
        "salts|pet beds"
    ),
    "channel": alternatives("Instagram|LinkedIn|a newsletter|Etsy|Amazon|TikTok|our blog|Google Ads|a "
        "flyer|Facebook|Pinterest|a "
                            "podcast ad|X|the shop page|a billboard|WhatsApp|Reddit"),
    "tone": alternatives("friendly|formal|playful|urgent|confident|dry|warm|luxurious|honest|cheeky|calm|bold|not "
        "salesy|funny"),
    "symptom": alternatives("a dull pain under the ribs|tingling fingers|a dry cough for {#3-30} days|itchy eyes|a "
        "swollen ankle|"
                            "heartburn at night|a stiff neck|poor sleep|a rash on the elbow|headaches after "
                            "screens|cramps while "
                            "running|dizziness when standing up|a sore throat|low ferritin ({#5-25})|a twitching "
                            "eyelid"),
    "job": alternatives("nurse|data analyst|barista|project manager|electrician|junior developer|HR "
        "assistant|architect|truck driver|"
                        "primary teacher|accountant|UX designer|paralegal|chef|lab technician|sales rep|social "
                        "worker|welder|editor"),
    "device": alternatives("dishwasher|thermostat|router|printer|old ThinkPad|PS5|e-bike|espresso machine|washing "
        "machine|Kindle|car "
                           "({#2003-2022} Golf)|heat pump|air fryer|robot vacuum|NAS|3D printer|bluetooth "
                           "headphones|smart TV"),
    "fault": alternatives("keeps beeping|won't turn on|shows error E{#1-99}|is very slow since the "
        "update|leaks|makes a grinding noise|"
                          "drops the connection|does not charge|smells burnt|freezes at {#10-99} percent|trips the "
                          "fuse|overheats"),
    "plant": alternatives("monstera|tomatoes|basil|a lemon "
        "tree|roses|orchid|courgettes|lawn|hydrangea|strawberries|fig|chillies|bonsai"),
    "animal": alternatives("cat|dog|budgie|rabbit|hamster|gecko|horse|hens|guinea "
        "pig|tortoise|goldfish|puppy|kitten|ferret"),
    "feeling": alternatives("guilty|exhausted|ignored|nervous|jealous|stuck|relieved|lonely|angry|proud but "
        "sad|overwhelmed|ashamed"),
    "relative": alternatives("sister|boss|roommate|mother-in-law|son ({#3-17})|husband|ex|best "
        "friend|neighbor|dad|coworker|wife|aunt"),
    "deed": alternatives("borrowed {#40-900} and will not pay back|skipped my birthday|reads my messages|cancelled "
        "the trip|talks over me|"
                         "wants to move in|won't see a doctor|gave away the {animal}|quit his job|lied about "
                         "school|hardly answers"),
    "law": alternatives("notice period|deposit|parental leave|overtime|warranty|noise complaint|small "
        "claims|inheritance|visa extension|"
                        "self-employment tax|VAT on services|parking fine|freelance contract|non-compete|rent "
                        "increase of {#4-30}%"),
    "game": alternatives("D&D 5e|Pathfinder|Elden Ring|Minecraft|Factorio|Magic|chess|Stardew Valley|Catan|Call of "
        "Cthulhu|Civ VI|poker"),
    "sport": alternatives("half marathon|deadlift|5k|swimming|bouldering|cycling|rowing|tennis "
        "serve|pull-ups|triathlon|yoga|handstand"),
    "lang": alternatives("Spanish|German|Japanese|French|Korean|Italian|Turkish|Dutch|Arabic|Portuguese|Greek|"
        "Polish|Mandarin|Swedish"),
    "phrase": alternatives("I would have gone if I had known|where is the nearest pharmacy|it depends on the "
        "weather|could you repeat that|"
                           "I'm running late|the bill, please|I miss you already|we are out of milk|do you "
                           "deliver|it was my pleasure|"
                           "my {relative} is sick|I have lived here for {#2-20} years|see you on the {#1-30}th|I've "
                           "lost my key"),
    "metric": alternatives("churn|conversion|CAC|open rate|DAU|NPS|basket size|refund rate|uptime|lead "
        "time|attrition|gross margin"),
    "thesis": alternatives("urban heat islands|microplastics in rivers|remote work and trust|gig economy "
        "riders|teacher burnout|federated "
                           "learning|bilingual toddlers|coral bleaching|Roman trade routes|perovskite "
                           "cells|loneliness in old age|fake "
                           "reviews|migraine and diet|community gardens|graph neural networks|school meals|minimum "
                           "wage in {town}"),
    "music": alternatives("a wedding playlist|chords in D minor|a bass line|lyrics about leaving {town}|a 12-bar "
        "blues|drum fills|a mix with "
                          "muddy vocals|modes of the melodic minor|a choir warm-up|reharmonizing {#2-8} bars|a "
                          "synthwave lead"),
    "craft": alternatives("raglan sweater|bookshelf|quilt|sourdough starter|leather belt|resin "
        "tray|birdhouse|deck|tile backsplash|amigurumi "
                          "{animal}|raised bed|lampshade|kitchen drawer|halloween costume|shed roof of {#2-9} m"),
    "event": alternatives("wedding|retirement party|baby shower|funeral|50th birthday|school fair|team "
        "offsite|christening|reunion|bbq"),
    "shop": alternatives("{company}|{person}'s Bakery|Salon {person}|{town} Cycles|Pizzeria {town}|{product} by "
        "{person}|Hotel {town}|"
                         "Dr. {person}, dentist|{town} Yoga Studio|{company} Outlet"),
    "ask": alternatives("do you have {product} in stock|what time do you open on {weekday}|can I move my "
        "appointment on the {#1-30}th to {weekday}|"
                        "where is my order #{#1000-99999}|do you ship to {town}|i want to return the {product}, "
                        "arrived broken|is there parking|"
                        "how much for {#2-40} people on {weekday}|do you take cards|my code SAVE{#5-40} doesnt "
                        "work|can i speak to {person}|is "
                        "the {product} ok for a {animal}|invoice for order {#1000-99999} please, to {company}|are "
                        "dogs allowed|gift card?"),
    "weekday": alternatives("Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|tomorrow|today|next week"),
}  # fmt: skip
