//! The input of a search, and the marked matches in a text.

use domain::search::{EmptyQuery, Piece, Query, Term, title_key};

/// A query in short form: `+` before a word that also matches longer ones, `=` before an exact term, `-` before an
/// exclusion.
fn parsed(typed: &str) -> String {
    let query = match Query::parse(typed) {
        Ok(query) => query,
        Err(EmptyQuery::NoWord) => return "no word".into(),
        Err(EmptyQuery::OnlyExcluded) => return "only unwanted".into(),
    };
    let wanted =
        query.required().iter().map(|term| format!("{}{}", if term.is_prefix() { '+' } else { '=' }, term.as_str()));
    let unwanted = query.excluded().iter().map(|term| format!("-{}", term.as_str()));
    wanted.chain(unwanted).collect::<Vec<_>>().join("|")
}

#[test]
fn words_phrases_and_exclusions_are_told_apart() {
    for (typed, expected) in [
        ("oak", "+oak"),
        ("  Oak   tree ", "+Oak|+tree"),
        ("an oak", "=an|+oak"),
        ("\"old oak\" tree", "=old oak|+tree"),
        ("“old oak” tree", "=old oak|+tree"),
        ("oak -elm -\"red beech\"", "+oak|-elm|-red beech"),
        ("well-known", "+well-known"),
        ("snake_case", "+snake_case"),
        ("oak \"never closed", "+oak|=never closed"),
        ("äp", "=äp"),
        ("木材", "+木材"),
        ("oak --elm", "+oak|+--elm"),
        ("oak ---elm -elm", "+oak|+---elm|-elm"),
        ("oak % - \"\" -\"", "+oak"),
    ] {
        assert_eq!(parsed(typed), expected, "{typed:?}");
    }
}

#[test]
fn a_search_for_nothing_says_why() {
    for typed in ["", "   ", "%", "\"", "\"\"", "- -", "*", "()", "\0", "🙂"] {
        assert_eq!(parsed(typed), "no word", "{typed:?}");
    }
    for typed in ["-oak", "-\"old oak\" -elm", "% -oak"] {
        assert_eq!(parsed(typed), "only unwanted", "{typed:?}");
    }
}

#[test]
fn what_is_too_much_does_not_count() {
    let oaks: Vec<String> = (10..30).map(|n| format!("oak{n}")).collect();
    assert_eq!(parsed(&oaks.join(" ")), "+oak10|+oak11|+oak12|+oak13|+oak14|+oak15|+oak16|+oak17");
    assert_eq!(parsed(&format!("{} elm", "x".repeat(250))), format!("+{}", "x".repeat(200)));
    assert_eq!(parsed(&"é".repeat(250)).chars().count(), 201);
}

/// The pieces, with matches in brackets.
fn shown(pieces: Vec<Piece>) -> String {
    pieces.iter().map(|piece| if piece.marked { format!("[{}]", piece.text) } else { piece.text.clone() }).collect()
}

