"""Lists of people: what a CRM, a mailing system and a sales system say of them, and what they may be sent."""

# ruff: noqa: E501 - headers as the systems write them, one row a line
from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from .firm import Person, Sample, make_firm, table
from .shops import MAIL, utc

ANY = ("marketing", "any", "")


def _names(who: Person, given: str, family: str) -> dict[str, object]:
    return {given: who.given, family: who.family}


HUBSPOT_GERMAN = (
    "Datensatz-ID;Vorname;Nachname;E-Mail;Telefonnummer;Zuständiger Mitarbeiter für Kontakt;Lead-Status;"
    "Marketingkontakt-Status;Lifecycle-Phase;Von allen E-Mails abgemeldet;Erstellungsdatum;Datum der letzten Aktivität;"
    "Straße;Postleitzahl;Stadt;Land/Region;Name des Unternehmens;Rechtsgrundlage für die Verarbeitung der Kontaktdaten;"
    "Zusammengeführte Kontakt-IDs"
)
HUBSPOT = (
    "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lead Status,Marketing contact status,"
    "Lifecycle Stage,Unsubscribed from all email,Opted out of email: Marketing Information,Create Date,"
    "Last Activity Date,Street Address,Postal Code,City,Country/Region,Company Name,"
    "Legal basis for processing contact's data,Merged contact IDs"
)


def hubspot_german() -> Sample:
    people = make_firm(21).people
    rows = [
        {
            "Datensatz-ID": 900_000 + who.number, **_names(who, "Vorname", "Nachname"), "E-Mail": who.mail,
            "Telefonnummer": who.phone, "Marketingkontakt-Status": "Marketingkontakt",
            "Von allen E-Mails abgemeldet": {True: "", False: "Ja", None: "Nein"}[who.mail_said],
            "Erstellungsdatum": f"{who.since:%d.%m.%Y %H:%M}", "Straße": who.street, "Postleitzahl": who.town[0],
            "Stadt": who.town[1], "Land/Region": "Deutschland",
            "Rechtsgrundlage für die Verarbeitung der Kontaktdaten": "Einwilligung des Kontakts",
            "Zusammengeführte Kontakt-IDs": "77;78" if who.number % 10 == 0 else "",
        }
        for who in people
    ]  # fmt: skip
    no = [who for who in people if who.mail_said is False]
    return Sample(
        files={"hubspot-crm-exports.csv": table(HUBSPOT_GERMAN, rows, delimiter=";", encoding="cp1252")},
        presets=("hubspot_contacts",),
        landed={"source_records": len(people), "permissions": len(no)},
        no=frozenset((*MAIL, who.mail) for who in no),
    )


def hubspot_english() -> Sample:
    people = make_firm(22).people
    rows = [
        {
            "Record ID": 900_000 + who.number, **_names(who, "First Name", "Last Name"), "Email": who.mail,
            "Phone Number": who.phone, "Marketing contact status": "Marketing contact",
            "Unsubscribed from all email": "true" if who.mail_said is False else "false",
            "Opted out of email: Marketing Information": "true" if who.number % 12 == 0 else "",
            "Create Date": f"{who.since:%Y-%m-%d %H:%M}", "Postal Code": who.town[0], "City": who.town[1],
        }
        for who in people
    ]  # fmt: skip
    no = [who for who in people if who.mail_said is False or who.number % 12 == 0]
    return Sample(
        files={"all-contacts.csv": table(HUBSPOT, rows)},
        presets=("hubspot_contacts",),
        landed={"source_records": len(people), "permissions": len(no)},
        no=frozenset((*MAIL, who.mail) for who in no),
    )


SALESFORCE = (
    "Id,IsDeleted,MasterRecordId,AccountId,LastName,FirstName,Salutation,Name,MailingStreet,MailingCity,MailingState,"
    "MailingPostalCode,MailingCountry,Phone,MobilePhone,Email,Title,Department,LeadSource,Birthdate,OwnerId,"
    "HasOptedOutOfEmail,HasOptedOutOfFax,DoNotCall,CreatedDate,LastModifiedDate,LastActivityDate,IndividualId"
)
INDIVIDUALS = (
    "Id,OwnerId,IsDeleted,LastName,FirstName,Salutation,Name,BirthDate,HasOptedOutTracking,HasOptedOutProfiling,"
    "HasOptedOutProcessing,HasOptedOutSolicit,ShouldForget,HasOptedOutGeoTracking,SendIndividualData,CreatedDate"
)


