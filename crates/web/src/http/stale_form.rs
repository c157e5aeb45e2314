//! A form with an expired or invalid token.

/// A form without a valid token, with everything needed to show it and to send it again.
#[derive(Debug)]
pub struct StaleForm {
    /// The address that it was sent to.
    pub action: String,
    /// The names and values of its fields.
    pub fields: Vec<(String, String)>,
    /// A valid token for the next try.
    pub token: String,
}