#[test]
fn what_was_found_is_marked() {
    let marked = |typed: &str, text: &str| shown(Query::parse(typed).unwrap().mark(text));
    for (typed, text, expected) in [
        ("oak", "Oak, oaks; soak.", "[Oak], [oaks]; soak."),
        ("\"oak\"", "Oak, oaks.", "[Oak], oaks."),
        ("an", "An answer", "[An] answer"),
        ("old oak", "The old, OLD oak", "The [old], [OLD] [oak]"),
        ("\"old oak\"", "old; old oak", "old; [old oak]"),
        ("\"old oak\" oak", "old-oak", "[old-oak]"),
        ("cafe", "Café, cafe\u{301}s", "[Café], [cafe\u{301}s]"),
        ("CAFÉ", "cafe", "[cafe]"),
        ("ΟΔΌΣ", "οδός", "[οδός]"),
        ("и", "й и", "й [и]"),
        ("oak -elm", "oak elm", "[oak] elm"),
        ("strasse ÆTHER", "Straße, æther", "[Straße], [æther]"),
        ("lodz smorrebrod", "Łódź, smørrebrød", "[Łódź], [smørrebrød]"),
        ("thor oeuvre istanbul", "Þór œuvre ıstanbul İstanbul", "[Þór] [œuvre] [ıstanbul] [İstanbul]"),
        ("office", "oﬃce ＯＦＦＩＣＥ", "[oﬃce] [ＯＦＦＩＣＥ]"),
        ("hyphenation", "hy\u{ad}phen\u{200b}ation", "[hy\u{ad}phen\u{200b}ation]"),
        ("word", "**w**ord, w~~or~~d, 2*3", "**[w**ord], [w~~or~~d], 2*3"),
        ("3", "2*3", "2*[3]"),
        ("材", "木材店", "木[材]店"),
        ("材店", "木材店, 木材", "木[材店], 木材"),
        ("木材店", "木材店と木材", "[木材店]と木材"),
        ("東京2020", "東京2020年", "[東京2020]年"),
        ("\"京 大\"", "東京 大学, 東京大学", "東[京 大]学, 東京大学"),
        ("ไทย", "ภาษาไทยง่าย", "ภาษา[ไทย]ง่าย"),
        ("カタ", "ｶﾀｶﾅ", "[ｶﾀ]ｶﾅ"),
        ("oak", "", ""),
    ] {
        assert_eq!(marked(typed, text), expected, "{typed:?} in {text:?}");
    }
}

#[test]
fn an_excerpt_stands_where_most_of_the_terms_are() {
    let excerpt = |typed: &str, text: &str| Query::parse(typed).unwrap().excerpt(text).map(shown);
    assert_eq!(excerpt("oak", "No tree."), None);
    assert_eq!(excerpt("oak", "An oak."), Some("An [oak].".into()));
    let text = format!("An oak. {} Under an old oak {}", "word ".repeat(200), "and on ".repeat(200));
    let found = excerpt("old oak", &text).unwrap();
    assert!(found.starts_with("… word ") && found.contains("Under an [old] [oak] and on"), "{found}");
    assert!(found.ends_with("on …") || found.ends_with("and …"), "{found}");
    assert!(found.chars().count() < 260, "{found}");
    let unbroken = "字".repeat(500) + " 木 " + &"字".repeat(500);
    let found = excerpt("木", &unbroken).unwrap();
    assert!(found.contains("[木]") && found.chars().count() < 260, "{found}");
}

#[test]
fn an_excerpt_of_a_text_that_repeats_itself_takes_no_longer_than_of_another() {
    // Each word is a match of each term: pairs of matches would be 10^11 steps here, and this test would not end.
    let text = "aa ".repeat(300_000);
    let query = Query::parse("aa \"aa aa\" \"aa aa aa\"").unwrap();
    let found = query.excerpt(&text).map(shown).unwrap();
    let length = found.replace(['[', ']'], "").chars().count();
    assert!(found.starts_with("[aa aa aa") && length < 260, "{found}");
}

#[test]
fn a_repeated_term_counts_once() {
    let query = Query::parse("oak Oak \"oak\" -elm -ELM oak").unwrap();
    let terms = |terms: &[Term]| terms.iter().map(|term| term.as_str().to_owned()).collect::<Vec<_>>();
    // The quoted word matches no longer word, and is another term.
    assert_eq!(
        (terms(query.required()), terms(query.excluded())),
        (vec!["oak".into(), "oak".into()], vec!["elm".into()])
    );
}

#[test]
fn titles_are_sorted_by_their_words_without_accents() {
    let mut titles = ["Zebra", "Über uns", "Unten", "apple", "Äpfel", "  …", "Élan 2"];
    titles.sort_by_key(|title| title_key(title));
    assert_eq!(titles, ["  …", "Äpfel", "apple", "Élan 2", "Über uns", "Unten", "Zebra"]);
    assert_eq!(title_key("Ærø, «Ø»"), "aero o");
    assert!(!title_key("").is_empty());
}
