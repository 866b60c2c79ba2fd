//! SCRAM credentials (RFC 5802) given to `format --add-scram`: from `MECHANISM=[name=..,password=..]` to a record. The
//! password itself is never stored.

use super::Failure;
use base::Random;
use hmac::{Hmac, Mac};
use protocol::UserScramCredentialRecord;
use sha2::{Digest, Sha256, Sha512};

const ITERATIONS_MIN: i32 = 4096;
const ITERATIONS_MAX: i32 = 16384;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mechanism {
    Sha256,
    Sha512,
}

impl Mechanism {
    /// The number of the mechanism in records.
    fn code(self) -> i8 {
        match self {
            Mechanism::Sha256 => 1,
            Mechanism::Sha512 => 2,
        }
    }

    /// As messages of Kafka name it.
    fn shown(self) -> &'static str {
        match self {
            Mechanism::Sha256 => "SCRAM_SHA_256",
            Mechanism::Sha512 => "SCRAM_SHA_512",
        }
    }

    fn salted_password(self, password: &[u8], salt: &[u8], iterations: u32) -> Vec<u8> {
        match self {
            Mechanism::Sha256 => pbkdf2::pbkdf2_hmac_array::<Sha256, 32>(password, salt, iterations).to_vec(),
            Mechanism::Sha512 => pbkdf2::pbkdf2_hmac_array::<Sha512, 64>(password, salt, iterations).to_vec(),
        }
    }

    fn hash(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Mechanism::Sha256 => Sha256::digest(bytes).to_vec(),
            Mechanism::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }

    fn hmac(self, key: &[u8], message: &[u8]) -> Vec<u8> {
        match self {
            Mechanism::Sha256 => finish(<Hmac<Sha256> as Mac>::new_from_slice(key), message),
            Mechanism::Sha512 => finish(<Hmac<Sha512> as Mac>::new_from_slice(key), message),
        }
    }
}

fn finish<M: Mac>(mac: Result<M, hmac::digest::InvalidLength>, message: &[u8]) -> Vec<u8> {
    let mut mac = mac.unwrap_or_else(|_| unreachable!("HMAC takes keys of every length"));
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

/// The record of one `--add-scram` argument.
pub(super) fn parse(argument: &str, random: &mut dyn Random) -> Result<UserScramCredentialRecord<'static>, Failure> {
    let Some((mechanism, body)) = argument.split_once('=') else {
        return Err(Failure(format!("Failed to find equals sign in SCRAM argument '{argument}'")));
    };
    let mechanism = match mechanism {
        "SCRAM-SHA-256" => Mechanism::Sha256,
        "SCRAM-SHA-512" => Mechanism::Sha512,
        other => return Err(Failure(format!("The add-scram mechanism {other} is not supported."))),
    };
    let fields = fields(body)?;
    let get = |key: &str| fields.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
    let name = get("name").ok_or_else(|| Failure("You must supply 'name' to add-scram".into()))?;
    let (password, salted) = (get("password"), get("saltedpassword"));
    if password.is_none() && salted.is_none() {
        return Err(Failure("You must supply one of 'password' or 'saltedpassword' to add-scram".into()));
    }
    let salt = match get("salt") {
        Some(text) => base64("salt", text)?,
        None if salted.is_some() && password.is_none() => {
            return Err(Failure("You must supply 'salt' with 'saltedpassword' to add-scram".into()));
        }
        None => random_salt(random),
    };
    let iterations = iterations(get("iterations"), mechanism)?;
    let salted = match (password, salted) {
        (Some(password), _) => mechanism.salted_password(password.as_bytes(), &salt, iterations.unsigned_abs()),
        (None, text) => base64("saltedpassword", text.unwrap_or_default())?,
    };
    let client_key = mechanism.hmac(&salted, b"Client Key");
    Ok(UserScramCredentialRecord {
        name: name.to_owned().into(),
        mechanism: mechanism.code(),
        salt: salt.into(),
        stored_key: mechanism.hash(&client_key).into(),
        server_key: mechanism.hmac(&salted, b"Server Key").into(),
        iterations,
        ..Default::default()
    })
}

fn iterations(text: Option<&str>, mechanism: Mechanism) -> Result<i32, Failure> {
    let Some(text) = text else { return Ok(ITERATIONS_MIN) };
    let iterations: i32 = text.parse().map_err(|_| Failure(format!("For input string: \"{text}\"")))?;
    let bound = |sign: &str, limit: i32| {
        let shown = mechanism.shown();
        Failure(format!("The 'iterations' value must be {sign} {limit} for add-scram using {shown}"))
    };
    match iterations {
        ..ITERATIONS_MIN => Err(bound(">=", ITERATIONS_MIN)),
        ITERATIONS_MIN..=ITERATIONS_MAX => Ok(iterations),
        _ => Err(bound("<=", ITERATIONS_MAX)),
    }
}

