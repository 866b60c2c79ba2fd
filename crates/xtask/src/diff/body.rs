//! From the JSON of a step to the JSON of a message: variables filled in, fields that are left out completed with their
//! defaults, those that the version lacks left away, batches and embedded messages built.

use super::batch;
use protocol::json::{self, base64};
use schema::{Field, Message, Type};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Values that steps before have saved.
pub type Variables = BTreeMap<String, Value>;

/// Puts values in place of `$name`. A text that is one variable becomes its value, whatever its type.
///
/// # Errors
/// The name of a variable that has no value.
pub fn fill_in(value: &Value, variables: &Variables) -> Result<Value, String> {
    Ok(match value {
        Value::String(text) => fill_text(text, variables)?,
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| fill_in(item, variables)).collect::<Result<_, _>>()?)
        }
        Value::Object(fields) => {
            let mut filled = Map::new();
            for (name, field) in fields {
                filled.insert(name.clone(), fill_in(field, variables)?);
            }
            Value::Object(filled)
        }
        other => other.clone(),
    })
}

fn fill_text(text: &str, variables: &Variables) -> Result<Value, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(place) = rest.find('$') {
        let (before, from) = rest.split_at(place);
        let name: String = from[1..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        let value = variables.get(&name).ok_or_else(|| format!("no variable ${name}"))?;
        if name.len() + 1 == text.len() {
            return Ok(value.clone());
        }
        out.push_str(before);
        out.push_str(&value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        rest = &from[1 + name.len()..];
    }
    out.push_str(rest);
    Ok(Value::String(out))
}

/// The bytes of a request.
///
/// # Errors
/// What is wrong with the JSON.
pub fn encode(message: &str, version: i16, value: &Value) -> Result<Vec<u8>, String> {
    let definition = json::definition(message).ok_or_else(|| format!("no message is called {message}"))?;
    let version = version.clamp(definition.versions.min, definition.versions.max);
    let complete = structure(definition, &definition.fields, version, value)?;
    json::encode(message, version, &complete).map_err(|error| error.to_string())
}

fn structure(message: &Message, fields: &[Field], version: i16, value: &Value) -> Result<Value, String> {
    let given = value.as_object().ok_or_else(|| format!("an object is needed, not {value}"))?;
    if let Some(unknown) = given.keys().find(|name| !fields.iter().any(|field| field.name == **name)) {
        return Err(format!("no field is called {unknown}"));
    }
    let mut complete = Map::new();
    for field in fields.iter().filter(|field| field.versions.contains(version)) {
        let value = match given.get(&field.name) {
            Some(value) => typed(message, &field.ty, version, value)?,
            None if field.tag.is_some() => continue,
            None => json::default_value(message, version, field),
        };
        complete.insert(field.name.clone(), value);
    }
    Ok(Value::Object(complete))
}

fn typed(message: &Message, ty: &Type, version: i16, value: &Value) -> Result<Value, String> {
    match (ty, value) {
        (_, Value::Null) => Ok(Value::Null),
        (Type::Struct(name), _) => {
            let fields = message.structure(name).map_or(&[][..], |structure| &structure.fields);
            structure(message, fields, version, value)
        }
        (Type::Array(element), Value::Array(items)) => {
            items.iter().map(|item| typed(message, element, version, item)).collect()
        }
        (Type::Records, Value::Object(_) | Value::Array(_)) => {
            Ok(Value::from(base64::encode(&batch::build_all(value)?)))
        }
        (Type::Bytes, Value::Object(_)) => Ok(Value::from(base64::encode(&embedded(value)?))),
        (Type::Bytes, Value::String(text)) => Ok(Value::from(base64::encode(text.as_bytes()))),
        _ => Ok(value.clone()),
    }
}

/// A message after its version, as consumers embed theirs: `{"message": NAME, "version": N, "body": {...}}`.
fn embedded(value: &Value) -> Result<Vec<u8>, String> {
    let name = value["message"].as_str().ok_or("an embedded message needs a name")?;
    let version = value["version"].as_i64().and_then(|version| i16::try_from(version).ok()).unwrap_or(0);
    let mut bytes = version.to_be_bytes().to_vec();
    bytes.extend(encode(name, version, &value["body"])?);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn variables_keep_their_type() {
        let variables = Variables::from([("n".to_owned(), json!(7)), ("s".to_owned(), json!("x"))]);
        let filled = fill_in(&json!({"a": "$n", "b": ["<$s-$n>"]}), &variables).unwrap();
        assert_eq!(filled, json!({"a": 7, "b": ["<x-7>"]}));
        assert_eq!(fill_in(&json!("$q"), &variables).unwrap_err(), "no variable $q");
    }

    #[test]
    fn fields_follow_the_version_and_typing_errors_are_found() {
        let body = json!({"topics": [{"topicId": "AAAAAAAAAAAAAAAAAAAAAA", "name": "x"}]});
        assert!(encode("MetadataRequest", 1, &body).unwrap().ends_with(b"x"));
        assert!(encode("MetadataRequest", 12, &body).is_ok());
        assert!(encode("MetadataRequest", 1, &json!({"topic": []})).is_err());
    }
}
