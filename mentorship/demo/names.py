"""Names for made-up people, by where they might come from (pure)."""

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

SHE, HE, THEY = "she/her", "he/him", "they/them"


@dataclass(frozen=True)
class Origin:
    """Given and family names that go together, and the languages somebody may bring."""

    she: tuple[str, ...]
    he: tuple[str, ...]
    family: tuple[str, ...]
    languages: tuple[str, ...]


def _origin(she: str, he: str, family: str, languages: str) -> Origin:
    return Origin(tuple(she.split()), tuple(he.split()), tuple(family.split()), tuple(languages.split()))


ORIGINS = (
    _origin("Ngozi Amara Chioma Ifeoma Adaeze", "Chidi Emeka Obinna Tunde Kelechi",
            "Okafor Eze Nwosu Adeyemi Balogun Obi", "en ig"),
    _origin("Efua Abena Adwoa Akosua Yaa", "Kofi Kwame Kojo Yaw Kwabena",
            "Mensah Asante Boateng Owusu Addo", "en"),
    _origin("Priya Ananya Kavya Meera Lakshmi", "Arjun Rohan Vikram Sanjay Nikhil",
            "Nair Menon Iyer Sharma Patel Rao", "en hi ml"),
    _origin("Ayesha Zainab Sana Hira Mahnoor", "Bilal Hamza Usman Imran Faisal",
            "Malik Qureshi Chaudhry Siddiqui Raza", "en ur"),
    _origin("Farida Layla Rania Salma Yasmin", "Karim Omar Tariq Youssef Sami",
            "Haddad Mansour Khoury Nasser Saleh", "en ar"),
    _origin("Elif Zeynep Defne Ayla Selin", "Emre Deniz Kerem Burak Ozan",
            "Kaya Demir Aydin Arslan Polat", "en tr"),
    _origin("Agnieszka Magda Kasia Zofia Ewa", "Piotr Tomasz Jakub Marek Adam",
            "Nowak Wilk Kowal Mazur Zawada", "en pl"),
    _origin("Iryna Oksana Daryna Solomiya Halyna", "Andriy Taras Bohdan Mykola Ostap",
            "Kovalenko Shevchuk Bondar Melnyk Tkachuk", "en uk"),
    _origin("Siobhan Niamh Aoife Maeve Orla", "Cormac Eoin Declan Fionn Ronan",
            "Byrne Gallagher Nolan Keane Doyle", "en ga"),
    _origin("Carys Ffion Rhian Nia Bethan", "Dafydd Rhys Gethin Owain Ifan",
            "Rees Pritchard Morgan Vaughan Powell", "en cy"),
    _origin("Eleanor Harriet Ruth Joanna Beth", "Graham Simon Peter Luke Martin",
            "Whitfield Ashworth Marlow Thorne Hargreaves Pike", "en"),
    _origin("Lucia Marta Pilar Ines Carmen", "Mateo Diego Javier Andres Pablo",
            "Cruz Herrera Vidal Montes Salgado", "en es"),
    _origin("Beatriz Joana Camila Renata Thais", "Rafael Tiago Caio Bruno Davi",
            "Prado Teixeira Moreira Lacerda Duarte", "en pt"),
    _origin("Mei Xiaoyu Lihua Yuting Jiayi", "Wei Junjie Haoran Zhiming Bowen",
            "Chen Lin Huang Zhao Xu", "en zh-hans"),
    _origin("Linh Thao Huong Mai Ngoc", "Minh Duc Quang Tuan Khoa",
            "Nguyen Tran Pham Vo Dang", "en vi"),
    _origin("Hana Yui Sakura Emi Naoko", "Kenji Haruto Takumi Ren Daichi",
            "Sato Mori Takeda Ishii Nakano", "en ja"),
    _origin("Ingrid Astrid Solveig Freja Maja", "Bjarne Lars Oskar Anders Nils",
            "Holt Lindqvist Dahl Nygaard Berg", "en nb sv"),
    _origin("Hodan Fadumo Sahra Ayaan Ifrah", "Abdi Liban Mahad Guled Bashir",
            "Warsame Jama Hersi Farah Abdullahi", "en ar"),
)  # fmt: skip


@dataclass(frozen=True)
class Somebody:
    """A name that is nobody's, with an address of its own."""

    given: str
    family: str
    email: str
    pronouns: str
    languages: str

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}"


def address(given: str, family: str, number: int) -> str:
    """given.family@example.org, the second of that name with a 2."""
    text = unicodedata.normalize("NFKD", f"{given}.{family}").encode("ascii", "ignore").decode().lower()
    return f"{text}{number if number > 1 else ''}@example.org"


def people(draw: random.Random) -> Iterator[Somebody]:
    """Endless people, no address twice."""
    seen: dict[str, int] = {}
    while True:
        origin = draw.choice(ORIGINS)
        pronouns = draw.choices((SHE, HE, THEY), (47, 47, 6))[0]
        given = draw.choice({SHE: origin.she, HE: origin.he}.get(pronouns, origin.she + origin.he))
        family = draw.choice(origin.family)
        key = f"{given} {family}"
        seen[key] = seen.get(key, 0) + 1
        # The same name again only once the lists are used up.
        if seen[key] > 1 and len(seen) < 700:
            continue
        yield Somebody(given, family, address(given, family, seen[key]), pronouns, ", ".join(origin.languages))
