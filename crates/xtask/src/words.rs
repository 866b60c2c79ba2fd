//! The words after a task's name.

use crate::error::TaskError;
use std::slice::Iter;

/// Options of a task, one after the other.
pub struct Words<'a> {
    rest: Iter<'a, String>,
    word: &'a str,
}

impl<'a> Words<'a> {
    pub fn of(arguments: &'a [String]) -> Words<'a> {
        Words { rest: arguments.iter(), word: "" }
    }

    /// The word after the option that came last.
    pub fn value(&mut self) -> Result<&'a str, TaskError> {
        let value = self.rest.next().ok_or_else(|| TaskError::Usage(format!("{} needs a value", self.word)))?;
        Ok(value)
    }

    /// That word as a list.
    pub fn list(&mut self) -> Result<Vec<String>, TaskError> {
        Ok(self.value()?.split(',').map(str::to_owned).collect())
    }

    /// What to say of an option that the task does not have.
    pub fn unknown(&self) -> TaskError {
        TaskError::Usage(format!("unknown argument: {}", self.word))
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let word = self.rest.next()?;
        self.word = word;
        Some(word)
    }
}
