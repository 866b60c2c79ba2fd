//! Tagged fields that a newer peer sent and this program does not know (KIP-482). They are kept and written again.

/// One of them; `data` as it was on the wire, without tag and size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownTaggedField {
    pub tag: u32,
    pub data: Vec<u8>,
}

/// Sorted by tag; takes one pointer and no allocation while empty, because nearly every struct of a message has one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(clippy::box_collection)]
pub struct UnknownTaggedFields(Option<Box<Vec<UnknownTaggedField>>>);

impl UnknownTaggedFields {
    pub fn as_slice(&self) -> &[UnknownTaggedField] {
        self.0.as_ref().map_or(&[], |fields| fields.as_slice())
    }

    pub fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }

    /// Adds a field; one with the same tag is replaced.
    pub fn insert(&mut self, field: UnknownTaggedField) {
        let fields = self.0.get_or_insert_default();
        match fields.last() {
            Some(last) if last.tag >= field.tag => match fields.binary_search_by_key(&field.tag, |f| f.tag) {
                Ok(place) => fields[place] = field,
                Err(place) => fields.insert(place, field),
            },
            _ => fields.push(field),
        }
    }

    /// Adds a field in the order of the wire; `settle` must follow the last one.
    pub(super) fn push(&mut self, field: UnknownTaggedField) {
        self.0.get_or_insert_default().push(field);
    }

    /// Sorts what a careless sender sent out of order; of fields with the same tag the last one stays.
    #[inline]
    pub fn settle(&mut self) {
        if let Some(fields) = &mut self.0
            && !fields.is_sorted_by(|a, b| a.tag < b.tag)
        {
            fields.reverse();
            fields.sort_by_key(|field| field.tag);
            fields.dedup_by_key(|field| field.tag);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_stay_sorted_and_unique() {
        let mut fields = UnknownTaggedFields::default();
        for (tag, byte) in [(5, 1), (3, 2), (9, 3), (5, 4)] {
            fields.insert(UnknownTaggedField { tag, data: vec![byte] });
        }
        let mut pushed = UnknownTaggedFields::default();
        for (tag, byte) in [(5, 1), (3, 2), (9, 3), (5, 4)] {
            pushed.push(UnknownTaggedField { tag, data: vec![byte] });
        }
        pushed.settle();
        assert_eq!(pushed, fields);
        let seen: Vec<_> = fields.as_slice().iter().map(|f| (f.tag, f.data[0])).collect();
        assert_eq!(seen, [(3, 2), (5, 4), (9, 3)]);
    }
}
