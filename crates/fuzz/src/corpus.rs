//! The inputs that are kept: `corpus/FAMILY/found-*` once made an entry fail, `corpus/FAMILY/kept.gz` came far. The golden
//! vectors of crate `protocol` and what a family makes itself are seeds without being copied.

use crate::Family;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::Value;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Size of `kept.gz` before it is compressed, at most.
const KEPT_BYTES_MAX: usize = 64 << 10;

/// The folder of a family.
pub fn folder(family: &Family) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(family.name)
}

/// Seeds, found inputs and kept ones, always in the same order.
pub fn all(family: &Family) -> Vec<Vec<u8>> {
    let mut inputs = (family.seeds)();
    inputs.extend(found(family).into_iter().map(|(_, input)| input));
    inputs.extend(kept(family));
    inputs
}

/// Inputs that once failed, with their names.
pub fn found(family: &Family) -> Vec<(String, Vec<u8>)> {
    let Ok(entries) = std::fs::read_dir(folder(family)) else { return Vec::new() };
    let mut inputs: Vec<(String, Vec<u8>)> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let name = path.file_name()?.to_str()?.to_owned();
            Some((name.starts_with("found-").then_some(name)?, std::fs::read(path).ok()?))
        })
        .collect();
    inputs.sort();
    inputs
}

fn kept(family: &Family) -> Vec<Vec<u8>> {
    let Ok(packed) = std::fs::read(folder(family).join("kept.gz")) else { return Vec::new() };
    let mut bytes = Vec::new();
    let unpacked = GzDecoder::new(packed.as_slice()).read_to_end(&mut bytes);
    unpacked.unwrap_or_else(|error| panic!("corpus of {}: {error}", family.name));
    let (mut inputs, mut rest) = (Vec::new(), bytes.as_slice());
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let (input, after) = after.split_at((u32::from_be_bytes(*length) as usize).min(after.len()));
        inputs.push(input.to_vec());
        rest = after;
    }
    inputs
}

/// Adds the shortest of `inputs` to `kept.gz`, as far as there is room.
pub fn keep(family: &Family, inputs: &[Vec<u8>]) -> io::Result<usize> {
    let mut all = kept(family);
    let mut new: Vec<&Vec<u8>> = inputs.iter().collect();
    new.sort_by_key(|input| (input.len(), *input));
    let mut size: usize = all.iter().map(|input| input.len() + 4).sum();
    let before = all.len();
    for input in new {
        size += input.len() + 4;
        if size > KEPT_BYTES_MAX {
            break;
        }
        all.push(input.clone());
    }
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    for input in &all {
        packer.write_all(&(input.len() as u32).to_be_bytes())?;
        packer.write_all(input)?;
    }
    std::fs::create_dir_all(folder(family))?;
    std::fs::write(folder(family).join("kept.gz"), packer.finish()?)?;
    Ok(all.len() - before)
}

/// A golden vector of crate `protocol`.
pub struct Vector {
    pub message: String,
    pub version: i16,
    pub bytes: Vec<u8>,
    pub json: Value,
}

/// The golden vectors in one of the files there, such as `rpc-request`.
pub fn vectors(file: &str) -> Vec<Vector> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../protocol/tests/data");
    let packed =
        std::fs::read(data.join(format!("{file}.jsonl.gz"))).expect("the golden vectors are in the repository");
    let mut text = String::new();
    GzDecoder::new(packed.as_slice()).read_to_string(&mut text).expect("the golden vectors are text");
    text.lines().filter_map(vector).collect()
}

fn vector(line: &str) -> Option<Vector> {
    let row: Value = serde_json::from_str(line).ok()?;
    Some(Vector {
        message: row["m"].as_str()?.to_owned(),
        version: i16::try_from(row["v"].as_i64()?).ok()?,
        bytes: unhex(row["hex"].as_str()?)?,
        json: row["json"].clone(),
    })
}

/// The bytes of a line of hexadecimal digits.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}
