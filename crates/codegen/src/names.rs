//! Kafka's names as Rust names.

const KEYWORDS: [&str; 9] = ["type", "match", "move", "ref", "use", "where", "loop", "final", "override"];

/// `KRaftVersion` and `kRaftVersion` become `k_raft_version`, `group-coordinator` becomes `group_coordinator`.
pub fn snake(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (i, &c) in chars.iter().enumerate() {
        let after_lower = i > 0 && !chars[i - 1].is_uppercase();
        let before_lower = i > 0 && chars.get(i + 1).is_some_and(|next| next.is_lowercase());
        if c.is_uppercase() && (after_lower || before_lower) {
            out.push('_');
        }
        out.push(if c == '-' { '_' } else { c.to_ascii_lowercase() });
    }
    out
}

/// The name of a struct's field.
pub fn field(name: &str) -> String {
    let name = snake(name);
    if KEYWORDS.contains(&name.as_str()) { format!("r#{name}") } else { name }
}

/// The name of a local variable for a field; differs from the field's where the decoder has a local of that name.
pub fn local(name: &str) -> String {
    let name = field(name);
    if ["version", "c", "flexible", "tag", "size", "before"].contains(&name.as_str()) {
        format!("{name}_")
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_snake_case() {
        for (kafka, rust) in [
            ("FetchRequest", "fetch_request"),
            ("KRaftVersionRecord", "k_raft_version_record"),
            ("kRaftVersion", "k_raft_version"),
            ("v3AndBelowTopics", "v3_and_below_topics"),
            ("enable2Pc", "enable2_pc"),
            ("share-coordinator", "share_coordinator"),
        ] {
            assert_eq!(snake(kafka), rust);
        }
        assert_eq!(field("type"), "r#type");
    }
}
