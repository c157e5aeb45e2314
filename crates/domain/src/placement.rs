//! The place of a page in its section, the order of the pages below it, its language, and the parts of the page that its author
//! leaves out.

use serde::{Deserialize, Serialize};

use crate::{invalid::Invalid, language::LanguageTag};

/// The highest number of a page among the pages beside it.
pub const MAX_POSITION: u32 = 999_999;

/// The order of the pages of a section in its sidebar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// By date, newest first.
    #[default]
    Date,
    /// By title.
    Title,
    /// By the number of each page; pages without one come last, by title.
    Hand,
}

impl Order {
    /// All orders, in the order of the form.
    pub const ALL: [Order; 3] = [Order::Date, Order::Title, Order::Hand];

    /// The word in the database and in the form.
    pub fn as_str(self) -> &'static str {
        match self {
            Order::Date => "date",
            Order::Title => "title",
            Order::Hand => "hand",
        }
    }

    /// Parses the word; anything else is `None`.
    pub fn parse(word: &str) -> Option<Order> {
        Order::ALL.into_iter().find(|order| order.as_str() == word)
    }
}

/// The options of a page that belong to it as it is now. Of these, only the language has a history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placement {
    /// The number of the page among the pages beside it, from 1 to [`MAX_POSITION`].
    pub position: Option<u32>,
    /// The order of the pages below this one.
    pub children: Order,
    /// Whether the page leaves out the table of contents of a long text.
    pub hides_contents: bool,
    /// Whether the page leaves out the sidebar of its section.
    pub hides_sidebar: bool,
    /// The language of the page and of the pages below it; `None` for the language of the nearest page above that has one, or of
    /// the site.
    pub language: Option<LanguageTag>,
}

/// The options as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct PlacementInput {
    /// The number as typed; empty for none.
    pub position: String,
    /// The word of the order; empty for the order by date.
    pub children: String,
    /// As [`Placement::hides_contents`].
    pub hides_contents: bool,
    /// As [`Placement::hides_sidebar`].
    pub hides_sidebar: bool,
    /// The tag of the language; empty for that of the page above.
    pub language: String,
}

impl PlacementInput {
    /// The input that a form shows.
    pub fn of(placement: &Placement) -> PlacementInput {
        PlacementInput {
            position: placement.position.map(|position| position.to_string()).unwrap_or_default(),
            children: placement.children.as_str().into(),
            hides_contents: placement.hides_contents,
            hides_sidebar: placement.hides_sidebar,
            language: placement.language.as_ref().map(LanguageTag::to_string).unwrap_or_default(),
        }
    }

    /// Checks all fields.
    ///
    /// # Errors
    /// [`Invalid`] with messages for `position`, `children` and `language`.
    pub fn check(&self) -> Result<Placement, Invalid> {
        let mut invalid = Invalid::default();
        let position = invalid.take("position", self.check_position());
        let children = invalid.take("children", self.check_children());
        let language = invalid.take("language", self.check_language());
        match (position, children, language) {
            (Some(position), Some(children), Some(language)) => Ok(Placement {
                position,
                children,
                hides_contents: self.hides_contents,
                hides_sidebar: self.hides_sidebar,
                language,
            }),
            _ => Err(invalid),
        }
    }

    fn check_position(&self) -> Result<Option<u32>, String> {
        let typed = self.position.trim();
        if typed.is_empty() {
            return Ok(None);
        }
        match typed.parse() {
            Ok(position @ 1..=MAX_POSITION) => Ok(Some(position)),
            _ => Err(format!("Write a whole number from 1 to {MAX_POSITION}, or nothing.")),
        }
    }

    /// The order of the pages below, as typed; by date for none.
    ///
    /// # Errors
    /// A sentence for the person who typed it.
    pub fn check_children(&self) -> Result<Order, String> {
        match self.children.as_str() {
            "" => Ok(Order::default()),
            word => Order::parse(word).ok_or_else(|| "The order of the pages below is date, title or hand.".into()),
        }
    }

    /// The language of the page itself, as typed; `None` for none.
    ///
    /// # Errors
    /// A sentence for the person who typed it.
    pub fn check_language(&self) -> Result<Option<LanguageTag>, String> {
        match self.language.trim() {
            "" => Ok(None),
            tag => LanguageTag::parse(tag).map(Some),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_a_whole_number_or_nothing() {
        let check =
            |typed: &str| PlacementInput { position: typed.into(), ..PlacementInput::default() }.check_position();
        assert_eq!((check(""), check(" 7 "), check("999999")), (Ok(None), Ok(Some(7)), Ok(Some(999_999))));
        for wrong in ["0", "-1", "1000000", "1.5", "x"] {
            assert!(check(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_a_form_shows_checks_to_the_same_options() {
        for children in Order::ALL {
            let language = LanguageTag::parse("pt-BR").ok();
            let placement =
                Placement { position: Some(3), children, hides_contents: true, hides_sidebar: false, language };
            assert_eq!(PlacementInput::of(&placement).check(), Ok(placement));
        }
        assert_eq!(PlacementInput::default().check(), Ok(Placement::default()));
        let unknown = PlacementInput { children: "x".into(), language: "german".into(), ..PlacementInput::default() };
        let invalid = unknown.check().unwrap_err();
        assert!(invalid.get("children").is_some() && invalid.get("language").is_some(), "{invalid}");
    }
}
