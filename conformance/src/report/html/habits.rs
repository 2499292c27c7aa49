//! What the target does throughout, and what differs that no clause fixes.

use maud::{Markup, html};

use super::anchor;
use crate::report::{Fact, Unowned};

/// Lists what the target does throughout.
pub(super) fn facts(facts: &[Fact]) -> Markup {
    html! {
        @if !facts.is_empty() {
            section #facts {
                h2 { "Throughout" }
                div.card style="padding:0" {
                    table {
                        thead { tr { th { "What it does" } th { "Clause" } th { "Programs" } } }
                        tbody {
                            @for fact in facts {
                                tr {
                                    td.long { (fact.text) }
                                    td.id {
                                        @if let Some(id) = &fact.clause { a href={ "#" (anchor(id)) } { (id) } }
                                    }
                                    td { (fact.programs) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Lists what replies tell otherwise than S3 and no clause fixes.
pub(super) fn unowned(unowned: &[Unowned]) -> Markup {
    html! {
        @if !unowned.is_empty() {
            section #unowned {
                h2 { "Differs, and no clause fixes it" }
                div.card style="padding:0" {
                    table {
                        thead {
                            tr {
                                th { "Route" }
                                th { "What" }
                                th { "Expected" }
                                th { "Got" }
                                th { "Programs" }
                            }
                        }
                        tbody {
                            @for one in unowned {
                                tr {
                                    td.id { (one.route) }
                                    td.long { (one.what) }
                                    td.long { (one.expected) }
                                    td.long { (one.got) }
                                    td { (one.programs) " (" (one.example) ")" }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
