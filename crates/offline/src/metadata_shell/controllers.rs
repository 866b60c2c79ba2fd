//! `--print-controllers`: which voter is the active controller, by the first label of its host.

use super::read;
use crate::dump_log::Failure;
use base::NodeId;
use metadata::Image;
use raft::QuorumState;
use std::io::Write;
use std::path::Path;

pub(super) fn print(file: &str, out: &mut dyn Write) -> Result<(), Failure> {
    let (loader, mut quorum) = read::image(file, &mut std::io::sink())?;
    let image = loader.visible();
    // A snapshot does not say who leads; the file beside it does.
    let state = Path::new(file).parent().unwrap_or(Path::new(".")).join("quorum-state");
    if let Some(state) = std::fs::read_to_string(state).ok().and_then(|text| QuorumState::from_json(&text).ok()) {
        quorum.leader = state.leader_id.or(quorum.leader);
    }
    if quorum.voters.is_empty() {
        quorum.voters = image.controllers.keys().map(|id| (*id, None)).collect();
    }
    for (id, host) in &quorum.voters {
        let label = label(*id, host.as_deref(), image);
        match quorum.leader == Some(*id) {
            true => writeln!(out, "{label} is the active controller")?,
            false => writeln!(out, "{label} is a voter")?,
        }
    }
    Ok(())
}

/// The host's first label; an address is shown whole, a voter without a host by its id.
fn label(id: NodeId, host: Option<&str>, image: &Image) -> String {
    let registered = || Some(image.controllers.get(&id)?.endpoints.first()?.host.as_str());
    let Some(host) = host.or_else(registered) else { return id.to_string() };
    if host.parse::<std::net::IpAddr>().is_ok() {
        return host.to_owned();
    }
    host.split('.').next().unwrap_or(host).to_owned()
}
