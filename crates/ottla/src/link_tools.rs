//! `ottla link-tools DIR`: links with Apache's names to this binary. A link that stands there already is made anew, any
//! other file stays: then no link is made at all.

use crate::cli::{asks_for_help, complain, print};
use crate::tools::link_names;
use std::path::{Path, PathBuf};

const USAGE: &str = "usage: ottla link-tools DIR";

/// What could not be done, with the path that it was about.
type Failure = (PathBuf, String);

pub fn run(arguments: &[String]) -> i32 {
    if asks_for_help(arguments) {
        print(&format!("{USAGE}\n\nMakes links in DIR, so that kafka-topics.sh and its like are this binary.\n"));
        return 0;
    }
    let dir = match arguments {
        [dir] if !dir.starts_with('-') => Path::new(dir),
        _ => {
            complain(USAGE);
            return 2;
        }
    };
    match make_links(dir) {
        Ok(count) => {
            print(&format!("{count} links in {}\n", dir.display()));
            0
        }
        Err((path, reason)) => {
            complain(&format!("ottla link-tools: {}: {reason}", path.display()));
            1
        }
    }
}

fn make_links(dir: &Path) -> Result<usize, Failure> {
    let about = |path: &Path, error: std::io::Error| (path.to_owned(), error.to_string());
    std::fs::create_dir_all(dir).map_err(|error| about(dir, error))?;
    let target = std::env::current_exe().map_err(|error| about(Path::new("this binary"), error))?;
    let links: Vec<PathBuf> = link_names().iter().map(|name| dir.join(name)).collect();
    let is_other = |link: &&PathBuf| std::fs::symlink_metadata(link).is_ok_and(|found| !found.is_symlink());
    if let Some(other) = links.iter().find(is_other) {
        return Err((other.clone(), "is there and is no link: no link was made".to_owned()));
    }
    for link in &links {
        if std::fs::symlink_metadata(link).is_ok() {
            std::fs::remove_file(link).map_err(|error| about(link, error))?;
        }
        std::os::unix::fs::symlink(&target, link).map_err(|error| about(link, error))?;
    }
    Ok(links.len())
}
