//! What is said about a file after its upload: what was left out of it.

use crate::{admin::flash::Flash, media::Summary};

/// What was left out of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notice {
    /// Nothing worth a word.
    None,
    /// Its position, and maybe more.
    PositionRemoved,
    /// Something else than a position.
    MetadataRemoved,
    /// Nothing, although there may be something.
    Unchanged,
}

impl Notice {
    const ALL: [Notice; 4] = [Notice::None, Notice::PositionRemoved, Notice::MetadataRemoved, Notice::Unchanged];

    /// What the checks of an upload found out.
    pub(super) fn of(summary: &Summary) -> Notice {
        match summary {
            _ if summary.is_unchanged || summary.has_position_track => Notice::Unchanged,
            _ if summary.removed.position => Notice::PositionRemoved,
            _ if summary.removed.other => Notice::MetadataRemoved,
            _ => Notice::None,
        }
    }

    /// The value of the field `notice`, in which a question about the file remembers it.
    pub(super) fn value(self) -> &'static str {
        match self {
            Notice::None => "",
            Notice::PositionRemoved => "position",
            Notice::MetadataRemoved => "metadata",
            Notice::Unchanged => "unchanged",
        }
    }

    /// The notice with a value; none for any other value.
    pub(super) fn parse(value: &str) -> Notice {
        Notice::ALL.into_iter().find(|notice| notice.value() == value).unwrap_or(Notice::None)
    }

    /// The notice in words; empty for none.
    pub(super) fn words(self) -> &'static str {
        match self {
            Notice::None => "",
            Notice::PositionRemoved => "GPS position removed",
            Notice::MetadataRemoved => "Metadata removed",
            Notice::Unchanged => "Kept with all that it says about who took it, when and where",
        }
    }

    /// The message of the form.
    pub(super) fn flash(self) -> Flash {
        match self {
            Notice::None => Flash::Uploaded,
            Notice::MetadataRemoved => Flash::UploadedWithoutMetadata,
            Notice::PositionRemoved => Flash::UploadedWithoutPosition,
            Notice::Unchanged => Flash::UploadedUnchanged,
        }
    }
}
