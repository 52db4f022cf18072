"""What people ask at home: study, cooking, letters, hobbies, money, health, children, stories."""

from strangers.cedar.loom import listed

__all__ = ["HOME", "HOME_WORDS"]

HOME_WORDS: dict[str, list[str]] = {
    "dish": listed(
        "lentil soup,focaccia,beef stew,mushroom risotto,pad thai,banana bread,shakshuka,roast chicken,"
        "dal,paella,carrot cake,tacos,ramen,moussaka,apple crumble,gnocchi,fish pie,chilli,pancakes,"
        "borscht,jollof rice,quiche"
    ),
    "food": listed(
        "chickpeas,leeks,feta,cabbage,half a jar of pesto,frozen peas,eggs,rice,sweet potato,tofu,bacon,"
        "spinach,yoghurt,cream cheese,tinned tomatoes,mushrooms,oats,lemons,cauliflower,smoked salmon,"
        "courgettes"
    ),
    "diet": listed("vegan,gluten free,low salt,dairy free,halal,keto,nut free,high protein,cheap,kid friendly"),
    "subject": listed(
        "photosynthesis,the causes of the First World War,osmosis,Macbeth,plate tectonics,supply and "
        "demand,the French Revolution,electrolysis,natural selection,Newton's third law,the Cold War,"
        "probability trees,mitosis,the Great Gatsby,acids and bases,opportunity cost,the carbon cycle,"
        "quadratic equations,the Weimar Republic,Of Mice and Men,classical conditioning,utilitarianism,"
        "redox reactions,the water cycle,price elasticity,attachment theory,the New Deal,vectors,enzyme "
        "kinetics,Kant's categorical imperative,Keynesian economics"
    ),
    "level": listed("GCSE,A level,first year uni,high school,year 9,AP,undergrad,8th grade,masters"),
    "essay": listed(
        "how far {subject} changed everyday life,whether {subject} is still relevant,two views of "
        "{subject},why historians disagree about {subject},the limits of {subject},what {subject} "
        "explains and what it does not"
    ),
    "trip": listed("a long weekend,ten days,a week,two nights,a road trip,a honeymoon,a school trip,a solo week"),
    "hobby": listed(
        "knitting,sourdough,astrophotography,bouldering,D&D,gardening,film photography,chess,woodworking,"
        "birding,guitar,model trains,home brewing,running,watercolour,fishing,bonsai,crochet,cycling,"
        "pottery,beekeeping"
    ),
    "snag": listed(
        "I keep getting it uneven,it cracked again,I lose motivation after a week,my hands hurt "
        "afterwards,the colours come out dull,I plateaued,it smells odd,nothing grows,I never know when "
        "to stop,it takes too long,I bought the wrong kit,it broke on the second day,my results vary a "
        "lot"
    ),
    "ache": listed(
        "a stiff neck,shin splints,heartburn,a twitching eyelid,bad sleep,dry skin,a sprained ankle,"
        "headaches after screens,low iron,hay fever,a sore throat for {2-9} days,back pain when I sit,"
        "cold hands,tinnitus"
    ),
    "gadget": listed(
        "dishwasher,router,boiler,laptop,printer,robot vacuum,car,washing machine,thermostat,TV,e-bike,"
        "fridge,phone,smart lock,lawn mower,oven,dehumidifier"
    ),
    "fault": listed(
        "makes a grinding noise,shows error E{1-49},won't turn on,disconnects every evening,leaks a "
        "little,gets very hot,is stuck updating,beeps {2-6} times,smells burnt,drains overnight,trips "
        "the breaker"
    ),
    "genre": listed(
        "space opera,cosy mystery,gothic horror,romance,cyberpunk,historical,fairy tale,western,urban "
        "fantasy,litrpg,post-apocalyptic,magical realism"
    ),
    "hero": listed(
        "a retired lighthouse keeper,a smuggler with a debt,a shy cartographer,twins who share one "
        "shadow,a nurse on Mars,a disgraced knight,a baker who hears lies,an android librarian,a girl "
        "raised by crows,a failed wizard,a ferry captain,a court translator,a beekeeper spy"
    ),
    "twist": listed(
        "the letter was never sent,the map is alive,the villain is her future self,nobody else remembers "
        "the war,the ship has a second crew,the dog understands everything,the town moves each night,the "
        "cure is the curse,he already died once,the debt was paid years ago"
    ),
    "verse": listed(
        "limerick,haiku,birthday poem,wedding toast,sonnet,song chorus,eulogy,rap,bedtime rhyme,best man speech"
    ),
    "tongue": listed("Spanish,French,German,Italian,Japanese,Korean,Portuguese,Dutch,Polish,Swedish,Welsh,Turkish"),
    "grammar": listed(
        "the subjunctive,separable verbs,particles,word order,false friends,the past tenses,gendered "
        "nouns,politeness levels,prepositions,numbers and dates,conditional sentences"
    ),
    "debt": listed(
        "a mortgage of {80-420}k at {3-7}.{1-9}%,a car loan of {money},a student loan,two credit cards "
        "with {money},an overdraft,a personal loan over {2-7} years"
    ),
    "trouble": listed(
        "my landlord keeps {money} of the deposit,the parcel never came,the airline cancelled my flight "
        "to {place},the gym won't let me cancel,the contractor left the {gadget} half done,my refund of "
        "{money} is late,the school changed the timetable,a parking fine in {place},the neighbour's "
        "{animal} barks at {hour}"
    ),
    "game": listed("Elden Ring,Stardew Valley,Minecraft,Catan,Baldur's Gate 3,Factorio,Civ,Zelda,Magic,RimWorld"),
}
_TABLE = {
    "school pupil": (
        "explain {subject} simply for {level}",
        "can you check my paragraph about {subject}? it is for {level}",
        "make {4-20} flashcards on {subject}",
        "whats the difference between {subject} and {subject}",
        "I have a test on {subject} on {weekday}, quiz me",
        "give me a mnemonic for {subject}",
        "summarise {subject} in {size}",
        "i dont get {subject} at all. start from the beginning",
    ),
    "university student": (
        "Essay question: discuss {essay}. Help me make an outline, {800-3000} words.",
        "I argue that {essay}. What would a critic of this say?",
        "Suggest a thesis statement on {essay} ({level}).",
        "My supervisor {last} wants more sources on {subject}; which debates should I read about?",
        (
            "Rephrase so it sounds less clumsy: 'In this essay it will be discussed {essay}, because {subject} was "
            "important in the {15-20}th century.'"
        ),
        "How do I cite a {1950-2022} report in footnotes?",
        "explain {subject} vs {subject}, exam on {date}",
    ),
    "home cook": (
        "what can I make with {food}, {food} and {food}",
        "{diet} version of {dish} for {2-9} people",
        "my {dish} came out too salty, can I save it",
        "convert {2-9} cups of flour to grams for {dish}",
        "Plan {3-7} {diet} dinners, under {money}, no {food}",
        "can I freeze {dish}? how long",
        "substitute for {food} in {dish}",
        "What goes with {dish}? {kin} is coming {weekday}",
    ),
    "traveller": (
        "Plan {trip} in {place} with my {kin}, budget {money}, we like {hobby}",
        "is {place} worth it in {month}",
        "{place} to {place} by train: realistic in a day?",
        "packing list for {trip} in {place}, {month}",
        "what to do in {place} when it rains, with a {2-14} year old",
        "tipping in {place}?",
        "flight lands at {hour} in {place}, last bus at {hour}. alternatives?",
    ),
    "letter writer": (
        "Write a {tone} letter: {trouble}. I want {money} back by {date}.",
        "Help me complain, {tone} but firm. {trouble}. Order number {10000-99999}.",
        "make this sound {tone}: 'I have told you {2-6} times now that {trouble} and nothing happened since {date}.'",
        "reply to my {kin} who is {mood} because of {date}",
        "condolence note to {first}, whose {kin} died, {size}",
        "resignation letter, last day {date}, {tone}, manager is {first}",
    ),
    "hobbyist": (
        "{hobby}: {snag}. what am i doing wrong?",
        "beginner kit for {hobby} under {money}?",
        "plan for getting better at {hobby}, {2-6} hours a week",
        "{hobby} as a present for my {kin}, ideas?",
        "how do people combine {hobby} with a job and kids",
        "in {hobby}, {snag} and {snag}",
        "history of {hobby} in {size}",
        "name ideas for a {hobby} club in {place}",
    ),
    "worried": (
        "I have {ache}, should I see someone?",
        "{ache} since {date}, im {20-79}, take no medicine",
        "feeling {mood} since {date}, {kin} says I overthink",
        "what helps against {ache}",
        "My {kin} has {ache} and is {mood}. what can I say",
        "is it normal that {ache} comes with {ache}",
    ),
    "repairer": (
        "my {gadget} {fault}",
        "{gadget} ({2009-2025}) {fault}, already unplugged it for {2-30} minutes",
        "is it worth repairing a {gadget} that {fault}? quote is {money}",
        "{gadget} {fault} after {gadget} was moved",
        "which {gadget} under {money} lasts longest",
        "how do I reset a {gadget}",
    ),
    "novelist": (
        "Continue my {genre} chapter. {first} is {hero}. {twist}. About {300-900} words, no happy ending.",
        "Give me {5-15} names for {hero} in a {genre} story",
        "Is this twist too obvious: {twist}?",
        "dialogue between {first} ({hero}) and {first} ({hero}) who just learned that {twist}. {tone}, subtext please",
        "outline: {genre}, {hero}, {twist}, set in {place}",
        "describe {place} at {hour} as {genre}, in {size}",
        "Critique: 'The rain over {place} had the {colour} patience of old debts. {first} counted the coins again.'",
    ),
    "role player": (
        "you are {hero}. I enter the tavern and ask about {twist}",
        "roll for my {animal} companion, AC {10-19}",
        "one shot for {3-6} players, {genre}, level {1-12}, villain is {hero}",
        "my rogue wants to steal {money} from {hero}",
        "stat block for a {colour} {animal} that is CR {1-9}",
        "tavern names in a {genre} {place}",
    ),
    "verse maker": (
        "{verse} for {first}, {20-80} this {weekday}, loves {hobby} and {dish}",
        "a {tone} {verse} about a {animal}",
        "{verse} for my {kin} who moves to {place}",
        "rhyme with '{colour}'? for a {verse}",
        "shorter {verse}, mention {hobby}, the {gadget} and {place}",
    ),
    "language learner": (
        "correct my {tongue}: (I wrote about {hobby}, {dish} and my {kin})",
        "how do you say '{snag}' in {tongue}",
        "explain {grammar} in {tongue} with {3-9} examples",
        "{tongue} small talk about {hobby}, A{1-2} level",
        "Drill me on {grammar}, {tongue}, {5-20} sentences about {place}",
        "is '{dish}' masculine in {tongue}",
    ),
    "saver": (
        "I have {debt} and {money} saved. pay off or invest?",
        "budget for {money} a month in {place}, rent {money}",
        "explain {debt} like I'm {mood}",
        "what is my monthly payment for {debt} over {5-30} years",
        "{debt}: does early repayment make sense with {money} left over",
        "tax on {money} side income from {hobby}?",
    ),
    "parent": (
        "activities for a {2-12} year old who loves {animal}s, rainy {weekday}",
        "bedtime story: {first}, a {animal}, {twist}",
        "my {2-15} year old is {mood} about school",
        "{diet} lunch box ideas without {food}",
        "chore chart for {first} ({5-13}) and {first} ({5-13})",
        "party for {first}, {genre} theme, {6-20} kids, {money}",
    ),
    "gamer": (
        "{game} best build for a beginner?",
        "stuck in {game} after {2-90} hours, {snag}",
        "{game} or {game} for {kin} and me",
        "house rules for {game} with {3-8} people",
        "mods for {game} like {game}",
        "explain {game} lore in {size}",
    ),
}
HOME = tuple((name, rows) for name, rows in _TABLE.items())
