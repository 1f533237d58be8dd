"""What is written in messages, tickets and reviews: short German texts of our own."""

from __future__ import annotations

SUBJECTS = {
    "reminder": "{about}: Zeit für Nachschub?",
    "social_proof": "Viele unserer Kundinnen und Kunden haben sich gerade hierfür entschieden: {about}",
    "scarcity": "Der Vorrat wird klein: {about}",
    "urgency": "Diese Woche: {about}",
    "reciprocity": "Ein kleines Dankeschön für Sie",
    "simplification": "{about} in zwei Schritten",
    "commitment": "Sie hatten sich etwas vorgenommen",
    "information": "Neu im Sortiment: {about}",
}

# Per topic three messages of the person, then three of the firm.
TALK: dict[str, tuple[str, ...]] = {
    "delivery": (
        "Mein Paket ist seit fünf Tagen unterwegs. Wo ist es?",
        "Die Lieferung kam nur zur Hälfte an.",
        "Laut Sendungsverfolgung zugestellt, aber hier ist nichts.",
        "Wir fragen beim Versand nach und melden uns.",
        "Ihr Paket liegt im Verteilzentrum und kommt morgen.",
        "Wir haben den fehlenden Artikel nachgeschickt.",
    ),
    "return": (
        "Die Schuhe passen leider nicht. Wie schicke ich sie zurück?",
        "Wann bekomme ich mein Geld wieder?",
        "Dem Paket lag kein Rücksendeschein bei.",
        "Anbei der Rücksendeschein.",
        "Die Gutschrift ist angewiesen.",
        "Bitte nutzen Sie den Code im Kundenkonto.",
    ),
    "defect": (
        "Das Gerät geht nicht mehr an.",
        "Die Maschine verliert Wasser.",
        "Seit gestern bleibt der Bildschirm schwarz.",
        "Bitte setzen Sie das Gerät einmal zurück.",
        "Wir schicken Ihnen ein Austauschgerät.",
        "Ein Techniker meldet sich zur Terminabsprache.",
    ),
    "invoice": (
        "Auf der Rechnung steht der falsche Betrag.",
        "Bitte schicken Sie mir die Rechnung noch einmal.",
        "Ich wurde gemahnt, obwohl ich bezahlt habe.",
        "Wir haben die Rechnung berichtigt.",
        "Anbei Ihre Rechnung.",
        "Die Mahnung ist gegenstandslos, bitte entschuldigen Sie.",
    ),
    "tariff": (
        "Welcher Tarif passt zu mir?",
        "Mein Vertrag läuft bald aus, was können Sie anbieten?",
        "Ich möchte mehr Datenvolumen.",
        "Wir haben Ihren Verbrauch angesehen und empfehlen den kleineren Tarif.",
        "Ihr Vertrag läuft monatlich weiter.",
        "Die Änderung gilt ab dem nächsten Ersten.",
    ),
    "outage": (
        "Seit heute früh kein Internet.",
        "Das Netz fällt jeden Abend aus.",
        "Der Router blinkt nur noch rot.",
        "In Ihrem Gebiet wird gearbeitet, es dauert bis 18 Uhr.",
        "Wir messen die Leitung und melden uns.",
        "Ein neuer Router ist unterwegs.",
    ),
    "account": (
        "Ich komme nicht mehr in mein Konto.",
        "Bitte ändern Sie meine Adresse.",
        "Ich habe zwei Konten, geht auch eins?",
        "Wir haben Ihnen einen neuen Zugang geschickt.",
        "Die Adresse ist geändert.",
        "Wir haben die Konten zusammengelegt.",
    ),
    "advice": (
        "Welche Kapseln passen in meine Maschine?",
        "Wie fällt der Laufschuh aus?",
        "Passt der Trockner unter die Arbeitsplatte?",
        "Alle Kapseln mit blauem Siegel passen.",
        "Der Schuh fällt eine halbe Nummer klein aus.",
        "Ja, mit dem Unterbausatz.",
    ),
}

REVIEWS: dict[int, tuple[str, ...]] = {
    1: ("Nach zwei Wochen kaputt.", "Nicht wie beschrieben.", "Nie wieder.", "Lieferung beschädigt, keine Antwort."),
    2: ("Hält nicht, was es verspricht.", "Für den Preis zu wenig.", "Mäßig.", "Verarbeitung lässt zu wünschen übrig."),
    3: ("Geht so.", "Erfüllt seinen Zweck.", "Mittelmaß, Lieferung gut.", "In Ordnung, mehr nicht."),
    4: ("Gut, kleine Abzüge beim Preis.", "Macht, was es soll.", "Schnelle Lieferung, gutes Produkt.", "Gern wieder."),
    5: ("Sehr zufrieden!", "Genau richtig.", "Klare Empfehlung.", "Schon zum dritten Mal gekauft."),
}
