//! Every error that a client can cause, through the wire: its status, code and message, and the elements that it has
//! besides, in their order, and no others (EVAL-ERR-016).

#[cfg(test)]
#[allow(dead_code)] // shared with the other tests of the wire
#[path = "loopback/client.rs"]
mod client;

#[cfg(test)]
mod error_documents {
    mod authentication;
    mod buckets;
    pub(crate) mod case;
    mod objects;
    mod uploads;
    mod writes;
}
