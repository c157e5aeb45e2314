//! The functions with which a template writes words.

use fluent_bundle::FluentArgs;
use tera::{Error, Kwargs, State, Tera, TeraResult, Value};

use super::Language;

/// Registers the functions of a template for a language; `None` for one without messages, whose words are English.
///
/// - `t(key="...", name=value)` is a message. Its text is HTML: arguments are escaped, unless they are safe already.
/// - `lang_of_words()` is the attribute ` lang="en"` if the language of the page has no messages and its words are English, else nothing.
pub fn register(tera: &mut Tera, known: Option<Language>) {
    let language = known.unwrap_or_default();
    tera.register_function("t", move |arguments: Kwargs, state: &State<'_>| message(language, &arguments, state));
    let attribute = match known {
        Some(_) => String::new(),
        None => format!(" lang=\"{}\"", language.tag()),
    };
    tera.register_function("lang_of_words", move |_: Kwargs, _: &State<'_>| Value::safe_string(&attribute));
}

fn message(language: Language, kwargs: &Kwargs, state: &State<'_>) -> TeraResult<Value> {
    let key: &str = kwargs.must_get("key")?;
    let mut arguments = FluentArgs::new();
    for (name, value) in kwargs.iter() {
        match (name.as_str(), value.as_i64()) {
            (None | Some("key"), _) => {}
            (Some(name), Some(number)) => arguments.set(name.to_owned(), number),
            (Some(name), None) => arguments.set(name.to_owned(), state.escape_if_needed(value)?),
        }
    }
    language.message(key, &arguments).map(|text| Value::safe_string(&text)).map_err(Error::message)
}
