"""Names, streets and towns of the demo world: made-up people with German-looking names in real towns.

Towns carry their real postcode range and dialling code, so that postcode, town and code agree; streets, numbers and
persons are invented. First names are grouped by the years in which they were common (shape after the yearly lists of
the Gesellschaft fuer deutsche Sprache; ranks are rough).
"""

from __future__ import annotations

from dataclasses import dataclass

from rcommerce_helpers.demo_world.chance import listed

MALE = (
    "Hans Peter Klaus Wolfgang Jürgen Dieter Manfred Uwe Günter Horst Bernd Heinz Gerhard Karl-Heinz Rolf Werner "
    "Rainer Helmut Michael Thomas Walter Reinhard Hans-Jürgen Ulrich Hartmut Lothar",
    "Thomas Michael Andreas Stefan Frank Markus Christian Martin Torsten Matthias Jörg Sven Alexander Oliver Jens "
    "Daniel Marco Dirk Holger Carsten André Björn Sebastian René Sönke Mehmet Ralf Axel",
    "Jan Lukas Tim Felix Maximilian Tobias Philipp Daniel Florian Jonas Niklas Leon Paul Fabian Kevin Marcel Dennis "
    "Simon Moritz Jannik Julian Nico Ali Emre Yusuf Luca David Erik",
)
FEMALE = (
    "Monika Ursula Renate Karin Brigitte Ingrid Helga Christa Gisela Elke Bärbel Petra Angelika Gabriele Sabine "
    "Barbara Heike Waltraud Hannelore Marlies Rosemarie Jutta Ute Käthe Anneliese Marianne",
    "Sabine Susanne Andrea Claudia Martina Nicole Stefanie Katrin Anja Silke Birgit Melanie Tanja Sandra Katharina "
    "Daniela Simone Alexandra Christina Bettina Kerstin Yvonne Anke Ayşe Sonja Britta Jana Antje",
    "Anna Laura Julia Lena Lisa Sarah Vanessa Franziska Jessica Katharina Hannah Marie Lea Johanna Sophie Svenja Nina "
    "Jana Miriam Elif Zoë Michelle Carolin Theresa Lara Leonie Paula Charlotte",
)
NICKNAMES = {
    "Hans-Jürgen": "Jürgen", "Karl-Heinz": "Kalle", "Michael": "Michi", "Thomas": "Tom", "Andreas": "Andi",
    "Stefan": "Steff", "Matthias": "Matze", "Alexander": "Alex", "Sebastian": "Basti", "Maximilian": "Max",
    "Tobias": "Tobi", "Philipp": "Phil", "Florian": "Flo", "Niklas": "Nik", "Susanne": "Susi", "Katharina": "Kathi",
    "Stefanie": "Steffi", "Alexandra": "Alex", "Christina": "Tina", "Bettina": "Betty", "Gabriele": "Gabi",
    "Franziska": "Franzi", "Johanna": "Hanna", "Theresa": "Resi", "Hannelore": "Hanne", "Wolfgang": "Wolf",
    "Ulrich": "Uli", "Daniel": "Dani", "Daniela": "Dani", "Elisabeth": "Lisa", "Sandra": "Sandy", "Martina": "Tina",
}  # fmt: skip

