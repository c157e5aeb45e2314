//! What is left of a form whose token does not hold.

/// A form without a valid token: everything that is needed to show it and to send it again.
#[derive(Debug)]
pub struct StaleForm {
    /// Where it was sent.
    pub action: String,
    /// What was typed.
    pub fields: Vec<(String, String)>,
    /// A token for the next try.
    pub token: String,
}
