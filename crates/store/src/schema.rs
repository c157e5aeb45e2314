//! The tables, as Diesel sees them; the same for both databases.

// The column `title_key` of `pages` is in SQL alone (`unread_texts`, `admin_list`).
diesel::table! {
    pages (id) {
        id -> BigInt,
        path -> Text,
        title -> Text,
        summary -> Text,
        body -> Text,
        private -> Bool,
        show_title -> Bool,
        list_below -> Bool,
        published_at -> Timestamp,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> BigInt,
        audience -> Text,
        readers_from -> Nullable<BigInt>,
        /// The number of writes of `audience`, `private` and `readers_from` by the application, which have one writer:
        /// `writing::access_columns`. A trigger takes any other change of `private` for a change by SQL.
        settled -> BigInt,
        unpublish_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    groups (id) {
        id -> BigInt,
        name -> Text,
        created_at -> Timestamp,
        version -> BigInt,
    }
}

diesel::table! {
    group_members (group_id, user_id) {
        group_id -> BigInt,
        user_id -> BigInt,
    }
}

diesel::table! {
    page_people (page_id, user_id) {
        page_id -> BigInt,
        user_id -> BigInt,
    }
}

diesel::table! {
    page_groups (page_id, group_id) {
        page_id -> BigInt,
        group_id -> BigInt,
    }
}

diesel::table! {
    users (id) {
        id -> BigInt,
        name -> Text,
        role -> Text,
        password_hash -> Text,
        active -> Bool,
        theme -> Text,
        created_at -> Timestamp,
        last_sign_in_at -> Nullable<Timestamp>,
        version -> BigInt,
        ends_at -> Nullable<Timestamp>,
        /// What administrators note of the user.
        note -> Text,
    }
}

diesel::table! {
    invitations (id) {
        id -> BigInt,
        user_id -> BigInt,
        /// SHA-256, in hexadecimal digits.
        secret_hash -> Text,
        made_at -> Timestamp,
        made_by -> Text,
        ends_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
        ended_at -> Nullable<Timestamp>,
    }
}

diesel::joinable!(invitations -> users (user_id));

diesel::table! {
    site (id) {
        id -> BigInt,
        title -> Text,
        tagline -> Text,
        language -> Text,
        realm -> Text,
        refusal -> Text,
        footer -> Text,
        version -> BigInt,
        time_zone -> Text,
        look -> Text,
        /// `#rrggbb`, or empty for the accent colour of the look.
        accent -> Text,
        typeface -> Text,
        width -> Text,
        css -> Text,
        contact -> Text,
        hides_pages -> Bool,
    }
}

// Diesel's tables have at most 16 columns.
diesel::table! {
    /// More columns of the table `site`.
    #[sql_name = "site"]
    more_of_site (id) {
        id -> BigInt,
        /// `inherited` or `signed-in`.
        new_pages -> Text,
        /// `editors`, `administrators` or `nobody`.
        sharers -> Text,
    }
}

diesel::table! {
    /// Whether the dashboard no longer shows the first steps, in one row.
    first_steps (id) {
        id -> BigInt,
        hidden -> Bool,
    }
}

diesel::table! {
    audit (id) {
        id -> BigInt,
        at -> Timestamp,
        actor -> Text,
        action -> Text,
        subject -> Text,
        name -> Text,
        detail -> Text,
    }
}

diesel::table! {
    revisions (page_id, version) {
        page_id -> BigInt,
        version -> BigInt,
        at -> Timestamp,
        actor -> Text,
        note -> Text,
        detail -> Text,
        path -> Text,
        title -> Text,
        summary -> Text,
        body -> Text,
        show_title -> Bool,
        list_below -> Bool,
        published_at -> Timestamp,
        audience -> Text,
        readers -> Text,
        unpublish_at -> Nullable<Timestamp>,
    }
}

// The other columns of a page's content are copied by INSERT .. SELECT (`columns::CONTENT`), and are not named here.
diesel::table! {
    trash (id) {
        id -> BigInt,
        path -> Text,
        title -> Text,
        published_at -> Timestamp,
        unpublish_at -> Nullable<Timestamp>,
        private -> Bool,
        deleted_at -> Timestamp,
        deleted_by -> Text,
        audience -> Text,
        /// With `private`, the effective access of the page when it left the site.
        readers_from -> Nullable<BigInt>,
    }
}

diesel::table! {
    old_paths (path) {
        path -> Text,
        page_id -> BigInt,
        left_at -> Timestamp,
    }
}

diesel::table! {
    drafts (page_id) {
        page_id -> BigInt,
        path -> Nullable<Text>,
        title -> Text,
        typed -> Text,
        based_on -> BigInt,
        form -> BigInt,
        saved_at -> Timestamp,
        saved_by -> Text,
        version -> BigInt,
        /// The chosen readers in `typed` with their keys; NULL in rows of earlier versions.
        readers -> Nullable<Text>,
        /// With `was_readers_from`, the effective access of the page when it was taken off the site; NULL for a page that
        /// was never published, and for pending changes.
        was_private -> Nullable<Bool>,
        was_readers_from -> Nullable<BigInt>,
    }
}

diesel::table! {
    receipt_pages (page_id) {
        page_id -> BigInt,
    }
}

diesel::table! {
    receipts (page_id, user_id) {
        page_id -> BigInt,
        user_id -> BigInt,
        first_at -> Timestamp,
        last_at -> Timestamp,
    }
}

diesel::table! {
    shares (id) {
        id -> BigInt,
        page_id -> BigInt,
        /// The SHA-256 of the secret in the link.
        secret_hash -> Text,
        label -> Text,
        /// `page`, `section` or `draft`.
        shows -> Text,
        made_at -> Timestamp,
        made_by -> Text,
        user_id -> Nullable<BigInt>,
        ends_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
        opened_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    sign_in_places (user_id, network) {
        user_id -> BigInt,
        network -> Text,
        last_at -> Timestamp,
    }
}

diesel::table! {
    failed_sign_ins (name, scope, instance) {
        /// A keyed hash, in hexadecimal digits.
        name -> Text,
        scope -> Text,
        instance -> BigInt,
        failures -> BigInt,
        last_at -> Timestamp,
    }
}

diesel::table! {
    name_key (id) {
        id -> BigInt,
        secret -> Text,
    }
}

diesel::table! {
    jobs (id) {
        id -> BigInt,
        user_id -> BigInt,
        title -> Text,
        state -> Text,
        done -> BigInt,
        total -> BigInt,
        /// The HTTP status of a result.
        status -> BigInt,
        result -> Text,
        beat_at -> Timestamp,
    }
}

diesel::table! {
    bulk_actions (id) {
        id -> BigInt,
        /// NULL for the command line.
        user_id -> Nullable<BigInt>,
        done_at -> Timestamp,
        undone_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    bulk_pages (bulk_id, page_id) {
        bulk_id -> BigInt,
        page_id -> BigInt,
        effect -> Text,
        version -> BigInt,
        /// NULL before an undo, empty for a page that was undone, and the reason for any other.
        stays -> Nullable<Text>,
    }
}

diesel::table! {
    links (page_id, target, fragment, file) {
        page_id -> BigInt,
        target -> Text,
        fragment -> Text,
        file -> Text,
    }
}

diesel::table! {
    links_unread (page_id) {
        page_id -> BigInt,
    }
}

diesel::table! {
    placements (page_id) {
        page_id -> BigInt,
        position -> Nullable<BigInt>,
        children -> Text,
        hides_contents -> Bool,
        hides_sidebar -> Bool,
        /// A language tag; empty for that of the page above.
        language -> Text,
    }
}

diesel::table! {
    reading_times (page_id) {
        page_id -> BigInt,
        minutes -> BigInt,
    }
}

diesel::table! {
    contents (id) {
        id -> BigInt,
        /// NULL while an upload is in progress.
        hash -> Nullable<Text>,
        bytes -> BigInt,
        width -> Nullable<BigInt>,
        height -> Nullable<BigInt>,
        /// Set while no file has the content.
        unused_since -> Nullable<Timestamp>,
    }
}

diesel::table! {
    content_parts (content_id, number) {
        content_id -> BigInt,
        number -> BigInt,
        bytes -> Binary,
    }
}

diesel::table! {
    files (id) {
        id -> BigInt,
        page_id -> BigInt,
        name -> Text,
        content_id -> BigInt,
        alt -> Text,
        /// NULL for a file that waits for its page to be published.
        since -> Nullable<BigInt>,
        /// NULL for a file that readers have, or will have.
        until -> Nullable<BigInt>,
        leaves -> Bool,
        cover -> Bool,
        uploaded_at -> Timestamp,
        uploaded_by -> Text,
    }
}

diesel::table! {
    look_pictures (name) {
        name -> Text,
        ending -> Text,
        content_id -> BigInt,
    }
}

diesel::table! {
    renditions (content_id, width) {
        content_id -> BigInt,
        width -> BigInt,
        /// NULL where none can be made.
        rendition_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    navigation (id) {
        id -> BigInt,
        version -> BigInt,
        front -> Text,
        front_page -> Nullable<BigInt>,
    }
}

diesel::table! {
    menu (place, sub) {
        place -> BigInt,
        /// 0 for an entry at the top, and the number of an entry below it otherwise.
        sub -> BigInt,
        label -> Text,
        page_id -> Nullable<BigInt>,
        address -> Nullable<Text>,
    }
}

diesel::table! {
    app_passwords (id) {
        id -> BigInt,
        user_id -> BigInt,
        name -> Text,
        secret_hash -> Text,
        below -> Nullable<Text>,
        made_at -> Timestamp,
        ends_at -> Nullable<Timestamp>,
        last_used_on -> Nullable<Date>,
        ended_at -> Nullable<Timestamp>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    contents,
    content_parts,
    files,
    look_pictures,
    renditions,
    users,
    groups,
    group_members,
    page_people,
    page_groups,
    pages,
    drafts,
    trash,
    old_paths,
    revisions,
    links,
    links_unread,
    placements,
    receipts,
    shares,
    sign_in_places,
    app_passwords,
    invitations
);

diesel::define_sql_function! {
    /// Text in lower case, alike in both databases.
    fn fold(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

diesel::define_sql_function! {
    /// True on SQLite; fails when nobody waits for the statement any more.
    fn still_wanted() -> diesel::sql_types::Bool;
}
