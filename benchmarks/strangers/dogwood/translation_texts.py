"""Sentences that translators of a marketplace are sent, in nine languages."""

from strangers.dogwood.grammar import alternatives

__all__ = ["SENTENCES"]

SENTENCES = {
    "German": alternatives(
        "Die Lieferung erfolgt innerhalb von {#2-30} Werktagen nach {town}.|Der Mieter verpflichtet sich, die "
        "Kaution von {#400-3000} Euro bis zum "
        "{#1-28}. zu zahlen.|Bitte nehmen Sie {#1-4} Tabletten täglich nach dem Essen ein.|Frau {person} leitet "
        "seit {#1990-2025} den Vertrieb der "
        "{company} GmbH.|Das Gerät darf nur von Fachpersonal geöffnet werden.|Gemäß § {#2-300} Absatz {#1-6} haftet "
        "der Auftragnehmer nur für Vorsatz."
        "|Unsere Gäste schätzen den Blick auf {town}.|Vor der Montage die Schrauben M{#3-12} mit {#4-90} Nm "
        "anziehen.|Die Teilnahme kostet {#5-90} "
        "Euro pro Person.|Im Jahr {#1850-2020} wurde das Haus umgebaut.|Das Kleid ist aus {#20-95} % Baumwolle."),
    "French": alternatives(
        "Le contrat prend effet le {#1-28} mars et dure {#6-48} mois.|Livraison offerte à {town} dès {#20-90} euros "
        "d'achat.|Madame {person}, née en "
        "{#1940-2005}, demeure à {town}.|Ne pas dépasser {#2-6} comprimés par jour.|La société {company} décline "
        "toute responsabilité.|Nos chambres "
        "disposent d'une terrasse de {#6-40} m².|Serrer les vis à {#4-60} Nm avant la mise en service.|Elle ferma "
        "la porte et pensa à {town}.|Le taux "
        "a augmenté de {#2-40} % en {#1998-2025}.|L'article {#3-400} du code s'applique.|Laver à {#30-60} degrés, "
        "sans repassage."),
    "Spanish": alternatives(
        "El plazo de entrega es de {#2-20} días hábiles.|Don {person}, mayor de edad, vecino de {town}, declara lo "
        "siguiente.|La garantía cubre {#1-5} "
        "años desde la compra.|Tome {#1-3} cápsulas con agua.|Nuestro hotel está a {#2-30} minutos de {town}.|La "
        "empresa {company} facturó {#2-90} "
        "millones en {#2001-2025}.|Apague el aparato antes de limpiarlo.|Según el artículo {#2-200}, el "
        "arrendatario pagará {#300-2000} euros.|Llovía "
        "en {town} y nadie hablaba.|Se ruega confirmar asistencia antes del día {#1-28}."),
    "Italian": alternatives(
        "Il pagamento avviene entro {#10-90} giorni dalla fattura.|La signora {person} risiede a {town} dal "
        "{#1970-2024}.|Conservare a meno di {#4-25} "
        "gradi.|{company} S.r.l. opera in {#2-40} paesi.|Camera con vista, {#60-400} euro a notte.|Svitare le "
        "{#2-8} viti e togliere il coperchio.|Ai "
        "sensi dell'art. {#2-2000} il contratto è nullo.|Un vino di {#11-15} gradi, profumo di ciliegia.|Quella "
        "sera {person} non rispose."),
    "Polish": alternatives(
        "Umowa zostaje zawarta na {#3-36} miesięcy.|Dostawa do miasta {town} trwa {#2-14} dni.|Pani {person} "
        "pracuje w firmie {company} od {#1990-2025} "
        "roku.|Stosować {#1-4} razy dziennie.|Cena wynosi {#20-900} zł brutto.|Przed użyciem odłączyć zasilanie na "
        "{#2-30} minut.|Zgodnie z art. {#2-400} "
        "najemca ponosi koszty.|Pokój ma {#10-50} m² i balkon.|Tego wieczoru nikt nie przyszedł."),
    "Portuguese": alternatives(
        "O prazo de entrega é de {#2-25} dias úteis.|A senhora {person} mora em {town} desde {#1970-2024}.|Tome "
        "{#1-3} comprimidos por dia.|A {company} "
        "Ltda. não se responsabiliza por danos.|O quarto tem {#10-60} m² e vista para o mar.|Nos termos do artigo "
        "{#2-300}, o contrato termina em {#2-24} "
        "meses.|Desligue o aparelho antes da limpeza.|Houve um aumento de {#2-60}% nas vendas.|Ele nunca mais "
        "voltou a {town}."),
    "Turkish": alternatives(
        "Teslimat {town} için {#2-15} iş günüdür.|Sayın {person}, sözleşme {#6-36} ay geçerlidir.|Günde {#1-4} "
        "tablet alınız.|{company} {#1980-2024} "
        "yılında kurulmuştur.|Oda {#12-50} metrekaredir ve deniz görür.|Cihazı {#2-30} dakika kapalı tutun.|Madde "
        "{#2-90} uyarınca kira {#4000-30000} "
        "liradır.|O gece kimse uyumadı.|Fiyatlara KDV dahildir."),
    "Dutch": alternatives(
        "De levering naar {town} duurt {#2-12} werkdagen.|Mevrouw {person} is sinds {#1990-2025} bestuurder van "
        "{company} B.V.|Neem {#1-4} tabletten per "
        "dag.|De huur bedraagt {#400-2500} euro per maand.|Volgens artikel {#2-300} vervalt het recht na {#1-5} "
        "jaar.|Draai de {#2-8} bouten vast.|De kamer "
        "kijkt uit op de gracht.|De omzet steeg met {#2-40} procent.|Niemand wist waar hij was."),
    "English": alternatives(
        "The tenant shall pay {#400-3000} pounds by the {#1-28}th of each month.|{company} reported growth of "
        "{#2-50} percent in {town}.|Take {#1-4} "
        "tablets with water.|Do not open the housing; {#110-400} volts inside.|Our villa in {town} sleeps "
        "{#2-14}.|Section {#2-90} survives termination "
        "for {#1-7} years.|{person} closed the book and listened.|Wash at {#30-60} degrees.|Add to cart and save "
        "{#5-60} percent.|The study enrolled "
        "{#20-900} patients in {town}.|You have {#2-9} lives left, brave knight!|Tighten to {#4-90} Nm."),
}  # fmt: skip
