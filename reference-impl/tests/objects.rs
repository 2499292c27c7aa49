//! Operations on objects over loopback: what clients see of versions, conditions, locks, copies, uploads, listings.

#[cfg(test)]
#[allow(dead_code)] // shared with the other tests of the wire
#[path = "loopback/client.rs"]
mod client;

#[cfg(test)]
mod objects {
    mod agreement;
    mod checksums;
    mod conditions;
    mod copies;
    mod deletes;
    mod headers;
    mod listings;
    mod locks;
    mod others;
    mod reads;
    mod slow;
    mod uploads;
    mod versions;
    pub(crate) mod world;
}