def salesforce_contacts() -> Sample:
    """Ids that differ by capitals only, in both lengths; a record merged into another; a person to be forgotten."""
    people = make_firm(23).people
    rows = [_salesforce_row(i, who) for i, who in enumerate(people)]
    rows.append({**rows[0], "Id": "0035g00000ZZZZZZZZ", "IsDeleted": "true", "MasterRecordId": rows[0]["Id"]})
    individuals = [
        {
            "Id": _sf_id(i, "0PK") + "AAA", "LastName": who.family, "HasOptedOutSolicit": str(i == 4).lower(),
            "HasOptedOutProfiling": "false", "HasOptedOutTracking": str(i == 5).lower(),
            "HasOptedOutProcessing": "false", "ShouldForget": str(i == 6).lower(), "HasOptedOutGeoTracking": "false",
        }
        for i, who in enumerate(people)
    ]  # fmt: skip
    no_mail, no_call = [w for w in people if w.mail_said is False], [w for w in people if w.number % 6 == 0]
    purposes = ("marketing", "personalisation", "web_linking", "statistics", "location")
    return Sample(
        files={"Contact.csv": table(SALESFORCE, rows), "Individual.csv": table(INDIVIDUALS, individuals)},
        presets=("salesforce_contacts",),
        landed={"source_records": len(people), "permissions": len(no_mail) + len(no_call) + 2 + len(purposes)},
        no=frozenset((*MAIL, who.mail) for who in no_mail)
        | {("marketing", "phone", ""), *((purpose, "any", "") for purpose in purposes)},
        aside={"deleted": 1},
    )


def _sf_id(i: int, start: str) -> str:
    """15 signs; two that differ by capitals only follow each other."""
    return f"{start}5g00000{i // 2:04}{'b' if i % 2 else 'B'}"


def _salesforce_row(i: int, who: Person) -> dict[str, object]:
    long = "AAA" if i % 3 else ""
    return {
        "Id": _sf_id(i, "003") + long, "IsDeleted": "false", **_names(who, "FirstName", "LastName"),
        "MailingStreet": who.street, "MailingCity": who.town[1], "MailingPostalCode": who.town[0],
        "MailingCountry": "Germany", "MobilePhone": who.phone if i % 2 else "", "Phone": who.phone, "Email": who.mail,
        "Birthdate": f"19{50 + i % 50}-03-{1 + i % 28:02}", "HasOptedOutOfEmail": str(who.mail_said is False).lower(),
        "DoNotCall": str(who.number % 6 == 0).lower(), "CreatedDate": f"{utc(who.since).replace(' ', 'T')}.000Z",
        "LastModifiedDate": f"{utc(who.said_at).replace(' ', 'T')}.000+0000", "IndividualId": _sf_id(i, "0PK"),
    }  # fmt: skip


KLAVIYO = (
    "Email,Klaviyo ID,First Name,Last Name,Organization,Title,Phone Number,Address,Address 2,City,State / Region,"
    "Country,Zip Code,Latitude,Longitude,Source,IP Address,Timezone,Email Marketing Consent,"
    "Email Marketing Consent Timestamp,Email Suppressions,Email Suppressions Timestamp,SMS Marketing Consent,"
    "SMS Marketing Consent Timestamp,Profile Created On,Last Active"
)


def klaviyo_profiles() -> Sample:
    people = make_firm(24).people
    rows = [
        {
            "Email": who.mail, "Klaviyo ID": f"01H{who.number:023}", **_names(who, "First Name", "Last Name"),
            "Phone Number": who.phone.replace(" ", ""), "City": who.town[1], "Zip Code": who.town[0],
            "Country": "Germany", "Profile Created On": f"{utc(who.since)}+00:00",
            "Email Marketing Consent": {True: "SUBSCRIBED", False: "UNSUBSCRIBED", None: "NEVER_SUBSCRIBED"}[who.mail_said],
            "Email Marketing Consent Timestamp": "" if who.mail_said is None or who.number % 9 == 0 else f"{utc(who.said_at)}+00:00",
            "Email Suppressions": {0: "['HARD_BOUNCE']", 1: "['USER_SUPPRESSED']"}.get(who.number % 14, "[]"),
            "SMS Marketing Consent": "SUBSCRIBED" if who.number % 5 == 0 else "NEVER_SUBSCRIBED",
            "SMS Marketing Consent Timestamp": f"{utc(who.said_at)}+00:00" if who.number % 5 == 0 else "",
        }
        for who in people
    ]  # fmt: skip
    yes = [w for w in people if w.mail_said and w.number % 9]
    left, suppressed = [w for w in people if w.mail_said is False], [w for w in people if w.number % 14 == 1]
    sms = [w for w in people if w.number % 5 == 0]
    twice = [w for w in suppressed if w.mail_said is False and w.number % 9 == 0]
    return Sample(
        files={"Newsletter_2024-06.csv": table(KLAVIYO, rows)},
        presets=("klaviyo_list",),
        landed={
            "source_records": len(people),
            "permissions": len(yes) + len(left) + len(suppressed) - len(twice) + len(sms),
        },
        no=frozenset((*MAIL, who.mail) for who in left + suppressed),
        yes=frozenset((*MAIL, who.mail) for who in yes)
        | frozenset(("marketing", "sms", who.phone.replace(" ", "")) for who in sms),
    )