_COMMON = listed(
    "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer "
    "Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt "
    "Werner Krause Meier Lehmann Schmid Schulze Maier Köhler Herrmann König Walter Mayer Huber Kaiser "
    "Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Keller Vogel Schubert Roth Frank Friedrich Beck "
    "Günther Berger Winkler Lorenz Baumann Schuster Kraus Böhm Simon Franke Albrecht Winter Ludwig Martin "
    "Krämer Schumacher Vogt Stein Jäger Otto Sommer Groß Seidel Heinrich Haas Brandt Schreiber Graf "
    "Dietrich Schulte Kuhn Ziegler Kühn Pohl Engel Horn Busch Bergmann Voigt Sauer Arnold Pfeiffer Wolff "
    "Yılmaz Kaya Demir Nowak Kowalski Petrov Nguyen Rossi"
)
_HEADS = listed("Stein Linden Eichen Hasel Birken Roden Wald Ober Nieder Hohen Grün Rosen Löwen Wies Kirch Mühl Brück")
_HEADS += listed("Fels Königs Schön Vogels Acker Berg Buch Dorn Feld Gras Hirsch Kron Lauter Moos Neu Rauten Silber")
_TAILS = listed("berg bach mann hoff feld brink horst kamp meier müller stedt thal wald huber häuser bauer beck becker")
FAMILIES = tuple(dict.fromkeys([*_COMMON, *(h + t for t in _TAILS for h in _HEADS if h.lower() != t)]))

STREETS = tuple(
    [
        f"{name}straße"
        for name in listed(
            "Haupt Schul Garten Bahnhof Goethe Schiller Mozart Beethoven Linden Berg Wald Wiesen Kirch "
            "Ring Rosen Tulpen Birken Eichen Buchen Mühlen Friedhof Post Markt Nord Süd Ost West König "
            "Kaiser Bismarck Uhland Lessing Kant Hegel Heine Fontane Hölderlin Ahorn Kastanien Ulmen"
        )
    ]
    + [
        f"{n}weg"
        for n in listed("Amsel Finken Drossel Lerchen Birken Eichen Heide Wiesen Feld Mühlen Höhen Tal Föhren")
    ]
    + ["Am Anger", "Am Bahndamm", "Am Hang", "Im Winkel", "An der Mühle", "Zum Sportplatz", "Auf der Höhe", "Am Weiher"]
)


@dataclass(frozen=True)
class Town:
    """A real town: postcode range, dialling code, inhabitants in thousands, whether the shop has a store there."""

    name: str
    first_postcode: int
    last_postcode: int
    code: str
    thousands: int
    store: bool
    region: str


