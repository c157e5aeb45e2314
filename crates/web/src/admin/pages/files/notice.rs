//! The notice about a file after its upload: which metadata were removed.

use crate::{admin::flash::Flash, media::Summary};

/// The metadata that were removed from a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notice {
    /// There is nothing to mention.
    None,
    /// Its position was removed, and maybe more.
    PositionRemoved,
    /// Metadata other than a position were removed.
    MetadataRemoved,
    /// Nothing was removed, although there may be metadata.
    Unchanged,
}

impl Notice {
    const ALL: [Notice; 4] = [Notice::None, Notice::PositionRemoved, Notice::MetadataRemoved, Notice::Unchanged];

    /// The notice for the summary of an upload.
    pub(super) fn of(summary: &Summary) -> Notice {
        match summary {
            _ if summary.is_unchanged || summary.has_position_track => Notice::Unchanged,
            _ if summary.removed.position => Notice::PositionRemoved,
            _ if summary.removed.other => Notice::MetadataRemoved,
            _ => Notice::None,
        }
    }

    /// The value of the field `notice`, in which a question about the file carries it along.
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
            Notice::Unchanged => "Kept with its metadata, which may say who took it, when and where",
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
