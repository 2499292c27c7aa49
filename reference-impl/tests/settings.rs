//! Settings of buckets and objects over loopback: tags, ACLs, what leaves them alone, and what takes them away.

#[cfg(test)]
#[allow(dead_code)] // shared with the other tests of the wire
#[path = "loopback/client.rs"]
mod client;

#[cfg(test)]
mod settings {
    mod acls;
    mod frame;
    mod removal;
    mod tagging;
    pub(crate) mod world;
}