def _towns() -> tuple[Town, ...]:
    text = """Berlin|10115|14199|030|3780|1|Ost;Hamburg|20095|22769|040|1900|1|Nord;München|80331|81929|089|1510|1|Süd
Köln|50667|51149|0221|1087|1|West;Frankfurt am Main|60306|60599|069|775|1|Mitte;Stuttgart|70173|70629|0711|633|1|Süd
Düsseldorf|40210|40629|0211|629|1|West;Leipzig|4103|4357|0341|616|1|Ost;Dortmund|44135|44388|0231|593|1|West
Essen|45127|45359|0201|584|0|West;Bremen|28195|28779|0421|577|1|Nord;Dresden|1067|1328|0351|563|1|Ost
Hannover|30159|30659|0511|545|1|Nord;Nürnberg|90402|90491|0911|523|1|Süd;Duisburg|47051|47279|0203|502|0|West
Bochum|44787|44894|0234|365|0|West;Wuppertal|42103|42399|0202|358|0|West;Bielefeld|33602|33739|0521|338|0|West
Bonn|53111|53229|0228|335|0|West;Münster|48143|48167|0251|320|0|West;Mannheim|68159|68309|0621|315|0|Mitte
Karlsruhe|76131|76229|0721|309|0|Süd;Augsburg|86150|86199|0821|301|0|Süd;Wiesbaden|65183|65207|0611|284|0|Mitte
Mönchengladbach|41061|41239|02161|268|0|West;Gelsenkirchen|45879|45899|0209|263|0|West;Aachen|52062|52080|0241|252|0|West
Braunschweig|38100|38126|0531|251|0|Nord;Kiel|24103|24159|0431|247|0|Nord;Chemnitz|9111|9131|0371|248|0|Ost
Magdeburg|39104|39130|0391|240|0|Ost;Freiburg im Breisgau|79098|79117|0761|236|0|Süd
Krefeld|47798|47839|02151|228|0|West
Halle (Saale)|6108|6132|0345|242|0|Ost;Mainz|55116|55131|06131|220|0|Mitte;Erfurt|99084|99099|0361|215|0|Ost
Lübeck|23552|23570|0451|218|0|Nord;Oberhausen|46045|46149|0208|210|0|West;Rostock|18055|18147|0381|209|0|Ost
Kassel|34117|34134|0561|204|0|Mitte;Hagen|58089|58135|02331|189|0|West;Potsdam|14467|14482|0331|185|0|Ost
Saarbrücken|66111|66133|0681|181|0|Mitte;Hamm|59063|59077|02381|180|0|West;Oldenburg|26121|26135|0441|171|0|Nord
Osnabrück|49074|49090|0541|167|0|Nord;Heidelberg|69115|69126|06221|162|0|Mitte;Darmstadt|64283|64297|06151|162|0|Mitte
Regensburg|93047|93059|0941|157|0|Süd;Paderborn|33098|33106|05251|154|0|West;Ingolstadt|85049|85057|0841|141|0|Süd
Würzburg|97070|97084|0931|127|0|Süd;Ulm|89073|89081|0731|128|0|Süd;Heilbronn|74072|74081|07131|129|0|Süd
Göttingen|37073|37085|0551|118|0|Nord;Bottrop|46236|46244|02041|118|0|West;Trier|54290|54296|0651|112|0|Mitte
Koblenz|56068|56077|0261|115|0|Mitte;Jena|7743|7751|03641|111|0|Ost;Siegen|57072|57080|0271|102|0|West
Hildesheim|31134|31141|05121|101|0|Nord;Cottbus|3042|3055|0355|98|0|Ost;Flensburg|24937|24944|0461|92|0|Nord
Schwerin|19053|19063|0385|96|0|Ost;Konstanz|78462|78467|07531|85|0|Süd;Bamberg|96047|96052|0951|79|0|Süd
Lüneburg|21335|21339|04131|76|0|Nord;Bayreuth|95444|95448|0921|74|0|Süd;Weimar|99423|99427|03643|65|0|Ost
Passau|94032|94036|0851|53|0|Süd;Greifswald|17489|17493|03834|59|0|Ost;Görlitz|2826|2828|03581|56|0|Ost"""
    rows = [part.split("|") for part in text.replace("\n", ";").split(";")]
    return tuple(
        Town(name, int(first), int(last), code, int(size), store == "1", region)
        for name, first, last, code, size, store, region in rows
    )


TOWNS = _towns()

MAIL_HOSTS = ("gmx.de", "web.de", "gmail.com", "t-online.de", "freenet.de", "outlook.de", "posteo.de", "icloud.com")
MAIL_HOST_WEIGHTS = (0.25, 0.22, 0.26, 0.13, 0.04, 0.05, 0.02, 0.03)
COMPANY_TRADES = listed(
    "Bau Elektro Garten Büro Haus Metall Holz Reise Druck Medien Logistik Praxis Kanzlei Sport Dach"
)
COMPANY_FORMS = ("GmbH", "GmbH & Co. KG", "e. K.", "OHG", "AG", "UG (haftungsbeschränkt)")
_FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_STRIPPED = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "s", "Ä": "A", "Ö": "O", "Ü": "U"})
_FOREIGN = str.maketrans({"ı": "i", "ş": "s", "ë": "e", "é": "e", "ğ": "g"})


def folded(text: str) -> str:
    """``Müller`` as ``Mueller``."""
    return text.translate(_FOLDED)


def stripped(text: str) -> str:
    """``Müller`` as ``Muller``: what old tills print."""
    return text.translate(_STRIPPED)


def plain(text: str) -> str:
    """Letters of a mailbox name: ascii, lower case, no blanks."""
    return folded(text).translate(_FOREIGN).lower().replace(" ", "").replace("-", "")
