//! A tree of names: what the shell walks over.

use super::glob;
use std::collections::BTreeMap;
use std::io::Write;

/// A folder or a file with one text.
#[derive(Debug)]
pub(super) enum Node {
    Folder(BTreeMap<String, Node>),
    File(String),
    /// A name that nothing is found under, as Kafka's shell has one for the quotas of default entities.
    Hollow,
}

/// A node that a path leads to.
pub(super) struct Found<'a> {
    /// The names from the root.
    pub path: Vec<String>,
    pub node: &'a Node,
}

impl Found<'_> {
    /// The last name; `/` of the root.
    pub fn name(&self) -> &str {
        self.path.last().map_or("/", String::as_str)
    }

    pub fn absolute(&self) -> String {
        format!("/{}", self.path.join("/"))
    }
}

impl Node {
    pub fn folder() -> Node {
        Node::Folder(BTreeMap::new())
    }

    pub fn file(text: impl ToString) -> Node {
        Node::File(text.to_string())
    }

    /// Adds a child of a folder.
    pub fn add(&mut self, name: impl Into<String>, child: Node) {
        if let Node::Folder(children) = self {
            children.insert(name.into(), child);
        }
    }

    /// The nodes that a path, which may have wildcards, leads to from the folder `from`.
    pub fn find<'a>(&'a self, from: &[String], path: &str) -> Vec<Found<'a>> {
        let start: Vec<String> = if path.starts_with('/') { Vec::new() } else { from.to_vec() };
        let mut paths = vec![start];
        for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
            let mut next = Vec::new();
            for mut path in paths {
                if part == ".." {
                    path.pop();
                    next.push(path);
                    continue;
                }
                let Some(Node::Folder(children)) = self.at(&path) else { continue };
                for name in children.keys().filter(|name| !name.is_empty() && glob::matches(part, name)) {
                    let mut child = path.clone();
                    child.push(name.clone());
                    next.push(child);
                }
            }
            paths = next;
        }
        paths.into_iter().filter_map(|path| self.at(&path).map(|node| Found { node, path })).collect()
    }

    fn at(&self, path: &[String]) -> Option<&Node> {
        path.iter().try_fold(self, |node, name| match node {
            Node::Folder(children) => children.get(name),
            _ => None,
        })
    }

    /// Writes the tree below, two blanks a level.
    pub fn print(&self, depth: usize, out: &mut dyn Write) -> std::io::Result<()> {
        let indent = "  ".repeat(depth);
        match self {
            Node::Hollow => Ok(()),
            Node::File(text) => writeln!(out, "{indent}{text}"),
            Node::Folder(children) => {
                for (name, child) in children {
                    writeln!(out, "{indent}{name}:")?;
                    child.print(depth + 1, out)?;
                }
                Ok(())
            }
        }
    }
}
