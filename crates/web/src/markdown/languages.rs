//! The highlighted languages: their comments, quotes and keywords.

/// How a language marks names.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    /// It marks none; a capital letter starts a type.
    None,
    /// `name: value` at the start of a line.
    Colon,
    /// `name = value` at the start of a line, under `[sections]`.
    Equals,
    /// `<name attribute="value">`.
    Tags,
    /// Lines that start with `+` and `-`.
    Changes,
}

/// One language.
pub(super) struct Language {
    /// The names in a code fence, in lower case.
    names: &'static [&'static str],
    /// The starts of comments that end with their line.
    pub(super) line_comments: &'static [&'static str],
    /// The start and the end of a comment of several lines.
    pub(super) block_comment: Option<(&'static str, &'static str)>,
    /// The quotes, longer ones first.
    pub(super) strings: &'static [&'static str],
    /// The keywords, separated by spaces.
    pub(super) keywords: &'static str,
    /// The names of constants, separated by spaces.
    pub(super) constants: &'static str,
    /// How the language marks names.
    pub(super) keys: Keys,
    /// Whether `'` may start a lifetime.
    pub(super) lifetimes: bool,
    /// Whether keywords are case-insensitive.
    pub(super) any_case: bool,
}

/// Finds a language by the name in a code fence, in any case.
pub(super) fn find(name: &str) -> Option<&'static Language> {
    LANGUAGES.iter().find(|language| language.names.iter().any(|known| known.eq_ignore_ascii_case(name)))
}

const C: Language = Language {
    names: &["c", "h", "cpp", "c++", "cc", "hpp", "cxx", "objc", "arduino"],
    line_comments: &["//"],
    block_comment: Some(("/*", "*/")),
    strings: &["\"", "'"],
    keywords: "alignas alignof asm auto break case catch char class const const_cast consteval constexpr constinit \
               continue co_await co_return co_yield decltype default delete do double dynamic_cast else enum explicit \
               export extern float final for friend goto if inline int long mutable namespace new noexcept operator \
               override private protected public register reinterpret_cast requires restrict return short signed \
               sizeof static static_assert static_cast struct switch template this throw try typedef typeid typename \
               union unsigned using virtual void volatile while bool concept",
    constants: "true false NULL nullptr",
    keys: Keys::None,
    lifetimes: false,
    any_case: false,
};

const SCRIPT: Language = Language {
    names: &["javascript", "js", "jsx", "mjs", "typescript", "ts", "tsx"],
    strings: &["\"", "'", "`"],
    keywords: "abstract any as async await boolean break case catch class const continue debugger declare default \
               delete do else enum export extends finally for from function get if implements import in infer \
               instanceof interface is keyof let namespace never new number of override private protected public \
               readonly return satisfies set static string super switch symbol this throw try type typeof unknown var \
               void while with yield",
    constants: "true false null undefined NaN Infinity",
    ..C
};

const SHELL: Language = Language {
    names: &["bash", "sh", "shell", "zsh", "console", "shell-session", "fish"],
    line_comments: &["#"],
    block_comment: None,
    strings: &["\"", "'"],
    keywords: "if then else elif fi for in do done while until case esac function select return exit export local \
               readonly declare set unset shift source alias trap eval exec cd echo printf read test sudo",
    constants: "true false",
    ..C
};

