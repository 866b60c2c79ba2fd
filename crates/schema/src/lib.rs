//! The model of a message definition (`crates/protocol/schema/**/*.msg`) and its parser. The generator makes code from
//! it, the JSON view of crate `protocol` interprets it. Nothing here knows bytes.
//!
//! ```text
//! request FetchRequest key=1 versions=4-18 flexible=12+        kind, name, API key or record id
//!   clusterId string 12+ null tag=0 default=null ignorable     name, type, versions (absent: all), attributes
//!   topics []FetchTopic                                        [] is an array; the indented lines define the struct
//!     partition int32
//! struct Shared                                                a struct that several fields use by name
//!   name string mapkey
//! ```
//!
//! Attributes: `null` or `null=RANGE` (versions that allow null), `tag=N` (a tagged field in all its versions),
//! `default=VALUE` (absent: zero, empty, false), `ignorable` (may be dropped for a version that lacks the field),
//! `entity=KIND`, `mapkey` (part of the key of the enclosing list), `inflexible` (old length format in flexible versions),
//! `secret` (never shown in logs). Lines that begin with `#` are comments.

mod parse;

pub use parse::{ParseError, parse};

/// A range of versions, both ends included; empty when `min > max`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Versions {
    pub min: i16,
    pub max: i16,
}

impl Versions {
    pub const NONE: Versions = Versions { min: 0, max: -1 };

    pub fn contains(self, version: i16) -> bool {
        self.min <= version && version <= self.max
    }

    pub fn is_empty(self) -> bool {
        self.min > self.max
    }

    /// The versions in both.
    pub fn intersect(self, other: Versions) -> Versions {
        Versions { min: self.min.max(other.min), max: self.max.min(other.max) }
    }

    /// The smallest range that covers both.
    pub fn hull(self, other: Versions) -> Versions {
        match (self.is_empty(), other.is_empty()) {
            (true, _) => other,
            (_, true) => self,
            _ => Versions { min: self.min.min(other.min), max: self.max.max(other.max) },
        }
    }
}

/// What a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Request,
    Response,
    Header,
    Data,
    /// A record framed by version and id, as in `__cluster_metadata`.
    Metadata,
    CoordinatorKey,
    CoordinatorValue,
}

/// The type of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    Bool,
    Int8,
    Int16,
    Int32,
    Int64,
    Uint16,
    Uint32,
    Float64,
    Uuid,
    String,
    Bytes,
    Records,
    Struct(String),
    Array(Box<Type>),
}

/// What a field holds where a version or a sender leaves it out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DefaultValue {
    /// 0, false, empty, the zero uuid, or a struct of defaults.
    Zero,
    Null,
    Int(i64),
    Bool(bool),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Kafka's name in JSON: first letter in lower case.
    pub name: String,
    pub ty: Type,
    /// Versions of the message that have the field.
    pub versions: Versions,
    /// Versions that allow null.
    pub nullable: Versions,
    pub tag: Option<u32>,
    pub default: DefaultValue,
    pub ignorable: bool,
    pub entity: Option<String>,
    pub map_key: bool,
    /// Uses the length format of inflexible versions always (client id of the request header).
    pub inflexible: bool,
    pub secret: bool,
}

impl Field {
    pub fn is_nullable(&self) -> bool {
        !self.nullable.is_empty()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Struct {
    pub name: String,
    pub fields: Vec<Field>,
}

/// One definition file. `structs` holds the nested structs in order of appearance, names unique within the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub name: String,
    pub kind: Kind,
    /// API key, record id or key type.
    pub key: Option<i16>,
    pub versions: Versions,
    /// First flexible version (KIP-482).
    pub flexible_since: Option<i16>,
    /// The highest version is not stable yet.
    pub unstable_latest: bool,
    pub fields: Vec<Field>,
    pub structs: Vec<Struct>,
}

impl Message {
    pub fn structure(&self, name: &str) -> Option<&Struct> {
        self.structs.iter().find(|s| s.name == name)
    }

    pub fn is_flexible(&self, version: i16) -> bool {
        self.flexible_since.is_some_and(|since| version >= since)
    }
}