/// `[key=value,key="value"]`; quotes are for values with commas.
fn fields(body: &str) -> Result<Vec<(String, String)>, Failure> {
    let wrong = || Failure(format!("Expected string to start with [ and end with ], but it is: {body}"));
    let mut rest = body.strip_prefix('[').and_then(|body| body.strip_suffix(']')).ok_or_else(wrong)?;
    let mut fields = Vec::new();
    while !rest.is_empty() {
        let (key, after) = rest.split_once('=').ok_or_else(|| Failure(format!("Error parsing argument: {rest}")))?;
        let (value, next) = match after.strip_prefix('"').and_then(|quoted| quoted.split_once('"')) {
            Some((value, next)) => (value, next.strip_prefix(',').unwrap_or(next)),
            None => after.split_once(',').unwrap_or((after, "")),
        };
        fields.push((key.trim().to_owned(), value.to_owned()));
        rest = next;
    }
    Ok(fields)
}

/// 26 characters of base 36, as Kafka draws its salts: about 130 bits.
fn random_salt(random: &mut dyn Random) -> Vec<u8> {
    (0..26).map(|_| b"0123456789abcdefghijklmnopqrstuvwxyz"[random.below(36) as usize]).collect()
}

fn base64(what: &str, text: &str) -> Result<Vec<u8>, Failure> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bare = text.trim_end_matches('=');
    let mut bits = 0u32;
    let mut count = 0;
    let mut bytes = Vec::with_capacity(bare.len() * 3 / 4);
    for c in bare.bytes() {
        let six = ALPHABET.iter().position(|known| *known == c);
        let six = six.ok_or_else(|| Failure(format!("The '{what}' of add-scram is not base64: {text}")))?;
        bits = bits << 6 | six as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::SplitMix64;

    fn record(argument: &str) -> Result<UserScramCredentialRecord<'static>, String> {
        parse(argument, &mut SplitMix64(1)).map_err(|failure| failure.0)
    }

    /// What Apache Kafka 4.3.1 wrote for the same arguments.
    #[test]
    fn keys_are_those_of_kafka() {
        let salt = "salt=\"MWx2NHBkbnc0ZndxN25vdGN4bTB5Y3U2Zg==\"";
        let sha512 = record(&format!("SCRAM-SHA-512=[name=alice,{salt},password=secret,iterations=4096]")).unwrap();
        assert_eq!(sha512.stored_key[..6], [74, 248, 239, 88, 179, 122]);
        assert_eq!(sha512.server_key[..6], [85, 163, 24, 147, 76, 13]);
        let salted = "saltedpassword=\"mT0yyUUxnlJaC99HXgRTSYlbuqa4FSGtJCJfTMvjYCE=\"";
        let sha256 = record(&format!("SCRAM-SHA-256=[name=alice,{salt},{salted},iterations=8192]")).unwrap();
        assert_eq!(sha256.stored_key[..6], [93, 50, 42, 160, 113, 232]);
        assert_eq!(sha256.server_key[..6], [101, 174, 119, 71, 108, 132]);
        assert_eq!(
            (sha256.mechanism, sha256.iterations, &sha256.salt[..]),
            (1, 8192, &b"1lv4pdnw4fwq7notcxm0ycu6f"[..])
        );
    }

    #[test]
    fn wrong_arguments_are_refused_in_kafkas_words() {
        let cases = [
            ("nonsense", "Failed to find equals sign in SCRAM argument 'nonsense'"),
            ("SCRAM-SHA-1=[name=a,password=x]", "The add-scram mechanism SCRAM-SHA-1 is not supported."),
            ("SCRAM-SHA-256=[password=x]", "You must supply 'name' to add-scram"),
            ("SCRAM-SHA-256=[name=a]", "You must supply one of 'password' or 'saltedpassword' to add-scram"),
            (
                "SCRAM-SHA-256=[name=a,password=x,iterations=10]",
                "The 'iterations' value must be >= 4096 for add-scram using SCRAM_SHA_256",
            ),
            (
                "SCRAM-SHA-256=[name=a,password=x,iterations=100000]",
                "The 'iterations' value must be <= 16384 for add-scram using SCRAM_SHA_256",
            ),
            (
                "SCRAM-SHA-256=[name=a,saltedpassword=\"AAAA\"]",
                "You must supply 'salt' with 'saltedpassword' to add-scram",
            ),
        ];
        for (argument, message) in cases {
            assert_eq!(record(argument).unwrap_err(), message);
        }
    }
}