const LANGUAGES: &[Language] = &[
    C,
    SCRIPT,
    SHELL,
    Language {
        names: &["rust", "rs"],
        strings: &["\"", "'"],
        keywords: "as async await box break const continue crate dyn else enum extern fn for gen if impl in let loop \
                   macro match mod move mut pub ref return self static struct super trait type union unsafe use where \
                   while yield bool char str u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64",
        constants: "true false None Some Ok Err Self",
        lifetimes: true,
        ..C
    },
    Language {
        names: &["java", "kotlin", "kt", "kts", "scala", "groovy", "gradle"],
        strings: &["\"\"\"", "\"", "'"],
        keywords: "abstract as assert boolean break by byte case catch char class companion const continue data def \
                   default do double else enum extends final finally float for fun given if implements implicit \
                   import in init instanceof int interface internal is lateinit lazy long match native new object \
                   open operator out override package private protected public record return sealed short static \
                   super suspend switch synchronized this throw throws trait transient try typealias val var vararg \
                   void volatile when while with yield",
        constants: "true false null",
        ..C
    },
    Language {
        names: &["csharp", "cs", "c#", "fsharp", "swift", "dart"],
        strings: &["\"\"\"", "\"", "'"],
        keywords: "abstract as associatedtype async await base bool break byte case catch char checked class const \
                   continue decimal default defer deinit delegate do double dynamic else enum event explicit \
                   extension extern fallthrough finally fixed float for foreach func get goto guard if implicit \
                   import in init inout int interface internal is let lock long namespace new object operator out \
                   override params private protected protocol public readonly record ref repeat required return sbyte \
                   sealed self set short sizeof some static string struct subscript super switch this throw throws \
                   try type typealias typeof uint ulong unsafe using var virtual void volatile when where while with \
                   yield",
        constants: "true false null nil",
        ..C
    },
    Language {
        names: &["go", "golang"],
        strings: &["\"", "'", "`"],
        keywords: "break case chan const continue default defer else fallthrough for func go goto if import interface \
                   map package range return select struct switch type var any bool byte error float32 float64 int \
                   int8 int16 int32 int64 rune string uint uint8 uint16 uint32 uint64 uintptr",
        constants: "true false nil iota",
        ..C
    },
    Language {
        names: &["php"],
        line_comments: &["//", "#"],
        keywords: "abstract and array as break callable case catch class clone const continue declare default do echo \
                   else elseif empty enum extends final finally fn for foreach function global goto if implements \
                   include include_once instanceof insteadof interface isset list match namespace new or print \
                   private protected public readonly require require_once return static switch throw trait try unset \
                   use var while xor yield",
        constants: "true false null TRUE FALSE NULL",
        ..C
    },
    Language {
        names: &["python", "py", "python3", "starlark", "gdscript"],
        line_comments: &["#"],
        block_comment: None,
        strings: &["\"\"\"", "'''", "\"", "'"],
        keywords: "and as assert async await break case class continue def del elif else except finally for from \
                   global if import in is lambda match nonlocal not or pass raise return try type while with yield \
                   self cls",
        constants: "True False None",
        ..C
    },
    Language {
        names: &["ruby", "rb", "elixir", "ex", "exs", "crystal"],
        line_comments: &["#"],
        block_comment: None,
        keywords: "alias and attr_accessor attr_reader begin break case class def defined? defmodule defp do else \
                   elsif end ensure extend fn for if import in include module next not or private protected public \
                   raise redo require require_relative rescue retry return self super then undef unless until use \
                   when while with yield",
        constants: "true false nil",
        ..C
    },
    Language {
        names: &[
            "perl",
            "pl",
            "r",
            "julia",
            "jl",
            "nim",
            "awk",
            "powershell",
            "ps1",
            "make",
            "makefile",
            "cmake",
            "nix",
        ],
        line_comments: &["#"],
        block_comment: None,
        keywords: "abstract and begin break catch const continue do else elseif elsif end endif export finally for \
                   foreach function if ifdef ifeq ifndef import in include inherit last let library local macro \
                   module mutable my next not or our package param print process proc repeat require rec return set \
                   struct sub then throw try type unless until use using var while with",
        constants: "true false null TRUE FALSE NULL NA nothing nil",
        ..C
    },
    Language {
        names: &["lua"],
        line_comments: &["--"],
        block_comment: Some(("--[[", "]]")),
        keywords: "and break do else elseif end for function goto if in local not or repeat return then until while",
        constants: "true false nil",
        ..C
    },
    Language {
        names: &["haskell", "hs", "elm", "purescript", "ocaml", "ml"],
        line_comments: &["--"],
        block_comment: Some(("{-", "-}")),
        strings: &["\""],
        keywords: "and as case class data deriving do else end exposing forall fun function if import in infix infixl \
                   infixr instance let match module mutable newtype of open port qualified rec sig struct then type \
                   val when where with",
        constants: "True False true false",
        ..C
    },
    Language {
        names: &["lisp", "clojure", "clj", "scheme", "elisp", "racket", "asm", "nasm"],
        line_comments: &[";"],
        block_comment: None,
        strings: &["\""],
        keywords: "and case cond define defmacro defn defun do fn if lambda let loop not ns or progn quote recur \
                   require set",
        constants: "nil t true false",
        ..C
    },
    Language {
        names: &["sql", "postgres", "postgresql", "psql", "mysql", "sqlite", "plsql"],
        line_comments: &["--"],
        keywords: "add all alter and any as asc begin between by cascade case check column commit constraint create \
                   cross current_date current_timestamp database declare default delete desc distinct do drop each \
                   else end except exists explain fetch for foreign from full function grant group having if ilike in \
                   index inner insert intersect into is join key language lateral left like limit not null of offset \
                   on or order outer over partition primary procedure recursive references replace returning returns \
                   revoke right rollback row rows select set table then to transaction trigger truncate union unique \
                   update using values vacuum view when where window with",
        constants: "true false bigint bit blob boolean bytea char date decimal double float int integer interval json \
                    jsonb numeric real serial smallint text time timestamp timestamptz uuid varchar",
        any_case: true,
        ..C
    },
    Language {
        names: &["dockerfile", "docker", "containerfile"],
        keywords: "add arg as cmd copy entrypoint env expose from healthcheck label maintainer onbuild run shell \
                   stopsignal user volume workdir",
        any_case: true,
        ..SHELL
    },
    Language { names: &["json", "json5", "jsonc"], keywords: "", constants: "true false null", keys: Keys::Colon, ..C },
    Language {
        names: &["yaml", "yml"],
        line_comments: &["#"],
        block_comment: None,
        keywords: "",
        constants: "true false null yes no on off",
        keys: Keys::Colon,
        ..C
    },
    Language {
        names: &["toml", "ini", "cfg", "conf", "properties", "env", "dotenv", "systemd", "editorconfig", "desktop"],
        line_comments: &["#", ";"],
        block_comment: None,
        strings: &["\"\"\"", "'''", "\"", "'"],
        keywords: "",
        constants: "true false on off yes no",
        keys: Keys::Equals,
        ..C
    },
    Language {
        names: &["nginx", "caddyfile", "hcl", "terraform", "tf", "apache"],
        line_comments: &["#"],
        block_comment: None,
        keywords: "events http if location module output provider resource return server upstream variable",
        constants: "true false null on off",
        keys: Keys::Equals,
        ..C
    },
    Language {
        names: &["css", "scss", "sass", "less"],
        line_comments: &[],
        keywords: "from important not only to and or",
        constants: "auto inherit initial none unset revert",
        keys: Keys::Colon,
        ..C
    },
    Language {
        names: &["html", "xml", "svg", "xhtml", "vue", "svelte", "atom", "rss", "plist", "jinja", "tera", "django"],
        line_comments: &[],
        block_comment: Some(("<!--", "-->")),
        keys: Keys::Tags,
        ..C
    },
    Language { names: &["diff", "patch", "udiff"], keys: Keys::Changes, ..C },
    Language {
        names: &["http", "email", "eml"],
        line_comments: &[],
        keys: Keys::Colon,
        strings: &["\""],
        keywords: "GET HEAD POST PUT PATCH DELETE OPTIONS HTTP",
        constants: "",
        block_comment: None,
        ..C
    },
];