MAILCHIMP = (
    "Email Address,First Name,Last Name,Address,Phone Number,Birthday,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,"
    "CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS"
)
UNSUBSCRIBED = MAILCHIMP.replace(
    "LAST_CHANGED", "UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_CAMPAIGN_ID,UNSUB_REASON,UNSUB_REASON_OTHER,LAST_CHANGED"
)
CLEANED = MAILCHIMP.replace("LAST_CHANGED", "CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,CLEAN_CAMPAIGN_ID,LAST_CHANGED")


def mailchimp() -> Sample:
    people = make_firm(25).people
    parts: dict[bool | None, list[dict[str, object]]] = {True: [], False: [], None: []}
    for who in people:
        row: dict[str, object] = {
            "Email Address": who.mail, **_names(who, "First Name", "Last Name"), "MEMBER_RATING": 2,
            "OPTIN_TIME": utc(who.since), "CONFIRM_TIME": utc(who.said_at) if who.number % 2 else "",
            "LAST_CHANGED": utc(who.said_at), "LEID": 41_000_000 + who.number, "EUID": f"e{who.number:09x}",
        }  # fmt: skip
        row |= {"UNSUB_TIME": utc(who.said_at + timedelta(days=90))} if who.mail_said is False else {}
        row |= {"CLEAN_TIME": utc(who.said_at)} if who.mail_said is None else {}
        parts[who.mail_said].append(row)
    return Sample(
        files={
            "subscribed_email_audience_export_1.csv": table(MAILCHIMP, parts[True]),
            "unsubscribed_email_audience_export_1.csv": table(UNSUBSCRIBED, parts[False]),
            "cleaned_email_audience_export_1.csv": table(CLEANED, parts[None]),
        },
        presets=("mailchimp_subscribed", "mailchimp_unsubscribed", "mailchimp_cleaned"),
        landed={"source_records": len(people), "permissions": len(parts[True]) + len(parts[False])},
        no=frozenset((*MAIL, who.mail) for who in people if who.mail_said is False),
        yes=frozenset((*MAIL, who.mail) for who in people if who.mail_said),
    )


CRM = (
    "Kundennummer;Anrede;Vorname;Nachname;Firma;Straße;PLZ;Ort;Land;E-Mail;Telefon;Mobil;Geburtsdatum;Newsletter;"
    "Newsletter seit;Werbung Telefon;Werbung Post;Werbesperre;Kunde seit"
)


def plain_crm() -> Sample:
    people = make_firm(26).people
    rows = [
        {
            "Kundennummer": f"{who.number:06}", **_names(who, "Vorname", "Nachname"), "Straße": who.street,
            "PLZ": who.town[0], "Ort": who.town[1], "Land": "DE", "E-Mail": who.mail, "Telefon": who.phone,
            "Geburtsdatum": f"{1 + who.number % 28:02}.{1 + who.number % 12:02}.{1950 + who.number % 50}",
            "Newsletter": {True: "ja", False: "nein", None: ""}[who.mail_said],
            "Newsletter seit": f"{who.said_at:%d.%m.%Y}" if who.mail_said is not None and who.number % 4 else "",
            "Werbung Telefon": "ja" if who.number % 7 == 0 else "nein", "Werbesperre": "ja" if who.number % 20 == 0 else "",
            "Kunde seit": f"{who.since:%d.%m.%Y}",
        }
        for who in people
    ]  # fmt: skip
    asked = [who for who in people if who.mail_said is not None]
    return Sample(
        files={"Kundenliste.csv": table(CRM, rows, delimiter=";", encoding="cp1252")},
        presets=("plain_crm",),
        landed={
            "source_records": len(people),
            "permissions": len(asked) + len(people) + sum(who.number % 20 == 0 for who in people),
        },
        no=frozenset((*MAIL, who.mail) for who in asked if not who.mail_said) | {("marketing", "phone", ""), ANY},
        yes=frozenset((*MAIL, who.mail) for who in asked if who.mail_said)
        | frozenset(("marketing", "phone", who.phone) for who in people if who.number % 7 == 0),
    )


LISTS: dict[str, Callable[[], Sample]] = {
    f.__name__: f
    for f in (
        hubspot_german, hubspot_english, salesforce_contacts, klaviyo_profiles, mailchimp, plain_crm,
    )
}  # fmt: skip
