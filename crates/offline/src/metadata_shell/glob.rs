//! Wildcards of a path's part: `*`, `?` and `{one,other}`.

/// Whether a name is what the pattern says.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    alternatives(pattern).iter().any(|plain| {
        let (plain, name): (Vec<char>, Vec<char>) = (plain.chars().collect(), name.chars().collect());
        wild(&plain, &name)
    })
}

/// The patterns without braces that a pattern stands for.
fn alternatives(pattern: &str) -> Vec<String> {
    let Some((before, rest)) = pattern.split_once('{') else { return vec![pattern.to_owned()] };
    let Some((choices, after)) = rest.split_once('}') else { return vec![pattern.to_owned()] };
    let tails = alternatives(after);
    choices.split(',').flat_map(|choice| tails.iter().map(move |tail| format!("{before}{choice}{tail}"))).collect()
}

/// Keeps the last `*` to come back to, so that the time is bounded by the product of the lengths.
fn wild(pattern: &[char], name: &[char]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == '?' || *c == name[n] => {
                p += 1;
                n += 1;
            }
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    (p, n) = (at + 1, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn wildcards_match_as_in_a_shell() {
        let cases = [
            ("plain", "plain", true),
            ("*", "plain", true),
            ("p*n", "plain", true),
            ("p*x", "plain", false),
            ("?lain", "plain", true),
            ("??", "p", false),
            ("{plain,txn}", "txn", true),
            ("{a,b}{c,d}", "bd", true),
            ("{a,b}{c,d}", "ab", false),
            ("t*{n,d}", "trimmed", true),
            ("{open", "{open", true),
        ];
        for (pattern, name, expected) in cases {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }
}
