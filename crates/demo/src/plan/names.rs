//! Invented people. Neither list names anybody in particular.

use super::Language;
use crate::seeded::Seeded;

// The lengths of the two lists of a language share no factor, so stepping through both at once meets every pair of
// first and last name exactly once before it repeats.
#[rustfmt::skip]
const ENGLISH_FIRST: [&str; 61] = [
    "Agnes", "Adil", "Alice", "Amara", "Anita", "Arthur", "Bashir", "Beatrice", "Bernard", "Bethan",
    "Callum", "Carys", "Cecily", "Chidi", "Clara", "Conrad", "Deepa", "Dominic", "Dora", "Edith", "Elliot",
    "Emeka", "Esther", "Fergus", "Fiona", "Freya", "Gareth", "Gita", "Grace", "Hamish", "Hana", "Hester",
    "Idris", "Imogen", "Iris", "Jasper", "Jonah", "Josie", "Kamal", "Keira", "Leon", "Lillian", "Magnus",
    "Marta", "Miles", "Nadia", "Niamh", "Oliver", "Orla", "Percy", "Petra", "Rhys", "Rosalind", "Rupert",
    "Sanjay", "Sheila", "Tamsin", "Theo", "Ursula", "Winston", "Zara",
];
#[rustfmt::skip]
const ENGLISH_LAST: [&str; 71] = [
    "Adeleke", "Ainsworth", "Arkwright", "Bainbridge", "Barlow", "Bello", "Blackwood", "Bose", "Bramley",
    "Carrow", "Chaudhry", "Clough", "Coombes", "Crane", "Dalton", "Dhillon", "Drummond", "Dyson",
    "Eastwood", "Ellery", "Eze", "Fairbank", "Fenn", "Fielding", "Gillespie", "Glover", "Grady", "Hallam",
    "Hargreave", "Hassan", "Hawley", "Heath", "Ibrahim", "Ingram", "Jessop", "Kapoor", "Keane", "Kettle",
    "Langley", "Larkin", "Locke", "Mackie", "Malik", "Marsden", "Mensah", "Merrick", "Nash", "Norwood",
    "Nwosu", "Oakes", "Olsen", "Parrish", "Patel", "Penrose", "Quigley", "Ramsden", "Rawlings", "Rowe",
    "Sayed", "Selby", "Skelton", "Stroud", "Tailor", "Thackeray", "Thorne", "Tindall", "Underhill", "Varga",
    "Wainwright", "Whitby", "Yates",
];
#[rustfmt::skip]
const FRENCH_FIRST: [&str; 53] = [
    "Adèle", "Aïcha", "Alban", "Amandine", "Anaïs", "Antoine", "Bastien", "Béatrice", "Benoît", "Blanche",
    "Capucine", "Cédric", "Chloé", "Clément", "Colette", "Corentin", "Delphine", "Denis", "Éloïse", "Émile",
    "Étienne", "Fabien", "Fatou", "Flore", "Gaëlle", "Gaspard", "Gilles", "Hélène", "Hugo", "Inès",
    "Jérôme", "Joséphine", "Karim", "Laure", "Léonie", "Loïc", "Lucien", "Maëlys", "Manon", "Mathieu",
    "Mehdi", "Nathalie", "Noémie", "Octave", "Pascale", "Quentin", "Rémi", "Sabine", "Salomé", "Sylvain",
    "Thérèse", "Valentin", "Yasmine",
];
#[rustfmt::skip]
const FRENCH_LAST: [&str; 59] = [
    "Arnoux", "Aubry", "Auclair", "Barbier", "Baudry", "Bellanger", "Benali", "Besnard", "Blondeau",
    "Boucher", "Bourdon", "Caillaud", "Carpentier", "Chauvet", "Colas", "Cordier", "Coutant", "Daviau",
    "Delacour", "Desmarais", "Diop", "Dufresne", "Escoffier", "Fabre", "Favreau", "Gaillard", "Gauthey",
    "Giraudet", "Gosselin", "Hamelin", "Hébrard", "Jacquemin", "Joubert", "Kaddour", "Lachance",
    "Lambertin", "Leclair", "Lefort", "Lemaire", "Mallet", "Marchal", "Mercadier", "Morvan", "Nadeau",
    "Ouellet", "Paquin", "Perrault", "Picard", "Poirier", "Quesnel", "Ravel", "Renaudin", "Sabatier",
    "Savary", "Tessier", "Thibault", "Vasseur", "Verdier", "Zidi",
];

/// `count` people of one organization, no name twice. Every ninth bears a name of the other language, as in life.
pub(super) fn people(seeded: &Seeded, label: &str, language: Language, count: usize) -> Vec<String> {
    let mut dice = seeded.dice(&format!("{label}/names"));
    let offset = dice.usize(..3_000);
    let other = match language {
        Language::English => Language::French,
        Language::French => Language::English,
    };
    (0..count).map(|n| name(if n % 9 == 7 { other } else { language }, offset + n)).collect()
}

fn name(language: Language, n: usize) -> String {
    // The strides are there so that neighbours in the list are not neighbours in the alphabet.
    let (first, last) = match language {
        Language::English => (ENGLISH_FIRST[n * 17 % 61], ENGLISH_LAST[n * 29 % 71]),
        Language::French => (FRENCH_FIRST[n * 19 % 53], FRENCH_LAST[n * 23 % 59]),
    };
    format!("{first} {last}")
}

/// The address that a company would give to a person of this name.
pub(super) fn email(name: &str, domain: &str) -> String {
    format!("{}@{domain}", folded(name, '.'))
}

/// Lower case, ASCII only, words joined by `joint`: for addresses and host names.
pub(crate) fn folded(text: &str, joint: char) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' => out.push(c),
            'à' | 'â' | 'ä' => out.push('a'),
            'ç' => out.push('c'),
            'è' | 'é' | 'ê' | 'ë' => out.push('e'),
            'î' | 'ï' => out.push('i'),
            'ô' | 'ö' => out.push('o'),
            'ù' | 'û' | 'ü' => out.push('u'),
            '\'' | '’' => {}
            _ if !out.is_empty() && !out.ends_with(joint) => out.push(joint),
            _ => {}
        }
    }
    out.trim_end_matches(joint).to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn nobody_in_an_organization_shares_a_name_or_an_address() {
        for language in [Language::English, Language::French] {
            let people = people(&Seeded::new(1), "x", language, crate::DemoSize::MAX_MEMBERS);
            let emails: HashSet<String> = people.iter().map(|name| email(name, "x.example")).collect();
            assert_eq!(emails.len(), crate::DemoSize::MAX_MEMBERS);
            assert!(emails.iter().all(|email| email.is_ascii()));
        }
    }

    #[test]
    fn accents_leave_an_address() {
        assert_eq!(email("Éloïse Hébrard", "a.example"), "eloise.hebrard@a.example");
        assert_eq!(folded("St Brannock’s School", '-'), "st-brannocks-school");
        assert_eq!(folded("Umber & Ash", '-'), "umber-ash");
    }
}
